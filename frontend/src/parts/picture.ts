import { LitElement, css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../ha";
import { shared } from "../styles";

/** A picture in its well, or a cube where there is none. */
@customElement("bvp-picture")
export class BvpPicture extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: grid;
        place-items: center;
        overflow: hidden;
        background: var(--secondary-background-color);
        border-radius: var(--bvp-picture-radius, var(--ha-border-radius-md, 8px));
        color: var(--secondary-text-color);
        aspect-ratio: 1;
      }
      img {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        object-fit: contain;
      }
      .none {
        position: absolute;
        inset: 30%;
      }
      .icon {
        --mdc-icon-size: 100%;
        width: 100%;
        height: 100%;
      }
    `,
  ];

  @property() src: string | null = null;
  /** Empty where the name stands beside it. */
  @property() alt = "";
  @property({ type: Boolean }) eager = false;
  @state() private failed: string | null = null;

  protected override render() {
    if (!this.src || this.failed === this.src)
      return html`<span
        class="none"
        role=${this.alt ? "img" : nothing}
        aria-label=${this.alt || nothing}
        >${icon("mdi:cube-outline")}</span
      >`;
    return html`<img
      src=${this.src}
      alt=${this.alt}
      loading=${this.eager ? "eager" : "lazy"}
      decoding="async"
      draggable="false"
      @error=${() => (this.failed = this.src)}
    />`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-picture": BvpPicture;
  }
}
