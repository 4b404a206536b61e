import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Job, JobVerb } from "../api/types";
import { button, icon, sortable } from "../ha";
import { chipStyles } from "../parts/chip";
import { Screen } from "../parts/element";
import { empty } from "../parts/empty";
import { instanceChoice, ofInstance } from "../parts/instance-choice";
import { Judging } from "../parts/judging";
import "../parts/menu";
import { isTyping } from "../keys";
import { viewChoice, viewOf, viewStyles } from "../parts/view-choice";
import { follow, read, write } from "../router";
import { may } from "../rights";
import { shared } from "../styles";
import { targetName } from "../targets";
import { QueueActions, type Ask } from "./queue-actions";
import "./queue-dialogs";
import {
  SECTIONS,
  failedLately,
  forTarget,
  moved,
  ofPerson,
  peopleOf,
  placeAfter,
  sections,
  targetsOf,
  type Section,
} from "./queue-model";
import { jobTitle, singles, sum, type Row } from "./queue-rows";
import { handleStyles, judgeItems, reasonOf, verdictOf } from "./queue-parts";
import "./queue-lanes";
import { lanes, type Lane } from "./queue-lanes-model";
import "./queue-row";

const HISTORY_SHOWN = 5;
const HISTORY_PAGE = 50;
const STATE_ICONS: Partial<Record<Job["state"], string>> = {
  completed: "mdi:check-circle-outline",
  failed: "mdi:close-circle-outline",
  cancelled: "mdi:cancel",
  skipped: "mdi:debug-step-over",
};
const KEYS: Record<string, JobVerb> = { s: "start", d: "complete", f: "fail", Delete: "cancel" };

const VIEWS = [
  { id: "list", icon: "mdi:format-list-bulleted", label: "queue.view_list" },
  { id: "lanes", icon: "mdi:view-column-outline", label: "queue.view_lanes" },
] as const;
const VIEW = "bvp-queue-view";
const APART = "bvp-queue-apart";
/** Files whose plates have rows of their own, as this browser remembers it. */
const MAX_APART = 50;

/** A row that is being moved by its handle: a list, and from where to where in it. */
interface Carry {
  readonly list: string;
  readonly from: number;
  readonly to: number;
}

/** The print queue. */
@customElement("bvp-queue")
export class BvpQueue extends Screen {
  static override styles = [
    shared,
    chipStyles,
    handleStyles,
    viewStyles,
    css`
      :host {
        display: block;
        width: 100%;
        max-width: 1200px;
        margin: 0 auto;
        padding: 16px var(--bvp-gutter, 16px) 32px;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 16px;
        min-height: 44px;
      }
      .top select {
        width: auto;
        max-width: 100%;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      section {
        margin-top: 16px;
      }
      .heading {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 40px;
      }
      h2 {
        display: flex;
        align-items: baseline;
        gap: 8px;
      }
      .rows,
      .plates {
        container-type: inline-size;
      }
      .rows > li {
        position: relative;
        background: var(--card-background-color);
        /* Of hundreds of jobs only those in sight are drawn. */
        content-visibility: auto;
        contain-intrinsic-size: auto 96px;
      }
      .rows > li + li,
      .plates > li {
        border-top: 1px solid var(--divider-color);
      }
      .rows > li:first-child {
        border-start-start-radius: inherit;
        border-start-end-radius: inherit;
      }
      .rows > li:last-child {
        border-end-start-radius: inherit;
        border-end-end-radius: inherit;
      }
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-items: center;
      }
      .line.movable {
        grid-template-columns: 40px minmax(0, 1fr);
      }
      .plates {
        padding-inline-start: 24px;
      }
      .past {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 4px 12px;
        padding: 4px 4px 4px 16px;
      }
      .past .words {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .past a {
        color: inherit;
        text-decoration: none;
      }
      .past a:hover {
        text-decoration: underline;
      }
      .past .completed {
        color: var(--success-color);
      }
      .past .failed {
        color: var(--error-color);
      }
      .more {
        display: flex;
        justify-content: center;
        padding: 8px;
      }
      :host([narrow]) {
        padding-top: 8px;
      }
      :host([narrow]) .line.movable {
        grid-template-columns: 32px minmax(0, 1fr);
      }
      @media (pointer: fine) {
        :host([narrow]) .handle {
          width: 32px;
        }
      }
      :host([narrow]) .past {
        grid-template-columns: auto minmax(0, 1fr) auto;
        padding-inline-start: 12px;
      }
      :host([narrow]) .past time {
        grid-column: 2;
        grid-row: 2;
      }
      :host([narrow]) .plates {
        padding-inline-start: 8px;
      }
    `,
  ];

  @state() private asked: Ask | null = null;
  @state() private open: ReadonlySet<string> = new Set();
  @state() private apart: ReadonlySet<string> = new Set((read(APART) ?? "").split(",").filter(Boolean));
  @state() private carry: Carry | null = null;
  @state() private history: readonly Job[] = [];
  @state() private historyTotal = 0;
  @state() private historyWhole = false;
  /** The job of the address, when it has left the queue. */
  @state() private elsewhere: Job | null = null;
  private cursor: string | null = null;
  private actions!: QueueActions;
  private queueIds = "";
  /** Whose history is shown, and where it came in; "" for everybody's and everything. */
  private historyOf = { person: "", instance: "" };
  private wantedId: string | null = null;
  private reloading = 0;
  private shownRows = new Map<string, readonly Row[]>();

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onKey);
    clearTimeout(this.reloading);
    this.queueIds = "";
    this.endPointer?.();
  }

  private get canAct(): boolean {
    return this.state.connection === "live";
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("app"))
      this.actions = new QueueActions(this.app, (ask) => (this.asked = ask), {
        isApart: (id) => this.apart.has(id),
        setApart: (id, apart) => this.setApart(id, apart),
      }, this.judging);
    if (changed.has("state") || changed.has("route")) this.followQueue();
    if (changed.has("route") || changed.has("state")) void this.followAddress();
  }

  /** What is said of a job that has ended does not change the queue. */
  private readonly judging = new Judging(this, () => {
    void this.loadHistory();
    this.wantedId = null;
    void this.followAddress();
  });

  private setApart(id: string, apart: boolean): void {
    const ids = new Set(this.apart);
    if (apart) ids.add(id);
    else ids.delete(id);
    this.apart = ids;
    write(APART, [...ids].slice(-MAX_APART).join());
  }

  /** What has left the queue is in its history. */
  private followQueue(): void {
    const ids = this.state.queue.map((job) => job.id).join() || "-";
    const { person, instance, historyOf } = this;
    const isSame = person === historyOf.person && instance === historyOf.instance;
    if (ids === this.queueIds && isSame) return;
    const isAsked = !this.queueIds || !isSame;
    this.queueIds = ids;
    this.historyOf = { person, instance };
    clearTimeout(this.reloading);
    this.reloading = window.setTimeout(() => void this.loadHistory(), isAsked ? 0 : 700);
  }

  private historyPage(cursor: string | null) {
    const { person, instance } = this.historyOf;
    return this.app.api.history(HISTORY_PAGE, cursor, person, instance);
  }

  private async loadHistory(): Promise<void> {
    try {
      const page = await this.historyPage(null);
      this.history = page.jobs;
      this.historyTotal = page.total;
      this.cursor = page.cursor;
    } catch (error) {
      this.app.toast(this.app.sayError(error));
    }
  }

  private async moreHistory(): Promise<void> {
    if (!this.historyWhole) {
      this.historyWhole = true;
      return;
    }
    if (!this.cursor) return;
    const page = await this.app.attempt(this.historyPage(this.cursor));
    if (!page) return;
    this.history = [...this.history, ...page.jobs];
    this.cursor = page.cursor;
  }

  private async followAddress(): Promise<void> {
    const { id } = this.route;
    if (id === null || this.state.queue.some((job) => job.id === id)) {
      this.elsewhere = null;
      this.wantedId = null;
      return;
    }
    if (this.state.available !== true) return;
    if (this.wantedId === id && !this.queueChanged(id)) return;
    this.wantedId = id;
    const found = await this.app.attempt(this.app.api.job(id));
    if (this.wantedId !== id) return;
    if (found) this.elsewhere = found;
    else this.leave();
  }

  /** Whether what is shown of a job of the address may be old: it was tried again, or has ended since. */
  private queueChanged(id: string): boolean {
    const known = this.history.find((job) => job.id === id);
    return known !== undefined && this.elsewhere !== null && known.state !== this.elsewhere.state;
  }

  private get query(): Record<string, string> {
    return Object.fromEntries(this.route.query);
  }

  private leave(): void {
    this.app.go("queue", null, this.query);
  }

  // --- moving ---

  private rowsOf(list: string): readonly Row[] {
    return this.shownRows.get(list) ?? [];
  }

  private move(list: string, from: number, to: number): void {
    const rows = this.rowsOf(list);
    const row = rows[from];
    if (!row || from === to || to < 0 || to >= rows.length) return;
    void this.actions.move(row.jobs, placeAfter(this.state.queue, rows, from, to));
  }

  private onHandleKey(event: KeyboardEvent, list: string, at: number): void {
    const { carry } = this;
    const rows = this.rowsOf(list);
    const isHeld = carry?.list === list;
    switch (event.key) {
      case " ":
      case "Enter":
        if (isHeld) this.drop();
        else if (this.canAct) {
          this.carry = { list, from: at, to: at };
          this.app.announce(
            this.t("queue.picked_up", {
              name: this.rowName(rows[at]!),
              place: at + 1,
              count: rows.length,
            }),
          );
        }
        break;
      case "ArrowUp":
      case "ArrowDown":
        if (!isHeld) return;
        this.carryTo(carry.to + (event.key === "ArrowUp" ? -1 : 1));
        break;
      case "Escape":
        if (!isHeld) return;
        this.carry = null;
        this.app.announce(this.t("queue.put_down"));
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private carryTo(to: number): void {
    const { carry } = this;
    if (!carry) return;
    const rows = this.rowsOf(carry.list);
    const place = Math.min(rows.length - 1, Math.max(0, to));
    if (place === carry.to) return;
    this.carry = { ...carry, to: place };
    this.app.announce(
      this.t("queue.moved", {
        name: this.rowName(rows[carry.from]!),
        place: place + 1,
        count: rows.length,
      }),
    );
    // The row has another place in the document now, and lost the focus with that.
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(".handle[aria-pressed=true]")?.focus(),
    );
  }

  private drop(): void {
    const { carry } = this;
    this.carry = null;
    if (carry) this.move(carry.list, carry.from, carry.to);
  }

  private rowName(row: Row): string {
    return row.jobs.length > 1 ? row.jobs[0]!.name : jobTitle(this.app, row.jobs[0]!);
  }

  private endPointer?: () => void;

  /** Where Home Assistant's own sortable list is missing. */
  private onHandleDown(event: PointerEvent, list: string, at: number): void {
    if (customElements.get("ha-sortable") || event.button !== 0 || !this.canAct) return;
    event.preventDefault();
    this.carry = { list, from: at, to: at };
    const onMove = (moving: PointerEvent) => {
      const items = [...this.renderRoot.querySelectorAll<HTMLElement>(`[data-list="${list}"] > li`)];
      const to = items.findIndex((item) => moving.clientY < item.getBoundingClientRect().bottom);
      this.carryTo(to < 0 ? items.length - 1 : to);
    };
    const end = (drop: boolean) => {
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      document.removeEventListener("pointercancel", onCancel);
      this.endPointer = undefined;
      if (drop) this.drop();
      else this.carry = null;
    };
    const onUp = () => end(true);
    const onCancel = () => end(false);
    this.endPointer = onCancel;
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    document.addEventListener("pointercancel", onCancel);
  }

  // --- keys ---

  private readonly onKey = (event: KeyboardEvent) => {
    if (!this.app.shortcuts || isTyping(event)) return;
    const inLanes = this.renderRoot.querySelector("bvp-queue-lanes")?.renderRoot;
    const links = [
      ...(inLanes?.querySelectorAll<HTMLElement>("bvp-queue-row") ?? []),
      ...this.renderRoot.querySelectorAll<HTMLElement>("bvp-queue-row"),
    ];
    const at = links.findIndex((row) => row.matches(":focus-within"));
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const verb = KEYS[event.key];
    if (step !== undefined) links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    else if (verb && at >= 0) {
      const { jobs } = links[at] as HTMLElement & { jobs: readonly Job[] };
      if (!this.canAct || !jobs.every((job) => job.verbs.includes(verb))) return;
      this.actions.choose(verb, jobs);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // --- what is shown ---

  private target(job: Job): string {
    return job.printed_on ?? targetName(this.app, this.state.targets, job.target, job.target_name);
  }

  private row(row: Row, inner = false) {
    const job = row.jobs[0]!;
    return html`<bvp-queue-row
      .app=${this.app}
      .actions=${this.actions}
      .jobs=${row.jobs}
      .target=${this.target(job)}
      .inner=${inner}
      .expanded=${row.jobs.length > 1 && this.open.has(job.archive_id)}
      .disabled=${!this.canAct}
      @open=${() => this.app.go("queue", job.id, this.query)}
      @expand=${() => {
        const open = new Set(this.open);
        if (!open.delete(job.archive_id)) open.add(job.archive_id);
        this.open = open;
      }}
    ></bvp-queue-row>`;
  }

  private item(row: Row, list: string, at: number, canMove: boolean, inner: boolean) {
    const isCarried = this.carry?.list === list && this.carry.to === at;
    const isOpen = row.jobs.length > 1 && this.open.has(row.jobs[0]!.archive_id);
    const hasHandle = canMove && may("work", row.jobs);
    return html`<li class=${isCarried ? "item carried" : "item"}>
      <div class=${canMove ? "line movable" : "line"}>
        ${canMove && !hasHandle ? html`<span></span>` : nothing}
        ${hasHandle
          ? html`<button
              type="button"
              class="handle"
              aria-pressed=${isCarried}
              aria-label=${this.t("queue.handle", { name: this.rowName(row) })}
              title=${this.t("queue.handle_hint")}
              ?disabled=${!this.canAct}
              @keydown=${(event: KeyboardEvent) => this.onHandleKey(event, list, at)}
              @pointerdown=${(event: PointerEvent) => this.onHandleDown(event, list, at)}
            >
              ${icon("mdi:drag-horizontal-variant")}
            </button>`
          : nothing}
        ${this.row(row, inner)}
      </div>
      ${isOpen ? this.list(`${list}-${row.key}`, singles(row), canMove, true) : nothing}
    </li>`;
  }

  private list(name: string, rows: readonly Row[], canMove: boolean, inner = false): TemplateResult {
    this.shownRows.set(name, rows);
    const movable = canMove && rows.length > 1;
    const { carry } = this;
    const shown =
      carry?.list === name && rows[carry.from] ? moved(rows, carry.from, carry.to) : rows;
    const list = html`<ul class=${inner ? "plates" : "rows card"} data-list=${name}>
      ${repeat(
        shown,
        (row) => row.key,
        (row, at) => this.item(row, name, at, movable, inner),
      )}
    </ul>`;
    return movable
      ? sortable(list, {
          disabled: !this.canAct || carry !== null,
          handle: ".handle",
          item: ".item",
          onMove: (from, to) => this.move(name, from, to),
        })
      : list;
  }

  /** Who looks for one printer sees its lane; who looks for somebody's jobs sees them in all. */
  private lanesOf(jobs: readonly Job[]): readonly Lane[] {
    const { targets, printers } = this.state;
    return lanes(jobs, targets, printers, this.apart).filter(
      ({ id }) => !this.filter || id === this.filter,
    );
  }

  private lanesPart(found: readonly Lane[], isNarrowed: boolean) {
    return html`<bvp-queue-lanes
      .app=${this.app}
      .actions=${this.actions}
      .state=${this.state}
      .lanes=${found}
      .narrowed=${isNarrowed}
      .disabled=${!this.canAct}
      .narrow=${this.narrow}
      @open=${(event: CustomEvent<string>) => this.app.go("queue", event.detail, this.query)}
    ></bvp-queue-lanes>`;
  }

  private section(section: Section, rows: readonly Row[]) {
    if (!rows.length) return nothing;
    const count = rows.reduce((total, row) => total + row.jobs.length, 0);
    return html`<section aria-labelledby=${section}>
      <div class="heading">
        <h2 id=${section}>
          ${this.t(`queue.section_${section}`)}
          <span class="secondary small">${this.app.format.number(count)}</span>
        </h2>
      </div>
      ${this.list(section, rows, section !== "now")}
    </section>`;
  }

  private summary(jobs: readonly Job[]) {
    const { format } = this.app;
    const { seconds, grams } = sum(jobs);
    const done = this.state.forecast.done_at;
    const words = [
      this.t("queue.jobs", { count: jobs.length }),
      seconds ? format.duration(seconds) : "",
      grams ? format.weight(grams) : "",
      done && !this.filter && !this.person && !this.instance ? this.t("queue.done_at", { time: format.moment(done) }) : "",
    ];
    return html`<p class="secondary">${words.filter(Boolean).join(" · ")}</p>`;
  }

  private get filter(): string {
    return this.route.query.get("printer") ?? "";
  }

  private get person(): string {
    return this.route.query.get("person") ?? "";
  }

  private get instance(): string {
    return this.route.query.get("instance") ?? "";
  }

  private instancePart() {
    return instanceChoice(this.app, this.state.options, this.instance, (instance) =>
      this.app.go("queue", null, { ...this.query, instance }, true),
    );
  }

  private filterPart() {
    const { targets, queue } = this.state;
    const names = targetsOf(queue).map((id) => {
      const name = queue.find((job) => job.target === id)?.target_name ?? null;
      return [id, targetName(this.app, targets, id, name)] as const;
    });
    if (this.filter && !names.some(([id]) => id === this.filter))
      names.push([this.filter, targetName(this.app, targets, this.filter, null)]);
    return names.length < 2
      ? nothing
      : this.choice("printer", this.t("queue.filter"), this.t("queue.filter_all"), names);
  }

  private personPart() {
    const people = peopleOf([...this.state.queue, ...this.history]);
    if (!people.size && !this.person) return nothing;
    if (!people.has(this.person) && this.person)
      return this.choice("person", this.t("common.person"), this.t("common.everybody"), [
        ...people,
        [this.person, "…"],
      ]);
    return this.choice("person", this.t("common.person"), this.t("common.everybody"), [...people]);
  }

  private choice(
    name: "printer" | "person",
    label: string,
    all: string,
    options: readonly (readonly [string, string])[],
  ) {
    const chosen = this.route.query.get(name) ?? "";
    return html`<select
      aria-label=${label}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        this.app.go("queue", null, { ...this.query, [name]: value }, true);
      }}
    >
      <option value="" ?selected=${!chosen}>${all}</option>
      ${options.map(
        ([value, words]) =>
          html`<option value=${value} ?selected=${value === chosen}>${words}</option>`,
      )}
    </select>`;
  }

  private past(job: Job) {
    const { app } = this;
    const reason = job.state === "completed" ? "" : reasonOf(app, job);
    const canRetry = job.verbs.includes("retry");
    return html`<li class="past">
      <span class=${job.state}>${icon(STATE_ICONS[job.state] ?? "mdi:history")}</span>
      <span class="words">
        <a
          href=${app.url("queue", job.id)}
          @click=${(event: MouseEvent) =>
            follow(event, () => app.go("queue", job.id, this.query))}
          >${jobTitle(app, job)}</a
        >
        <span class="secondary"
          >${[app.say(job.status), reason, verdictOf(app, job), job.printed_on, job.sender, job.instance]
            .filter(Boolean)
            .join(" · ")}</span
        >
      </span>
      ${job.finished_at
        ? html`<time class="secondary small" datetime=${job.finished_at}
            >${app.format.moment(job.finished_at)}</time
          >`
        : html`<span></span>`}
      <bvp-menu
        .app=${app}
        .label=${this.t("queue.more", { name: jobTitle(app, job) })}
        .items=${[
          (canRetry || may("decide", [job])) && {
            label: this.t(canRetry ? "queue.verb_retry" : "queue.again"),
            icon: canRetry ? "mdi:refresh" : "mdi:repeat",
            disabled: !this.canAct,
            onClick: () =>
              canRetry ? this.actions.choose("retry", [job]) : void this.actions.again(job),
          },
          ...judgeItems(app, this.actions, job, !this.canAct),
          {
            label: this.t("queue.open_archive"),
            icon: "mdi:archive",
            onClick: () => app.go("archive", job.archive_id),
          },
          job.download !== null && {
            label: this.t("queue.download"),
            icon: "mdi:download",
            href: job.download,
            download: true,
          },
        ]}
      ></bvp-menu>
    </li>`;
  }

  private failedPart(jobs: readonly Job[]) {
    if (!jobs.length) return nothing;
    return html`<section aria-labelledby="failed">
      <div class="heading">
        <h2 id="failed">
          ${this.t("queue.section_failed")}
          <span class="secondary small">${this.app.format.number(jobs.length)}</span>
        </h2>
        ${jobs.length > 1
          ? button({
              label: this.t("queue.retry_all"),
              icon: "mdi:refresh",
              look: "plain",
              disabled: !this.canAct,
              onClick: () => this.actions.choose("retry", jobs),
            })
          : nothing}
      </div>
      ${this.list("failed", jobs.map((job) => ({ key: job.id, jobs: [job] })), false)}
    </section>`;
  }

  private historyPart(jobs: readonly Job[]) {
    if (!jobs.length) return nothing;
    const shown = this.historyWhole ? jobs : jobs.slice(0, HISTORY_SHOWN);
    const hasMore = shown.length < jobs.length || (this.historyWhole && this.cursor !== null);
    return html`<section aria-labelledby="history">
      <div class="heading">
        <h2 id="history">
          ${this.t("queue.section_history")}
          <span class="secondary small">${this.app.format.number(this.historyTotal)}</span>
        </h2>
      </div>
      <ul class="rows card">
        ${repeat(
          shown,
          (job) => job.id,
          (job) => this.past(job),
        )}
      </ul>
      ${hasMore
        ? html`<div class="more">
            ${button({
              label: this.t("queue.history_more"),
              look: "plain",
              onClick: () => void this.moreHistory(),
            })}
          </div>`
        : nothing}
    </section>`;
  }

  private dialog() {
    const { app, actions, asked } = this;
    const closed = () => (this.asked = null);
    switch (asked?.kind) {
      case "fail":
        return html`<bvp-queue-fail
          .app=${app}
          .actions=${actions}
          .jobs=${asked.jobs}
          @closed=${closed}
        ></bvp-queue-fail>`;
      case "confirm":
        return html`<bvp-queue-confirm
          .app=${app}
          .actions=${actions}
          .jobs=${asked.jobs}
          .verb=${asked.verb}
          @closed=${closed}
        ></bvp-queue-confirm>`;
      case "edit":
        return html`<bvp-queue-edit
          .app=${app}
          .actions=${actions}
          .jobs=${asked.jobs}
          .only=${asked.part}
          .targets=${this.state.targets}
          @closed=${closed}
        ></bvp-queue-edit>`;
    }
    const { id } = this.route;
    const job = id && (this.state.queue.find((each) => each.id === id) ?? this.elsewhere);
    return job
      ? html`<bvp-queue-job
          .app=${app}
          .actions=${actions}
          .job=${job}
          .targets=${this.state.targets}
          .printers=${this.state.printers}
          .disabled=${!this.canAct}
          @closed=${this.leave}
        ></bvp-queue-job>`
      : nothing;
  }

  protected override render() {
    const view = viewOf(VIEWS, this.route, VIEW);
    const { filter, person, instance } = this;
    const isNarrowed = person !== "" || instance !== "";
    const jobs = ofInstance(ofPerson(forTarget(this.state.queue, filter), person), instance);
    const history = forTarget(this.history, filter).filter(
      (job) => !this.state.queue.some((each) => each.id === job.id),
    );
    const failed = failedLately(history, Date.now());
    const inLanes = view === "lanes" ? this.lanesOf(jobs) : [];
    const rows = sections(jobs, this.apart);
    this.shownRows = new Map();
    return html`<div>
        <div class="top">
          ${jobs.length ? this.summary(jobs) : html`<span></span>`}
          <div class="tools">
            ${this.filterPart()} ${this.personPart()} ${this.instancePart()}
            ${viewChoice(this.app, VIEWS, view, (chosen) => {
              write(VIEW, chosen);
              this.app.go("queue", null, { ...this.query, view: chosen }, true);
            })}
            ${button({
              label: this.t("queue.from_archive"),
              icon: "mdi:plus",
              onClick: () => this.app.go("archive"),
            })}
          </div>
        </div>
        ${inLanes.length
          ? this.lanesPart(inLanes, isNarrowed)
          : jobs.length
            ? SECTIONS.map((section) => this.section(section, rows[section]))
            : empty(
              "mdi:playlist-check",
              this.t(
                isNarrowed ? "queue.empty_match" : filter ? "queue.empty_filter" : "queue.empty",
              ),
              filter || isNarrowed
                ? button({
                    label: this.t(isNarrowed ? "archive.clear" : "queue.filter_all"),
                    onClick: () => this.app.go("queue", null, {}, true),
                  })
                : nothing,
            )}
        ${this.failedPart(failed)}
        ${this.historyPart(history.filter((job) => !failed.includes(job)))}
      </div>
      ${this.dialog()} ${this.judging.render()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue": BvpQueue;
  }
}
