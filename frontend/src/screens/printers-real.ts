import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Live, Power, Printer, Spool, Text } from "../api/types";
import { button, icon, iconButton } from "../ha";
import { INTEGRATION, isWebLink } from "../links";
import { chip, chipStyles, fact, factStyles } from "../parts/chip";
import { BvpElement } from "../parts/element";
import { Judging } from "../parts/judging";
import { progressBar, progressStyles } from "../parts/progress";
import "../parts/still";
import { swatch, swatchStyles } from "../parts/swatches";
import { follow } from "../router";
import { shared } from "../styles";
import { isUnpowered, powerStatus, statusOf } from "./printers-status";
import { printerStyles } from "./printers-styles";

/** What of its plug somebody has to see to. */
const TROUBLES: readonly Power[] = ["no_report", "switch_failed", "unavailable", "kept_off"];
const BUSY: readonly Live["phase"][] = ["prepare", "slicing", "running", "pause"];

/** A printer of the household: what it does now, and what its queue has for it. */
@customElement("bvp-real-printer")
export class BvpRealPrinter extends BvpElement {
  static override styles = [
    shared,
    printerStyles,
    chipStyles,
    factStyles,
    progressStyles,
    swatchStyles,
    css`
      a {
        color: inherit;
      }
      .spools {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 4px 16px;
      }
      .spools li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
      }
      .spools .text {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .spools .icon {
        --mdc-icon-size: 16px;
        width: 16px;
        height: 16px;
        margin-inline-start: -4px;
      }
      .errors li,
      p:has(.icon) {
        display: flex;
        gap: 8px;
      }
      .errors .icon {
        color: var(--error-color);
      }
      .print {
        display: grid;
        gap: 4px;
      }
      .print strong {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .camera {
        width: 100%;
        aspect-ratio: 16 / 9;
        object-fit: cover;
        border-radius: var(--ha-border-radius-md, 8px);
        background: var(--secondary-background-color);
      }
      .plate {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 8px 12px;
        border: 1px solid var(--warning-color);
        border-radius: var(--ha-border-radius-md, 8px);
      }
      .plate > .answers {
        display: flex;
        flex: 1 1 auto;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
      }
      .plate > .answers:has(.plain) .primary {
        flex: 1 1 100%;
      }
      .plate > .answers .plain {
        flex: 1 1 auto;
        border-color: var(--ha-color-border-neutral-normal, var(--divider-color));
      }
      .plate > span {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .plate > span > .icon {
        color: var(--warning-color);
      }
    `,
  ];

  @property({ attribute: false }) printer!: Printer;
  @property({ type: Boolean }) isLive = false;
  /** Whether who looks may decide what is printed. */
  @property({ type: Boolean }) decides = false;
  /** Why the next job that is meant for it does not begin. */
  @property({ attribute: false }) waiting: Text | null = null;
  @state() private isBusy = false;
  /** The path to the camera at which nothing was to be seen. */
  @state() private blind: string | null = null;

  private readonly judging = new Judging(this);

  private readonly clear = async (
    verdict?: "good" | "failed",
    reason = "",
    reprint?: boolean,
  ) => {
    const { app, printer } = this;
    this.isBusy = true;
    const print_id = printer.plate?.print_id;
    const done = await app.attempt(
      app.api.clearPlate(printer.id, {
        ...(print_id ? { print_id } : {}),
        ...(verdict ? { verdict } : {}),
        ...(reason ? { reason } : {}),
        ...(reprint === undefined ? {} : { reprint }),
      }),
    );
    this.isBusy = false;
    return done?.verdict;
  };

  private get isPrinting(): boolean {
    const phase = this.printer.live?.phase;
    return Boolean(this.printer.is_reporting && phase && BUSY.includes(phase));
  }

  private status() {
    const { printer } = this;
    const { icon: iconName, key, tone } = statusOf(printer);
    const power = printer.power ? powerStatus(printer.power) : null;
    return html`${chip(iconName, this.t(key), tone)}
    ${power
      ? chip(power.icon, this.t("printers.power", { state: this.t(power.key) }), power.tone)
      : nothing}`;
  }

  /** Why it cannot be talked to; empty where it can, or has no power as it should be. */
  private get reason(): string {
    const { printer, app } = this;
    const { power, availability } = printer;
    const values = { printer: printer.name };
    if (power && TROUBLES.includes(power))
      return app.say({ text_key: `waiting_power_${power}`, values });
    if (isUnpowered(printer) || !availability || ["online", "connecting"].includes(availability))
      return "";
    return app.say({ text_key: `waiting_offline_${availability}`, values });
  }

  private print() {
    const { live } = this.printer;
    if (!live || !this.isPrinting) return nothing;
    const { format } = this.app;
    const left = live.ends_at ? (new Date(live.ends_at).getTime() - Date.now()) / 1000 : null;
    const words = [
      live.percent === null ? "" : format.percent(live.percent),
      live.layer !== null && live.layers
        ? this.t("printers.layer", { layer: live.layer, layers: live.layers })
        : "",
      left !== null && left > 0 ? this.t("printers.left", { time: format.duration(left) }) : "",
      live.ends_at && left !== null && left > 0
        ? this.t("printers.done_at", { time: format.moment(live.ends_at) })
        : "",
    ].filter(Boolean);
    return html`<div class="print">
      <strong>${live.name || this.t("printers.unnamed_print")}</strong>
      ${progressBar(live.percent, live.name || this.t("printers.unnamed_print"), words.join(", "))}
      <span class="secondary">${words.join(" · ")}</span>
    </div>`;
  }

  private uploading() {
    const percent = this.printer.live?.upload_percent;
    if (percent === null || percent === undefined) return nothing;
    const label = this.t("printers.sending");
    return html`<div class="print">
      <span>${label} ${this.app.format.percent(percent)}</span>
      ${progressBar(percent, label, this.app.format.percent(percent))}
    </div>`;
  }

  private temperature(now: number | null, target: number | null): string | null {
    if (now === null) return null;
    const { format } = this.app;
    return target
      ? this.t("printers.temperature_target", {
          now: format.celsius(now),
          target: format.celsius(target),
        })
      : format.celsius(now);
  }

  private temperatures() {
    const { live, is_reporting } = this.printer;
    if (!live || !is_reporting) return nothing;
    return html`<div class="facts">
      ${fact(
        "mdi:printer-3d-nozzle-heat",
        this.t("printers.nozzle"),
        this.temperature(live.nozzle_c, live.nozzle_target_c),
      )}
      ${fact(
        "mdi:radiator",
        this.t("printers.bed"),
        this.temperature(live.bed_c, live.bed_target_c),
      )}
      ${fact(
        "mdi:thermometer",
        this.t("printers.chamber"),
        this.temperature(live.chamber_c, null),
      )}
    </div>`;
  }

  private spool(spool: Spool) {
    const name = spool.is_present
      ? spool.name || spool.type || this.app.say({ text_key: "spool_unknown", values: {} })
      : this.app.say({ text_key: "spool_empty", values: {} });
    const remaining =
      spool.remaining_percent === null ? "" : this.app.format.percent(spool.remaining_percent);
    const place = this.app.say(spool.place);
    return html`<li title=${[place, name, remaining].filter(Boolean).join(" · ")}>
      ${spool.is_present ? swatch(spool.color) : nothing}
      <span class="text"
        ><span class="secondary">${place}</span> ${name}
        ${remaining ? html`<span class="secondary">${remaining}</span>` : nothing}</span
      >
      ${spool.is_active
        ? html`${icon("mdi:chevron-double-left")}<span class="visually-hidden"
              >${this.t("printers.spool_active")}</span
            >`
        : nothing}
    </li>`;
  }

  private spools() {
    const spools = this.printer.spools ?? [];
    return spools.length
      ? html`<ul class="spools" aria-label=${this.t("printers.spools")}>
          ${spools.map((spool) => this.spool(spool))}
        </ul>`
      : nothing;
  }

  private errors() {
    const errors = this.printer.errors ?? [];
    return errors.length
      ? html`<ul class="errors" aria-label=${this.t("printers.errors")}>
          ${errors.map(
            (error) =>
              html`<li>
                ${icon("mdi:alert-circle")}<span
                  >${this.app.say(error)}
                  <span class="secondary small">${error.code}</span>
                  ${isWebLink(error.link)
                    ? html`<a href=${error.link} target="_blank" rel="noreferrer noopener"
                        >${this.t("printers.error_help")}</a
                      >`
                    : nothing}</span
                >
              </li>`,
          )}
        </ul>`
      : nothing;
  }

  private plate() {
    const { driven_by } = this.printer;
    if (driven_by !== undefined && driven_by !== null)
      return html`<p class="secondary">
          ${icon("mdi:home-switch-outline")}${driven_by
            ? this.t("printers.driven_by", { instance: driven_by })
            : this.t("printers.driver_unknown")}
        </p>
        ${driven_by && this.printer.plate_occupied
          ? html`<p class="secondary">
              ${icon("mdi:tray-alert")}${this.t("printers.plate_occupied")}
            </p>`
          : nothing}`;
    return this.printer.plate_occupied
      ? html`<div class="plate">
          <span>${icon("mdi:tray-alert")}${this.t("printers.plate_occupied")}</span>
          <span class="answers">
            ${this.answer("printers.plate_cleared", "mdi:check", "primary", () => this.clear())}
            ${this.printer.plate?.job_id
              ? [
                  this.answer("printers.plate_good", "mdi:thumb-up-outline", "plain", () =>
                    this.judging.good(this.clear),
                  ),
                  this.answer("printers.plate_failed", "mdi:thumb-down-outline", "plain", () =>
                    this.decides
                      ? this.judging.failedAndAgain(this.clear)
                      : this.judging.failed(this.clear, "printers.failed_confirm"),
                  ),
                ]
              : nothing}
          </span>
        </div>`
      : nothing;
  }

  private answer(
    label: "printers.plate_cleared" | "printers.plate_good" | "printers.plate_failed",
    iconName: string,
    look: "primary" | "plain",
    onClick: () => unknown,
  ) {
    return button({
      label: this.t(label),
      icon: iconName,
      look,
      disabled: !this.isLive || this.isBusy,
      onClick: () => void onClick(),
    });
  }

  /** What its camera sees, as long as it is looked at. */
  private camera() {
    const { camera, still, name } = this.printer;
    const alt = this.t("printers.camera", { printer: name });
    if (!camera && still)
      return html`<bvp-still .app=${this.app} .src=${still} .alt=${alt}></bvp-still>`;
    return camera && this.blind !== camera
      ? html`<img
          class="camera"
          src=${camera}
          alt=${alt}
          loading="lazy"
          draggable="false"
          @error=${() => (this.blind = camera)}
        />`
      : nothing;
  }

  private queue() {
    const { printer, app } = this;
    const count = printer.queued ?? 0;
    const free = printer.free_from;
    const text = count
      ? this.t("printers.queued", { count })
      : this.t("printers.queued_none");
    const waiting = this.waiting && app.say(this.waiting);
    return html`<span>
      ${waiting && waiting !== this.reason ? html`${chip("mdi:timer-sand", waiting)}<br />` : nothing}
      <a
        class="touch"
        href=${app.url("queue", null, { printer: printer.id })}
        @click=${(event: MouseEvent) =>
          follow(event, () => app.go("queue", null, { printer: printer.id }))}
        >${text}</a
      >
      ${free ? this.t("printers.free_from", { time: app.format.moment(free) }) : nothing}
    </span>`;
  }

  protected override render() {
    const { printer, app } = this;
    return html`<article class="card" aria-labelledby="name">
      <header>
        <div class="name">
          <h3 id="name">${printer.name}</h3>
          <div class="model">
            <span class="secondary">${printer.model} · ${printer.address}</span>${this.status()}
          </div>
        </div>
        ${app.isAdmin
          ? iconButton({
              label: this.t("printers.settings", { printer: printer.name }),
              icon: "mdi:cog",
              onClick: () => app.visit(INTEGRATION),
            })
          : nothing}
      </header>
      ${this.judging.render()} ${this.reason ? html`<p class="secondary">${this.reason}</p>` : nothing} ${this.errors()} ${this.plate()} ${this.uploading()} ${this.print()}
      ${this.camera()}
      ${this.temperatures()} ${this.spools()}
      <footer>
        ${this.queue()}
        ${printer.prints_from_queue
          ? nothing
          : chip("mdi:hand-back-right-outline", this.t("printers.by_hand"))}
      </footer>
    </article>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-real-printer": BvpRealPrinter;
  }
}
