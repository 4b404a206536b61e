/** How the queue is laid out: its sections, plates of one file as one row, and what moves to where. Nothing here shows anything. */

import type { Job } from "../api/types";
import { alone, grouped, isActive, isStarted, type Row } from "./queue-rows";

export const SECTIONS = ["now", "line", "later", "waiting"] as const;
export type Section = (typeof SECTIONS)[number];

/** What a person has to see to, or a printer that is not there: such jobs hold up nobody else. */
const WAITS = new Set([
  "no_target",
  "no_such_printer",
  "no_printer_of_model",
  "at_other_instance",
  "driven_elsewhere",
  "offline",
  "developer_mode_off",
  "no_storage",
  "storage_unusable",
  "storage_full",
  "wrong_model",
  "wrong_nozzle",
  "library_away",
  "over_limit",
  "not_for_person",
  "problem",
  "no_time_left",
]);

const WAITING_ICONS: Record<string, string> = {
  staged: "mdi:pause-circle-outline",
  held: "mdi:pause-circle-outline",
  scheduled: "mdi:calendar-clock",
  slicer_options: "mdi:timer-sand",
  no_target: "mdi:help-circle-outline",
  no_such_printer: "mdi:printer-3d-off",
  no_printer_of_model: "mdi:printer-3d-off",
  at_other_instance: "mdi:home-switch-outline",
  driven_elsewhere: "mdi:home-switch-outline",
  driver_unknown: "mdi:timer-sand",
  put_back: "mdi:undo-variant",
  retry: "mdi:refresh",
  problem: "mdi:alert-circle-outline",
  offline: "mdi:lan-disconnect",
  no_news: "mdi:timer-sand",
  printing: "mdi:printer-3d-nozzle",
  taken: "mdi:tray-full",
  question: "mdi:help-circle-outline",
  settling: "mdi:timer-sand",
  plate_not_cleared: "mdi:tray-alert",
  error_stands: "mdi:alert-circle-outline",
  developer_mode_off: "mdi:shield-lock-outline",
  no_storage: "mdi:sd",
  storage_unusable: "mdi:sd",
  storage_full: "mdi:sd",
  wrong_model: "mdi:alert-outline",
  wrong_nozzle: "mdi:alert-outline",
  quiet_hours: "mdi:weather-night",
  ends_in_quiet_hours: "mdi:weather-night",
  no_time_left: "mdi:weather-night",
  condition_not_met: "mdi:filter-outline",
  condition_unknown: "mdi:help-circle-outline",
  cheapest_later: "mdi:cash-clock",
  prices_unknown: "mdi:cash-clock",
  no_sun: "mdi:solar-power",
  sun_unknown: "mdi:solar-power",
  circuit: "mdi:fuse",
  ready_first: "mdi:flag-outline",
  filament_missing: "mdi:printer-3d-nozzle-alert",
  filament_short: "mdi:printer-3d-nozzle-alert",
  filament_amount_unknown: "mdi:scale-unbalanced",
  filaments_unknown: "mdi:printer-3d-nozzle-alert",
  not_allowed: "mdi:hand-back-right-outline",
  no_printer_connection: "mdi:hand-back-right-outline",
  library_away: "mdi:folder-alert-outline",
  limit_reached: "mdi:gauge-full",
  over_limit: "mdi:gauge-full",
  not_for_person: "mdi:account-cancel-outline",
};
/** What somebody has to do something about. */
const URGENT = new Set([
  ...WAITS,
  "question",
  "plate_not_cleared",
  "error_stands",
  "filament_missing",
  "filament_short",
  "filament_amount_unknown",
  "filaments_unknown",
]);

/** What waits for its time. */
const LATER = new Set([
  "scheduled",
  "quiet_hours",
  "ends_in_quiet_hours",
  "cheapest_later",
  "prices_unknown",
  "no_sun",
  "condition_not_met",
]);

export function waitingIcon(key: string): string {
  return WAITING_ICONS[key] ?? "mdi:timer-sand";
}

export function isUrgent(key: string): boolean {
  return URGENT.has(key);
}

export function sectionOf(job: Job): Section {
  if (isStarted(job) || job.question) return "now";
  const key = job.waiting?.key ?? "";
  if (key === "limit_reached" || LATER.has(key)) return "later";
  return WAITS.has(key) ? "waiting" : "line";
}

/** The jobs for a target, or with it; all of them without one. */
export function forTarget(jobs: readonly Job[], target: string): readonly Job[] {
  return target
    ? jobs.filter((job) => job.target === target || job.machine_id === target)
    : jobs;
}

/** The jobs that somebody sent; all of them without one. */
export function ofPerson(jobs: readonly Job[], person: string): readonly Job[] {
  return person ? jobs.filter((job) => job.person_id === person) : jobs;
}

/** Who sent jobs: their names by their ids, in the order of their first job. */
export function peopleOf(jobs: readonly Job[]): ReadonlyMap<string, string> {
  return new Map(
    jobs.flatMap((job) => (job.person_id ? [[job.person_id, job.sender] as const] : [])),
  );
}

/** The targets that jobs have, in the order of their first job. */
export function targetsOf(jobs: readonly Job[]): string[] {
  return [...new Set(jobs.map((job) => job.target))];
}

/** `apart` has the files whose plates are to have rows of their own. */
export function sections(
  jobs: readonly Job[],
  apart: ReadonlySet<string> = new Set(),
): Record<Section, Row[]> {
  const found: Record<Section, Job[]> = { now: [], line: [], later: [], waiting: [] };
  for (const job of jobs) found[sectionOf(job)].push(job);
  return {
    now: found.now.map(alone),
    line: grouped(found.line, apart),
    later: grouped(found.later, apart),
    waiting: grouped(found.waiting, apart),
  };
}

/** Put a row to another place of its list. */
export function moved<T>(rows: readonly T[], from: number, to: number): T[] {
  const rest = rows.filter((_, at) => at !== from);
  rest.splice(to, 0, rows[from]!);
  return rest;
}

/**
 * Behind which job a row is to go to be at a place of its list; `null` for the front of the queue. The list may be a part of
 * the queue: what is not in it stays where it is.
 */
export function placeAfter(
  queue: readonly Job[],
  rows: readonly Row[],
  from: number,
  to: number,
): string | null {
  const moving = new Set(rows[from]!.jobs.map((job) => job.id));
  const rest = rows.filter((_, at) => at !== from);
  if (to > 0) return rest[Math.min(to, rest.length) - 1]?.jobs.at(-1)?.id ?? null;
  const others = queue.filter((job) => !isActive(job) && !moving.has(job.id));
  const next = others.findIndex((job) => job.id === rest[0]?.jobs[0]?.id);
  return next > 0 ? others[next - 1]!.id : null;
}

/** The queue after jobs were moved behind another one, or to the front of those that have not begun. */
export function reordered(
  queue: readonly Job[],
  ids: readonly string[],
  after: string | null,
): readonly Job[] {
  const moving = ids.flatMap((id) => queue.find((job) => job.id === id) ?? []);
  const rest = queue.filter((job) => !ids.includes(job.id));
  const at =
    after === null
      ? rest.filter(isActive).length
      : rest.findIndex((job) => job.id === after) + 1;
  return [...rest.slice(0, at), ...moving, ...rest.slice(at)];
}

const WEEK_MS = 7 * 86_400_000;

/** Those of the last week that failed and can be tried again. */
export function failedLately(history: readonly Job[], now: number): Job[] {
  return history.filter(
    (job) =>
      job.state === "failed" &&
      job.verbs.includes("retry") &&
      job.finished_at !== null &&
      now - new Date(job.finished_at).getTime() < WEEK_MS,
  );
}
