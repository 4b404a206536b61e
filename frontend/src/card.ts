import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Job, JobVerb, Printer, Upload } from "./api/types";
import type { Texts } from "./card-app";
import { decide } from "./deciding";
import { Follower } from "./follower";
import { button, icon } from "./ha";
import type { Key } from "./i18n";
import { chip, chipStyles } from "./parts/chip";
import "./parts/picture";
import { progressBar, progressStyles } from "./parts/progress";
import { swatchStyles, swatches } from "./parts/swatches";
import { isStarted } from "./screens/queue-model";
import { may } from "./rights";
import { shared } from "./styles";

const SHOWS = ["inbox", "queue", "printers", "wall"] as const;
type Show = (typeof SHOWS)[number];

interface CardConfig {
  type: string;
  show?: Show;
  printers?: string | string[];
  printer?: string;
  limit?: number;
  title?: string;
}

/** The form of a card's editor. Printers are chosen by their devices, whose ids are known to Home Assistant. */
let words: Texts["words"] = {};
export function configForm(kind: "prints" | "printer") {
  const device = { device: { filter: [{ integration: "bambu_virtual_printer" }] } };
  return {
    schema:
      kind === "printer"
        ? [{ name: "printer", selector: device }]
        : [
            {
              name: "show",
              selector: {
                select: {
                  mode: "dropdown",
                  options: SHOWS.map((value) => ({
                    value,
                    label: words[`card.show_${value}`] ?? value,
                  })),
                },
              },
            },
            { name: "title", selector: { text: {} } },
            { name: "limit", selector: { number: { min: 1, max: 50, mode: "box" } } },
            {
              name: "printers",
              selector: { device: { ...device.device, multiple: true } },
            },
          ],
    computeLabel: (field: { name: string }) => words[`card.${field.name}`] ?? field.name,
  };
}

class PrintsCard extends Follower {
  static override styles = [
    shared,
    chipStyles,
    progressStyles,
    swatchStyles,
    css`
      :host {
        display: block;
        height: 100%;
        container-type: inline-size;
      }
      .card {
        display: grid;
        align-content: start;
        gap: 4px;
        height: 100%;
        padding: 12px;
      }
      h2 {
        padding: 0 4px 4px;
      }
      .row {
        display: grid;
        grid-template-columns: 48px minmax(0, 1fr) auto;
        align-items: center;
        gap: 2px 12px;
        min-height: 56px;
        padding: 4px;
      }
      .row bvp-picture {
        width: 48px;
      }
      .text {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .text a {
        color: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: none;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 4px;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
      }
      .printer {
        grid-template-columns: 24px minmax(0, 1fr) auto;
      }
      .foot {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 4px;
      }
      .nothing {
        padding: 16px 8px;
        color: var(--secondary-text-color);
      }
      .wall {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
        gap: 16px;
        padding: 16px;
      }
      .wall .button {
        min-height: 64px;
        font-size: var(--ha-font-size-l, 16px);
      }
      .wall .row:not(.printer) {
        grid-template-columns: 72px minmax(0, 1fr) auto;
      }
      .wall .row bvp-picture {
        width: 72px;
      }
      @container (max-width: 420px) {
        .row:not(.printer) .acts {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) config?: CardConfig;

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.texts) words = this.texts.words;
  }

  private get limit(): number {
    return this.config?.limit ?? 5;
  }

  /** The printers that the card is about, by their own ids; devices have others. */
  protected get printers(): readonly Printer[] {
    const { config } = this;
    const chosen = [config?.printer ?? config?.printers ?? []].flat();
    const all = this.library.printers;
    return chosen.length
      ? all.filter(
          (each) =>
            chosen.includes(each.id) || (each.device_id !== null && chosen.includes(each.device_id)),
        )
      : all;
  }

  private get isFiltered(): boolean {
    return [this.config?.printer ?? this.config?.printers ?? []].flat().length > 0;
  }

  /** What is printed or to be printed by hand now stands first, as in the panel. */
  protected get jobs(): readonly Job[] {
    const { queue } = this.library;
    const isNow = (job: Job) => isStarted(job) || job.question !== null;
    const jobs = [...queue.filter(isNow), ...queue.filter((job) => !isNow(job))];
    if (!this.isFiltered) return jobs;
    const printers = this.printers;
    return jobs.filter((job) =>
      printers.some(
        (each) =>
          each.id === job.machine_id || each.id === job.target || each.model_code === job.target,
      ),
    );
  }

  private get uploads(): readonly Upload[] {
    if (!this.isFiltered) return this.library.inbox;
    const ids = this.printers.map((each) => each.id);
    return this.library.inbox.filter((upload) => ids.includes(upload.printer_id));
  }

  // --- what is done ---

  private async verb(job: Job, verb: JobVerb): Promise<void> {
    const app = this.app!;
    const done = await app.attempt(app.api.doJobs([job.id], verb));
    if (done?.failed.length) app.toast(app.sayError(done.failed[0]!.error));
  }

  private decide(upload: Upload, verdict: "archive" | "queue"): Promise<void> {
    return decide(this.app!, [upload], verdict);
  }

  // --- what is shown ---

  private link(url: string, name: string) {
    return html`<a
      href=${url}
      @click=${(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        this.app!.visit(url);
      }}
      >${name}</a
    >`;
  }

  private act(label: string, iconName: string, look: "primary" | "outlined", onClick: () => unknown) {
    return button({
      label,
      icon: iconName,
      look,
      disabled: this.library.connection !== "live",
      onClick: () => void onClick(),
    });
  }

  private job(job: Job) {
    const app = this.app!;
    const { format } = app;
    const name =
      job.plate_count > 1
        ? this.t("queue.plate_title", { name: job.name, plate: job.plate })
        : job.name;
    const facts = [
      job.waiting ? app.say(job.waiting) : app.say(job.status),
      job.print_time_s ? format.duration(job.print_time_s) : "",
      job.filament_g ? format.weight(job.filament_g) : "",
    ].filter(Boolean);
    const can = (verb: JobVerb) => job.verbs.includes(verb);
    return html`<li class="row">
      <bvp-picture .src=${job.picture_small}></bvp-picture>
      <div class="text">
        ${this.link(app.url("queue", job.id), name)}
        <div class="facts secondary small">
          <span>${facts.join(" · ")}</span> ${swatches(job.filament_colors, job.filament_types)}
        </div>
        ${job.progress === null || job.state !== "printing"
          ? nothing
          : progressBar(job.progress, name, format.percent(job.progress))}
        ${job.question
          ? chip("mdi:help-circle-outline", this.t("queue.question"), "warning")
          : nothing}
      </div>
      <div class="acts">
        ${job.state === "waiting" && can("complete")
          ? this.act(this.t("queue.verb_complete"), "mdi:check", "primary", () =>
              this.verb(job, "complete"),
            )
          : can("start")
            ? this.act(this.t("queue.verb_start"), "mdi:play", "outlined", () =>
                this.verb(job, "start"),
              )
            : nothing}
      </div>
    </li>`;
  }

  private upload(upload: Upload) {
    const app = this.app!;
    const { format } = app;
    const facts = [
      upload.sender,
      upload.printer,
      upload.print_time_s ? format.duration(upload.print_time_s) : "",
      upload.filament_g ? format.weight(upload.filament_g) : "",
    ].filter(Boolean);
    return html`<li class="row">
      <bvp-picture .src=${upload.picture_small}></bvp-picture>
      <div class="text">
        ${this.link(app.url("inbox", upload.id), upload.name)}
        <div class="secondary small">${facts.join(" · ")}</div>
        ${upload.wrong_model
          ? chip("mdi:alert-outline", app.say(upload.wrong_model), "warning")
          : nothing}
      </div>
      <div class="acts">
        ${may("decide", [upload])
          ? [
              this.act(this.t("card.archive"), "mdi:archive-arrow-down", "outlined", () =>
                this.decide(upload, "archive"),
              ),
              this.act(this.t("card.queue"), "mdi:playlist-plus", "outlined", () =>
                this.decide(upload, "queue"),
              ),
            ]
          : nothing}
      </div>
    </li>`;
  }

  private printer(printer: Printer) {
    const app = this.app!;
    const { format } = app;
    const { live } = printer;
    const isOn = printer.kind === "real" ? printer.availability === "online" : printer.status === "running";
    const words =
      printer.kind === "real"
        ? [
            isOn
              ? this.t(`printers.phase_${live?.phase ?? "unknown"}` as Key)
              : this.t("card.not_reachable"),
            live?.phase === "running" && live.name ? live.name : "",
            live?.phase === "running" && live.ends_at
              ? this.t("queue.ends_at", { time: format.moment(live.ends_at) })
              : "",
            printer.queued ? this.t("queue.jobs", { count: printer.queued }) : "",
          ]
        : [this.t(`printers.status_${printer.status ?? "off"}` as Key), printer.address ?? ""];
    const busy = live?.phase === "running" && live.percent !== null;
    return html`<li class="row printer">
      ${icon(
        isOn
          ? "mdi:printer-3d"
          : printer.status === "problem"
            ? "mdi:printer-3d-nozzle-alert"
            : "mdi:printer-3d-off",
      )}
      <div class="text">
        ${this.link(app.url("printers", printer.id), printer.name)}
        <div class="secondary small">${words.filter(Boolean).join(" · ")}</div>
        ${busy
          ? progressBar(live!.percent, printer.name, format.percent(live!.percent!))
          : nothing}
        ${printer.plate_occupied
          ? chip("mdi:tray-alert", this.t("card.plate_occupied"), "warning")
          : nothing}
      </div>
      <div class="acts">
        ${printer.plate_occupied
          ? this.act(this.t("card.cleared"), "mdi:check", "primary", () =>
              app.attempt(app.api.clearPlate(printer.id)),
            )
          : nothing}
      </div>
    </li>`;
  }

  private list<T>(items: readonly T[], show: (item: T) => TemplateResult, tab: "inbox" | "queue" | "printers") {
    const rest = items.length - this.limit;
    if (!items.length) return html`<p class="nothing">${this.t(`${tab}.empty`)}</p>`;
    return html`<ul>
        ${items.slice(0, this.limit).map(show)}
      </ul>
      ${rest > 0
        ? html`<div class="foot">
            <span class="secondary">${this.t("card.more", { count: rest })}</span>
            ${button({
              label: this.t("card.open"),
              look: "plain",
              onClick: () => this.app!.go(tab),
            })}
          </div>`
        : nothing}`;
  }

  private shown(show: Exclude<Show, "wall">) {
    switch (show) {
      case "inbox":
        return this.list(this.uploads, (each) => this.upload(each), "inbox");
      case "queue":
        return this.list(this.jobs, (each) => this.job(each), "queue");
      case "printers":
        return this.list(this.printers, (each) => this.printer(each), "printers");
    }
  }

  protected show(): TemplateResult {
    const show = SHOWS.includes(this.config?.show ?? "queue") ? (this.config?.show ?? "queue") : "queue";
    if (show !== "wall") return html`${this.heading(this.config?.title)} ${this.shown(show)}`;
    return html`<div class="wall">
      ${(["queue", "inbox", "printers"] as const).map(
        (each) =>
          html`<section>${this.heading(this.t(`tab.${each}`))} ${this.shown(each)}</section>`,
      )}
    </div>`;
  }

  protected heading(text: string | undefined): TemplateResult | typeof nothing {
    return text ? html`<h2>${text}</h2>` : nothing;
  }

  protected oneOf(printer: Printer) {
    return html`<ul>
        ${this.printer(printer)}
      </ul>
      ${printer.spools?.length
        ? html`<div class="text secondary small">
            ${printer.spools
              .filter((spool) => spool.is_present)
              .map((spool) =>
                html`<div class="facts">
                  <span>${this.app!.say(spool.place)}:</span> ${swatches(spool.color ? [spool.color] : [], [spool.name || spool.type])}
                </div>`,
              )}
          </div>`
        : nothing}
      ${printer.kind === "real" ? this.shown("queue") : this.shown("inbox")}`;
  }

  protected override render() {
    if (!this.app || this.library.available === null) return html`<div class="card"></div>`;
    return html`<div class="card">
      ${this.library.available ? this.show() : html`<p class="nothing">${this.t("error.not_loaded")}</p>`}
    </div>`;
  }
}

class PrinterCard extends PrintsCard {
  protected override show(): TemplateResult {
    const printer = this.config?.printer
      ? this.printers[0]
      : (this.printers.find((each) => each.kind === "real") ?? this.printers[0]);
    return printer
      ? html`${this.oneOf(printer)}`
      : html`<p class="nothing">${this.app!.t("printers.empty")}</p>`;
  }
}

// Dashboards may load this module by two addresses after an update.
if (!customElements.get("bvp-prints-card-body"))
  customElements.define("bvp-prints-card-body", PrintsCard);
if (!customElements.get("bvp-printer-card-body"))
  customElements.define("bvp-printer-card-body", PrinterCard);
