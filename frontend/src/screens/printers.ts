import { css, html, nothing, type PropertyValues } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Printer } from "../api/types";
import { button } from "../ha";
import type { Key } from "../i18n";
import { INTEGRATION } from "../links";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";
import { shared } from "../styles";
import "./printers-real";
import { nextWaiting } from "./printers-status";
import "./printers-virtual";

const KINDS: readonly { kind: Printer["kind"]; heading: Key; add: Key }[] = [
  { kind: "virtual", heading: "printers.virtual", add: "printers.add_virtual" },
  { kind: "proxy", heading: "printers.proxies", add: "printers.add_proxy" },
  { kind: "real", heading: "printers.real", add: "printers.add_real" },
];

@customElement("bvp-printers")
export class BvpPrinters extends Screen {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        width: 100%;
        max-width: calc(1200px + 2 * var(--bvp-gutter));
        margin: 0 auto;
        padding: 16px var(--bvp-gutter) 32px;
      }
      section + section {
        margin-top: 24px;
      }
      .heading {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        min-height: 48px;
        margin-bottom: 8px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr));
        gap: 16px;
      }
      li {
        border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
      }
      li > * {
        height: 100%;
      }
    `,
  ];

  private shownId: string | null = null;

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const id = this.route.id;
    if (id === this.shownId) return;
    const card = id && this.renderRoot.querySelector<HTMLElement>(`#printer-${CSS.escape(id)}`);
    if (id && !card) return;
    this.shownId = id;
    if (!card) return;
    // Cards have their heights once they are drawn themselves.
    requestAnimationFrame(() => {
      card.scrollIntoView({ block: "center" });
      card.focus({ preventScroll: true });
    });
  }

  private card(printer: Printer) {
    const { app, state } = this;
    const isLive = state.connection === "live";
    return html`<li id="printer-${printer.id}" tabindex="-1">
      ${printer.kind === "real"
        ? html`<bvp-real-printer
            .decides=${this.state.viewer.rights.includes("decide")}
            .app=${app}
            .printer=${printer}
            .waiting=${nextWaiting(state.queue, printer)}
            .isLive=${isLive}
          ></bvp-real-printer>`
        : html`<bvp-virtual-printer
            .app=${app}
            .printer=${printer}
            .target=${state.printers.find((each) => each.id === printer.target_id)}
            .isLive=${isLive}
          ></bvp-virtual-printer>`}
    </li>`;
  }

  private section({ kind, heading, add }: (typeof KINDS)[number]) {
    const printers = this.state.printers.filter((printer) => printer.kind === kind);
    // A proxy stands before a real printer; without one there is nothing to add.
    if (!printers.length && kind === "proxy") return nothing;
    if (!printers.length && !this.app.isAdmin) return nothing;
    return html`<section aria-labelledby="heading-${kind}">
      <div class="heading">
        <h2 id="heading-${kind}">${this.t(heading)}</h2>
        ${this.app.isAdmin
          ? button({
              label: this.t(add),
              icon: "mdi:plus",
              look: "plain",
              onClick: () => this.app.visit(INTEGRATION),
            })
          : nothing}
      </div>
      ${printers.length
        ? html`<ul>
            ${repeat(
              printers,
              (printer) => printer.id,
              (printer) => this.card(printer),
            )}
          </ul>`
        : html`<p class="secondary">${this.t(`printers.none_${kind as "virtual" | "real"}`)}</p>`}
    </section>`;
  }

  protected override render() {
    if (!this.state.printers.length)
      return html`${empty(
        "mdi:printer-3d",
        this.t("printers.empty"),
        this.app.isAdmin
          ? button({
              label: this.t("printers.add_virtual"),
              icon: "mdi:plus",
              look: "primary",
              onClick: () => this.app.visit(INTEGRATION),
            })
          : nothing,
      )}`;
    return KINDS.map((each) => this.section(each));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-printers": BvpPrinters;
  }
}
