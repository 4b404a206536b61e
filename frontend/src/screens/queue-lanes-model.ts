/** The queue by what it is meant for: a lane for each real printer, for each model that jobs are meant for, and for what nobody decided. */

import type { Job, Printer, TargetChoice, Text } from "../api/types";
import { fits } from "../targets";
import { grouped, isStarted, type Row } from "./queue-rows";

export const UNASSIGNED = "none";

export interface Lane {
  /** What its jobs are meant for, as `Job.target`. */
  readonly id: string;
  readonly kind: "printer" | "model" | "none";
  /** Where a printer that is gone has left jobs. */
  readonly name: Text | null;
  readonly choice: TargetChoice | null;
  readonly jobs: readonly Job[];
  readonly rows: readonly Row[];
}

/** In whose lane a job is: with the printer that has it, or by what it is meant for. */
export function laneOf(job: Job): string {
  return (isStarted(job) && job.machine_id) || job.target || UNASSIGNED;
}

/**
 * The lanes from left to right: real printers, models (those of real printers, and those that jobs are meant for), what is
 * gone but has jobs, and what is to be decided later.
 */
export function lanes(
  jobs: readonly Job[],
  targets: readonly TargetChoice[],
  printers: readonly Printer[],
  apart: ReadonlySet<string> = new Set(),
): Lane[] {
  const byLane = new Map<string, Job[]>();
  for (const job of jobs) {
    const id = laneOf(job);
    const its = byLane.get(id);
    if (its) its.push(job);
    else byLane.set(id, [job]);
  }
  const models = new Set(
    printers.filter((each) => each.kind === "real").map((each) => each.sliced_for),
  );
  const shown = targets.filter(
    (target) =>
      target.kind === "printer" || byLane.has(target.id) || models.has(target.sliced_for),
  );
  const known = new Set([...shown.map((each) => each.id), UNASSIGNED]);
  const gone = [...byLane.keys()].filter((id) => !known.has(id));
  const lane = (id: string, choice: TargetChoice | null): Lane => {
    const its = byLane.get(id) ?? [];
    return {
      id,
      kind: id === UNASSIGNED ? "none" : (choice?.kind ?? "printer"),
      name: its.find((job) => job.target_name)?.target_name ?? null,
      choice,
      jobs: its,
      rows: laneRows(its, apart),
    };
  };
  return [
    ...shown.filter((each) => each.kind === "printer").map((each) => lane(each.id, each)),
    ...shown.filter((each) => each.kind === "model").map((each) => lane(each.id, each)),
    ...gone.map((id) => lane(id, null)),
    lane(UNASSIGNED, null),
  ];
}

function laneRows(jobs: readonly Job[], apart: ReadonlySet<string>): Row[] {
  const begun = jobs.filter((job) => isStarted(job));
  return [
    ...begun.map((job) => ({ key: job.id, jobs: [job] })),
    ...grouped(
      jobs.filter((job) => !isStarted(job)),
      apart,
    ),
  ];
}

/** Whether a row can be moved: what has begun stays where it is. */
export function isMovable(row: Row): boolean {
  return row.jobs.every((job) => job.position !== null && !isStarted(job));
}

/** Whether jobs may be put into a lane: models have to match, as far as they are known. */
export function accepts(lane: Lane, jobs: readonly Job[]): boolean {
  if (lane.kind === "none") return true;
  const { choice } = lane;
  return choice !== null && jobs.every((job) => fits(job.sliced_for, choice));
}

/**
 * Behind which job of the queue a row goes that is put at a place of a lane: `null` for the front, `undefined` where it may
 * stay, for the lane has no other row.
 */
export function placeInLane(
  queue: readonly Job[],
  lane: Lane,
  moving: Row,
  to: number,
): string | null | undefined {
  const ids = new Set(moving.jobs.map((job) => job.id));
  const rest = lane.rows.filter((row) => row.key !== moving.key && isMovable(row));
  if (!rest.length) return undefined;
  const begun = lane.rows.filter((row) => row.key !== moving.key && !isMovable(row)).length;
  const at = Math.max(0, Math.min(rest.length, to - begun));
  if (at > 0) return rest[at - 1]!.jobs.at(-1)!.id;
  const others = queue.filter((job) => job.position !== null && !ids.has(job.id));
  const next = others.findIndex((job) => job.id === rest[0]!.jobs[0]!.id);
  return next > 0 ? others[next - 1]!.id : null;
}
