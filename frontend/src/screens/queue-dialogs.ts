import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Job, Printer, Priority, TargetChoice } from "../api/types";
import { button } from "../ha";
import type { Key } from "../i18n";
import { chipStyles, factStyles, fact } from "../parts/chip";
import { copiesField, copiesStyles } from "../parts/copies-field";
import "../parts/dialog";
import { BvpElement } from "../parts/element";
import { formStyles } from "../parts/form";
import { FAILURES } from "../parts/judging";
import { neededFilaments } from "../parts/needed-filaments";
import "../parts/picture";
import { printOptions, type PrintOptions } from "../parts/print-options";
import { progressStyles } from "../parts/progress";
import { spoolRule, type RuleChoice } from "../parts/spool-rule";
import { swatchStyles } from "../parts/swatches";
import { isOver, timeField } from "../parts/time-field";
import {
  isSame,
  isTimingOver,
  timingChanges,
  timingFacts,
  timingFields,
  timingOf,
  type Timing,
} from "../parts/timing-fields";
import { shared } from "../styles";
import { fits, targetName } from "../targets";
import type { EditPart, QueueActions } from "./queue-actions";
import { buttons, factsPart, menuItems, queueStyles, statusPart } from "./queue-parts";
import { commonVerbs, jobTitle } from "./queue-rows";

class QueueDialog extends BvpElement {
  @property({ attribute: false }) actions!: QueueActions;

  protected close = (): void => {
    this.dispatchEvent(new CustomEvent("closed"));
  };

  protected names(jobs: readonly Job[]): string {
    return jobs.length === 1
      ? jobTitle(this.app, jobs[0]!)
      : this.t("queue.jobs", { count: jobs.length });
  }
}

/** Why a print failed, and whether it is to be tried again. */
@customElement("bvp-queue-fail")
export class BvpQueueFail extends QueueDialog {
  static override styles = [shared, formStyles];

  @property({ attribute: false }) jobs: readonly Job[] = [];
  @state() private text = "";
  @state() private failed: readonly Job[] | null = null;

  private async done(reason: string): Promise<void> {
    const failed = await this.actions.do("fail", this.jobs, { reason });
    if (commonVerbs(failed).has("retry")) this.failed = failed;
    else this.close();
  }

  private async again(): Promise<void> {
    this.close();
    await this.actions.do("retry", this.failed!);
  }

  protected override render() {
    return this.failed ? this.askAgain() : this.askReason();
  }

  private askReason() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("queue.fail_heading", { name: this.names(this.jobs) })}
      @closed=${this.close}
    >
      <div class="chips field" role="group" aria-label=${this.t("queue.reason")}>
        ${FAILURES.map((reason) => {
          const text = this.t(`queue.reason_${reason}` as Key);
          return html`<button type="button" class="choose" @click=${() => this.done(text)}>
            ${text}
          </button>`;
        })}
      </div>
      <div class="field">
        <label for="reason">${this.t("queue.reason_other")}</label>
        <input
          id="reason"
          maxlength="200"
          .value=${this.text}
          @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value)}
        />
      </div>
      <span slot="actions">
        ${button({ label: this.t("common.cancel"), look: "plain", onClick: this.close })}
        ${button({
          label: this.t("queue.verb_fail"),
          look: "danger",
          onClick: () => void this.done(this.text.trim()),
        })}
      </span>
    </bvp-dialog>`;
  }

  private askAgain() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("queue.again_heading")}
      @closed=${this.close}
    >
      <p>${this.t("queue.again_text", { name: this.names(this.jobs) })}</p>
      <span slot="actions">
        ${button({ label: this.t("queue.again_no"), look: "plain", onClick: this.close })}
        ${button({
          label: this.t("queue.again_yes"),
          look: "primary",
          onClick: () => void this.again(),
        })}
      </span>
    </bvp-dialog>`;
  }
}

/** Whether what is being printed is to be ended. */
@customElement("bvp-queue-confirm")
export class BvpQueueConfirm extends QueueDialog {
  @property({ attribute: false }) jobs: readonly Job[] = [];
  @property() verb: "cancel" | "stop" = "stop";

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("queue.stop_heading", { name: this.names(this.jobs) })}
      @closed=${this.close}
    >
      <p>${this.t("queue.stop_text", { printer: this.jobs[0]?.printed_on ?? "" })}</p>
      <span slot="actions">
        ${button({ label: this.t("queue.stop_no"), look: "plain", onClick: this.close })}
        ${button({
          label: this.t("queue.verb_stop"),
          icon: "mdi:stop",
          look: "danger",
          onClick: () => {
            this.close();
            void this.actions.do(this.verb, this.jobs, { confirm: true });
          },
        })}
      </span>
    </bvp-dialog>`;
  }
}

const PART_NAMES: Record<EditPart, Key> = {
  copies: "queue.copies",
  not_before: "queue.not_before",
  due: "queue.due",
  options: "queue_dialog.options",
};

/** What can still be changed about a job, or one part of it, of several jobs at once. */
@customElement("bvp-queue-edit")
export class BvpQueueEdit extends QueueDialog {
  static override styles = [
    shared,
    formStyles,
    copiesStyles,
    css`
      .two {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(200px, 1fr));
        gap: 0 16px;
        align-items: start;
      }
    `,
  ];

  @property({ attribute: false }) jobs!: readonly Job[];
  /** What alone is shown, and changed. */
  @property({ attribute: false }) only: EditPart | null = null;
  @property({ attribute: false }) targets: readonly TargetChoice[] = [];
  @state() private copies = 1;
  @state() private target = "none";
  @state() private priority: Priority = "normal";
  @state() private notBefore = "";
  @state() private due = "";
  @state() private timing: Timing = timingOf(null);
  @state() private rule: RuleChoice = "printer";
  @state() private anyway = false;
  @state() private options: PrintOptions = {};
  /** Why it was not saved. */
  @state() private problem = "";
  /** What they were before anything was changed. */
  private stored?: { notBefore: string; due: string; timing: Timing };

  /** The one whose values the fields begin with. */
  private get job(): Job {
    return this.jobs[0]!;
  }

  /** Whoever chose one part of it writes that at once. The dialog takes the focus first. */
  protected override firstUpdated(): void {
    if (this.only)
      requestAnimationFrame(() =>
        this.renderRoot.querySelector<HTMLElement>("input, select")?.focus(),
      );
  }

  protected override willUpdate(): void {
    if (this.stored) return;
    const { job } = this;
    this.stored = this.timesOf(job);
    Object.assign(this, this.stored);
    this.copies = job.copies;
    this.target = job.target;
    this.priority = job.priority;
    this.rule = job.filament_rule ?? "printer";
    this.anyway = job.print_anyway;
    this.options = { ...job.options };
  }

  /** When a job is to be printed, as the fields have it. */
  private timesOf(job: Job) {
    const { app } = this;
    return {
      notBefore: app.format.toField(job.not_before),
      due: app.format.toField(job.due),
      timing: timingOf(job, app),
    };
  }

  /** Whether a time was changed to one that is over. */
  private get isOver(): boolean {
    const { app, stored } = this;
    return (
      isOver(app, this.notBefore, stored!.notBefore) ||
      isOver(app, this.due, stored!.due) ||
      isTimingOver(app, stored!.timing, this.timing)
    );
  }

  /** What was changed of a job. Of several all get what is chosen, as far as anything was. */
  private changesOf(job: Job) {
    const { format } = this.app;
    const before = this.timesOf(job);
    return {
      ...(this.copies === job.copies ? {} : { copies: this.copies }),
      ...(this.target === job.target ? {} : { target: this.target }),
      ...(this.priority === job.priority ? {} : { priority: this.priority }),
      ...(this.notBefore === before.notBefore
        ? {}
        : { not_before: format.fromField(this.notBefore) }),
      ...(this.rule === (job.filament_rule ?? "printer") ? {} : { filament_rule: this.rule }),
      ...(this.anyway === job.print_anyway ? {} : { print_anyway: this.anyway }),
      ...(this.due === before.due ? {} : { due: format.fromField(this.due) }),
      ...timingChanges(this.app, before.timing, this.timing),
      ...(isSame(this.options, job.options ?? {}) ? {} : { options: this.options }),
    };
  }

  private async save(): Promise<void> {
    const { jobs, only: part, app } = this;
    this.problem = this.isOver ? this.t("timing.over") : "";
    if (this.problem) return;
    const isChanged = Object.keys(this.changesOf(this.job)).length > 0;
    try {
      for (const job of isChanged ? jobs : []) {
        const changes: Record<string, unknown> = this.changesOf(job);
        const wanted = part ? (part in changes ? { [part]: changes[part] } : {}) : changes;
        if (Object.keys(wanted).length) await app.api.editJob(job.id, wanted);
      }
    } catch (error) {
      this.problem = app.sayError(error);
      return;
    }
    this.close();
  }

  private get choices(): [string, string, boolean][] {
    const { job, targets } = this;
    const choices = targets.map((each): [string, string, boolean] => [
      each.id,
      targetName(this.app, targets, each.id),
      fits(job.sliced_for, each),
    ]);
    if (!["none", ...targets.map((each) => each.id)].includes(job.target))
      choices.push([job.target, targetName(this.app, targets, job.target, job.target_name), true]);
    return [...choices, ["none", this.t("target.later"), true]];
  }

  /** As many as are printed already. */
  private get fewest(): number {
    return Math.max(1, ...this.jobs.map((job) => job.copies_printed));
  }

  private targetField() {
    return html`<div class="field">
      <label for="target">${this.t("queue.target")}</label>
      <select
        id="target"
        @change=${(event: Event) => (this.target = (event.target as HTMLSelectElement).value)}
      >
        ${this.choices.map(
          ([id, name, fitting]) =>
            html`<option value=${id} ?selected=${id === this.target} ?disabled=${!fitting}>
              ${fitting
                ? name
                : this.t("queue.target_unfit", { target: name, model: this.job.sliced_for })}
            </option>`,
        )}
      </select>
    </div>`;
  }

  private copiesField() {
    return copiesField(this.app, this.copies, this.fewest, (copies) => (this.copies = copies));
  }

  private priorityField() {
    return html`<div class="field">
      <label for="priority">${this.t("queue.priority")}</label>
      <select
        id="priority"
        @change=${(event: Event) =>
          (this.priority = (event.target as HTMLSelectElement).value as Priority)}
      >
        ${(["high", "normal", "low"] as const).map(
          (each) =>
            html`<option value=${each} ?selected=${each === this.priority}>
              ${this.t(`queue.priority_${each}`)}
            </option>`,
        )}
      </select>
    </div>`;
  }

  private notBeforeField() {
    return timeField(this.app, {
      id: "not-before",
      label: this.t("queue.not_before"),
      value: this.notBefore,
      before: this.stored!.notBefore,
      set: (value) => (this.notBefore = value),
    });
  }

  private dueField() {
    return timeField(this.app, {
      id: "due",
      label: this.t("queue.due"),
      value: this.due,
      before: this.stored!.due,
      set: (value) => (this.due = value),
    });
  }

  private optionFields() {
    return printOptions(this.app, this.options, (options) => {
      this.options = options;
    });
  }

  private fields() {
    switch (this.only) {
      case "copies":
        return this.copiesField();
      case "not_before":
        return this.notBeforeField();
      case "due":
        return this.dueField();
      case "options":
        return this.optionFields();
    }
    return html`${this.targetField()}
      <div class="two">
        ${this.copiesField()} ${this.priorityField()} ${this.notBeforeField()} ${this.dueField()}
        ${timingFields(
          this.app,
          this.timing,
          (timing) => {
            this.timing = timing;
          },
          this.stored!.timing,
        )}
        ${spoolRule(this.app, this.rule, this.anyway, (rule, anyway) => {
          this.rule = rule;
          this.anyway = anyway;
        })}
      </div>
      <details>
        <summary>${this.t("queue_dialog.options")}</summary>
        ${this.optionFields()}
      </details>`;
  }

  private get heading(): string {
    const name = this.jobs.length > 1 ? this.job.name : jobTitle(this.app, this.job);
    return this.only
      ? `${this.t(PART_NAMES[this.only])} · ${name}`
      : this.t("queue.edit_heading", { name });
  }

  protected override render() {
    return html`<bvp-dialog .app=${this.app} .heading=${this.heading} @closed=${this.close}>
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.save();
        }}
      >
        ${this.fields()}
        <input type="submit" hidden />
      </form>
      ${this.problem
        ? html`<span slot="actions" class="problem" role="alert">${this.problem}</span>`
        : nothing}
      <span slot="actions">
        ${button({ label: this.t("common.cancel"), look: "plain", onClick: this.close })}
        ${button({
          label: this.t("queue.save"),
          look: "primary",
          onClick: () => void this.save(),
        })}
      </span>
    </bvp-dialog>`;
  }
}

/** One job whole: what its address leads to. */
@customElement("bvp-queue-job")
export class BvpQueueJob extends QueueDialog {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    swatchStyles,
    progressStyles,
    queueStyles,
    css`
      .content {
        display: grid;
        gap: 16px;
      }
      bvp-picture {
        width: min(100%, 256px);
        justify-self: center;
      }
      .column {
        display: grid;
        gap: 4px;
      }
      .filaments {
        display: grid;
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        justify-content: flex-end;
        align-items: center;
      }
    `,
  ];

  @property({ attribute: false }) job!: Job;
  @property({ attribute: false }) targets: readonly TargetChoice[] = [];
  @property({ attribute: false }) printers: readonly Printer[] = [];
  @property({ type: Boolean }) disabled = false;

  private moment(label: Key, iconName: string, iso: string | null) {
    return fact(iconName, this.t(label), iso ? `${this.t(label)}: ${this.app.format.moment(iso)}` : null);
  }

  protected override render() {
    const { app, job, disabled } = this;
    const live = this.printers.find((each) => each.id === job.machine_id)?.live;
    const layers =
      live?.layer && live.layers
        ? this.t("queue.layer", { layer: live.layer, layers: live.layers })
        : null;
    const jobs = [job];
    return html`<bvp-dialog addressed .app=${app} .heading=${jobTitle(app, job)} @closed=${this.close}>
      <div class="content">
        <bvp-picture
          .src=${job.picture}
          .alt=${this.t("queue.picture", { plate: job.plate, name: job.name })}
          eager
        ></bvp-picture>
        ${statusPart(app, this.actions, jobs, disabled)}
        ${neededFilaments(app, job.filaments, job.waiting !== null && job.target !== "none")}
        <div class="column">
          ${factsPart(app, jobs)}
          ${fact(
            "mdi:printer-3d",
            this.t("queue.target"),
            targetName(app, this.targets, job.target, job.target_name),
          )}
          ${fact("mdi:layers-outline", this.t("queue.layers"), layers)}
          ${fact(
            "mdi:cash",
            this.t("queue.cost"),
            job.cost === null ? null : app.format.money(job.cost),
          )}
          ${fact(
            "mdi:inbox-arrow-down",
            this.t("queue.came_by"),
            [job.printer, job.source_ip].filter(Boolean).join(" · "),
          )}
          ${this.moment("queue.expected_start", "mdi:clock-start", job.started_at ? null : job.expected_start)}
          ${this.moment("queue.expected_end", "mdi:clock-end", job.finished_at ? null : job.expected_end)}
          ${this.moment("queue.not_before", "mdi:calendar-clock", job.not_before)}
          ${this.moment("queue.due", "mdi:flag-outline", job.due)} ${timingFacts(app, job)}
          ${this.moment("queue.started", "mdi:play", job.started_at)}
          ${this.moment("queue.finished", "mdi:flag-checkered", job.finished_at)}
        </div>
      </div>
      <footer slot="actions">
        ${buttons(app, this.actions, jobs, disabled) || nothing}
        <bvp-menu
          .app=${app}
          .label=${this.t("queue.more", { name: jobTitle(app, job) })}
          .items=${menuItems(app, this.actions, jobs, disabled)}
        ></bvp-menu>
      </footer>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue-fail": BvpQueueFail;
    "bvp-queue-confirm": BvpQueueConfirm;
    "bvp-queue-edit": BvpQueueEdit;
    "bvp-queue-job": BvpQueueJob;
  }
}
