import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Plate } from "../api/types";
import { iconButton } from "../ha";
import { shared } from "../styles";
import { BvpElement } from "./element";
import "./picture";

/** The pictures of the plates, one at a time, with buttons to go through them. */
@customElement("bvp-plates")
export class BvpPlates extends BvpElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .well {
        position: relative;
      }
      bvp-picture {
        aspect-ratio: auto;
        height: var(--bvp-plates-height, 320px);
        --bvp-picture-radius: var(--ha-border-radius-lg, 12px);
      }
      .step {
        position: absolute;
        top: calc(50% - 22px);
        border-radius: 50%;
        background: var(--card-background-color);
      }
      .back {
        inset-inline-start: 8px;
      }
      .on {
        inset-inline-end: 8px;
      }
      .caption {
        padding-top: 8px;
        color: var(--secondary-text-color);
        text-align: center;
      }
    `,
  ];

  /** What is shown until the plates are known. */
  @property({ attribute: false }) cover: string | null = null;
  @property() name = "";
  @property({ attribute: false }) plates: readonly Plate[] = [];
  @state() private at = 0;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("name") || this.at >= this.plates.length) this.at = 0;
  }

  private step(by: number): void {
    const count = this.plates.length;
    this.at = (this.at + by + count) % count;
  }

  private describe(plate: Plate): string {
    const { format } = this.app;
    const title = this.t("plate.of", {
      plate: plate.number,
      name: plate.name || this.name,
    });
    return plate.objects.length
      ? `${title}: ${format.list(plate.objects.slice(0, 5))}`
      : title;
  }

  protected override render() {
    const plate = this.plates[this.at];
    const many = this.plates.length > 1;
    const { format } = this.app;
    return html`<div class="well">
        <bvp-picture
          eager
          .src=${(plate ? plate.picture : null) ?? this.cover}
          .alt=${plate ? this.describe(plate) : this.name}
        ></bvp-picture>
        ${many
          ? html`<span class="step back"
                >${iconButton({
                  label: this.t("plate.previous"),
                  icon: "mdi:chevron-left",
                  onClick: () => this.step(-1),
                })}</span
              ><span class="step on"
                >${iconButton({
                  label: this.t("plate.next"),
                  icon: "mdi:chevron-right",
                  onClick: () => this.step(1),
                })}</span
              >`
          : nothing}
      </div>
      ${many && plate
        ? html`<p class="caption">
            ${[
              this.t("plate.number", { plate: plate.number, plates: this.plates.length }),
              plate.name,
              plate.print_time_s ? format.duration(plate.print_time_s) : "",
              plate.filament_g ? format.weight(plate.filament_g) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>`
        : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-plates": BvpPlates;
  }
}
