import { LitElement, type PropertyValues } from "lit";
import { property, state } from "lit/decorators.js";
import type { App } from "./app";
import { cardApp, follow, library, textsOf, type Texts } from "./card-app";
import type { Hass } from "./hass";
import type { Key } from "./i18n";
import type { State } from "./store";

/** A part of a dashboard that follows the library while it is shown. */
export class Follower extends LitElement {
  @property({ attribute: false }) hass?: Hass;
  @state() protected library: State = library();
  @state() protected texts?: Texts;
  protected app?: App;
  private unfollow?: () => void;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
    this.unfollow = undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { hass } = this;
    if (!hass) return;
    if (this.isConnected && !this.unfollow) {
      this.unfollow = follow(hass, () => (this.library = library()));
      this.library = library();
    }
    const before = changed.get("hass") as Hass | undefined;
    if (changed.has("hass") && before?.language !== hass.language)
      void textsOf(hass).then((texts) => (this.texts = texts));
    if (this.texts && (!this.app || changed.has("texts") || before?.locale !== hass.locale))
      this.app = cardApp(() => this.hass!, this.texts, this);
  }

  protected t(key: Key, values?: Record<string, string | number>): string {
    return this.app!.t(key, values);
  }
}
