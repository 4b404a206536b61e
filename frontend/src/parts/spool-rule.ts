import { html, type TemplateResult } from "lit";
import type { App } from "../app";
import type { FilamentRule } from "../api/types";

export type RuleChoice = FilamentRule | "printer";

const RULES: readonly RuleChoice[] = ["printer", "match_color", "any_color", "exact_preset"];

/** The fields for which spools a job may use, and whether it matters how much is left on them. */
export function spoolRule(
  app: App,
  rule: RuleChoice,
  anyway: boolean,
  set: (rule: RuleChoice, anyway: boolean) => void,
): TemplateResult {
  return html`<div class="field">
      <label for="filament-rule">${app.t("spools.rule")}</label>
      <select
        id="filament-rule"
        @change=${(event: Event) =>
          set((event.target as HTMLSelectElement).value as RuleChoice, anyway)}
      >
        ${RULES.map(
          (each) =>
            html`<option value=${each} ?selected=${each === rule}>
              ${app.t(`spools.rule_${each}`)}
            </option>`,
        )}
      </select>
    </div>
    <div class="field">
      <label class="choice">
        <input
          type="checkbox"
          .checked=${anyway}
          @change=${(event: Event) => set(rule, (event.target as HTMLInputElement).checked)}
        />
        <span>${app.t("spools.anyway")}</span>
      </label>
    </div>`;
}
