import type { App } from "./app";
import type { NoteFields, PlanFields, Upload, Verdict } from "./api/types";

const UNDO_MS = 8000;

/** Decide about pending uploads: at once on the screen, then by the server, with a way back. */
export async function decide(
  app: App,
  uploads: readonly Upload[],
  verb: Verdict,
  fields: { note?: string } & NoteFields & PlanFields = {},
): Promise<void> {
  const ids = uploads.map((each) => each.id);
  if (!ids.length) return;
  const work = app.api.decide(ids, verb, fields);
  app.store.guess(
    (state) => ({ ...state, inbox: state.inbox.filter((each) => !ids.includes(each.id)) }),
    work,
  );
  const answer = await app.attempt(work);
  if (!answer) return;
  const failed = answer.results.find((each) => each.result === "failed");
  if (failed) {
    app.toast({ message: app.sayError(failed.error), duration: UNDO_MS });
    return;
  }
  const done = answer.results.filter((each) => each.result === "done");
  if (!done.length) {
    app.toast(app.t("decided.already"));
    return;
  }
  const message = app.t(`decided.${verb}`, { count: done.length, name: done[0]!.name });
  app.announce(message);
  app.toast({ message, duration: UNDO_MS, action: wayBack() });

  function wayBack() {
    const undo = answer!.undo;
    if (undo)
      return {
        text: app.t("common.undo"),
        run: () =>
          void app
            .attempt(app.api.undo(undo.ids))
            .then((undone) => undone?.failed[0] && app.toast(app.sayError(undone.failed[0].error))),
      };
    const job = done[0]!.job_ids[0];
    const archive = done[0]!.archive_id;
    if (verb === "queue" && job)
      return { text: app.t("common.show"), run: () => app.go("queue", job) };
    if (verb === "archive" && archive)
      return { text: app.t("common.show"), run: () => app.go("archive", archive) };
    return undefined;
  }
}
