import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";

@customElement("bvp-inbox")
export class BvpInbox extends Screen {
  protected override render() {
    return html`${empty("mdi:inbox", this.t("inbox.empty"))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-inbox": BvpInbox;
  }
}
