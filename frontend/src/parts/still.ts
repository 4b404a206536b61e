import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { shared } from "../styles";
import { BvpElement } from "./element";

/** How often a picture is asked for. */
const EVERY_MS = 10_000;

/**
 * A picture of a camera that is asked for anew now and then, while it is in sight and nowhere else. All browsers ask at the same
 * moments, so that one picture is made for all of them.
 */
@customElement("bvp-still")
export class BvpStill extends BvpElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        /* Something to be in sight with, before there is a picture. */
        min-height: 1px;
      }
      img {
        display: block;
        width: 100%;
        aspect-ratio: 16 / 9;
        object-fit: cover;
        border-radius: var(--ha-border-radius-md, 8px);
        background: var(--secondary-background-color);
      }
    `,
  ];

  /** A signed path. */
  @property() src = "";
  @property() alt = "";
  /** The picture that is shown, as an address of this page. */
  @state() private picture = "";
  private isInSight = false;
  private isLooking = false;
  private timer = 0;
  private readonly observer = new IntersectionObserver((entries) => {
    this.isInSight = entries.at(-1)!.isIntersecting;
    this.follow();
  });
  private readonly follow = () => {
    clearTimeout(this.timer);
    if (this.isInSight && !document.hidden && this.isConnected) void this.look();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    document.addEventListener("visibilitychange", this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.isInSight = false;
    document.removeEventListener("visibilitychange", this.follow);
    clearTimeout(this.timer);
    this.show("");
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get("src")) this.follow();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const { src } = this;
    try {
      const answer = await fetch(src, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const picture = await answer.blob();
      if (src === this.src && this.isConnected) this.show(URL.createObjectURL(picture));
    } catch {
      // What it saw long ago says nothing of now.
      this.show("");
    }
    this.isLooking = false;
    const rest = src === this.src ? EVERY_MS - (Date.now() % EVERY_MS) : 0;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(this.follow, rest);
  }

  private show(picture: string): void {
    if (this.picture) URL.revokeObjectURL(this.picture);
    this.picture = picture;
  }

  protected override render() {
    return this.picture
      ? html`<img src=${this.picture} alt=${this.alt} draggable="false" />`
      : nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-still": BvpStill;
  }
}
