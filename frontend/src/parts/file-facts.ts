import { html, type TemplateResult } from "lit";
import type { App } from "../app";
import type { SlicedFacts, SlicedFile } from "../api/types";
import { fact } from "./chip";

/** How long a file takes to print, and what of filament. */
export function printFacts(app: App, file: SlicedFile): TemplateResult {
  const { format } = app;
  return html`${fact(
    "mdi:clock-outline",
    app.t("fact.time"),
    file.print_time_s === null ? null : format.duration(file.print_time_s),
  )}
  ${fact(
    "mdi:weight",
    app.t("fact.weight"),
    file.filament_g === null ? null : format.weight(file.filament_g),
  )}`;
}

/** What a file is, at a glance; `details` once they are there. */
export function fileFacts(
  app: App,
  file: SlicedFile,
  details: SlicedFacts | null | undefined,
): TemplateResult {
  const { format } = app;
  return html`${printFacts(app, file)}
  ${fact("mdi:cash", app.t("fact.cost"), file.cost === null ? null : format.money(file.cost))}
  ${fact(
    "mdi:layers-outline",
    app.t("fact.plates_name"),
    app.t("fact.plates", { count: file.plate_count }),
  )}
  ${fact(
    "mdi:arrow-collapse-down",
    app.t("fact.layer_height"),
    details?.layer_height_mm
      ? app.t("fact.millimetres", { millimetres: details.layer_height_mm })
      : null,
  )}
  ${fact("mdi:file-outline", app.t("fact.size"), format.bytes(file.size_bytes))}`;
}
