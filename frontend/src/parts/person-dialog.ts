import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Allowance, PersonSettings, TargetChoice } from "../api/types";
import { button } from "../ha";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";
import { formStyles } from "./form";

const HOUR_S = 3600;

/** What holds for what somebody sends. Events: `save` with PersonSettings, `closed`. */
@customElement("bvp-person-dialog")
export class BvpPersonDialog extends BvpElement {
  static override styles = [shared, formStyles];

  @property({ attribute: false }) person!: Allowance;
  @property({ attribute: false }) targets: readonly TargetChoice[] = [];
  @state() private isInvalid = false;

  private input(id: string): HTMLInputElement {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)!;
  }

  private limit(id: string): number | null {
    const { value } = this.input(id);
    return value === "" ? null : Number(value);
  }

  private save(): void {
    this.isInvalid = !["grams", "hours"].every((id) => this.input(id).checkValidity());
    if (this.isInvalid) return;
    const chosen = this.renderRoot.querySelectorAll<HTMLInputElement>("[name=printer]:checked");
    const detail: PersonSettings = {
      reviewed: this.input("reviewed").checked,
      tags: this.input("tags")
        .value.split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
      machine_ids: [...chosen].map((each) => each.value),
      grams_per_month: this.limit("grams"),
      hours_per_month: this.limit("hours"),
    };
    this.dispatchEvent(new CustomEvent<PersonSettings>("save", { detail }));
  }

  private readonly close = () => this.dispatchEvent(new CustomEvent("closed"));

  private amount(id: "grams" | "hours", value: number | null) {
    return html`<div class="field">
      <label for=${id}>${this.t(`person.${id}`)}</label>
      <input
        id=${id}
        type="number"
        inputmode="decimal"
        min="0"
        max="1000000"
        step="any"
        .value=${value === null ? "" : String(value)}
        aria-describedby="${id}-help"
      />
      <span id="${id}-help" class="small secondary">${this.t("person.limit_help")}</span>
    </div>`;
  }

  private printers() {
    const printers = this.targets.filter((target) => target.kind === "printer");
    if (!printers.length) return nothing;
    return html`<fieldset aria-describedby="printers-help">
      <legend>${this.t("person.printers")}</legend>
      ${printers.map(
        (printer) =>
          html`<label class="choice">
            <input
              type="checkbox"
              name="printer"
              value=${printer.id}
              .checked=${this.person.machine_ids.includes(printer.id)}
            />
            ${printer.name}
          </label>`,
      )}
      <span id="printers-help" class="small secondary">${this.t("person.printers_help")}</span>
    </fieldset>`;
  }

  protected override render() {
    const { person } = this;
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${`${person.name} · ${person.printer}`}
      @closed=${this.close}
    >
      <label class="choice">
        <input id="reviewed" type="checkbox" .checked=${person.reviewed} />
        ${this.t("person.reviewed")}
      </label>
      ${this.printers()} ${this.amount("grams", person.limit_g)}
      ${this.amount("hours", person.limit_s === null ? null : person.limit_s / HOUR_S)}
      <div class="field">
        <label for="tags">${this.t("person.tags")}</label>
        <input id="tags" .value=${person.tags.join(", ")} aria-describedby="tags-help" />
        <span id="tags-help" class="small secondary">${this.t("notes.tags_help")}</span>
      </div>
      ${this.isInvalid ? html`<p role="alert">${this.t("person.invalid")}</p>` : nothing}
      <span slot="actions">
        ${button({ label: this.t("common.cancel"), look: "plain", onClick: this.close })}
        ${button({ label: this.t("common.save"), look: "primary", onClick: () => this.save() })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-person-dialog": BvpPersonDialog;
  }
}
