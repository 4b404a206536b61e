import { describe, expect, it } from "vitest";
import type { Job, JobState, JobVerb } from "../src/api/types";
import {
  failedLately,
  forTarget,
  moved,
  placeAfter,
  reordered,
  sectionOf,
  sections,
  targetsOf,
} from "../src/screens/queue-model";
import { commonVerbs, grouped, sum } from "../src/screens/queue-rows";

const job = (id: string, fields: Partial<Job> & { waits?: string } = {}): Job => {
  const { waits, ...rest } = fields;
  return {
    id,
    archive_id: `of-${id}`,
    state: "pending",
    target: "none",
    machine_id: null,
    question: null,
    verbs: [],
    copies: 1,
    copies_printed: 0,
    print_time_s: null,
    filament_g: null,
    finished_at: null,
    waiting: waits ? { key: waits, text_key: waits, values: {}, wrong_model: null } : null,
    ...rest,
  } as Job;
};
const ids = (jobs: readonly Job[]) => jobs.map((each) => each.id);
const keys = (rows: readonly { jobs: readonly Job[] }[]) =>
  rows.map((row) => ids(row.jobs).join("+"));

describe("the sections of the queue", () => {
  it.each<[JobState, string | undefined, string]>([
    ["printing", undefined, "now"],
    ["dispatching", undefined, "now"],
    ["waiting", "no_printer_connection", "now"],
    ["waiting", "no_target", "now"],
    ["waiting", "offline", "waiting"],
    ["waiting", "printing", "line"],
    ["waiting", "quiet_hours", "later"],
    ["pending", "printing", "line"],
    ["staged", "staged", "line"],
    ["pending", "filament_missing", "line"],
    ["pending", "scheduled", "later"],
    ["pending", "no_target", "waiting"],
    ["pending", "offline", "waiting"],
    ["staged", "problem", "waiting"],
  ])("put a job that is %s for %s under %s", (state, waits, section) => {
    expect(sectionOf(job("a", { state, waits }))).toBe(section);
  });

  it("put a job with a question at the top", () => {
    expect(sectionOf(job("a", { question: "did_it_start", waits: "no_target" }))).toBe("now");
  });

  it("show those that print one by one, though they are of one file", () => {
    const both = ["a", "b"].map((id) => job(id, { archive_id: "x", state: "printing" }));
    expect(keys(sections(both).now)).toEqual(["a", "b"]);
  });
});

describe("plates of one file", () => {
  it("are one row while they follow each other and are meant for the same", () => {
    const jobs = [
      job("a", { archive_id: "x" }),
      job("b", { archive_id: "x" }),
      job("c", { archive_id: "y" }),
      job("d", { archive_id: "x" }),
      job("e", { archive_id: "x", target: "C12" }),
    ];
    expect(keys(grouped(jobs))).toEqual(["a+b", "c", "d", "e"]);
  });

  it("can have done to them what each of them takes", () => {
    const verbs = (...names: JobVerb[]) => job(names.join(), { verbs: names });
    expect([...commonVerbs([verbs("start", "cancel"), verbs("release", "cancel")])]).toEqual([
      "cancel",
    ]);
    expect([...commonVerbs([])]).toEqual([]);
  });
});

describe("moving a row", () => {
  const queue = [
    job("p", { state: "printing" }),
    job("s", { state: "waiting" }),
    job("a"),
    job("b1", { archive_id: "b" }),
    job("b2", { archive_id: "b" }),
    job("l", { waits: "scheduled" }),
    job("c"),
  ];
  const { line } = sections(queue);

  it("shows it at its new place", () => {
    expect(keys(line)).toEqual(["a", "b1+b2", "c"]);
    expect(keys(moved(line, 0, 2))).toEqual(["b1+b2", "c", "a"]);
  });

  it("puts it behind the last plate of the row before it", () => {
    expect(placeAfter(queue, line, 0, 1)).toBe("b2");
    expect(placeAfter(queue, line, 0, 2)).toBe("c");
    expect(placeAfter(queue, line, 2, 1)).toBe("a");
  });

  it("to the top of its list does not overtake what stands before that list", () => {
    expect(placeAfter(queue, line, 2, 0)).toBe("s");
    expect(placeAfter(queue.slice(2), sections(queue.slice(2)).line, 2, 0)).toBeNull();
  });

  it("changes nothing when it stays", () => {
    const after = placeAfter(queue, line, 1, 1);
    expect(ids(reordered(queue, ["b1", "b2"], after))).toEqual(ids(queue));
  });

  it("keeps its plates together and in order", () => {
    expect(ids(reordered(queue, ["b1", "b2"], "c"))).toEqual(["p", "s", "a", "l", "c", "b1", "b2"]);
  });

  it("to the front stays behind what is printed", () => {
    expect(ids(reordered(queue, ["c"], null))).toEqual(["p", "c", "s", "a", "b1", "b2", "l"]);
  });
});

describe("what is left to do", () => {
  it("counts the copies that are not printed yet", () => {
    const jobs = [
      job("a", { copies: 3, copies_printed: 1, print_time_s: 60, filament_g: 5 }),
      job("b", { print_time_s: 30 }),
    ];
    expect(sum(jobs)).toEqual({ jobs: 2, seconds: 150, grams: 10 });
  });
});

describe("the filter of the queue", () => {
  const jobs = [
    job("a", { target: "C12" }),
    job("b", { target: "C12", machine_id: "m" }),
    job("c"),
  ];

  it("shows the jobs for a target, and those that are printed on it", () => {
    expect(ids(forTarget(jobs, "C12"))).toEqual(["a", "b"]);
    expect(ids(forTarget(jobs, "m"))).toEqual(["b"]);
    expect(forTarget(jobs, "")).toBe(jobs);
  });

  it("offers each target once", () => {
    expect(targetsOf(jobs)).toEqual(["C12", "none"]);
  });
});

describe("what failed", () => {
  it("is shown for a week, while it can be tried again", () => {
    const now = Date.parse("2026-11-29T12:00:00Z");
    const failed = (id: string, finished_at: string, verbs: JobVerb[] = ["retry"]) =>
      job(id, { state: "failed", finished_at, verbs });
    const history = [
      failed("new", "2026-11-29T08:00:00Z"),
      failed("old", "2026-11-20T08:00:00Z"),
      failed("gone", "2026-11-29T08:00:00Z", []),
      job("done", { state: "completed", finished_at: "2026-11-29T08:00:00Z" }),
    ];
    expect(ids(failedLately(history, now))).toEqual(["new"]);
  });
});
