import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { App, Route } from "../app";
import type { State } from "../store";
import { shared } from "../styles";

/** A part of the panel that says and does things. */
export class BvpElement extends LitElement {
  static override styles: import("lit").CSSResultGroup = shared;

  @property({ attribute: false }) app!: App;

  protected get t() {
    return this.app.t;
  }
}

/** What a tab shows. */
export class Screen extends BvpElement {
  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) route!: Route;
  @property({ type: Boolean, reflect: true }) narrow = false;
}
