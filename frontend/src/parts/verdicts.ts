import type { Job } from "../api/types";
import type { App } from "../app";

/** How many copies people found good and how many failed, in words. */
export function verdicts(app: App, good: number, failed: number): string {
  return [
    good ? app.t("prints.count", { verdict: app.t("prints.good"), number: good }) : "",
    failed ? app.t("prints.count", { verdict: app.t("prints.failed"), number: failed }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What these prints took from the mains; null where nothing was measured. */
export function energyOf(app: App, jobs: readonly Job[]): string | null {
  const measured = jobs.filter((job) => typeof job.energy_kwh === "number");
  if (!measured.length) return null;
  const cost = measured.reduce((sum, job) => sum + (job.energy_cost ?? 0), 0);
  const energy = app.format.energy(measured.reduce((sum, job) => sum + job.energy_kwh!, 0));
  return cost ? `${energy} · ${app.format.money(cost)}` : energy;
}

