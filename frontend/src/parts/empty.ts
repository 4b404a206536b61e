import { html, nothing, type TemplateResult } from "lit";
import { icon } from "../ha";

/** What stands where nothing is. */
export function empty(
  iconName: string,
  text: string,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="empty">${icon(iconName)}
    <p>${text}</p>
    ${action}</div>`;
}
