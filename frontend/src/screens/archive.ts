import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";

@customElement("bvp-archive")
export class BvpArchive extends Screen {
  protected override render() {
    return html`${empty("mdi:archive-outline", this.t("archive.empty"))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive": BvpArchive;
  }
}
