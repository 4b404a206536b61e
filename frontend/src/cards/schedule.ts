/** What each printer prints when, as one bar for each. */

import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Job, Printer } from "../api/types";
import type { Format } from "../format";
import { isActive } from "../screens/queue-rows";

const HOUR_MS = 3_600_000;
/** How many hours are shown, and how many are between two marks. */
const LENGTHS = [
  [4, 1],
  [8, 2],
  [12, 3],
  [24, 6],
  [48, 12],
  [96, 24],
] as const;

/** A job, or plates of one file without a break between them. */
export interface Span {
  readonly job: Job;
  readonly begin: number;
  end: number;
}

export interface Bar {
  readonly id: string;
  readonly printer: Printer | undefined;
  readonly spans: readonly Span[];
}

export interface Schedule {
  readonly begin: number;
  readonly end: number;
  /** Whole hours to be marked. */
  readonly marks: readonly number[];
  readonly bars: readonly Bar[];
}

const endOf = (job: Job) => new Date(job.expected_end!).getTime();

function spansOf(jobs: readonly Job[]): Span[] {
  const spans: Span[] = [];
  const found = jobs.map((job) => ({ job, begin: new Date(job.expected_start!).getTime(), end: endOf(job) }));
  for (const span of found.sort((one, other) => one.begin - other.begin)) {
    const last = spans.at(-1);
    if (last?.job.archive_id === span.job.archive_id && span.begin - last.end < 60_000) last.end = span.end;
    else spans.push(span);
  }
  return spans;
}

/** What clocks show at whole hours, so many apart, where they are set forward or back as well. */
function marksOf(begin: number, end: number, step: number, format: Format): number[] {
  const clock = new Date(`${format.toField(new Date(begin))}Z`);
  clock.setUTCHours(Math.ceil((clock.getUTCHours() + 1) / step) * step, 0);
  const marks: number[] = [];
  for (;;) {
    const mark = Date.parse(format.fromField(clock.toISOString())!);
    if (mark >= end) return marks;
    if (mark !== marks.at(-1)) marks.push(mark);
    clock.setTime(clock.getTime() + step * HOUR_MS);
  }
}

/** From now on, as long as it takes, or as far as can be shown. Printers that have nothing to do are there as well. */
export function schedule(
  jobs: readonly Job[],
  printers: readonly Printer[],
  now: number,
  format: Format,
): Schedule {
  const real = printers.filter((each) => each.kind === "real");
  const foreseen = jobs.filter(
    (job) => job.expected_on && job.expected_start && job.expected_end && endOf(job) >= now,
  );
  const ids = new Set([
    ...real.map((each) => each.id),
    ...foreseen.map((job) => job.expected_on!),
  ]);
  const last = Math.max(now, ...foreseen.map(endOf));
  const [hours, step] =
    LENGTHS.find(([length]) => now + length * HOUR_MS >= last) ?? LENGTHS.at(-1)!;
  const end = now + hours * HOUR_MS;
  return {
    begin: now,
    end,
    marks: marksOf(now, end, step, format),
    bars: [...ids].map((id) => ({
      id,
      printer: real.find((each) => each.id === id),
      spans: spansOf(foreseen.filter((job) => job.expected_on === id)).filter(
        (span) => span.begin < end,
      ),
    })),
  };
}

/** `nameOf` names what is no printer of ours: a model, or a printer that is gone. */
export function schedulePart(
  app: App,
  { begin, end, marks, bars }: Schedule,
  nameOf: (job: Job) => string,
): TemplateResult {
  const { format } = app;
  const share = (moment: number) =>
    Math.min(100, Math.max(0, ((moment - begin) / (end - begin)) * 100));
  // The last one has no room for its words.
  const shown = marks.filter((mark) => share(mark) < 88);
  const marked = (mark: number) => {
    const moment = new Date(mark);
    const [day, time] = format.toField(moment).split("T");
    return time === "00:00" && end - begin > 24 * HOUR_MS
      ? format.weekday(new Date(day!).getUTCDay())
      : format.time(moment);
  };
  const bar = ({ printer, spans }: Bar) => {
    const last = spans.at(-1);
    const name = printer?.name ?? nameOf(last!.job);
    const isOff = printer !== undefined && printer.availability !== "online";
    const free = last
      ? app.t("printers.free_from", { time: format.moment(new Date(last.end)) })
      : app.t(isOff ? "card.not_reachable" : "queue.lane_free");
    return html`<div>
      <div class="name"><span>${name}</span><span class="secondary small">${free}</span></div>
      <ul class="bar" aria-label=${name}>
        ${spans.map(({ job, begin: from, end: to }) => {
          const words = app.t("card.span", {
            name: job.name,
            from: format.moment(new Date(from)),
            to: format.moment(new Date(to)),
          });
          const width = share(to) - share(from);
          return html`<li
            class=${isActive(job) ? "active" : ""}
            style="inset-inline-start:${share(from)}%;width:${width}%"
            title=${words}
          >
            <span class="visually-hidden">${words}</span>
            ${width < 9 ? nothing : html`<span aria-hidden="true">${job.name}</span>`}
          </li>`;
        })}
      </ul>
    </div>`;
  };
  return html`<div class="schedule">
    ${bars.map(bar)}
    <div class="marks secondary small" aria-hidden="true">
      ${shown.map(
        (mark) => html`<span style="inset-inline-start:${share(mark)}%">${marked(mark)}</span>`,
      )}
    </div>
  </div>`;
}
