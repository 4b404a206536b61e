import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";

@customElement("bvp-queue")
export class BvpQueue extends Screen {
  protected override render() {
    return html`${empty("mdi:format-list-numbered", this.t("queue.empty"))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue": BvpQueue;
  }
}
