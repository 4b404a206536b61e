import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";

/** Whether a field has a time that is over. What was there before may stay. */
export function isOver({ format }: App, field: string, before = ""): boolean {
  return field !== "" && field !== before && Date.parse(format.fromField(field) ?? "") < Date.now();
}

/** A field for a moment to come, which says so where it is over. */
export function timeField(
  app: App,
  field: {
    id: string;
    label: string;
    value: string;
    /** What it was before anything was changed. */
    before?: string;
    set: (value: string) => void;
  },
): TemplateResult {
  const { id, label, value } = field;
  const over = isOver(app, value, field.before);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="datetime-local"
      max="9999-12-31T23:59"
      aria-invalid=${over}
      aria-describedby=${over ? `${id}-over` : nothing}
      .value=${value}
      @input=${(event: Event) => field.set((event.target as HTMLInputElement).value)}
    />
    ${over ? html`<span id="${id}-over" class="problem">${app.t("timing.over")}</span>` : nothing}
  </div>`;
}
