import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Archive } from "../api/types";
import { button } from "../ha";
import "../parts/dialog";
import { BvpElement } from "../parts/element";
import { formStyles } from "../parts/form";
import { shared } from "../styles";

/** Asks before archives are deleted. Events: `delete` with whether their numbers go too, `closed`. */
@customElement("bvp-archive-delete")
export class BvpArchiveDelete extends BvpElement {
  static override styles = [
    shared,
    formStyles,
    css`
      p {
        margin-bottom: 8px;
      }
    `,
  ];

  @property({ attribute: false }) archives: readonly Archive[] = [];
  @state() private purge = false;

  protected override render() {
    const [first] = this.archives;
    const count = this.archives.length;
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${count === 1
        ? this.t("archive.delete_title", { name: first!.name })
        : this.t("archive.delete_many", { count })}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      <p>${this.t("archive.delete_text")}</p>
      ${this.app.isAdmin
        ? html`<label class="choice"
            ><input
              type="checkbox"
              .checked=${this.purge}
              @change=${(event: Event) => (this.purge = (event.target as HTMLInputElement).checked)}
            />${this.t("archive.delete_purge")}</label
          >`
        : nothing}
      ${this.purge || !this.app.store.state.options.undo_minutes
        ? html`<p>${this.t("archive.delete_for_good")}</p>`
        : nothing}
      <span slot="actions">
        ${button({
          label: this.t("common.cancel"),
          look: "plain",
          onClick: () => this.dispatchEvent(new CustomEvent("closed")),
        })}
        ${button({
          label: this.t("archive.delete"),
          icon: "mdi:delete-outline",
          look: "danger",
          onClick: () =>
            this.dispatchEvent(new CustomEvent<boolean>("delete", { detail: this.purge })),
        })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive-delete": BvpArchiveDelete;
  }
}
