import { css, html, type TemplateResult } from "lit";
import type { Tab } from "../app";

export const skeletonStyles = css`
  .skeleton {
    display: grid;
    gap: 8px;
    width: 100%;
    max-width: 1200px;
    margin: 0 auto;
    padding: 16px var(--bvp-gutter, 16px);
    /* What is there within a moment needs no place held. */
    animation: wait 300ms;
  }
  @keyframes wait {
    from,
    to {
      opacity: 0;
    }
  }
  .skeleton > * {
    opacity: 0.5;
  }
  .skeleton.inbox > * {
    max-width: 400px;
    height: 122px;
  }
  .skeleton.queue {
    gap: 0;
    padding-top: 116px;
  }
  .skeleton.queue > * {
    height: 96px;
  }
  .skeleton.printers {
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr));
    gap: 16px;
  }
  .skeleton.printers > * {
    height: 280px;
  }
  .skeleton.archive {
    grid-template-columns: repeat(auto-fill, minmax(min(45%, 200px), 1fr));
    gap: 16px;
  }
  .skeleton.archive > * {
    height: 320px;
  }
  .skeleton.rows {
    grid-template-columns: minmax(0, 1fr);
    gap: 0;
  }
  .skeleton.rows > * {
    height: 56px;
  }
  .skeleton.stats {
    grid-template-columns: repeat(auto-fill, minmax(166px, 1fr));
    gap: 12px;
  }
  .skeleton.stats > * {
    height: 76px;
  }
  .skeleton.stats > :last-child {
    grid-column: 1 / -1;
    height: 360px;
  }
`;

const COUNTS: Record<Tab, number> = { inbox: 3, queue: 6, archive: 8, printers: 3, stats: 7 };

/** What stands where something is being loaded, as high as what comes, after a moment. */
export function skeleton(tab: Tab, kind = ""): TemplateResult {
  return html`<div class="skeleton ${tab} ${kind}" aria-hidden="true">
    ${Array.from({ length: COUNTS[tab] }, () => html`<div class="card"></div>`)}
  </div>`;
}
