import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Unknown } from "../api/types";
import { fieldTime, momentOf } from "./time-field";

/** What a job waits for beside its start, as the fields have it. */
export interface Timing {
  onlyWhile: string;
  unknown: Unknown;
  cheapestBefore: string;
}

export interface StoredTiming {
  only_while: string | null;
  only_while_unknown: Unknown;
  cheapest_before: string | null;
}

export function timingOf(stored: StoredTiming | null | undefined): Timing {
  return {
    onlyWhile: stored?.only_while ?? "",
    unknown: stored?.only_while_unknown ?? "hold",
    cheapestBefore: fieldTime(stored?.cheapest_before ?? null),
  };
}

/** What was changed, as commands take it. */
export function timingChanges(before: Timing, now: Timing) {
  return {
    ...(now.onlyWhile.trim() === before.onlyWhile ? {} : { only_while: now.onlyWhile.trim() }),
    ...(now.unknown === before.unknown ? {} : { only_while_unknown: now.unknown }),
    ...(now.cheapestBefore === before.cheapestBefore
      ? {}
      : { cheapest_before: momentOf(now.cheapestBefore) }),
  };
}

/** The fields of when a job may begin, beside the time before which it does not. */
export function timingFields(
  app: App,
  timing: Timing,
  set: (timing: Timing) => void,
): TemplateResult {
  return html`<div class="field">
      <label for="cheapest-before">${app.t("timing.cheapest_before")}</label>
      <input
        id="cheapest-before"
        type="datetime-local"
        .value=${timing.cheapestBefore}
        @input=${(event: Event) =>
          set({ ...timing, cheapestBefore: (event.target as HTMLInputElement).value })}
      />
    </div>
    <div class="field">
      <label for="only-while">${app.t("timing.only_while")}</label>
      <input
        id="only-while"
        placeholder="binary_sensor.…"
        autocapitalize="off"
        spellcheck="false"
        .value=${timing.onlyWhile}
        @input=${(event: Event) =>
          set({ ...timing, onlyWhile: (event.target as HTMLInputElement).value })}
      />
    </div>
    ${timing.onlyWhile.trim()
      ? html`<div class="field">
          <label for="only-while-unknown">${app.t("timing.unknown")}</label>
          <select
            id="only-while-unknown"
            @change=${(event: Event) =>
              set({
                ...timing,
                unknown: (event.target as HTMLSelectElement).value as Unknown,
              })}
          >
            ${(["hold", "let_go"] as const).map(
              (each) =>
                html`<option value=${each} ?selected=${each === timing.unknown}>
                  ${app.t(`timing.unknown_${each}`)}
                </option>`,
            )}
          </select>
        </div>`
      : nothing}`;
}
