import { html, type TemplateResult } from "lit";
import type { App } from "../app";

const SWITCHES = ["timelapse", "vibration_cali", "layer_inspect", "use_ams"] as const;
const MODES = ["bed_leveling", "flow_cali", "nozzle_offset_cali"] as const;

export type PrintOptions = Record<string, unknown>;

/** The fields of what a printer does beside printing; what is not chosen is as the slicer asked for it. */
export function printOptions(
  app: App,
  options: PrintOptions,
  set: (options: PrintOptions) => void,
): TemplateResult {
  const option = (name: string, values: readonly (readonly [string, unknown])[]) =>
    html`<div class="field">
      <label for=${name}>${app.t(`option.${name}` as "option.timelapse")}</label>
      <select
        id=${name}
        @change=${(event: Event) => {
          const chosen = values[(event.target as HTMLSelectElement).selectedIndex - 1];
          const changed = { ...options };
          if (chosen) changed[name] = chosen[1];
          else delete changed[name];
          set(changed);
        }}
      >
        <option ?selected=${options[name] === undefined}>${app.t("option.as_sliced")}</option>
        ${values.map(
          ([label, value]) =>
            html`<option ?selected=${options[name] === value}>${label}</option>`,
        )}
      </select>
    </div>`;
  const off = app.t("option.off");
  const on = app.t("option.on");
  return html`<div class="options">
    ${SWITCHES.map((name) =>
      option(name, [
        [off, false],
        [on, true],
      ]),
    )}
    ${MODES.map((name) =>
      option(name, [
        [off, "off"],
        [on, "on"],
        [app.t("option.auto"), "auto"],
      ]),
    )}
  </div>`;
}
