import type { App } from "./app";
import type { NoteFields, PlanFields, Text, Upload, Verdict } from "./api/types";

const UNDO_MS = 8000;

/** Why files cannot be queued together: what holds of the first that cannot be. */
export function whyNotQueued(uploads: readonly Upload[]): Text | null {
  return uploads.find((each) => each.not_queueable)?.not_queueable ?? null;
}

/**
 * Decide about pending uploads: at once on the screen, then by the server, with a way back. What is refused is told as a
 * toast; to `refuse`, where there is a form that shows it and stays as it is until the server has answered. Returns those
 * that were refused.
 */
export async function decide(
  app: App,
  uploads: readonly Upload[],
  verb: Verdict,
  fields: { note?: string } & NoteFields & PlanFields = {},
  refuse?: (why: string, id?: string) => void,
): Promise<readonly Upload[]> {
  const ids = uploads.map((each) => each.id);
  if (!ids.length) return [];
  const work = app.api.decide(ids, verb, fields);
  const taken = () =>
    app.store.guess(
      (state) => ({ ...state, inbox: state.inbox.filter((each) => !ids.includes(each.id)) }),
      work,
    );
  if (!refuse) taken();
  const tell = refuse ?? ((message: string) => app.toast({ message, duration: UNDO_MS }));
  let answer: Awaited<typeof work>;
  try {
    answer = await work;
  } catch (error) {
    tell(app.sayError(error));
    return uploads;
  }
  const failed = answer.results.filter((each) => each.result === "failed");
  const done = answer.results.filter((each) => each.result === "done");
  const why = failed[0] && app.sayError(failed[0].error);
  if (!why && refuse) taken();
  if (why && (refuse || !done.length)) tell(why, failed[0]!.upload_id);
  if (done.length) {
    const message = app.t(`decided.${verb}`, { count: done.length, name: done[0]!.name });
    app.announce(message);
    // One toast, for a second would take the place of the way back.
    const name = uploads.find((each) => each.id === failed[0]?.upload_id)?.name ?? "";
    const said = why && !refuse ? `${message} ${name}: ${why}` : message;
    app.toast({ message: said, duration: UNDO_MS, action: wayBack() });
  } else if (!why) app.toast(app.t("decided.already"));
  return uploads.filter(({ id }) => failed.some((each) => each.upload_id === id));

  function wayBack() {
    const undo = answer.undo;
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
