import { css, html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { FileSpools, SlicedFile, TargetChoice, Text } from "../api/types";
import { icon } from "../ha";
import { fits, modelName } from "../targets";
import { neededFilaments } from "./needed-filaments";

/** A file of several that are to be queued together. */
export type PlannedFile = Pick<
  SlicedFile,
  "id" | "name" | "sliced_for" | "plate_count" | "print_time_s" | "filament_g" | "cost"
> & { not_queueable?: Text | null };

/** A file that is not queued with the others, and why. */
export interface LeftOut {
  readonly file: PlannedFile;
  readonly why: string;
}

/** So many are shown at once; more are behind their heading. */
const SHOWN = 6;

export const severalStyles = css`
  .left-out,
  .going {
    display: grid;
    gap: 8px;
  }
  .left-out li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 8px;
    overflow-wrap: anywhere;
  }
  .left-out li > .icon {
    color: var(--warning-color);
  }
  .going {
    padding-bottom: 16px;
  }
  .going > li {
    display: grid;
    gap: 4px;
    overflow-wrap: anywhere;
  }
  .going .filaments {
    padding-inline-start: 16px;
  }
  summary.label {
    min-height: 32px;
  }
`;

/** Which files cannot be queued for a target, and why. */
export function leftOut(
  app: App,
  files: readonly PlannedFile[],
  known: ReadonlyMap<string, FileSpools>,
  target: TargetChoice | undefined,
): readonly LeftOut[] {
  return files.flatMap((file) => {
    const refused = known.get(file.id)?.not_queueable ?? file.not_queueable;
    if (refused) return { file, why: app.say(refused) };
    if (target && !fits(file.sliced_for, target))
      return { file, why: app.t("queue_dialog.sliced_for", { model: modelName(file.sliced_for) }) };
    return [];
  });
}

/** How well a target fits files that were sliced for several models: a reason where it does not fit all. */
export function whyNotAll(
  app: App,
  files: readonly Pick<PlannedFile, "sliced_for">[],
  target: Pick<TargetChoice, "sliced_for">,
): { fitting: number; why: string } {
  const others = files.filter((file) => !fits(file.sliced_for, target));
  const fitting = files.length - others.length;
  if (!others.length) return { fitting, why: "" };
  const models = [...new Set(others.map((file) => modelName(file.sliced_for)))];
  return {
    fitting,
    why: fitting
      ? app.t("queue_dialog.some_sliced_for", { count: others.length, models: app.format.list(models) })
      : app.t("queue_dialog.sliced_for", { model: app.format.list(models) }),
  };
}

/** Files by name: those that are left out first, with the reason, then the others with their filaments. */
export function severalFiles(
  app: App,
  going: readonly PlannedFile[],
  left: readonly LeftOut[],
  known: ReadonlyMap<string, FileSpools>,
  isWaiting: boolean,
): TemplateResult {
  return html`${left.length
      ? html`<div class="field" role="group" aria-labelledby="left-out">
          <span class="label" id="left-out"
            >${app.t("queue_dialog.left_out", { count: left.length })}</span
          >
          <ul class="left-out">
            ${left.map(
              ({ file, why }) =>
                html`<li>
                  ${icon("mdi:playlist-remove")}<span
                    ><b>${file.name}</b><br /><span class="small">${why}</span></span
                  >
                </li>`,
            )}
          </ul>
        </div>`
      : nothing}
    ${going.length
      ? html`<details ?open=${going.length <= SHOWN}>
          <summary class="label">${app.t("queue_dialog.going", { count: going.length })}</summary>
          <ul class="going">
            ${going.map(
              (file) =>
                html`<li>
                  ${file.name}
                  ${neededFilaments(app, known.get(file.id)?.filaments ?? [], isWaiting)}
                </li>`,
            )}
          </ul>
        </details>`
      : nothing}`;
}
