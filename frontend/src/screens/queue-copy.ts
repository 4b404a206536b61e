import type { App } from "../app";
import type { Job, Printer } from "../api/types";
import type { MenuItem } from "../parts/menu";
import { may } from "../rights";
import { fits } from "../targets";
import { isByHand, jobTitle } from "./queue-rows";

export const COPY_ICON = "mdi:sd";

/** The real printers to whose cards the file of a job goes that was started, and that a person prints. */
export function copyItems(app: App, jobs: readonly Job[]): MenuItem[] {
  const [job] = jobs;
  if (!job || !may("decide", jobs)) return [];
  if (!jobs.every((each) => each.state === "waiting" && isByHand(each))) return [];
  const printers = app.store.state.printers.filter(
    (printer) => printer.kind === "real" && fits(job.sliced_for, printer),
  );
  return printers.map((printer) => ({
    label: printer.name,
    icon: "mdi:printer-3d",
    onClick: () => void copyTo(app, job, printer),
  }));
}

/** Copy a job's file to a printer, where a person starts it. */
async function copyTo(app: App, job: Job, printer: Printer): Promise<void> {
  let isOver = false;
  const work = app.api.copyToPrinter(job.id, printer.id).finally(() => (isOver = true));
  // From the first moment to the last: what the server tells of its progress comes later than its answer.
  app.store.guess(
    (state) => ({
      ...state,
      queue: state.queue.map((each) =>
        each.id === job.id
          ? {
              ...each,
              copying: isOver ? null : (each.copying ?? { printer_id: printer.id, progress: null }),
            }
          : each,
      ),
    }),
    work,
  );
  if (await app.attempt(work))
    app.toast(app.t("queue.was_copied", { name: jobTitle(app, job), printer: printer.name }));
}
