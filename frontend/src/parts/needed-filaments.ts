import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Fit, NeededFilament } from "../api/types";
import { fact } from "./chip";
import { swatch } from "./swatches";

function amount(app: App, filament: NeededFilament): string {
  const parts = [
    filament.grams === null ? "" : app.t("spools.grams", { grams: app.format.number(filament.grams, 1) }),
    filament.meters === null ? "" : app.t("spools.meters", { meters: app.format.number(filament.meters, 2) }),
  ];
  return parts.filter(Boolean).join(", ");
}

function where(app: App, fit: Fit): string {
  const place = app.t("spools.at", { printer: fit.printer, place: fit.place });
  if (fit.left_g === null) return place;
  const left = app.format.number(fit.left_g, 0);
  return app.t(fit.is_enough ? "spools.left" : "spools.too_little", { spool: place, left });
}

/** What a plate takes of each filament, and which loaded spools fit. */
export function neededFilaments(
  app: App,
  filaments: readonly NeededFilament[],
  isWaiting: boolean,
): TemplateResult | typeof nothing {
  if (!filaments.length) return nothing;
  return html`<ul class="filaments" aria-label=${app.t("spools.needed")}>
    ${filaments.map(
      (filament) =>
        html`<li>
          <span class="swatches"
            >${swatch(filament.color)}<span
              >${[
                filament.name ?? filament.type,
                amount(app, filament),
                filament.nozzle ? app.t(`spools.nozzle_${filament.nozzle}`) : "",
              ]
                .filter(Boolean)
                .join(" · ")}</span
            ></span
          >
          ${isWaiting
            ? fact(
                filament.fits.some((fit) => fit.is_enough)
                  ? "mdi:check"
                  : "mdi:printer-3d-nozzle-alert",
                app.t("spools.fitting"),
                filament.fits.map((fit) => where(app, fit)).join(", ") || app.t("spools.none"),
              )
            : nothing}
        </li>`,
    )}
  </ul>`;
}
