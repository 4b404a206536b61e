import type { App } from "./app";
import type { Job, JobVerb } from "./api/types";
import { jobTitle, printedWords } from "./screens/queue-rows";

/** Order something about jobs from a dashboard, and say what became of it. What failed is offered to be printed again to who may have that. */
export async function orderJobs(app: App, jobs: readonly Job[], verb: JobVerb): Promise<void> {
  const ids = jobs.map((job) => job.id);
  const work = app.api.doJobs(ids, verb);
  // Until it is known what became of them nothing more can be done to them: who taps twice counts one copy. They stay where
  // they are, for a second tap would meet the next one.
  app.store.guess(
    (state) => ({
      ...state,
      queue: state.queue.map((job) => (ids.includes(job.id) ? { ...job, verbs: [] } : job)),
    }),
    work,
  );
  const done = await app.attempt(work);
  if (!done) return;
  const [failed] = done.failed;
  const [first] = done.jobs;
  const mayRetry = done.jobs.every((job) => job.verbs.includes("retry"));
  if (failed) app.toast(app.sayError(failed.error));
  else if (!first) return;
  else if (verb === "complete") app.toast(printedWords(app, done.jobs));
  else if (verb === "fail")
    app.toast({
      message: app.t("queue.again_text", { name: jobTitle(app, first) }),
      duration: 8000,
      ...(mayRetry && {
        action: {
          text: app.t("queue.again_yes"),
          run: () => void app.attempt(app.api.doJobs(ids, "retry")),
        },
      }),
    });
}
