import { css, html, nothing, type TemplateResult } from "lit";
import { icon } from "../ha";

export type Tone = "neutral" | "good" | "warning" | "bad" | "active";

export const chipStyles = css`
  .chip {
    --mdc-icon-size: 16px;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 100%;
    padding: 1px 10px 1px 8px;
    border: 1px solid var(--divider-color);
    border-radius: 14px;
    font-size: var(--ha-font-size-s, 12px);
  }
  .chip .icon {
    --mdc-icon-size: 16px;
    width: 16px;
    height: 16px;
    color: var(--secondary-text-color);
  }
  .chip.good .icon {
    color: var(--success-color);
  }
  .chip.warning .icon {
    color: var(--warning-color);
  }
  .chip.bad .icon {
    color: var(--error-color);
  }
  .chip.active .icon {
    color: var(--primary-color);
  }
`;

/** A state in a word, with an icon: colour alone says nothing. */
export function chip(iconName: string, text: string, tone: Tone = "neutral"): TemplateResult {
  return html`<span class="chip ${tone}">${icon(iconName)}<span>${text}</span></span>`;
}

/** A fact with its icon and its name for those who do not see the icon; nothing where it is not known. */
export function fact(
  iconName: string,
  label: string,
  value: string | null | undefined,
): TemplateResult | typeof nothing {
  return value
    ? html`<span class="fact" title=${label}
        >${icon(iconName)}<span class="visually-hidden">${label}: </span><span>${value}</span></span
      >`
    : nothing;
}

export const factStyles = css`
  .facts {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  .fact {
    --mdc-icon-size: 16px;
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .fact .icon {
    --mdc-icon-size: 16px;
    width: 16px;
    height: 16px;
    color: var(--secondary-text-color);
  }
`;
