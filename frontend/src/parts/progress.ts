import { css, html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";

export const progressStyles = css`
  progress {
    width: 100%;
    height: 6px;
    overflow: hidden;
    border: 0;
    border-radius: 3px;
    appearance: none;
    background: var(--secondary-background-color);
  }
  progress::-webkit-progress-bar {
    background: var(--secondary-background-color);
  }
  progress::-webkit-progress-value {
    background: var(--primary-color);
    border-radius: 3px;
  }
  progress::-moz-progress-bar {
    background: var(--primary-color);
    border-radius: 3px;
  }
`;

/** A bar; `percent` null while nobody knows how far it is. `text` says it in words. */
export function progressBar(percent: number | null, label: string, text: string): TemplateResult {
  return html`<progress
    max="100"
    value=${ifDefined(percent ?? undefined)}
    aria-label=${label}
    aria-valuetext=${text}
  ></progress>`;
}
