import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ConnectEvent, Connection, Printer, TrustCommands } from "../api/types";
import { alert, icon, iconButton } from "../ha";
import { AccessCode } from "../parts/access-code";
import { copy } from "../parts/copy";
import "../parts/dialog";
import { BvpElement } from "../parts/element";
import { QrLink } from "../parts/qr";
import { shared } from "../styles";

const SYSTEMS = ["windows", "macos", "linux"] as const;
type System = (typeof SYSTEMS)[number];
const SYSTEM_NAMES: Record<System, string> = {
  windows: "Windows",
  macos: "macOS",
  linux: "Linux",
};

function ownSystem(): System {
  const agent = navigator.userAgent;
  if (/Mac|iPhone|iPad/.test(agent)) return "macos";
  return /Linux|X11/.test(agent) && !/Android/.test(agent) ? "linux" : "windows";
}

const STATES = {
  waiting: { icon: "mdi:timer-sand", tone: "" },
  not_trusted: { icon: "mdi:alert", tone: "warning" },
  wrong_code: { icon: "mdi:alert", tone: "warning" },
  connected: { icon: "mdi:check-circle", tone: "good" },
} as const;

/** How a slicer gets to a printer, and whether it has. */
@customElement("bvp-connect-dialog")
export class BvpConnectDialog extends BvpElement {
  static override styles = [
    shared,
    css`
      ol {
        display: grid;
        gap: 20px;
        counter-reset: step;
      }
      ol > li {
        display: grid;
        gap: 8px;
        padding-inline-start: 40px;
        position: relative;
        counter-increment: step;
      }
      ol > li::before {
        position: absolute;
        inset-inline-start: 0;
        width: 28px;
        height: 28px;
        border: 1px solid var(--divider-color);
        border-radius: 50%;
        content: counter(step);
        line-height: 26px;
        text-align: center;
      }
      h3 {
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 28px;
      }
      [role="tablist"] {
        display: flex;
        gap: 4px;
        border-bottom: 1px solid var(--divider-color);
      }
      [role="tab"] {
        min-height: 44px;
        padding: 0 12px;
        border: 0;
        border-bottom: 3px solid transparent;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
      [role="tab"][aria-selected="true"] {
        border-color: var(--primary-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .line {
        display: flex;
        align-items: center;
        gap: 4px;
        padding: 4px 4px 4px 12px;
        border-radius: var(--ha-border-radius-md, 8px);
        background: var(--secondary-background-color);
      }
      code {
        flex: 1;
        min-width: 0;
        font-family: var(--ha-font-family-code, monospace);
        overflow-wrap: anywhere;
      }
      .state {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 12px;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
      }
      .good .icon {
        color: var(--success-color);
      }
      .warning .icon {
        color: var(--warning-color);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 4px 16px;
        margin: 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
        margin: 0;
        overflow-wrap: anywhere;
      }
      dt {
        align-self: center;
      }
      dd code {
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) printer!: Printer;
  @state() private commands?: TrustCommands;
  @state() private connection?: Connection;
  @state() private event: ConnectEvent = { state: "waiting", client: null };
  @state() private error?: unknown;
  @state() private system: System = ownSystem();
  private watching?: Promise<() => Promise<void>>;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watching = this.app.api.connect(this.printer.id, (event) => (this.event = event));
    const failed = (error: unknown) => (this.error = error);
    this.watching.catch(failed);
    this.app.api.trustCommands().then((commands) => (this.commands = commands), failed);
    this.app.api
      .connection(this.printer.id)
      .then((connection) => (this.connection = connection), failed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watching?.then((end) => end()).catch(() => undefined);
  }

  private onTabKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const isRtl = getComputedStyle(this).direction === "rtl";
    const at = SYSTEMS.indexOf(this.system) + (isRtl ? -step : step);
    this.system = SYSTEMS[(at + SYSTEMS.length) % SYSTEMS.length]!;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus(),
    );
  }

  private trust() {
    const command = this.commands?.commands[this.system];
    return html`<div role="tablist" aria-label=${this.t("printers.connect_system")}>
        ${SYSTEMS.map(
          (system) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${system}"
              aria-controls="command"
              aria-selected=${system === this.system}
              tabindex=${system === this.system ? 0 : -1}
              @click=${() => (this.system = system)}
              @keydown=${this.onTabKey}
            >
              ${SYSTEM_NAMES[system]}
            </button>`,
        )}
      </div>
      <div id="command" role="tabpanel" aria-labelledby="tab-${this.system}">
        <p class="secondary small">${this.t(`printers.connect_where_${this.system}`)}</p>
        ${command
          ? html`<div class="line">
              <code>${command}</code>
              ${iconButton({
                label: this.t("printers.connect_copy"),
                icon: "mdi:content-copy",
                onClick: () => void copy(this.app, this, command),
              })}
            </div>`
          : nothing}
      </div>`;
  }

  private readonly code = new AccessCode(this);
  private readonly qr = new QrLink(this);

  private facts() {
    const found = this.connection;
    if (!found) return nothing;
    return html`<dl>
      <dt>${this.t("printers.name")}</dt>
      <dd>${found.name}</dd>
      <dt>${this.t("printers.address")}</dt>
      <dd>${found.address}</dd>
      <dt>${this.t("printers.serial")}</dt>
      <dd>${found.serial}</dd>
      ${this.code.row()}
    </dl>`;
  }

  private live() {
    const shown = STATES[this.event.state];
    return html`<div class="state ${shown.tone}" role="status">
      ${icon(shown.icon)}
      <span
        >${this.t(`printers.connect_${this.event.state}`, {
          client: this.event.client ?? "",
          printer: this.printer.name,
        })}</span
      >
    </div>`;
  }

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      heading=${this.t("printers.connect_heading", { printer: this.printer.name })}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${this.error ? alert("error", this.app.sayError(this.error)) : nothing}
      ${this.qr.button(this.app, () => this.app.url("printers", this.printer.id))}
      <ol>
        <li>
          <h3>${this.t("printers.connect_trust")}</h3>
          ${this.trust()}
        </li>
        <li>
          <h3>${this.t("printers.connect_choose")}</h3>
          <p class="secondary">${this.t("printers.connect_choose_how")}</p>
          ${this.facts()}
        </li>
        <li>
          <h3>${this.t("printers.connect_wait")}</h3>
          ${this.live()}
        </li>
      </ol>
      </bvp-dialog>
      ${this.qr.render(this.app)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-connect-dialog": BvpConnectDialog;
  }
}
