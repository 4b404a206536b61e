import { css, html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Answer, Job, JobVerb } from "../api/types";
import { button, icon } from "../ha";
import type { Key } from "../i18n";
import { chip, fact, type Tone } from "../parts/chip";
import { copyLink } from "../parts/copy";
import { isJudgeable, isOffered } from "../parts/judging";
import "../parts/menu";
import type { MenuItem } from "../parts/menu";
import { progressBar } from "../parts/progress";
import { sentFacts } from "../parts/sender";
import { swatches } from "../parts/swatches";
import { may } from "../rights";
import { fits, modelName, targetName } from "../targets";
import type { EditPart, QueueActions } from "./queue-actions";
import { COPY_ICON, copyItems } from "./queue-copy";
import { isUrgent, waitingIcon } from "./queue-model";
import { commonVerbs, isActive, isByHand, jobTitle, sum } from "./queue-rows";

export const queueStyles = css`
  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  .question {
    display: grid;
    gap: 8px;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .progress {
    display: grid;
    gap: 4px;
  }
`;

/** Of what rows are moved by, and of the one that is being moved. */
export const handleStyles = css`
  .handle {
    display: grid;
    place-items: center;
    width: 40px;
    height: 100%;
    min-height: 56px;
    padding: 0;
    border: 0;
    background: none;
    color: var(--secondary-text-color);
    cursor: grab;
    touch-action: none;
  }
  @media (pointer: coarse) {
    .handle {
      width: 44px;
    }
  }
  .handle[aria-pressed="true"] {
    color: var(--primary-text-color);
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
    cursor: grabbing;
  }
  .carried {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
    z-index: 1;
  }
`;

const VERB_ICONS: Record<JobVerb, string> = {
  start: "mdi:play",
  hold: "mdi:pause-circle-outline",
  release: "mdi:play-pause",
  complete: "mdi:check",
  fail: "mdi:close",
  cancel: "mdi:cancel",
  stop: "mdi:stop",
  pause: "mdi:pause",
  resume: "mdi:play",
  retry: "mdi:refresh",
};
/** Those that end something stand last and ask or can be undone. */
const VERB_ORDER: readonly JobVerb[] = [
  "resume",
  "pause",
  "start",
  "release",
  "complete",
  "fail",
  "hold",
  "retry",
];

function verbLabel(app: App, verb: JobVerb, jobs: readonly Job[]): string {
  if (verb === "hold" && jobs.every((job) => job.state === "waiting"))
    return app.t("queue.verb_put_back");
  return app.t(`queue.verb_${verb}` as Key);
}

/** What stands beside a row, for all to see: what people most likely do next. */
export function buttons(
  app: App,
  actions: QueueActions,
  jobs: readonly Job[],
  disabled: boolean,
): TemplateResult | typeof nothing {
  const verbs = commonVerbs(jobs);
  const started = jobs.every((job) => job.state === "waiting");
  const byHand = jobs.every(isByHand);
  const shown: JobVerb[] = started
    ? byHand
      ? ["complete", "fail"]
      : ["start"]
    : jobs.every((job) => job.state === "staged" || job.state === "pending")
      ? ["start"]
      : ["resume", "pause", "retry"];
  const found = shown.filter((verb) => verbs.has(verb));
  if (!found.length) return nothing;
  const download = started && byHand ? jobs[0]!.download : null;
  const copies = copyItems(app, jobs);
  return html`${download
    ? html`<a
        class="icon-button"
        href=${download}
        download
        aria-label=${app.t("queue.download")}
        title=${app.t("queue.download")}
        >${icon("mdi:download")}</a
      >`
    : nothing}${copies.length
    ? html`<bvp-menu
        .app=${app}
        .label=${app.t("queue.copy_to")}
        .icon=${COPY_ICON}
        .disabled=${disabled || jobs.some((job) => job.copying)}
        .items=${copies}
      ></bvp-menu>`
    : nothing}${found.map((verb) =>
    button({
      label: verbLabel(app, verb, jobs),
      icon: VERB_ICONS[verb],
      look: verb === "complete" ? "primary" : "outlined",
      disabled,
      onClick: () => actions.choose(verb, jobs),
    }),
  )}`;
}

/** Where jobs can be printed instead; of another model than their own it says why not. */
function targetItems(
  app: App,
  actions: QueueActions,
  jobs: readonly Job[],
  disabled: boolean,
): MenuItem[] {
  const { targets } = app.store.state;
  const choice = (id: string, icon: string, slicedFor = ""): MenuItem => {
    const unfit = jobs.find((job) => !fits(job.sliced_for, { sliced_for: slicedFor }));
    return {
      label: targetName(app, targets, id),
      icon,
      checked: jobs.every((job) => (job.target || "none") === id),
      disabled,
      ...(unfit
        ? { refused: app.t("inbox.sliced_for", { model: modelName(unfit.sliced_for) }) }
        : {}),
      onClick: () => void actions.assign(jobs, id, undefined),
    };
  };
  return [
    ...targets.map((each) =>
      choice(each.id, each.kind === "printer" ? "mdi:printer-3d" : "mdi:cube-outline", each.sliced_for),
    ),
    choice("none", "mdi:help-circle-outline"),
  ];
}

/** What of jobs can be changed alone, each in a small dialog. */
const PARTS: readonly (readonly [EditPart, Key, string])[] = [
  ["copies", "queue.copies", "mdi:content-copy"],
  ["not_before", "queue.not_before", "mdi:calendar-clock"],
  ["due", "queue.due", "mdi:flag-outline"],
  ["options", "queue_dialog.options", "mdi:tune-variant"],
];

/** Everything that can be done. */
export function menuItems(
  app: App,
  actions: QueueActions,
  jobs: readonly Job[],
  disabled: boolean,
): (MenuItem | false)[] {
  const verbs = commonVerbs(jobs);
  const job = jobs[0]!;
  const isQueued = jobs.every((each) => each.position !== null && !isActive(each));
  const isMovable = isQueued && may("work", jobs);
  const mayChange = isQueued && may("decide", jobs);
  const copies = copyItems(app, jobs);
  const verb = (name: JobVerb, danger = false): MenuItem | false =>
    verbs.has(name) && {
      label: verbLabel(app, name, jobs),
      icon: VERB_ICONS[name],
      danger,
      disabled,
      onClick: () => actions.choose(name, jobs),
    };
  return [
    ...VERB_ORDER.map((name) => verb(name)),
    isMovable && {
      label: app.t("queue.to_top"),
      icon: "mdi:arrow-collapse-up",
      disabled,
      onClick: () => actions.toTop(jobs),
    },
    isMovable && {
      label: app.t("queue.to_bottom"),
      icon: "mdi:arrow-collapse-down",
      disabled,
      onClick: () => actions.toBottom(jobs),
    },
    mayChange && {
      label: app.t("queue.target"),
      icon: "mdi:printer-3d",
      disabled,
      items: targetItems(app, actions, jobs, disabled),
    },
    ...PARTS.map(
      ([part, label, icon]) =>
        mayChange && {
          label: `${app.t(label)}…`,
          icon,
          disabled,
          onClick: () => actions.edit(jobs, part),
        },
    ),
    mayChange &&
      jobs.length === 1 && {
        label: app.t("queue.edit"),
        icon: "mdi:pencil",
        disabled,
        onClick: () => actions.edit(jobs),
      },
    actions.grouping !== undefined &&
      jobs.length > 1 && {
        label: app.t("queue.ungroup"),
        icon: "mdi:ungroup",
        onClick: () => actions.grouping?.setApart(job.archive_id, true),
      },
    actions.grouping?.isApart(job.archive_id) === true && {
      label: app.t("queue.group"),
      icon: "mdi:group",
      onClick: () => actions.grouping?.setApart(job.archive_id, false),
    },
    ...(jobs.length === 1 ? judgeItems(app, actions, job, disabled) : []),
    {
      label: app.t("queue.open_archive"),
      icon: "mdi:archive",
      onClick: () => app.go("archive", job.archive_id),
    },
    {
      label: app.t("common.copy_link"),
      icon: "mdi:link-variant",
      onClick: (menu) => void copyLink(app, menu, app.url("queue", job.id)),
    },
    job.download !== null && {
      label: app.t("queue.download"),
      icon: "mdi:download",
      href: job.download,
      download: true,
    },
    copies.length > 0 && {
      label: app.t("queue.copy_to"),
      icon: COPY_ICON,
      disabled: disabled || jobs.some((each) => each.copying),
      items: copies,
    },
    verb("stop", true),
    verb("cancel", true),
  ];
}

/** How the last copy came out, and whether a failed one is printed again. */
export function judgeItems(
  app: App,
  { judging }: QueueActions,
  job: Job,
  disabled: boolean,
): (MenuItem | false)[] {
  if (!judging) return [];
  const canJudge = isJudgeable(job);
  return [
    isOffered(job) && {
      label: app.t("printers.again_heading"),
      icon: "mdi:repeat",
      disabled,
      onClick: () => judging.offer(job),
    },
    canJudge && {
      label: app.t("prints.judge_good"),
      icon: "mdi:thumb-up-outline",
      disabled,
      onClick: () => void judging.good(judging.of(job)),
    },
    canJudge && {
      label: app.t("prints.judge_failed"),
      icon: "mdi:thumb-down-outline",
      disabled,
      onClick: () => judging.failed(judging.of(job)),
    },
  ];
}

/** What somebody said of the last copy; empty where nobody did. */
export function verdictOf(app: App, job: Job): string {
  if (!job.verdict) return "";
  const said = app.t(job.verdict === "good" ? "prints.good" : "prints.failed");
  const words = job.verdict_reason ? `${said}: ${job.verdict_reason}` : said;
  return app.t("prints.judged", { verdict: words });
}

const STATE_TONES: Partial<Record<Job["state"], [string, Tone]>> = {
  completed: ["mdi:check-circle-outline", "good"],
  failed: ["mdi:close-circle-outline", "bad"],
  cancelled: ["mdi:cancel", "neutral"],
  skipped: ["mdi:debug-step-over", "neutral"],
};

/** Why a job ended as it did; empty where nobody said. */
export function reasonOf(app: App, job: Job): string {
  return job.problem ? app.say(job.problem) : job.error;
}

/** How things stand with a job, in chips, a bar, or a question with its answers. */
export function statusPart(
  app: App,
  actions: QueueActions,
  jobs: readonly Job[],
  disabled: boolean,
): TemplateResult | typeof nothing {
  const job = jobs[0]!;
  if (job.question) return questionPart(app, actions, job, disabled);
  if (isActive(job)) return progressPart(app, job);
  const ended = STATE_TONES[job.state];
  if (ended) {
    const reason = reasonOf(app, job);
    return html`<div class="status">
      ${chip(ended[0], app.say(job.status), ended[1])}
      ${reason ? html`<span class="small">${reason}</span>` : nothing}
      ${job.verdict ? html`<span class="small">${verdictOf(app, job)}</span>` : nothing}
    </div>`;
  }
  const said = new Map<string, TemplateResult>();
  const copied = jobs.find((each) => each.copying);
  for (const each of jobs) {
    const { waiting } = each;
    if (!waiting) continue;
    const text = app.say(waiting);
    const tone = isUrgent(waiting.key) ? "warning" : "neutral";
    if (text) said.set(text, chip(waitingIcon(waiting.key), text, tone));
    const wrong = waiting.wrong_model && app.say(waiting.wrong_model);
    if (wrong) said.set(wrong, chip("mdi:alert-outline", wrong, "warning"));
  }
  if (job.priority !== "normal") {
    const isHigh = job.priority === "high";
    const text = app.t(isHigh ? "queue.priority_high" : "queue.priority_low");
    said.set(text, chip(isHigh ? "mdi:chevron-double-up" : "mdi:chevron-double-down", text));
  }
  const due = job.due ?? (job.is_late ? job.ready_by : null);
  if (due) {
    const text = job.is_late
      ? app.say({ text_key: "waiting_late", values: { time: { time: due } } })
      : app.t("queue.due_at", { time: app.format.moment(due) });
    const late = job.is_late || new Date(due).getTime() < Date.now();
    said.set(text, chip("mdi:flag-outline", text, late ? "warning" : "neutral"));
  }
  return html`${said.size ? html`<div class="status">${[...said.values()]}</div>` : nothing}${copied
    ? copyingPart(app, copied)
    : nothing}`;
}

/** How far a copy of a job's file is, while it is made. */
function copyingPart(app: App, job: Job): TemplateResult {
  const { printer_id, progress } = job.copying!;
  const printer = app.store.state.printers.find((each) => each.id === printer_id)?.name ?? "";
  const words = app.t("queue.copying", { printer });
  const percent = progress === null ? "" : app.format.percent(progress);
  return html`<div class="progress" role="status">
    <span class="small">${words}</span>
    ${progressBar(progress, words, percent || words)}
  </div>`;
}

function progressPart(app: App, job: Job): TemplateResult {
  const { format } = app;
  const status = app.say(job.status);
  const left = job.expected_end
    ? (new Date(job.expected_end).getTime() - Date.now()) / 1000
    : null;
  const words = [
    job.progress === null ? "" : format.percent(job.progress),
    left !== null && left > 0 ? app.t("queue.left", { time: format.duration(left) }) : "",
    job.expected_end ? app.t("queue.ends_at", { time: format.moment(job.expected_end) }) : "",
  ].filter(Boolean);
  return html`<div class="progress">
    <span>${status}</span>
    ${progressBar(job.progress, jobTitle(app, job), words.join(", ") || status)}
    <span class="small secondary">${words.slice(job.progress === null ? 0 : 1).join(" · ")}</span>
    ${job.problem
      ? html`<span>${chip("mdi:alert-circle-outline", app.say(job.problem), "warning")}</span>`
      : nothing}
  </div>`;
}

const ANSWER_ICONS: Record<Answer, string> = {
  started: "mdi:play",
  not_started: "mdi:undo-variant",
  finished: "mdi:check",
  failed: "mdi:close",
  cancelled: "mdi:cancel",
};

function questionPart(
  app: App,
  actions: QueueActions,
  job: Job,
  disabled: boolean,
): TemplateResult {
  const printer = job.printed_on ?? (job.target_name ? app.say(job.target_name) : "");
  return html`<div class="question" role="group" aria-label=${app.t("queue.question")}>
    <span class="status">
      ${chip("mdi:help-circle-outline", app.t("queue.question"), "warning")}
      <span>${app.t(`queue.question_${job.question!}` as Key, { printer })}</span>
    </span>
    <span class="buttons">
      ${job.answers.map((answer) =>
        button({
          label: app.t(`queue.answer_${answer}` as Key),
          icon: ANSWER_ICONS[answer],
          disabled,
          onClick: () => void actions.answer(job, answer),
        }),
      )}
    </span>
  </div>`;
}

/** Time, weight, filament and copies of jobs, in a line. */
export function factsPart(app: App, jobs: readonly Job[]): TemplateResult {
  const isOfOne = jobs.every((each) => each.sender === jobs[0]!.sender);
  const { format } = app;
  const { seconds, grams } = sum(jobs);
  const job = jobs[0]!;
  const copies =
    jobs.length > 1
      ? null
      : job.copies > 1
        ? app.t("queue.copies_printed", { printed: job.copies_printed, copies: job.copies })
        : null;
  const colors = [...new Set(jobs.flatMap((each) => each.filament_colors))];
  const types = [...new Set(jobs.flatMap((each) => each.filament_types))];
  return html`<div class="facts secondary">
    ${jobs.length > 1
      ? fact("mdi:layers-triple-outline", app.t("queue.plates"), format.number(jobs.length))
      : nothing}
    ${fact("mdi:timer-outline", app.t("queue.time"), seconds ? format.duration(seconds) : null)}
    ${fact("mdi:weight-gram", app.t("queue.weight"), grams ? format.weight(grams) : null)}
    ${fact("mdi:content-copy", app.t("queue.copies"), copies)}
    ${isOfOne ? sentFacts(app, job) : nothing} ${swatches(colors, types)}
  </div>`;
}
