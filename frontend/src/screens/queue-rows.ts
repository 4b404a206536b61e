/** Jobs as rows of lists, in the panel and on cards. */

import type { App } from "../app";
import type { Job } from "../api/types";

/** A job, or plates of one file that follow each other. */
export interface Row {
  readonly key: string;
  readonly jobs: readonly Job[];
}

export function isActive(job: Job): boolean {
  return job.state === "dispatching" || job.state === "printing";
}

/** Why a job that was started waits for a person, and not for a printer to be free or ready. */
const BY_HAND = new Set([
  "no_target",
  "no_such_printer",
  "no_printer_of_model",
  "no_printer_connection",
  "not_allowed",
  "developer_mode_off",
]);

/** Whether nobody but a person prints it. */
export function isByHand({ waiting }: Job): boolean {
  if (!waiting || waiting.text_key === "waiting_started") return true;
  // Which printer it is for is only about to be decided.
  return waiting.text_key !== "waiting_for_plan" && BY_HAND.has(waiting.key);
}

/** Whether a person has started it and is to print it, or a printer has it; not where it only waits for its printer. */
export function isStarted(job: Job): boolean {
  return isActive(job) || (job.state === "waiting" && isByHand(job));
}

export function alone(job: Job): Row {
  return { key: job.id, jobs: [job] };
}

/** One row for plates of one file that follow each other and are meant for the same. */
export function grouped(
  jobs: readonly Job[],
  apart: ReadonlySet<string> = new Set(),
): Row[] {
  const rows: { key: string; jobs: Job[] }[] = [];
  for (const job of jobs) {
    const last = rows.at(-1)?.jobs;
    if (
      last &&
      last[0]!.archive_id === job.archive_id &&
      last[0]!.target === job.target &&
      !apart.has(job.archive_id)
    )
      last.push(job);
    else rows.push({ key: job.id, jobs: [job] });
  }
  return rows;
}

export function singles(row: Row): Row[] {
  return row.jobs.map(alone);
}

export interface Sum {
  readonly jobs: number;
  readonly seconds: number;
  readonly grams: number;
}

/** What is left to do of jobs, with all their copies. */
export function sum(jobs: readonly Job[]): Sum {
  let seconds = 0;
  let grams = 0;
  for (const job of jobs) {
    const copies = Math.max(1, job.copies - job.copies_printed);
    seconds += (job.print_time_s ?? 0) * copies;
    grams += (job.filament_g ?? 0) * copies;
  }
  return { jobs: jobs.length, seconds, grams };
}

/** The verbs that every one of these jobs takes. */
export function commonVerbs(jobs: readonly Job[]): Set<Job["verbs"][number]> {
  const [first, ...others] = jobs;
  return new Set(
    (first?.verbs ?? []).filter((verb) => others.every((job) => job.verbs.includes(verb))),
  );
}

/** A job's name, with its plate where the file has several. */
export function jobTitle(app: App, job: Job): string {
  return job.plate_count > 1
    ? app.t("queue.plate_title", {
        name: job.name,
        plate: job.plate,
      })
    : job.name;
}

/** What became of jobs of which somebody says that they are printed: of each that is one copy more. */
export function printedWords(app: App, jobs: readonly Job[]): string {
  const [job] = jobs;
  if (!job || jobs.length > 1) return app.t("queue.were_printed", { count: jobs.length });
  const name = jobTitle(app, job);
  const { copies_printed: printed, copies } = job;
  return printed < copies
    ? app.t("queue.copy_printed", { name, printed, copies })
    : app.t("queue.was_printed", { name });
}
