import { css, html, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import qrcode from "qrcode-generator";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";

/** Modules of the margin that readers need. */
const MARGIN = 4;

/** The dark modules of a code as a path, one unit wide each, and how many there are in a row with the margin. */
export function qrPath(text: string): { path: string; size: number } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      if (code.isDark(row, column)) path += `M${column + MARGIN} ${row + MARGIN}h1v1h-1z`;
  return { path, size: count + 2 * MARGIN };
}

/** A link as a code, for another device. Event: `closed`. */
@customElement("bvp-qr-dialog")
export class BvpQrDialog extends BvpElement {
  static override styles = [
    shared,
    css`
      .code {
        display: grid;
        justify-items: center;
        gap: 16px;
      }
      svg {
        width: min(280px, 100%);
        border-radius: var(--ha-border-radius-md, 8px);
        background: #fff;
      }
      a {
        overflow-wrap: anywhere;
        text-align: center;
      }
    `,
  ];

  @property() link = "";

  protected override render() {
    const { path, size } = qrPath(this.link);
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("common.open_on_phone")}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      <div class="code">
        ${svg`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.t("common.qr_code")}
          shape-rendering="crispEdges"><path d=${path} fill="#000"></path></svg>`}
        <p class="secondary">${this.t("common.open_on_phone_how")}</p>
        <a href=${this.link}>${this.link}</a>
      </div>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-qr-dialog": BvpQrDialog;
  }
}
