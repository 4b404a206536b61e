import { describe, expect, it, vi } from "vitest";
import type { App, Toast } from "../src/app";
import type { Job } from "../src/api/types";
import { orderJobs } from "../src/job-verbs";
import { fakeApp } from "./fake_app";

const JOB = {
  id: "j", name: "Planter", plate: 1, plate_count: 1, copies: 3, copies_printed: 0, verbs: ["complete", "fail"],
} as unknown as Job;

function ordering(jobs: readonly Partial<Job>[]) {
  const answer = { jobs: jobs.map((each) => ({ ...JOB, ...each })), failed: [] };
  const doJobs = vi.fn(() => Promise.resolve(answer));
  return { ...fakeApp({ doJobs }), doJobs };
}

describe("what is ordered from a dashboard", () => {
  it("says how many copies are printed, and that a job is when all are", async () => {
    for (const [jobs, said] of [
      [[{ copies_printed: 1 }], "Planter: 1 of 3 copies printed."],
      [[{ copies_printed: 3 }], "Planter is printed."],
      [[{ copies_printed: 3, plate: 2, plate_count: 4 }], "Planter – plate 2 is printed."],
      [[{ copies_printed: 3 }, { id: "k", copies_printed: 3 }], "2 jobs are printed."],
    ] as const) {
      const { app, toasts } = ordering(jobs);
      await orderJobs(app, [JOB], "complete");
      expect(toasts).toEqual([said]);
    }
  });

  it("offers to print what failed again only to who may have that", async () => {
    for (const [verbs, offered] of [[["retry"], true], [[], false]] as const) {
      const { app } = ordering([{ verbs: [...verbs] }]);
      const toast = vi.fn<App["toast"]>();
      await orderJobs({ ...app, toast }, [JOB], "fail");
      const [said] = toast.mock.lastCall!;
      expect(said).toMatchObject({ message: "Planter is noted as failed." });
      expect("action" in (said as Toast)).toBe(offered);
    }
  });

  it("can be ordered but once until the server has told what became of it", async () => {
    const { app } = ordering([{ copies_printed: 1 }]);
    app.store.guess((state) => ({ ...state, queue: [JOB, { ...JOB, id: "k" }] }), new Promise(() => undefined));
    const ordered = orderJobs(app, [JOB], "complete");
    // It keeps its place, for a second tap there would meet the next one.
    expect(app.store.state.queue.map((job) => [job.id, job.verbs])).toEqual([
      ["j", []],
      ["k", ["complete", "fail"]],
    ]);
    await ordered;
  });
});
