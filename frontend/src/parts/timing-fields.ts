import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { OwnQuietHours, OwnSun, Unknown } from "../api/types";
import { fact } from "./chip";
import { isOver, timeField } from "./time-field";

const HYSTERESIS_W = 50;

/** What a job waits for beside its start, as the fields have it. */
export interface Timing {
  onlyWhile: string;
  unknown: Unknown;
  cheapestBefore: string;
  quiet: { from: string; until: string; schedule: string; scope: "begin" | "run"; unknown: Unknown };
  sun: { sensor: string; limit: string; hysteresis: string; unknown: Unknown };
}

export interface StoredTiming {
  only_while: string | null;
  only_while_unknown: Unknown;
  cheapest_before: string | null;
  quiet_hours: OwnQuietHours | null;
  sun: OwnSun | null;
}

export function timingOf(stored: null): Timing;
export function timingOf(stored: StoredTiming | null | undefined, app: App): Timing;
export function timingOf(stored: StoredTiming | null | undefined, app?: App): Timing {
  const quiet = stored?.quiet_hours;
  const sun = stored?.sun;
  return {
    onlyWhile: stored?.only_while ?? "",
    unknown: stored?.only_while_unknown ?? "hold",
    cheapestBefore: app?.format.toField(stored?.cheapest_before) ?? "",
    quiet: {
      from: quiet?.from ?? "",
      until: quiet?.until ?? "",
      schedule: quiet?.schedule ?? "",
      scope: quiet?.scope ?? "begin",
      unknown: quiet?.unknown ?? "hold",
    },
    sun: {
      sensor: sun?.sensor ?? "",
      limit: sun ? String(sun.limit) : "",
      hysteresis: String(sun?.hysteresis ?? HYSTERESIS_W),
      unknown: sun?.unknown ?? "hold",
    },
  };
}

function quietHours({ quiet }: Timing): OwnQuietHours | null {
  const schedule = quiet.schedule.trim();
  if (!quiet.from && !quiet.until && !schedule) return null;
  return {
    from: quiet.from || null,
    until: quiet.until || null,
    schedule: schedule || null,
    scope: quiet.scope,
    unknown: quiet.unknown,
  };
}

function sunOf({ sun }: Timing): OwnSun | null {
  const sensor = sun.sensor.trim();
  if (!sensor) return null;
  return {
    sensor,
    limit: Number(sun.limit) || 0,
    hysteresis: Number(sun.hysteresis) || 0,
    unknown: sun.unknown,
  };
}

export function isSame(before: unknown, now: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

/** What was changed, as commands take it. */
export function timingChanges(app: App, before: Timing, now: Timing) {
  return {
    ...(now.onlyWhile.trim() === before.onlyWhile ? {} : { only_while: now.onlyWhile.trim() }),
    ...(now.unknown === before.unknown ? {} : { only_while_unknown: now.unknown }),
    ...(now.cheapestBefore === before.cheapestBefore
      ? {}
      : { cheapest_before: app.format.fromField(now.cheapestBefore) }),
    ...(isSame(quietHours(before), quietHours(now)) ? {} : { quiet_hours: quietHours(now) }),
    ...(isSame(sunOf(before), sunOf(now)) ? {} : { sun: sunOf(now) }),
  };
}

/** Whether a time of it was changed to one that is over. */
export function isTimingOver(app: App, before: Timing, now: Timing): boolean {
  return isOver(app, now.cheapestBefore, before.cheapestBefore);
}

interface Field {
  id: string;
  label: string;
  value: string;
  set: (value: string) => void;
}

function input({ id, label, value, set }: Field, type: string, placeholder = ""): TemplateResult {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <input
      id=${id}
      type=${type}
      placeholder=${placeholder || nothing}
      min=${type === "number" ? 0 : nothing}
      autocapitalize="off"
      spellcheck="false"
      .value=${value}
      @input=${(event: Event) => set((event.target as HTMLInputElement).value)}
    />
  </div>`;
}

function choice({ id, label, value, set }: Field, choices: [string, string][]): TemplateResult {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select
      id=${id}
      @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}
    >
      ${choices.map(
        ([key, text]) =>
          html`<option value=${key} ?selected=${key === value}>${text}</option>`,
      )}
    </select>
  </div>`;
}

function unknownChoices(app: App): [string, string][] {
  return [
    ["hold", app.t("timing.unknown_hold")],
    ["let_go", app.t("timing.unknown_let_go")],
  ];
}

/** The fields of when a job may begin, beside the time before which it does not. */
export function timingFields(
  app: App,
  timing: Timing,
  set: (timing: Timing) => void,
  before: Timing = timingOf(null),
): TemplateResult {
  return html`${timeField(app, {
    id: "cheapest-before",
    label: app.t("timing.cheapest_before"),
    value: timing.cheapestBefore,
    before: before.cheapestBefore,
    set: (cheapestBefore) => set({ ...timing, cheapestBefore }),
  })}${input(
    {
      id: "only-while",
      label: app.t("timing.only_while"),
      value: timing.onlyWhile,
      set: (onlyWhile) => set({ ...timing, onlyWhile }),
    },
    "text",
    "binary_sensor.…",
  )}${timing.onlyWhile.trim()
    ? choice(
        {
          id: "only-while-unknown",
          label: app.t("timing.unknown"),
          value: timing.unknown,
          set: (unknown) => set({ ...timing, unknown: unknown as Unknown }),
        },
        unknownChoices(app),
      )
    : nothing}${quietFields(app, timing, set)}${sunFields(app, timing, set)}`;
}

function quietFields(app: App, timing: Timing, set: (timing: Timing) => void): TemplateResult {
  const { quiet } = timing;
  const change = (changed: Partial<Timing["quiet"]>) =>
    set({ ...timing, quiet: { ...quiet, ...changed } });
  const field = (name: "from" | "until" | "schedule"): Field => ({
    id: `quiet-${name}`,
    label: app.t(`timing.quiet_${name}`),
    value: quiet[name],
    set: (value) => change({ [name]: value }),
  });
  return html`<fieldset class="rule">
    <legend>${app.t("timing.quiet")}</legend>
    ${input(field("from"), "time")}${input(field("until"), "time")}
    ${input(field("schedule"), "text", "schedule.…")}
    ${quietHours(timing)
      ? choice(
          {
            id: "quiet-scope",
            label: app.t("timing.quiet_scope"),
            value: quiet.scope,
            set: (scope) => change({ scope: scope as Timing["quiet"]["scope"] }),
          },
          [
            ["begin", app.t("timing.quiet_begin")],
            ["run", app.t("timing.quiet_run")],
          ],
        )
      : nothing}
    ${quiet.schedule.trim()
      ? choice(
          {
            id: "quiet-unknown",
            label: app.t("timing.quiet_unknown"),
            value: quiet.unknown,
            set: (unknown) => change({ unknown: unknown as Unknown }),
          },
          unknownChoices(app),
        )
      : nothing}
  </fieldset>`;
}

function sunFields(app: App, timing: Timing, set: (timing: Timing) => void): TemplateResult {
  const { sun } = timing;
  const change = (changed: Partial<Timing["sun"]>) =>
    set({ ...timing, sun: { ...sun, ...changed } });
  const sensor = input(
    {
      id: "sun-sensor",
      label: app.t("timing.sun"),
      value: sun.sensor,
      set: (value) => change({ sensor: value }),
    },
    "text",
    "sensor.…",
  );
  if (!sun.sensor.trim()) return sensor;
  const number = (name: "limit" | "hysteresis"): Field => ({
    id: `sun-${name}`,
    label: app.t(`timing.sun_${name}`),
    value: sun[name],
    set: (value) => change({ [name]: value }),
  });
  return html`${sensor}${input(number("limit"), "number")}${input(number("hysteresis"), "number")}
  ${choice(
    {
      id: "sun-unknown",
      label: app.t("timing.sun_unknown"),
      value: sun.unknown,
      set: (unknown) => change({ unknown: unknown as Unknown }),
    },
    unknownChoices(app),
  )}`;
}

/** What a job waits for beside its start, to read. */
export function timingFacts(app: App, stored: StoredTiming): TemplateResult {
  const { only_while, cheapest_before, quiet_hours: quiet, sun } = stored;
  const shown = (icon: string, label: string, value: string | null) =>
    fact(icon, label, value ? `${label}: ${value}` : null);
  const hours = quiet?.from && quiet.until ? `${quiet.from}–${quiet.until}` : null;
  return html`${shown("mdi:toggle-switch-outline", app.t("queue.only_while"), only_while)}
  ${shown(
    "mdi:cash-clock",
    app.t("timing.cheapest_before"),
    cheapest_before && app.format.moment(cheapest_before),
  )}
  ${shown(
    "mdi:sleep",
    app.t("timing.quiet"),
    quiet
      ? [hours, quiet.schedule, app.t(`timing.quiet_${quiet.scope}`)].filter(Boolean).join(", ")
      : null,
  )}
  ${shown(
    "mdi:solar-power",
    app.t("queue.sun"),
    sun ? `${sun.sensor}, ${app.format.number(sun.limit)} W` : null,
  )}`;
}
