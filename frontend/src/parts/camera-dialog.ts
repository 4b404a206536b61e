import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CameraView } from "../cameras";
import { button } from "../ha";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";
import { formStyles } from "./form";
import "./picture";

const REFRESH_MS = 2000;

/** Shows what cameras see, and takes the picture of one. Events: `taken` with the camera's entity, `closed`. */
@customElement("bvp-camera-dialog")
export class BvpCameraDialog extends BvpElement {
  static override styles = [
    shared,
    formStyles,
    css`
      bvp-picture {
        width: 100%;
        aspect-ratio: 16 / 9;
      }
    `,
  ];

  @property({ attribute: false }) cameras: readonly CameraView[] = [];
  /** Which is shown first. */
  @property() chosen = "";
  /** When the picture was asked for. */
  @state() private moment = Date.now();
  private refreshing?: ReturnType<typeof setInterval>;

  override connectedCallback(): void {
    super.connectedCallback();
    this.refreshing = setInterval(() => (this.moment = Date.now()), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.refreshing);
  }

  protected override render() {
    const camera = this.cameras.find((each) => each.id === this.chosen) ?? this.cameras[0];
    const separator = camera?.picture.includes("?") ? "&" : "?";
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("archive.photo_camera")}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${camera
        ? html`<bvp-picture
              eager
              .src=${`${camera.picture}${separator}moment=${this.moment}`}
              .alt=${camera.name}
            ></bvp-picture>
            ${this.cameras.length > 1
              ? html`<div class="field">
                  <label for="camera">${this.t("archive.camera")}</label>
                  <select
                    id="camera"
                    @change=${(event: Event) =>
                      (this.chosen = (event.target as HTMLSelectElement).value)}
                  >
                    ${this.cameras.map(
                      (each) =>
                        html`<option value=${each.id} ?selected=${each.id === camera.id}>
                          ${each.name}
                        </option>`,
                    )}
                  </select>
                </div>`
              : html`<p>${camera.name}</p>`}`
        : nothing}
      <span slot="actions">
        ${button({
          label: this.t("common.cancel"),
          look: "plain",
          onClick: () => this.dispatchEvent(new CustomEvent("closed")),
        })}
        ${camera
          ? button({
              label: this.t("archive.photo_take"),
              icon: "mdi:camera",
              look: "primary",
              onClick: () =>
                this.dispatchEvent(new CustomEvent<string>("taken", { detail: camera.id })),
            })
          : nothing}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-camera-dialog": BvpCameraDialog;
  }
}
