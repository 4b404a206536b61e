import { html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { button } from "../ha";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";
import { formStyles } from "./form";

/**
 * Asks for a text, with suggestions to tap, or only whether something is meant. Events: `done` with the text,
 * `refused` where there is a button for that, `closed`.
 */
@customElement("bvp-text-dialog")
export class BvpTextDialog extends BvpElement {
  static override styles = [shared, formStyles];

  @property() heading = "";
  @property() question = "";
  /** The name of the field; without one there is none. */
  @property() label = "";
  @property() confirm = "";
  /** What says no for good; without it, one can only do it later. */
  @property() refuse = "";
  @property({ type: Boolean }) danger = false;
  /** Each is given at once when tapped. */
  @property({ attribute: false }) suggestions: readonly string[] = [];
  @state() private text = "";

  protected override firstUpdated(): void {
    // Where there is nothing to tap, one writes at once. The dialog takes the focus first.
    if (this.label && !this.suggestions.length)
      requestAnimationFrame(() => this.renderRoot.querySelector("textarea")?.focus());
  }

  private done(text: string): void {
    this.dispatchEvent(new CustomEvent<string>("done", { detail: text }));
  }

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.heading}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${this.question ? html`<p>${this.question}</p>` : nothing}
      ${this.suggestions.length
        ? html`<div class="chips field">
            ${this.suggestions.map(
              (text) =>
                html`<button type="button" class="choose" @click=${() => this.done(text)}>
                  ${text}
                </button>`,
            )}
          </div>`
        : nothing}
      ${this.label
        ? html`<div class="field">
            <label for="text">${this.label}</label>
            <textarea
              id="text"
              rows="2"
              .value=${this.text}
              @input=${(event: Event) =>
                (this.text = (event.target as HTMLTextAreaElement).value)}
            ></textarea>
          </div>`
        : nothing}
      <span slot="actions">
        ${button({
          label: this.refuse || this.t("common.cancel"),
          look: "plain",
          onClick: () => this.dispatchEvent(new CustomEvent(this.refuse ? "refused" : "closed")),
        })}
        ${button({
          label: this.confirm,
          look: this.danger ? "danger" : "primary",
          onClick: () => this.done(this.text.trim()),
        })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-text-dialog": BvpTextDialog;
  }
}
