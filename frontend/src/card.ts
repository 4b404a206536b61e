import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import type { Tab } from "./app";
import type { Job, JobVerb, Printer, Upload } from "./api/types";
import { SHOWS } from "./card-app";
import type { CardConfig, Show } from "./cards/config";
import { isFolded, setFolded } from "./cards/folds";
import { cardStyles, scheduleStyles } from "./cards/styles";
import { decide } from "./deciding";
import { Follower } from "./follower";
import { button, icon, iconButton, sortable } from "./ha";
import type { Key } from "./i18n";
import { orderJobs } from "./job-verbs";
import { chip, chipStyles } from "./parts/chip";
import "./parts/picture";
import { progressBar, progressStyles } from "./parts/progress";
import { swatchStyles, swatches } from "./parts/swatches";
import { may } from "./rights";
import { follow } from "./router";
import { commonVerbs, grouped, isByHand, isStarted, jobTitle, sum, type Row } from "./screens/queue-rows";
import { shared } from "./styles";
import { targetName } from "./targets";

type List = Exclude<Show, "wall">;

const MINUTE_MS = 60_000;
const VERBS: Partial<Record<JobVerb, string>> = {
  start: "mdi:play",
  complete: "mdi:check",
  fail: "mdi:close",
};

/** What people most likely do next with jobs; as in the panel nothing where they only wait for their printer. */
function nextVerbs(jobs: readonly Job[]): JobVerb[] {
  const [job] = jobs;
  const verbs = commonVerbs(jobs);
  const shown: JobVerb[] =
    job!.state !== "waiting" ? ["start"] : isByHand(job!) ? ["complete", "fail"] : ["start"];
  return shown.filter((verb) => verbs.has(verb));
}

/** Whether it waits for its turn: what is printed now has none. */
function isInLine({ jobs: [job] }: Row): boolean {
  return !isStarted(job!) && !job!.question;
}

class PrintsCard extends Follower {
  static override styles = [
    shared,
    chipStyles,
    progressStyles,
    swatchStyles,
    scheduleStyles,
    cardStyles,
  ];

  @property({ attribute: false }) config?: CardConfig;
  /** What the schedule is made with: loaded when one is shown. */
  @state() private planner?: typeof import("./cards/schedule");
  private minutes?: ReturnType<typeof setInterval>;

  override connectedCallback(): void {
    super.connectedCallback();
    // Clocks go on while nothing else changes.
    this.minutes = setInterval(() => this.requestUpdate(), MINUTE_MS / 4);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.minutes);
  }

  private get limit(): number {
    return this.config?.limit ?? 5;
  }

  private get chosen(): readonly string[] {
    return [this.config?.printer ?? this.config?.printers ?? []].flat();
  }

  /** Whether only what the printers of the card are about is shown. */
  protected get isFiltered(): boolean {
    return this.chosen.length > 0;
  }

  /** The printers that the card is about, by their own ids; devices have others. */
  protected get printers(): readonly Printer[] {
    const { chosen } = this;
    const all = this.library.printers;
    return chosen.length
      ? all.filter(
          (each) =>
            chosen.includes(each.id) || (each.device_id !== null && chosen.includes(each.device_id)),
        )
      : all;
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

  /** Plates of one file that follow each other are one row, but for what goes on now. */
  private rows(jobs: readonly Job[]): Row[] {
    const rest = jobs.findIndex((job) => !isStarted(job) && !job.question);
    const now = rest < 0 ? jobs : jobs.slice(0, rest);
    return [
      ...now.map((job) => ({ key: job.id, jobs: [job] })),
      ...grouped(jobs.slice(now.length)),
    ];
  }

  private get uploads(): readonly Upload[] {
    if (!this.isFiltered) return this.library.inbox;
    const ids = this.printers.map((each) => each.id);
    return this.library.inbox.filter((upload) => ids.includes(upload.printer_id));
  }

  // --- what is shown ---

  private link(url: string, name: string) {
    return html`<a
      class="touch"
      href=${url}
      @click=${(event: MouseEvent) => follow(event, () => this.app!.visit(url))}
      >${name}</a
    >`;
  }

  private act(
    label: string,
    iconName: string,
    look: "primary" | undefined,
    onClick: () => unknown,
    isRefused = false,
  ) {
    return button({
      label,
      icon: iconName,
      look,
      disabled: isRefused || this.library.connection !== "live",
      onClick: () => void onClick(),
    });
  }

  private verb(jobs: readonly Job[], verb: JobVerb, look?: "primary") {
    return this.act(this.t(`queue.verb_${verb}` as Key), VERBS[verb]!, look, () =>
      orderJobs(this.app!, jobs, verb),
    );
  }

  /** Facts in a line, which breaks between them and not within amounts. */
  private joined(facts: readonly string[]): string {
    return facts
      .filter(Boolean)
      .map((fact) => (fact.length < 24 ? fact.replaceAll(" ", "\u00a0") : fact))
      .join("\u00a0· ");
  }

  private jobWords(jobs: readonly Job[]) {
    const app = this.app!;
    const { format } = app;
    const job = jobs[0]!;
    const { seconds, grams } = sum(jobs);
    const facts = [
      jobs.length > 1 ? this.t("fact.plates", { count: jobs.length }) : "",
      seconds ? format.duration(seconds) : "",
      grams ? format.weight(grams) : "",
      jobs.at(-1)!.expected_end
        ? this.t("queue.ends_at", { time: format.moment(jobs.at(-1)!.expected_end!) })
        : "",
    ];
    const name = jobs.length > 1 ? job.name : jobTitle(app, job);
    const colors = [...new Set(jobs.flatMap((each) => each.filament_colors))];
    const types = [...new Set(jobs.flatMap((each) => each.filament_types))];
    return html`<div class="text">
      ${this.link(app.url("queue", job.id), name)}
      <div class="facts secondary small">
        <span>${this.joined(facts)}</span> ${swatches(colors, types)}
      </div>
      <div class="secondary small">${app.say(job.waiting ?? job.status)}</div>
      ${job.progress === null || job.state !== "printing"
        ? nothing
        : progressBar(job.progress, name, format.percent(job.progress))}
      ${job.question ? chip("mdi:help-circle-outline", this.t("queue.question"), "warning") : nothing}
    </div>`;
  }

  /** Move a row to the place of another one; what is needed for that is loaded then. Nothing goes before what is printed now. */
  private async move(rows: readonly Row[], from: number, to: number): Promise<void> {
    const first = rows.findIndex((row) => isInLine(row));
    const { moveRow } = await import("./cards/moving");
    const line = rows.slice(first);
    await moveRow(this.app!, this.library.queue, line, from - first, Math.max(0, to - first));
  }

  private handle(rows: readonly Row[], at: number) {
    const row = rows[at]!;
    if (!isInLine(row) || rows.length < 2 || !may("work", row.jobs)) return nothing;
    return html`<button
      type="button"
      class="icon-button handle"
      aria-label=${this.t("queue.handle", { name: row.jobs[0]!.name })}
      ?disabled=${this.library.connection !== "live"}
      @keydown=${(event: KeyboardEvent) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!step) return;
        event.preventDefault();
        void this.move(rows, at, at + step);
      }}
    >
      ${icon("mdi:drag-horizontal-variant")}
    </button>`;
  }

  private queue() {
    const rows = this.rows(this.jobs);
    return sortable(
      this.list(rows, (row) => this.job(row, this.handle(rows, rows.indexOf(row))), "queue"),
      {
        disabled: this.library.connection !== "live",
        handle: ".handle",
        item: ".row",
        onMove: (from, to) => void this.move(rows, from, to),
      },
    );
  }

  private job(row: Row, handle: TemplateResult | typeof nothing) {
    const { jobs } = row;
    const [verb] = nextVerbs(jobs);
    return html`<li class="row">
      <bvp-picture .src=${jobs[0]!.picture_small}></bvp-picture>
      ${this.jobWords(jobs)}
      <div class="acts">
        ${verb ? this.verb(jobs, verb, verb === "complete" ? "primary" : undefined) : nothing}
        ${this.byHand(jobs[0]!)} ${handle}
      </div>
    </li>`;
  }

  /** For whoever prints it: what is needed for that is loaded then. */
  private byHand(job: Job) {
    if (job.state !== "waiting" || !isStarted(job)) return nothing;
    void import("./cards/by-hand");
    return html`<bvp-by-hand
      .app=${this.app!}
      .job=${job}
      .disabled=${this.library.connection !== "live"}
    ></bvp-by-hand>`;
  }

  /** What is printed now or comes next, with everything that can be said of it. */
  private next(job: Job) {
    const verbs = nextVerbs([job]);
    return html`<div class="next">
      <bvp-picture .src=${job.picture ?? job.picture_small}></bvp-picture>
      ${this.jobWords([job])}
      ${verbs.length
        ? html`<div class="acts">
            <div class="acts">
              ${verbs.map((verb, at) => this.verb([job], verb, at ? undefined : "primary"))}
            </div>
            ${this.byHand(job)}
          </div>`
        : nothing}
    </div>`;
  }

  private upload(upload: Upload) {
    const app = this.app!;
    const { format } = app;
    const facts = [
      upload.sender,
      upload.instance ?? "",
      upload.printer,
      upload.print_time_s ? format.duration(upload.print_time_s) : "",
      upload.filament_g ? format.weight(upload.filament_g) : "",
    ];
    return html`<li class="row">
      <bvp-picture .src=${upload.picture_small}></bvp-picture>
      <div class="text">
        ${this.link(app.url("inbox", upload.id), upload.name)}
        <div class="secondary small">${this.joined(facts)}</div>
        ${upload.wrong_model
          ? chip("mdi:alert-outline", app.say(upload.wrong_model), "warning")
          : nothing}
        ${upload.not_queueable
          ? chip("mdi:playlist-remove", app.say(upload.not_queueable), "warning")
          : nothing}
      </div>
      <div class="acts">
        ${may("decide", [upload])
          ? [
              this.act(this.t("card.archive"), "mdi:archive-arrow-down", undefined, () =>
                decide(app, [upload], "archive"),
              ),
              this.act(
                this.t("card.queue"),
                "mdi:playlist-plus",
                undefined,
                () => decide(app, [upload], "queue"),
                Boolean(upload.not_queueable),
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
        <div class="secondary small">${this.joined(words)}</div>
        ${busy
          ? progressBar(live!.percent, printer.name, format.percent(live!.percent!))
          : nothing}
        ${printer.plate_occupied
          ? chip("mdi:tray-alert", this.t("card.plate_occupied"), "warning")
          : nothing}
      </div>
      <div class="acts">
        ${printer.plate_occupied && typeof printer.driven_by !== "string"
          ? this.act(this.t("card.cleared"), "mdi:check", "primary", () =>
              app.attempt(app.api.clearPlate(printer.id)),
            )
          : nothing}
      </div>
    </li>`;
  }

  /** Why a list is empty: others may have what those have not that the card is about. */
  private emptyWords(tab: List): string {
    if (!this.isFiltered) return this.t(`${tab}.empty`);
    if (!this.printers.length) return this.t("card.gone");
    if (tab === "inbox") return this.t("card.empty_inbox");
    return this.t(this.chosen.length > 1 ? "card.empty_queue" : "queue.empty_filter");
  }

  private list<T>(items: readonly T[], show: (item: T) => TemplateResult, tab: List) {
    const rest = items.length - this.limit;
    if (!items.length) return html`<p class="nothing">${this.emptyWords(tab)}</p>`;
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

  private shown(show: List) {
    switch (show) {
      case "inbox":
        return this.list(this.uploads, (each) => this.upload(each), "inbox");
      case "queue":
        return this.queue();
      case "printers":
        return this.list(this.printers, (each) => this.printer(each), "printers");
    }
  }

  private countOf(show: List): number {
    return { inbox: this.uploads, queue: this.jobs, printers: this.printers }[show].length;
  }

  /** Something under a heading that opens and closes it, which this browser remembers. */
  private fold(
    id: string,
    heading: string,
    content: () => TemplateResult | typeof nothing,
    { count = 0, tab }: { count?: number; tab?: Tab } = {},
  ) {
    const key = [this.config?.show ?? "", ...this.chosen, id].join("|");
    const open = !isFolded(key);
    return html`<section>
      <div class="head">
        <h2>
          <button
            type="button"
            class="fold"
            aria-expanded=${open}
            @click=${() => {
              setFolded(key, open);
              this.requestUpdate();
            }}
          >
            ${icon(open ? "mdi:chevron-up" : "mdi:chevron-down")}<span>${heading}</span>
            ${count ? html`<span class="secondary">${this.app!.format.number(count)}</span>` : nothing}
          </button>
        </h2>
        ${tab
          ? iconButton({
              label: this.t("card.open_named", { name: heading }),
              icon: "mdi:chevron-right",
              onClick: () => this.app!.go(tab),
            })
          : nothing}
      </div>
      ${open ? content() : nothing}
    </section>`;
  }

  /** One bar for each printer. Nothing where there is neither a real printer nor anything foreseen. */
  protected schedule() {
    const app = this.app!;
    const { planner } = this;
    if (!planner) void import("./cards/schedule").then((loaded) => (this.planner = loaded));
    const found = planner?.schedule(this.jobs, this.printers, Date.now(), app.format);
    if (!found?.bars.length) return nothing;
    return this.fold("schedule", this.t("card.schedule"), () =>
      planner!.schedulePart(app, found, (job) =>
        targetName(app, this.library.targets, job.expected_on ?? "", job.target_name),
      ),
    );
  }

  private listUnder(show: List, heading: string) {
    return this.fold(show, heading, () => this.shown(show), { count: this.countOf(show), tab: show });
  }

  private wall() {
    const [first] = this.jobs;
    return html`<div class="wall">
      <div class="top">
        <h2>${this.config?.title || this.t("title")}</h2>
        <span>${this.app!.format.time(new Date())}</span>
      </div>
      <div>
        ${first
          ? this.fold("next", this.t(isStarted(first) ? "queue.section_now" : "card.next"), () =>
              this.next(first),
            )
          : nothing}
        ${this.config?.schedule === false ? nothing : this.schedule()}
        ${this.listUnder("printers", this.t("tab.printers"))}
      </div>
      <div>
        ${this.listUnder("inbox", this.t("tab.inbox"))} ${this.listUnder("queue", this.t("tab.queue"))}
      </div>
    </div>`;
  }

  protected show(): TemplateResult {
    const { config } = this;
    const show = SHOWS.find((each) => each === config?.show) ?? "queue";
    if (show === "wall") return this.wall();
    return html`${config?.title || config?.collapsible
      ? this.listUnder(show, config.title || this.t(`tab.${show}`))
      : this.shown(show)}
    ${config?.schedule ? this.schedule() : nothing}`;
  }

  /** What its camera sees; what shows it is loaded then. */
  private camera({ still, name }: Printer) {
    if (!this.config?.camera || !still) return nothing;
    void import("./parts/still");
    return html`<bvp-still
      .app=${this.app!}
      .src=${still}
      .alt=${this.t("printers.camera", { printer: name })}
    ></bvp-still>`;
  }

  protected oneOf(printer: Printer) {
    const spools = (printer.spools ?? []).filter((spool) => spool.is_present);
    const list = printer.kind === "real" ? "queue" : "inbox";
    return html`<ul>
        ${this.printer(printer)}
      </ul>
      ${this.camera(printer)}
      ${spools.length
        ? this.fold(
            "spools",
            this.t("printers.spools"),
            () =>
              html`<div class="spools secondary small">
                ${spools.map(
                  (spool) =>
                    html`<div class="facts">
                      <span>${this.app!.say(spool.place)}:</span> ${swatches(spool.color ? [spool.color] : [], [spool.name || spool.type])}
                    </div>`,
                )}
              </div>`,
          )
        : nothing}
      ${this.config?.schedule && list === "queue" ? this.schedule() : nothing}
      ${this.listUnder(list, this.t(`tab.${list}`))}`;
  }

  protected override render() {
    const { available } = this.library;
    return html`<div class="card ${this.config?.compact ? "compact" : ""}">
      ${!this.app || available === null
        ? nothing
        : available
          ? this.show()
          : html`<p class="nothing">${this.t("error.not_loaded")}</p>`}
    </div>`;
  }
}

class PrinterCard extends PrintsCard {
  /** The one that was chosen, else the first real one. */
  private get one(): Printer | undefined {
    const printers = super.printers;
    return this.config?.printer
      ? printers[0]
      : (printers.find((each) => each.kind === "real") ?? printers[0]);
  }

  protected override get isFiltered(): boolean {
    return true;
  }

  protected override get printers(): readonly Printer[] {
    const { one } = this;
    return one ? [one] : [];
  }

  protected override show(): TemplateResult {
    const { one } = this;
    return one
      ? html`${this.oneOf(one)}`
      : html`<p class="nothing">${this.t(this.config?.printer ? "card.gone" : "printers.empty")}</p>`;
  }
}

// Dashboards may load this module by two addresses after an update.
if (!customElements.get("bvp-prints-card-body"))
  customElements.define("bvp-prints-card-body", PrintsCard);
if (!customElements.get("bvp-printer-card-body"))
  customElements.define("bvp-printer-card-body", PrinterCard);
