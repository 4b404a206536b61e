import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Job } from "../api/types";
import { BvpElement } from "../parts/element";
import "../parts/menu";
import { COPY_ICON, copyItems } from "../screens/queue-copy";

/** What whoever prints a job by hand needs of it on a card: its file, here or on the card of a printer. */
@customElement("bvp-by-hand")
export class BvpByHand extends BvpElement {
  static override styles = css`
    :host {
      display: contents;
    }
  `;

  @property({ attribute: false }) job!: Job;
  @property({ type: Boolean }) disabled = false;

  protected override render() {
    const { app, job } = this;
    const copies = copyItems(app, [job]);
    if (!job.download && !copies.length) return nothing;
    return html`<bvp-menu
      .app=${app}
      .label=${this.t("queue.more", { name: job.name })}
      .items=${[
        job.download !== null && {
          label: this.t("queue.download"),
          icon: "mdi:download",
          href: job.download,
          download: true,
        },
        copies.length > 0 && {
          label: this.t("queue.copy_to"),
          icon: COPY_ICON,
          disabled: this.disabled || Boolean(job.copying),
          items: copies,
        },
      ]}
    ></bvp-menu>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-by-hand": BvpByHand;
  }
}
