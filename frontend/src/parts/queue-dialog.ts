import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { App } from "../app";
import type { FileSpools, NeededFilament, Plan, PlanFields, Plate, TargetChoice, Text } from "../api/types";
import { button } from "../ha";
import { shared } from "../styles";
import { fits, targetName } from "../targets";
import "./dialog";
import { BvpElement } from "./element";
import { factStyles } from "./chip";
import { copiesField, copiesStyles } from "./copies-field";
import { formStyles } from "./form";
import { neededFilaments } from "./needed-filaments";
import "./picture";
import { printOptions } from "./print-options";
import {
  leftOut,
  severalFiles,
  severalStyles,
  whyNotAll,
  type LeftOut,
  type PlannedFile,
} from "./several-files";
import { spoolRule, type RuleChoice } from "./spool-rule";
import { swatchStyles } from "./swatches";
import { isOver, timeField } from "./time-field";
import { isSame, isTimingOver, timingChanges, timingFields, timingOf, type Timing } from "./timing-fields";

/** What is queued: a pending upload, an archive, or several of either (`files`, without plates then). */
export interface Subject {
  name: string;
  sliced_for: string;
  print_time_s: number | null;
  filament_g: number | null;
  cost: number | null;
  plates: readonly Plate[];
  plan: Plan | null;
  /** Why it cannot be queued. */
  not_queueable?: Text | null;
  /** Which file it is, and which of its plates alone; none of several files. */
  file?: { archive_id: string } | { upload_id: string };
  only?: readonly number[];
  files?: readonly PlannedFile[];
  of?: "archive_ids" | "upload_ids";
}

/** What was asked for: how, and which of several files; those that are left out are not in it. */
export interface QueueAsked {
  readonly plan: PlanFields;
  readonly ids: readonly string[];
}

/** How long after a choice it is asked what is loaded for it. */
const LOOK_MS = 300;
/** Of so many files it is asked at once, as the server bounds it. */
const MAX_FILES = 500;

type When = "now" | "hold" | "later";

/** A moment in milliseconds; 0 where there is none. */
const momentMs = (moment: string | undefined) => (moment ? new Date(moment).getTime() : 0);

/** How jobs are to be made. Events: `queue` with what is asked for, `closed`. It stays until it is taken away. */
@customElement("bvp-queue-dialog")
export class BvpQueueDialog extends BvpElement {
  static override styles = [
    shared,
    formStyles,
    copiesStyles,
    factStyles,
    swatchStyles,
    severalStyles,
    css`
      .plates {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 8px;
      }
      .plate {
        display: grid;
        gap: 4px;
        padding: 4px;
        border: 2px solid var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
        cursor: pointer;
      }
      .plate:has(input:checked) {
        border-color: var(--primary-color);
      }
      .plate span {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .filaments {
        display: grid;
        gap: 8px;
      }
      .filaments li {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      .sum {
        flex: 1 0 100%;
        font-weight: var(--ha-font-weight-medium, 500);
      }
    `,
  ];

  @property({ attribute: false }) subject!: Subject;
  @property({ attribute: false }) targets: readonly TargetChoice[] = [];
  /** Why what was asked for was refused. */
  @property() problem = "";
  /** Whether the server has not answered yet. */
  @property({ type: Boolean }) busy = false;
  @state() private plates = new Set<number>();
  @state() private target = "";
  @state() private copies = 1;
  @state() private when: When = "now";
  @state() private notBefore = "";
  @state() private due = "";
  @state() private timing: Timing = timingOf(null);
  @state() private next = false;
  @state() private options: Record<string, unknown> = {};
  @state() private rule: RuleChoice = "printer";
  @state() private anyway = false;
  /** What it takes of each filament, and what is loaded of that where it may be printed. */
  @state() private filaments: readonly NeededFilament[] = [];
  /** The same of several files, by their ids. */
  @state() private known: ReadonlyMap<string, FileSpools> = new Map();
  /** Which of several files are gone, or cannot be read. */
  @state() private failed: readonly LeftOut[] = [];
  private seeded = false;
  /** What was asked for last, to ask but once. */
  private asked = "";
  private asking = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.asking);
  }

  protected override willUpdate(): void {
    if (!this.seeded) {
      this.seeded = true;
      const plan = this.subject.plan;
      this.target = plan?.target ?? this.suggestedTarget();
      this.copies = plan?.copies ?? 1;
      this.when = plan?.not_before ? "later" : plan?.hold ? "hold" : "now";
      Object.assign(this, this.planned);
      this.next = plan?.priority === "high";
      this.options = { ...(plan?.options ?? {}) };
      this.rule = plan?.filament_rule ?? "printer";
      this.anyway = plan?.print_anyway ?? false;
    }
    const numbers = this.printable.map((plate) => plate.number);
    if (numbers.length && ![...this.plates].some((number) => numbers.includes(number))) {
      const planned = this.subject.plan?.plates ?? [];
      this.plates = new Set(planned.length ? planned : numbers);
    }
    this.look();
  }

  /** Ask what is loaded for what is chosen now, a moment after the last choice. */
  private look(): void {
    const { file, files, only } = this.subject;
    const several = files && files.slice(0, MAX_FILES);
    if (!file && !several) return;
    const plan = {
      target: this.target,
      copies: this.copies,
      filament_rule: this.rule,
      print_anyway: this.anyway,
    };
    const plates = only ?? (this.printable.length > 1 ? [...this.plates].sort((a, b) => a - b) : []);
    const asked = JSON.stringify([plan, several ? several.map(({ id }) => id) : plates]);
    if (asked === this.asked) return;
    const wait = this.asked ? LOOK_MS : 0;
    this.asked = asked;
    clearTimeout(this.asking);
    // What cannot be told is not shown: the form works without.
    this.asking = window.setTimeout(() => {
      const { api } = this.app;
      const answer = several
        ? this.lookAtSeveral(several, plan)
        : api.spools(file!, { ...plan, plates: [...plates] }).then(({ filaments }) => () => {
            this.filaments = filaments;
          });
      void answer.then(
        (show) => {
          if (asked === this.asked) show();
        },
        () => undefined,
      );
    }, wait);
  }

  private async lookAtSeveral(
    files: readonly PlannedFile[],
    plan: Parameters<App["api"]["spoolsOfSeveral"]>[1],
  ): Promise<() => void> {
    const ids = files.map(({ id }) => id);
    const answer = await this.app.api.spoolsOfSeveral(
      this.subject.of === "upload_ids" ? { upload_ids: ids } : { archive_ids: ids },
      plan,
    );
    return () => {
      this.known = new Map(answer.files.map((each) => [each.id, each]));
      this.failed = answer.failed.flatMap(({ id, error }) => {
        const file = files.find((each) => each.id === id);
        return file ? { file, why: this.app.sayError(error) } : [];
      });
    };
  }

  /** Which of several files are not queued, and why. */
  private get leftOut(): readonly LeftOut[] {
    const { files = [] } = this.subject;
    const target = this.targets.find((each) => each.id === this.target);
    const gone = new Set(this.failed.map(({ file }) => file.id));
    const others = files.filter(({ id }) => !gone.has(id));
    return [...this.failed.filter(({ file }) => files.includes(file)), ...leftOut(this.app, others, this.known, target)];
  }

  /** Which of several files are queued. */
  private get going(): readonly PlannedFile[] {
    const left = new Set(this.leftOut.map(({ file }) => file.id));
    return (this.subject.files ?? []).filter(({ id }) => !left.has(id));
  }

  private suggestedTarget(): string {
    const { files } = this.subject;
    if (files) {
      // That which takes the most of them, a model before a printer of it.
      const count = (target: TargetChoice) => files.filter((file) => fits(file.sliced_for, target)).length;
      const best = [...this.targets].sort(
        (one, other) =>
          count(other) - count(one) || Number(other.kind === "model") - Number(one.kind === "model"),
      )[0];
      return best && count(best) ? best.id : "none";
    }
    const fitting = this.targets.filter((target) => fits(this.subject.sliced_for, target));
    return (fitting.find((each) => each.kind === "model") ?? fitting[0])?.id ?? "none";
  }

  private get printable(): readonly Plate[] {
    return this.subject.plates.filter((plate) => plate.printable);
  }

  private get fields(): PlanFields {
    const numbers = this.printable.map((plate) => plate.number);
    const all = numbers.every((number) => this.plates.has(number));
    return {
      target: this.target,
      copies: this.copies,
      hold: this.when === "hold",
      priority: this.next ? "high" : "normal",
      not_before: this.when === "later" ? this.app.format.fromField(this.notBefore) : null,
      due: this.app.format.fromField(this.due),
      filament_rule: this.rule,
      print_anyway: this.anyway,
      ...timingChanges(this.app, this.planned.timing, this.timing),
      ...(numbers.length && !all
        ? { plates: numbers.filter((number) => this.plates.has(number)) }
        : {}),
      ...(Object.keys(this.options).length ? { options: this.options } : {}),
    };
  }

  private toggle(number: number, on: boolean): void {
    const plates = new Set(this.plates);
    if (on) plates.add(number);
    else plates.delete(number);
    if (plates.size) this.plates = plates;
    else this.requestUpdate();
  }

  // --- what is shown ---

  private platesPart() {
    const printable = this.printable;
    if (printable.length < 2) return nothing;
    const { format } = this.app;
    return html`<fieldset>
      <legend>${this.t("queue_dialog.plates")}</legend>
      <div class="plates">
        ${printable.map(
          (plate) =>
            html`<label class="plate">
              <bvp-picture .src=${plate.picture_small}></bvp-picture>
              <span
                ><input
                  type="checkbox"
                  .checked=${this.plates.has(plate.number)}
                  aria-label=${this.t("plate.of", {
                    plate: plate.number,
                    name: plate.name || this.subject.name,
                  })}
                  @change=${(event: Event) =>
                    this.toggle(plate.number, (event.target as HTMLInputElement).checked)}
                />${plate.print_time_s ? format.duration(plate.print_time_s) : plate.number}</span
              >
            </label>`,
        )}
      </div>
    </fieldset>`;
  }

  private targetsPart() {
    const { files } = this.subject;
    const choice = (id: string, name: string, { fitting, why }: { fitting: number; why: string }) =>
      html`<label class="choice" aria-disabled=${fitting === 0}>
        <input
          type="radio"
          name="target"
          .checked=${this.target === id}
          ?disabled=${fitting === 0}
          @change=${() => (this.target = id)}
        />
        <span
          >${name}${why ? html`<br /><span class="small">${why}</span>` : nothing}</span
        >
      </label>`;
    return html`<fieldset>
      <legend>${this.t("queue_dialog.target")}</legend>
      ${this.targets.map((target) =>
        choice(
          target.id,
          targetName(this.app, this.targets, target.id),
          whyNotAll(this.app, files ?? [this.subject], target),
        ),
      )}
      ${choice("none", this.t("target.later"), { fitting: 1, why: "" })}
    </fieldset>`;
  }

  private filamentsPart() {
    if (this.subject.files)
      return severalFiles(this.app, this.going, this.leftOut, this.known, this.realPrinters.length > 0);
    return this.filaments.length
      ? html`<div class="field">
          <span class="label">${this.t("spools.needed")}</span>
          ${neededFilaments(this.app, this.filaments, this.realPrinters.length > 0)}
        </div>`
      : nothing;
  }

  /** Those it may be printed on, of which it is known what is loaded. */
  private get realPrinters() {
    return this.app.store.state.printers.filter(
      (each) => each.kind === "real" && [each.id, each.model_code].includes(this.target),
    );
  }

  private copiesPart() {
    return copiesField(this.app, this.copies, 1, (copies) => (this.copies = copies));
  }

  private whenPart() {
    const choose = (when: When) =>
      html`<button
        type="button"
        class="choose"
        aria-pressed=${this.when === when}
        @click=${() => (this.when = when)}
      >
        ${this.t(`queue_dialog.when_${when}`)}
      </button>`;
    const place = (next: boolean) =>
      html`<button
        type="button"
        class="choose"
        aria-pressed=${this.next === next}
        @click=${() => (this.next = next)}
      >
        ${this.t(next ? "queue_dialog.place_next" : "queue_dialog.place_end")}
      </button>`;
    return html`<fieldset>
        <legend>${this.t("queue_dialog.when")}</legend>
        <div class="chips">${choose("now")} ${choose("hold")} ${choose("later")}</div>
        ${this.when === "later"
          ? timeField(this.app, {
              id: "not-before",
              label: this.t("queue.not_before"),
              value: this.notBefore,
              before: this.planned.notBefore,
              set: (value) => (this.notBefore = value),
            })
          : nothing}
      </fieldset>
      <fieldset>
        <legend>${this.t("queue_dialog.place")}</legend>
        <div class="chips">${place(false)} ${place(true)}</div>
      </fieldset>`;
  }

  private optionsPart() {
    return html`<details>
      <summary>${this.t("queue_dialog.options")}</summary>
      ${printOptions(this.app, this.options, (options) => {
        this.options = options;
      })}
      ${spoolRule(this.app, this.rule, this.anyway, (rule, anyway) => {
        this.rule = rule;
        this.anyway = anyway;
      })}
    </details>`;
  }

  /** When it is to be ready, and what it waits for beside its start. */
  private timingPart() {
    const { planned } = this;
    const isPlanned = planned.due !== "" || !isSame(planned.timing, timingOf(null));
    return html`<details ?open=${isPlanned}>
      <summary>${this.t("queue_dialog.timing")}</summary>
      ${timeField(this.app, {
        id: "due",
        label: this.t("queue_dialog.due"),
        value: this.due,
        before: planned.due,
        set: (value) => (this.due = value),
      })}
      ${timingFields(
        this.app,
        this.timing,
        (timing) => {
          this.timing = timing;
        },
        planned.timing,
      )}
    </details>`;
  }

  /** The times of the plan there was. */
  private get planned() {
    const { plan } = this.subject;
    return {
      notBefore: this.app.format.toField(plan?.not_before),
      due: this.app.format.toField(plan?.due),
      timing: timingOf(plan, this.app),
    };
  }

  /** Whether a time was changed to one that is over. */
  private get isOver(): boolean {
    const { planned } = this;
    return (
      (this.when === "later" && isOver(this.app, this.notBefore, planned.notBefore)) ||
      isOver(this.app, this.due, planned.due) ||
      isTimingOver(this.app, planned.timing, this.timing)
    );
  }

  private get jobs(): number {
    if (this.subject.files)
      return this.going.reduce(
        (sum, file) => sum + Math.max(1, this.known.get(file.id)?.plates ?? file.plate_count),
        0,
      );
    return Math.max(1, this.printable.filter((plate) => this.plates.has(plate.number)).length);
  }

  /** When the first of them should begin, behind what is in line; null where nobody knows. */
  private begin(): number | null {
    if (this.when === "hold" || this.target === "none") return null;
    const { forecast } = this.app.store.state;
    const free = this.realPrinters.map((each) => forecast.free_from[each.id]);
    const from = free.length ? free.map(momentMs) : [momentMs(forecast.free_from[this.target])];
    const later = this.when === "later" && this.notBefore ? momentMs(this.notBefore) : 0;
    return Math.max(Date.now(), Math.min(...from), later);
  }

  private sum() {
    const { format } = this.app;
    const { subject, going } = this;
    const chosen = subject.files
      ? going
      : this.printable.filter((plate) => this.plates.has(plate.number));
    const total = (of: "print_time_s" | "filament_g") =>
      (chosen.length || subject.files
        ? chosen.reduce((sum, plate) => sum + (plate[of] ?? 0), 0)
        : (subject[of] ?? 0)) * this.copies;
    const all = this.printable.reduce((sum, plate) => sum + (plate.filament_g ?? 0), 0);
    const part = all && chosen.length ? total("filament_g") / this.copies / all : 1;
    const cost = subject.files
      ? going.reduce((sum, file) => sum + (file.cost ?? 0), 0)
      : (subject.cost ?? 0) * part;
    const seconds = total("print_time_s");
    const begin = seconds ? this.begin() : null;
    return [
      this.t("queue_dialog.jobs", { count: this.jobs }),
      seconds ? format.duration(seconds) : "",
      total("filament_g") ? format.weight(total("filament_g")) : "",
      cost ? format.money(cost * this.copies) : "",
      begin === null
        ? ""
        : this.t("queue.ends_at", { time: format.moment(new Date(begin + seconds * 1000)) }),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  protected override render() {
    const refused = this.subject.not_queueable;
    const problem = this.problem || (refused ? this.app.say(refused) : "");
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("queue_dialog.title", { name: this.subject.name })}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${this.platesPart()} ${this.targetsPart()} ${this.filamentsPart()} ${this.copiesPart()}
      ${this.whenPart()}
      ${this.timingPart()} ${this.optionsPart()}
      ${problem
        ? html`<span slot="actions" class="problem" role="alert">${problem}</span>`
        : nothing}
      <span slot="actions" class="sum">${this.sum()}</span>
      <span slot="actions">
        ${button({
          label: this.t("common.cancel"),
          look: "plain",
          onClick: () => this.dispatchEvent(new CustomEvent("closed")),
        })}
        ${button({
          label: this.t("queue_dialog.queue", { count: this.jobs }),
          look: "primary",
          disabled: this.isOver || this.busy || Boolean(refused) || this.jobs === 0,
          onClick: () =>
            this.dispatchEvent(
              new CustomEvent<QueueAsked>("queue", {
                detail: { plan: this.fields, ids: this.going.map(({ id }) => id) },
              }),
            ),
        })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue-dialog": BvpQueueDialog;
  }
}
