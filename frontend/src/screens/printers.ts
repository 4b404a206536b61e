import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";

@customElement("bvp-printers")
export class BvpPrinters extends Screen {
  protected override render() {
    return html`${empty("mdi:printer-3d", this.t("printers.empty"))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-printers": BvpPrinters;
  }
}
