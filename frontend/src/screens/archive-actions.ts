import { attempt, type App } from "../app";
import type { Archive, Failure, Job, NoteFields, PlanFields } from "../api/types";

const TOAST_MS = 8000;

function tellFailure(app: App, failed: readonly Failure[]): void {
  if (failed[0]) app.toast({ message: app.sayError(failed[0].error), duration: TOAST_MS });
}

/** Queue files, each on its own: one that fails keeps none of the others back. Returns those that were refused, and tells why. */
export async function queueArchives(
  app: App,
  archives: readonly Archive[],
  plan: PlanFields,
  refuse: (why: string) => void,
): Promise<readonly Archive[]> {
  const jobs: Job[] = [];
  const left: Archive[] = [];
  for (const archive of archives) {
    const answer = await attempt(app.api.queueArchive(archive.id, plan), (error) => {
      const why = app.sayError(error);
      refuse(archives.length > 1 ? app.t("queue_dialog.refused", { name: archive.name, why }) : why);
    });
    if (answer) jobs.push(...answer.jobs);
    else left.push(archive);
  }
  const [first] = jobs;
  if (!first) return left;
  const message = app.t("archive.queued", { count: jobs.length });
  app.announce(message);
  app.toast({
    message,
    duration: TOAST_MS,
    action: { text: app.t("common.show"), run: () => app.go("queue", first.id) },
  });
  return left;
}

/** Delete files. Returns the ids of those that are gone. */
export async function deleteArchives(
  app: App,
  archives: readonly Archive[],
  purge: boolean,
): Promise<string[]> {
  const answer = await app.attempt(
    app.api.deleteArchives(
      archives.map((each) => each.id),
      purge,
    ),
  );
  if (!answer) return [];
  const { deleted, failed, undo } = answer;
  if (!deleted.length) tellFailure(app, failed);
  else
    app.toast({
      message: [
        app.t("archive.deleted", { count: deleted.length }),
        ...failed.slice(0, 1).map(({ id, error }) => {
          const name = archives.find((each) => each.id === id)?.name ?? "";
          return `${name}: ${app.sayError(error)}`;
        }),
      ].join(" "),
      duration: TOAST_MS,
      ...(undo
        ? { action: { text: app.t("common.undo"), run: () => void restore(app, undo.ids) } }
        : {}),
    });
  return deleted;
}

/** Have back deleted files. */
async function restore(app: App, ids: string[]): Promise<void> {
  const answer = await app.attempt(app.api.restoreArchives(ids));
  if (!answer) return;
  if (answer.failed.length) tellFailure(app, answer.failed);
  else app.toast(app.t("archive.restored", { count: answer.archives.length }));
}

async function update(
  app: App,
  archives: readonly Archive[],
  changes: NoteFields,
): Promise<readonly Archive[]> {
  const answer = await app.attempt(
    app.api.updateArchives(
      archives.map((each) => each.id),
      changes,
    ),
  );
  tellFailure(app, answer?.failed ?? []);
  return answer?.archives ?? [];
}

export function setFavourite(app: App, archives: readonly Archive[], favourite: boolean) {
  return update(app, archives, { favourite });
}

export function setProject(app: App, archives: readonly Archive[], project: string) {
  return update(app, archives, { project: project.trim() });
}

/** Add tags to those that each file has. */
export async function tagArchives(
  app: App,
  archives: readonly Archive[],
  text: string,
): Promise<readonly Archive[]> {
  const added = text
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  if (!added.length) return [];
  // Files with the same tags are changed together.
  const groups = new Map<string, Archive[]>();
  for (const archive of archives) {
    const tags = JSON.stringify([...new Set([...archive.tags, ...added])]);
    groups.set(tags, [...(groups.get(tags) ?? []), archive]);
  }
  const changed: Archive[] = [];
  for (const [tags, group] of groups)
    changed.push(...(await update(app, group, { tags: JSON.parse(tags) as string[] })));
  return changed;
}
