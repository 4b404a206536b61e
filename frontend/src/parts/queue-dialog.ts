import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Plan, PlanFields, Plate, TargetChoice } from "../api/types";
import { button, iconButton } from "../ha";
import { shared } from "../styles";
import { fits, modelName, targetName } from "../targets";
import "./dialog";
import { BvpElement } from "./element";
import { formStyles } from "./form";
import "./picture";
import { spoolRule, type RuleChoice } from "./spool-rule";
import { timingChanges, timingFields, timingOf, type Timing } from "./timing-fields";
import { fieldTime, momentOf } from "./time-field";

/** What is queued: a pending upload, an archive, or several of them (without plates then). */
export interface Subject {
  name: string;
  sliced_for: string;
  print_time_s: number | null;
  filament_g: number | null;
  cost: number | null;
  plates: readonly Plate[];
  plan: Plan | null;
}

type When = "now" | "hold" | "later";

const SWITCHES = ["timelapse", "vibration_cali", "layer_inspect", "use_ams"] as const;
const MODES = ["bed_leveling", "flow_cali", "nozzle_offset_cali"] as const;

/** How jobs are to be made. Events: `queue` with the fields of the plan, `closed`. */
@customElement("bvp-queue-dialog")
export class BvpQueueDialog extends BvpElement {
  static override styles = [
    shared,
    formStyles,
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
      .copies {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .copies input {
        width: 72px;
        text-align: center;
      }
      .sum {
        flex: 1 0 100%;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .options {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 0 16px;
      }
    `,
  ];

  @property({ attribute: false }) subject!: Subject;
  @property({ attribute: false }) targets: readonly TargetChoice[] = [];
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
  private seeded = false;

  protected override willUpdate(): void {
    if (!this.seeded) {
      this.seeded = true;
      const plan = this.subject.plan;
      this.target = plan?.target ?? this.suggestedTarget();
      this.copies = plan?.copies ?? 1;
      this.when = plan?.not_before ? "later" : plan?.hold ? "hold" : "now";
      this.notBefore = fieldTime(plan?.not_before ?? null);
      this.due = fieldTime(plan?.due ?? null);
      this.next = plan?.priority === "high";
      this.options = { ...(plan?.options ?? {}) };
      this.rule = plan?.filament_rule ?? "printer";
      this.anyway = plan?.print_anyway ?? false;
      this.timing = timingOf(plan);
    }
    const numbers = this.printable.map((plate) => plate.number);
    if (numbers.length && ![...this.plates].some((number) => numbers.includes(number))) {
      const planned = this.subject.plan?.plates ?? [];
      this.plates = new Set(planned.length ? planned : numbers);
    }
  }

  private suggestedTarget(): string {
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
      not_before: this.when === "later" ? momentOf(this.notBefore) : null,
      due: momentOf(this.due),
      filament_rule: this.rule,
      print_anyway: this.anyway,
      ...timingChanges(timingOf(this.subject.plan), this.timing),
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
    const choice = (id: string, name: string, fitting: boolean) =>
      html`<label class="choice" aria-disabled=${!fitting}>
        <input
          type="radio"
          name="target"
          .checked=${this.target === id}
          ?disabled=${!fitting}
          @change=${() => (this.target = id)}
        />
        <span
          >${name}${fitting
            ? nothing
            : html`<br /><span class="small"
                  >${this.t("queue_dialog.sliced_for", { model: modelName(this.subject.sliced_for) })}</span
                >`}</span
        >
      </label>`;
    return html`<fieldset>
      <legend>${this.t("queue_dialog.target")}</legend>
      ${this.targets.map((target) =>
        choice(
          target.id,
          targetName(this.app, this.targets, target.id),
          fits(this.subject.sliced_for, target),
        ),
      )}
      ${choice("none", this.t("target.later"), true)}
    </fieldset>`;
  }

  private copiesPart() {
    const set = (copies: number) => (this.copies = Math.min(999, Math.max(1, copies || 1)));
    return html`<div class="field">
      <label for="copies">${this.t("queue_dialog.copies")}</label>
      <span class="copies">
        ${iconButton({
          label: this.t("queue_dialog.fewer"),
          icon: "mdi:minus",
          disabled: this.copies <= 1,
          onClick: () => set(this.copies - 1),
        })}
        <input
          id="copies"
          type="number"
          min="1"
          max="999"
          .value=${String(this.copies)}
          @change=${(event: Event) => set(Number((event.target as HTMLInputElement).value))}
        />
        ${iconButton({
          label: this.t("queue_dialog.more"),
          icon: "mdi:plus",
          onClick: () => set(this.copies + 1),
        })}
      </span>
    </div>`;
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
          ? html`<input
              type="datetime-local"
              style="margin-top:8px"
              aria-label=${this.t("queue_dialog.when_later")}
              .value=${this.notBefore}
              @input=${(event: Event) =>
                (this.notBefore = (event.target as HTMLInputElement).value)}
            />`
          : nothing}
      </fieldset>
      <fieldset>
        <legend>${this.t("queue_dialog.place")}</legend>
        <div class="chips">${place(false)} ${place(true)}</div>
      </fieldset>`;
  }

  private optionsPart() {
    const option = (name: string, values: readonly [string, unknown][]) =>
      html`<div class="field">
        <label for=${name}>${this.t(`option.${name}` as "option.timelapse")}</label>
        <select
          id=${name}
          @change=${(event: Event) => {
            const chosen = values[(event.target as HTMLSelectElement).selectedIndex - 1];
            const options = { ...this.options };
            if (chosen) options[name] = chosen[1];
            else delete options[name];
            this.options = options;
          }}
        >
          <option ?selected=${this.options[name] === undefined}>${this.t("option.as_sliced")}</option>
          ${values.map(
            ([label, value]) =>
              html`<option ?selected=${this.options[name] === value}>${label}</option>`,
          )}
        </select>
      </div>`;
    const off = this.t("option.off");
    const on = this.t("option.on");
    const auto = this.t("option.auto");
    return html`<details>
      <summary>${this.t("queue_dialog.options")}</summary>
      <div class="options">
        ${SWITCHES.map((name) =>
          option(name, [
            [off, false],
            [on, true],
          ]),
        )}
        ${MODES.map((name) =>
          option(name, [
            [off, "off"],
            [on, "on"],
            [auto, "auto"],
          ]),
        )}
      </div>
      ${spoolRule(this.app, this.rule, this.anyway, (rule, anyway) => {
        this.rule = rule;
        this.anyway = anyway;
      })}
      <div class="field">
        <label for="due">${this.t("queue_dialog.due")}</label>
        <input
          id="due"
          type="datetime-local"
          .value=${this.due}
          @input=${(event: Event) => (this.due = (event.target as HTMLInputElement).value)}
        />
      </div>
      ${timingFields(this.app, this.timing, (timing) => {
        this.timing = timing;
      })}
    </details>`;
  }

  private get jobs(): number {
    return Math.max(1, this.printable.filter((plate) => this.plates.has(plate.number)).length);
  }

  private sum() {
    const { format } = this.app;
    const chosen = this.printable.filter((plate) => this.plates.has(plate.number));
    const total = (of: "print_time_s" | "filament_g") =>
      (chosen.length
        ? chosen.reduce((sum, plate) => sum + (plate[of] ?? 0), 0)
        : (this.subject[of] ?? 0)) * this.copies;
    const all = this.printable.reduce((sum, plate) => sum + (plate.filament_g ?? 0), 0);
    const part = all && chosen.length ? total("filament_g") / this.copies / all : 1;
    return [
      this.t("queue_dialog.jobs", { count: this.jobs }),
      total("print_time_s") ? format.duration(total("print_time_s")) : "",
      total("filament_g") ? format.weight(total("filament_g")) : "",
      this.subject.cost ? format.money(this.subject.cost * part * this.copies) : "",
    ]
      .filter(Boolean)
      .join(" · ");
  }

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("queue_dialog.title", { name: this.subject.name })}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${this.platesPart()} ${this.targetsPart()} ${this.copiesPart()} ${this.whenPart()}
      ${this.optionsPart()}
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
          onClick: () =>
            this.dispatchEvent(new CustomEvent<PlanFields>("queue", { detail: this.fields })),
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
