import { html } from "lit";
import { customElement } from "lit/decorators.js";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";

@customElement("bvp-stats")
export class BvpStats extends Screen {
  protected override render() {
    return html`${empty("mdi:chart-bar", this.t("stats.empty"))}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-stats": BvpStats;
  }
}
