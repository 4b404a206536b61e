import { css, html, type TemplateResult } from "lit";
import type { App } from "../app";
import { iconButton } from "../ha";

const MAX_COPIES = 999;

export const copiesStyles = css`
  .copies {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .copies input {
    width: 72px;
    text-align: center;
  }
`;

/** How many copies are to be printed; at least as many as are already. */
export function copiesField(
  app: App,
  copies: number,
  fewest: number,
  set: (copies: number) => void,
): TemplateResult {
  const keep = (field: HTMLInputElement | null, wanted: number) => {
    const count = Math.min(MAX_COPIES, Math.max(fewest, wanted || 1));
    // What was typed may be no number that can be.
    if (field) field.value = String(count);
    set(count);
  };
  return html`<div class="field">
    <label for="copies">${app.t("queue.copies")}</label>
    <span class="copies">
      ${iconButton({
        label: app.t("queue.copies_fewer"),
        icon: "mdi:minus",
        disabled: copies <= fewest,
        onClick: () => keep(null, copies - 1),
      })}
      <input
        id="copies"
        type="number"
        min=${fewest}
        max=${MAX_COPIES}
        .value=${String(copies)}
        @change=${({ target }: Event) => {
          const field = target as HTMLInputElement;
          keep(field, Number(field.value));
        }}
      />
      ${iconButton({
        label: app.t("queue.copies_more"),
        icon: "mdi:plus",
        onClick: () => keep(null, copies + 1),
      })}
    </span>
  </div>`;
}
