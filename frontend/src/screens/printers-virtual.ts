import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Printer, Text } from "../api/types";
import { alert, button, iconButton } from "../ha";
import { INTEGRATION } from "../links";
import { AccessCode } from "../parts/access-code";
import { chip, chipStyles } from "../parts/chip";
import { copy } from "../parts/copy";
import { BvpElement } from "../parts/element";
import "../parts/picture";
import { toggle, toggleStyles } from "../parts/toggle";
import { shared } from "../styles";
import "./printers-check";
import "./printers-connect";
import { printerStyles } from "./printers-styles";

const MODES = ["immediate", "review", "queue"] as const;

/** A virtual printer or a proxy. */
@customElement("bvp-virtual-printer")
export class BvpVirtualPrinter extends BvpElement {
  static override styles = [shared, printerStyles, chipStyles, toggleStyles];

  @property({ attribute: false }) printer!: Printer;
  /** The real printer behind a proxy. */
  @property({ attribute: false }) target?: Printer;
  @property({ type: Boolean }) isLive = false;
  @state() private dialog: "check" | "connect" | null = null;
  @state() private isBusy = false;
  private readonly code = new AccessCode(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The card may be another printer's now.
    if (changed.has("printer") && changed.get("printer")?.id !== this.printer.id)
      this.code.hide();
  }

  private async set(changes: { enabled: boolean } | { mode: (typeof MODES)[number] }) {
    this.isBusy = true;
    await this.app.attempt(this.app.api.setPrinter(this.printer.id, changes));
    // A refused choice is taken back: what is shown is what is.
    this.isBusy = false;
  }

  // --- what is shown ---

  private status() {
    switch (this.printer.status) {
      case "running":
        return chip("mdi:check-circle", this.t("printers.status_running"), "good");
      case "off":
        return chip("mdi:power-off", this.t("printers.status_off"));
      default:
        return chip("mdi:alert-circle", this.t("printers.status_problem"), "bad");
    }
  }

  private problems() {
    return (this.printer.problems ?? []).map((problem) => {
      const text: Text = {
        text_key: PROBLEM_TEXTS[problem.key] ?? "check_port_failed",
        values: { address: problem.address, port: String(problem.port), reason: problem.reason },
      };
      return alert("error", this.app.say(text));
    });
  }

  private failure() {
    const { printer } = this;
    return printer.status === "problem" && !printer.problems?.length
      ? alert("error", this.t("printers.failure"))
      : nothing;
  }

  private mode() {
    const { printer } = this;
    if (printer.kind === "proxy")
      return html`<dt>${this.t("printers.target")}</dt>
        <dd>${this.target?.name ?? this.t("printers.target_gone")}</dd>`;
    return html`<dt><label for="mode">${this.t("printers.mode")}</label></dt>
      <dd>
        ${this.app.isAdmin
          ? html`<select
              id="mode"
              .value=${live(printer.mode ?? "")}
              ?disabled=${!this.isLive || this.isBusy}
              @change=${(event: Event) =>
                this.set({ mode: (event.target as HTMLSelectElement).value as "review" })}
            >
              ${MODES.map(
                (mode) =>
                  html`<option value=${mode} ?selected=${mode === printer.mode}>
                    ${this.t(`printers.mode_${mode}`)}
                  </option>`,
              )}
            </select>`
          : this.t(`printers.mode_${printer.mode as "review"}`)}
      </dd>`;
  }

  private slicers() {
    const slicers = this.printer.slicers ?? [];
    const ips = [...new Set(slicers.map((slicer) => slicer.ip))];
    return html`<dt>${this.t("printers.slicers")}</dt>
      <dd>${ips.length ? this.app.format.list(ips) : this.t("printers.slicers_none")}</dd>`;
  }

  private last() {
    const last = this.printer.last_upload;
    if (!last) return nothing;
    return html`<div class="last">
      <bvp-picture .src=${last.picture_small}></bvp-picture>
      <div>
        <strong>${last.name}</strong>
        <span class="secondary"
          >${last.source_ip
            ? this.t("printers.last_upload", {
                ago: this.app.format.ago(last.received_at),
                ip: last.source_ip,
              })
            : this.app.format.ago(last.received_at)}</span
        >
      </div>
    </div>`;
  }

  private dialogs() {
    const close = () => (this.dialog = null);
    if (this.dialog === "check")
      return html`<bvp-check-dialog
        .app=${this.app}
        .printer=${this.printer}
        @connect=${() => (this.dialog = "connect")}
        @closed=${close}
      ></bvp-check-dialog>`;
    if (this.dialog === "connect")
      return html`<bvp-connect-dialog
        .app=${this.app}
        .printer=${this.printer}
        @closed=${close}
      ></bvp-connect-dialog>`;
    return nothing;
  }

  protected override render() {
    const { printer, app } = this;
    return html`<article class="card" aria-labelledby="name">
        <header>
          <div class="name">
            <h3 id="name">${printer.name}</h3>
            <div class="model"><span class="secondary">${printer.model}</span>${this.status()}</div>
          </div>
          ${app.isAdmin
            ? iconButton({
                label: this.t("printers.settings", { printer: printer.name }),
                icon: "mdi:cog",
                onClick: () => app.visit(INTEGRATION),
              })
            : nothing}
          ${app.isAdmin && printer.enabled !== undefined
            ? toggle({
                label: this.t("printers.enabled", { printer: printer.name }),
                checked: printer.enabled,
                disabled: !this.isLive || this.isBusy,
                onChange: (enabled) => void this.set({ enabled }),
              })
            : nothing}
        </header>
        ${this.problems()} ${this.failure()}
        <dl>
          ${this.mode()}
          <dt>${this.t("printers.address")}</dt>
          <dd>
            <code>${printer.address}</code>
            ${iconButton({
              label: this.t("printers.address_copy"),
              icon: "mdi:content-copy",
              onClick: () => void copy(app, this, printer.address ?? ""),
            })}
          </dd>
          ${this.code.row(!this.isLive)} ${this.slicers()}
        </dl>
        ${this.last()}
        <footer>
          ${app.isAdmin
            ? button({
                label: this.t("printers.connect"),
                icon: "mdi:lan-connect",
                disabled: !this.isLive || printer.status !== "running",
                onClick: () => (this.dialog = "connect"),
              })
            : nothing}
          ${button({
            label: this.t("printers.check"),
            icon: "mdi:clipboard-check-outline",
            disabled: !this.isLive,
            onClick: () => (this.dialog = "check"),
          })}
        </footer>
      </article>
      ${this.dialogs()}`;
  }
}

const PROBLEM_TEXTS: Record<string, string> = {
  port_in_use: "check_port_in_use",
  port_forbidden: "check_port_forbidden",
  address_missing: "check_address_missing",
};

declare global {
  interface HTMLElementTagNameMap {
    "bvp-virtual-printer": BvpVirtualPrinter;
  }
}
