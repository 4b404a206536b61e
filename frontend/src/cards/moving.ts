import type { Job } from "../api/types";
import type { App } from "../app";
import { placeAfter, reordered } from "../screens/queue-model";
import type { Row } from "../screens/queue-rows";

/** Move a row of a card to the place of another one: at once on the screen, then in the queue. */
export async function moveRow(
  app: App,
  queue: readonly Job[],
  rows: readonly Row[],
  from: number,
  to: number,
): Promise<void> {
  const row = rows[from];
  if (!row || from === to || to < 0 || to >= rows.length) return;
  const after = placeAfter(queue, rows, from, to);
  const ids = row.jobs.map((job) => job.id);
  const work = (async () => {
    let behind = after;
    for (const id of ids) {
      await app.api.moveJob(id, behind);
      behind = id;
    }
  })();
  app.store.guess((state) => ({ ...state, queue: reordered(state.queue, ids, after) }), work);
  await app.attempt(work);
}
