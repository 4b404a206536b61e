import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import type { App } from "../app";
import { icon } from "../ha";
import type { MenuItem } from "./menu";

/** Shows a place of the panel as a code for another device; what draws codes is loaded when somebody asks. */
export class QrLink implements ReactiveController {
  private link = "";

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.link = "";
  }

  /** Show this address of the panel. */
  show(path: string): void {
    void import("./qr-dialog").then(() => {
      this.link = location.origin + path;
      this.host.requestUpdate();
    });
  }

  item(app: App, path: () => string): MenuItem {
    return {
      label: app.t("common.open_on_phone"),
      icon: "mdi:qrcode",
      onClick: () => this.show(path()),
    };
  }

  button(app: App, path: () => string) {
    return html`<button type="button" class="button plain" @click=${() => this.show(path())}>
      ${icon("mdi:qrcode")}<span>${app.t("common.open_on_phone")}</span>
    </button>`;
  }

  render(app: App) {
    return this.link
      ? html`<bvp-qr-dialog
          .app=${app}
          .link=${this.link}
          @closed=${() => {
            this.link = "";
            this.host.requestUpdate();
          }}
        ></bvp-qr-dialog>`
      : nothing;
  }
}
