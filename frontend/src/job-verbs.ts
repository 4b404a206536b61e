import type { App } from "./app";
import type { Job, JobVerb } from "./api/types";

/** Order something about jobs from a dashboard, and say what became of it. What failed is offered to be printed again. */
export async function orderJobs(app: App, jobs: readonly Job[], verb: JobVerb): Promise<void> {
  const ids = jobs.map((job) => job.id);
  const done = await app.attempt(app.api.doJobs(ids, verb));
  if (!done) return;
  const { name } = jobs[0]!;
  const [failed] = done.failed;
  if (failed) app.toast(app.sayError(failed.error));
  else if (verb === "complete") app.toast(app.t("queue.was_printed", { name }));
  else if (verb === "fail")
    app.toast({
      message: app.t("queue.again_text", { name }),
      duration: 8000,
      action: {
        text: app.t("queue.again_yes"),
        run: () => void app.attempt(app.api.doJobs(ids, "retry")),
      },
    });
}
