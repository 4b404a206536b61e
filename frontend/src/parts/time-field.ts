import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";

/** A moment as fields for dates take it: in the browser's time. */
export function fieldTime(iso: string | null): string {
  if (!iso) return "";
  const day = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [day.getFullYear(), two(day.getMonth() + 1), two(day.getDate())].join("-");
  return `${date}T${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** The moment of such a field; null when it is empty. */
export function momentOf(field: string): string | null {
  return field ? new Date(field).toISOString() : null;
}

/** Whether a field has a time that is over. What was there before may stay. */
export function isOver(field: string, before = ""): boolean {
  return field !== "" && field !== before && new Date(field).getTime() < Date.now();
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
  const over = isOver(value, field.before);
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type="datetime-local"
      aria-invalid=${over}
      aria-describedby=${over ? `${id}-over` : nothing}
      .value=${value}
      @input=${(event: Event) => field.set((event.target as HTMLInputElement).value)}
    />
    ${over ? html`<span id="${id}-over" class="problem">${app.t("timing.over")}</span>` : nothing}
  </div>`;
}
