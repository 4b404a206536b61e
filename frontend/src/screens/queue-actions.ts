import type { App } from "../app";
import { isApiError } from "../app";
import type { Answer, Failure, Job, JobVerb } from "../api/types";
import type { Judging } from "../parts/judging";
import { reordered } from "./queue-model";
import { isActive, jobTitle, printedWords } from "./queue-rows";

/** What jobs become by what is done to them. */
const STATES: Partial<Record<JobVerb, Job["state"]>> = { start: "waiting", hold: "staged", release: "pending" };

/** What of jobs can be changed alone. */
export type EditPart = "copies" | "not_before" | "due" | "options";

/** What has to be asked first. */
export type Ask =
  | { kind: "fail"; jobs: readonly Job[] }
  | { kind: "confirm"; verb: "cancel" | "stop"; jobs: readonly Job[] }
  | { kind: "edit"; jobs: readonly Job[]; part: EditPart | null };

/** Whether the plates of a file have rows of their own. */
export interface Grouping {
  isApart(archiveId: string): boolean;
  setApart(archiveId: string, apart: boolean): void;
}

/** What people do to jobs. Shown at once; what the server says counts. */
export class QueueActions {
  constructor(
    readonly app: App,
    private readonly ask: (ask: Ask) => void,
    readonly grouping?: Grouping,
    readonly judging?: Judging,
  ) {}

  /** Do it, or ask first. */
  choose(verb: JobVerb, jobs: readonly Job[]): void {
    if (verb === "fail") this.ask({ kind: "fail", jobs });
    else if (verb === "stop" || (verb === "cancel" && jobs.some(isActive)))
      this.ask({ kind: "confirm", verb, jobs });
    else if (verb === "cancel") void this.cancel(jobs);
    else void this.do(verb, jobs);
  }

  /** Change a part of jobs, or all that can be changed of one. */
  edit(jobs: readonly Job[], part: EditPart | null = null): void {
    this.ask({ kind: "edit", jobs, part });
  }

  async do(
    verb: JobVerb,
    jobs: readonly Job[],
    fields: { reason?: string; confirm?: boolean } = {},
  ): Promise<readonly Job[]> {
    const { app } = this;
    const ids = jobs.map((job) => job.id);
    const work = app.api.doJobs(ids, verb, fields);
    this.guess(verb, jobs, work);
    const done = await app.attempt(work);
    if (!done) return [];
    if (done.failed.length) this.refused(verb, jobs, done.failed);
    if (done.jobs.length) this.told(verb, done.jobs);
    return done.jobs;
  }

  private guess(verb: JobVerb, jobs: readonly Job[], work: Promise<unknown>): void {
    const ids = new Set(jobs.map((job) => job.id));
    const then = (job: Job): Job | null => {
      const printed = job.copies_printed + (verb === "complete" ? 1 : 0);
      if (verb === "fail" || verb === "cancel" || (verb === "complete" && printed >= job.copies)) return null;
      return { ...job, state: STATES[verb] ?? job.state, copies_printed: printed, verbs: [] };
    };
    this.app.store.guess(
      (state) => ({
        ...state,
        queue: state.queue.flatMap((job) => (ids.has(job.id) ? (then(job) ?? []) : job)),
      }),
      work,
    );
  }

  private refused(verb: JobVerb, jobs: readonly Job[], failed: readonly Failure[]): void {
    const unconfirmed = failed.filter(
      (each) => isApiError(each.error) && each.error.translation_key === "cancel_not_confirmed",
    );
    if ((verb === "cancel" || verb === "stop") && unconfirmed.length) {
      // A printer has begun with it in the meantime.
      const ids = unconfirmed.map((each) => each.id);
      this.ask({ kind: "confirm", verb, jobs: jobs.filter((job) => ids.includes(job.id)) });
    } else this.app.toast(this.app.sayError(failed[0]!.error));
  }

  private told(verb: JobVerb, jobs: readonly Job[]): void {
    const { app } = this;
    if (verb === "complete") app.toast(printedWords(app, jobs));
    else if (verb === "retry") app.toast(this.retriedWords(jobs));
  }

  private retriedWords(jobs: readonly Job[]): string {
    const { app } = this;
    return jobs.length === 1
      ? app.t("queue.was_retried", { name: jobTitle(app, jobs[0]!) })
      : app.t("queue.were_retried", { count: jobs.length });
  }

  /** Cancel jobs that have not begun; that can be undone. */
  private async cancel(jobs: readonly Job[]): Promise<void> {
    const { app } = this;
    const done = await this.do("cancel", jobs);
    if (!done.length) return;
    const cancelled = jobs.filter((job) => done.some((each) => each.id === job.id));
    app.toast({
      message:
        cancelled.length === 1
          ? app.t("queue.was_cancelled", { name: jobTitle(app, cancelled[0]!) })
          : app.t("queue.were_cancelled", { count: cancelled.length }),
      duration: 8000,
      action: { text: app.t("common.undo"), run: () => void this.uncancel(cancelled) },
    });
  }

  private async uncancel(jobs: readonly Job[]): Promise<void> {
    // The last one first: each knows its place as it was when it was cancelled.
    const ids = jobs.map((job) => job.id).reverse();
    const done = await this.app.attempt(this.app.api.doJobs(ids, "uncancel"));
    if (done?.failed[0]) this.app.toast(this.app.sayError(done.failed[0].error));
    else if (done) this.app.announce(this.retriedWords(jobs));
  }

  async answer(job: Job, answer: Answer): Promise<void> {
    const work = this.app.api.answer(job.id, answer);
    this.app.store.guess(
      (state) => ({
        ...state,
        queue: state.queue.map((each) => (each.id === job.id ? { ...each, answers: [] } : each)),
      }),
      work,
    );
    await this.app.attempt(work);
  }

  /** Move jobs, in their order, behind another one, or to the front of the queue. */
  async move(jobs: readonly Job[], after: string | null): Promise<void> {
    const work = this.moveAll(jobs, after);
    const ids = jobs.map((job) => job.id);
    this.app.store.guess(
      (state) => ({ ...state, queue: reordered(state.queue, ids, after) }),
      work,
    );
    if ((await this.app.attempt(work)) === undefined) return;
    const place = this.app.store.state.queue.filter((job) => !isActive(job));
    this.app.announce(
      this.app.t("queue.moved", {
        name: jobTitle(this.app, jobs[0]!),
        place: place.findIndex((job) => job.id === jobs[0]!.id) + 1,
        count: place.length,
      }),
    );
  }

  private async moveAll(jobs: readonly Job[], after: string | null): Promise<true> {
    for (const job of jobs) {
      await this.app.api.moveJob(job.id, after);
      after = job.id;
    }
    return true;
  }

  /** Have jobs printed elsewhere, and put them to a place of the queue; without `after` they keep theirs. */
  async assign(jobs: readonly Job[], target: string, after: string | null | undefined): Promise<void> {
    const ids = jobs.map((job) => job.id);
    const others = jobs.filter((job) => job.target !== target);
    const work = (async () => {
      for (const job of others) await this.app.api.editJob(job.id, { target });
      if (after !== undefined) await this.moveAll(jobs, after);
      return true as const;
    })();
    this.app.store.guess((state) => {
      const queue = state.queue.map((job) => (ids.includes(job.id) ? { ...job, target } : job));
      return { ...state, queue: after === undefined ? queue : reordered(queue, ids, after) };
    }, work);
    await this.app.attempt(work);
  }

  toTop(jobs: readonly Job[]): void {
    void this.move(jobs, null);
  }

  toBottom(jobs: readonly Job[]): void {
    const ids = jobs.map((job) => job.id);
    const last = this.app.store.state.queue.filter((job) => !ids.includes(job.id)).at(-1);
    if (last) void this.move(jobs, isActive(last) ? null : last.id);
  }

  async again(job: Job): Promise<void> {
    const { app } = this;
    const done = await app.attempt(
      app.api.queueArchive(job.archive_id, {
        plates: [job.plate],
        ...(job.target ? { target: job.target } : {}),
        ...(Object.keys(job.options).length ? { options: job.options } : {}),
      }),
    );
    if (done) app.toast(app.t("queue.was_retried", { name: jobTitle(app, job) }));
  }
}
