/** Sums and scales of the statistics. Nothing here shows anything. */

import type { Numbers } from "../api/types";

export const METRICS = [
  "prints",
  "print_time_s",
  "filament_g",
  "cost",
  "energy_kwh",
  "energy_cost",
  "files",
] as const;
export type Metric = (typeof METRICS)[number];

/** What is not shown where there is none of it. */
const RARE: readonly Metric[] = ["cost", "energy_kwh", "energy_cost"];

/** The metrics that there is something to show of. */
export function metricsOf(rows: readonly Numbers[]): readonly Metric[] {
  return METRICS.filter((each) => !RARE.includes(each) || rows.some((row) => row[each]));
}

const NONE: Numbers = {
  files: 0,
  prints: 0,
  failed: 0,
  print_time_s: 0,
  filament_g: 0,
  cost: 0,
  judged_good: 0,
  judged_failed: 0,
  energy_kwh: 0,
  energy_cost: 0,
};

export function total(periods: readonly Numbers[]): Numbers {
  const sums = { ...NONE };
  for (const each of periods)
    for (const name of Object.keys(NONE) as (keyof Numbers)[]) sums[name] += each[name];
  return sums;
}

/** How many of a hundred prints succeeded; null when there was none. Who looked at one knows better than the printer. */
export function successRate({ prints, failed, judged_failed }: Numbers): number | null {
  const good = Math.max(0, prints - judged_failed);
  return prints + failed ? (good / (prints + failed)) * 100 : null;
}

/** The greatest number of an axis: 1, 2 or 5 with zeros, at least the greatest value. */
export function axisTop(greatest: number): number {
  if (!(greatest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  const step = [1, 2, 5, 10].find((each) => each * power >= greatest * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** What a metric's values are divided by to be shown on an axis: hours have round numbers, seconds do not. */
export function axisUnit(metric: Metric | "space"): number {
  if (metric === "space") return 1e6;
  return metric === "print_time_s" ? 3600 : 1;
}
