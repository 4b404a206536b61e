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
  return energy(
    app,
    measured.reduce((sum, job) => sum + job.energy_kwh!, 0),
    measured.reduce((sum, job) => sum + (job.energy_cost ?? 0), 0),
  );
}

/** Energy, with what it cost where that is known. */
export function energy(app: App, kwh: number, cost: number): string {
  const words = app.format.energy(kwh);
  return cost ? `${words} · ${app.format.money(cost)}` : words;
}

