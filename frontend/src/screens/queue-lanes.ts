import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Job, Printer } from "../api/types";
import { icon } from "../ha";
import { chip, chipStyles } from "../parts/chip";
import { BvpElement } from "../parts/element";
import type { State } from "../store";
import { may } from "../rights";
import { shared } from "../styles";
import { modelName, targetName } from "../targets";
import { statusOf } from "./printers-status";
import type { QueueActions } from "./queue-actions";
import { accepts, isMovable, placeInLane, UNASSIGNED, type Lane } from "./queue-lanes-model";
import { handleStyles } from "./queue-parts";
import { isStarted, jobTitle, sum, type Row } from "./queue-rows";
import "./queue-row";

/** Of the pointer to the edge of what scrolls, in pixels, where it begins to. */
const EDGE = 60;
const STEP = 14;

/** A row that is being moved: from where, and to which place of which lane. */
interface Carry {
  readonly row: Row;
  readonly from: string;
  readonly lane: string;
  readonly at: number;
}

/** The queue in lanes, between which jobs are moved. Events: `open` with a job's id. */
@customElement("bvp-queue-lanes")
export class BvpQueueLanes extends BvpElement {
  static override styles = [
    shared,
    chipStyles,
    handleStyles,
    css`
      :host {
        display: block;
      }
      .lanes {
        display: grid;
        grid-auto-columns: minmax(280px, 1fr);
        grid-auto-flow: column;
        gap: 16px;
        align-items: start;
        margin-top: 16px;
        padding-bottom: 16px;
        overflow-x: auto;
      }
      :host([narrow]) .lanes {
        grid-auto-columns: auto;
        grid-auto-flow: row;
        overflow-x: visible;
      }
      .lane {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 160px;
        padding: 12px 8px 8px;
      }
      :host([narrow]) .lane {
        min-height: 0;
      }
      .lane.over {
        outline: 2px solid var(--primary-color);
        outline-offset: -2px;
      }
      .lane.refused {
        outline: 2px solid var(--error-color);
        outline-offset: -2px;
      }
      header {
        display: grid;
        gap: 4px;
        padding: 0 8px 8px;
      }
      .name {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 8px;
      }
      h2 {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .rows {
        container-type: inline-size;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
        flex: 1;
        align-content: start;
      }
      .rows > li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-items: center;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
        background: var(--card-background-color);
      }
      .rows > li.movable {
        grid-template-columns: auto minmax(0, 1fr);
      }
      @media (pointer: fine) {
        .rows .handle {
          width: 32px;
        }
      }
      .drop {
        padding: 16px 8px;
        border: 1px dashed var(--divider-color);
        border-radius: var(--ha-border-radius-md, 8px);
        color: var(--secondary-text-color);
        text-align: center;
      }
    `,
  ];

  @property({ attribute: false }) state!: State;
  @property({ attribute: false }) lanes: readonly Lane[] = [];
  @property({ attribute: false }) actions!: QueueActions;
  @property({ type: Boolean }) disabled = false;
  /** Whether only some of the jobs are looked for: there may be others in the same lanes. */
  @property({ type: Boolean }) narrowed = false;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @state() private carry: Carry | null = null;
  private endPointer?: () => void;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endPointer?.();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // What is carried may have been printed or cancelled meanwhile.
    const { carry } = this;
    if (!carry || !changed.has("lanes")) return;
    const known = this.lanes.some((lane) => lane.rows.some((row) => row.key === carry.row.key));
    if (known) return;
    if (this.endPointer) this.endPointer();
    else this.carry = null;
  }

  private lane(id: string): Lane | undefined {
    return this.lanes.find((each) => each.id === id);
  }

  private nameOf(lane: Lane): string {
    return targetName(this.app, this.state.targets, lane.id, lane.name);
  }

  private rowName(row: Row): string {
    return row.jobs.length > 1 ? row.jobs[0]!.name : jobTitle(this.app, row.jobs[0]!);
  }

  /** The rows of a lane as they would be if what is carried were put down here; where it is refused it stays where it was. */
  private rowsOf(lane: Lane): readonly Row[] {
    const { carry } = this;
    const over = carry && this.lane(carry.lane);
    if (!carry || !over || !accepts(over, carry.row.jobs)) return lane.rows;
    const rest = lane.rows.filter((row) => row.key !== carry.row.key);
    if (carry.lane !== lane.id) return rest;
    return [...rest.slice(0, carry.at), carry.row, ...rest.slice(carry.at)];
  }

  // --- moving ---

  private pickUp(row: Row, lane: Lane): void {
    this.carry = {
      row,
      from: lane.id,
      lane: lane.id,
      at: lane.rows.findIndex((each) => each.key === row.key),
    };
  }

  private carryTo(id: string, at: number): void {
    const { carry } = this;
    const lane = this.lane(id);
    if (!carry || !lane) return;
    const rest = lane.rows.filter((row) => row.key !== carry.row.key);
    const begun = rest.filter((row) => !isMovable(row)).length;
    const place = Math.max(begun, Math.min(rest.length, at));
    if (carry.lane === id && carry.at === place) return;
    this.carry = { ...carry, lane: id, at: place };
    this.app.announce(
      accepts(lane, carry.row.jobs)
        ? this.t("queue.lane_moved", {
            name: this.rowName(carry.row),
            lane: this.nameOf(lane),
            place: place + 1,
            count: rest.length + 1,
          })
        : this.refusal(lane, carry.row),
    );
  }

  private refusal(lane: Lane, row: Row): string {
    return this.t("queue.lane_refused", {
      name: this.rowName(row),
      model: modelName(row.jobs[0]!.sliced_for),
      lane: this.nameOf(lane),
    });
  }

  private drop(): void {
    const { carry } = this;
    this.carry = null;
    const lane = carry && this.lane(carry.lane);
    if (!carry || !lane) return;
    const { row } = carry;
    if (!accepts(lane, row.jobs)) {
      this.app.toast(this.refusal(lane, row));
      return;
    }
    const was = lane.rows.findIndex((each) => each.key === row.key);
    if (carry.lane === carry.from && carry.at === was) return;
    const after = placeInLane(this.state.queue, lane, row, carry.at);
    void this.actions.assign(row.jobs, lane.id, after);
  }

  private onHandleKey(event: KeyboardEvent, row: Row, lane: Lane): void {
    const { carry } = this;
    const isHeld = carry?.row.key === row.key;
    const isRtl = getComputedStyle(this).direction === "rtl";
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const aside = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1 }[event.key];
    if (event.key === " " || event.key === "Enter") {
      if (isHeld) this.drop();
      else if (!this.disabled) {
        this.pickUp(row, lane);
        this.app.announce(this.t("queue.lane_picked_up", { name: this.rowName(row) }));
      }
    } else if (isHeld && step !== undefined) this.carryTo(carry.lane, carry.at + step);
    else if (isHeld && aside !== undefined) {
      const to = this.lanes[this.lanes.findIndex((each) => each.id === carry.lane) + aside];
      if (to) this.carryTo(to.id, carry.at);
    } else if (isHeld && event.key === "Escape") {
      this.carry = null;
      this.app.announce(this.t("queue.put_down"));
    } else return;
    event.preventDefault();
    event.stopPropagation();
    // The row has another place in the document now, and lost the focus with that.
    void this.updateComplete.then(() =>
      this.renderRoot
        .querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"] .handle`)
        ?.focus(),
    );
  }

  private onHandleDown(event: PointerEvent, row: Row, lane: Lane): void {
    if (event.button !== 0 || this.disabled) return;
    event.preventDefault();
    this.pickUp(row, lane);
    let at = { x: event.clientX, y: event.clientY };
    const follow = () => {
      const found = this.laneAt(at.x, at.y);
      if (found) this.carryTo(found.id, found.at);
    };
    const scroll = setInterval(() => {
      if (this.scrollAt(at.x, at.y)) follow();
    }, 30);
    const onMove = (moving: PointerEvent) => {
      at = { x: moving.clientX, y: moving.clientY };
      follow();
    };
    const end = (drop: boolean) => {
      clearInterval(scroll);
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      document.removeEventListener("pointercancel", onCancel);
      document.removeEventListener("keydown", onEscape, true);
      this.endPointer = undefined;
      if (drop) this.drop();
      else this.carry = null;
    };
    const onUp = () => end(true);
    const onCancel = () => end(false);
    const onEscape = (pressed: KeyboardEvent) => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      end(false);
    };
    this.endPointer = onCancel;
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
    document.addEventListener("pointercancel", onCancel);
    document.addEventListener("keydown", onEscape, true);
  }

  /** The lane at a point of the window, and before which of its other rows that is. */
  private laneAt(x: number, y: number): { id: string; at: number } | null {
    for (const lane of this.renderRoot.querySelectorAll<HTMLElement>(".lane")) {
      const box = lane.getBoundingClientRect();
      if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
      const rows = [...lane.querySelectorAll<HTMLElement>(".rows > li")].filter(
        (row) => row.dataset.key !== this.carry?.row.key,
      );
      const at = rows.findIndex((row) => {
        const own = row.getBoundingClientRect();
        return y < own.top + own.height / 2;
      });
      return { id: lane.dataset.lane!, at: at < 0 ? rows.length : at };
    }
    return null;
  }

  private scrollAt(x: number, y: number): boolean {
    const lanes = this.renderRoot.querySelector<HTMLElement>(".lanes")!;
    const page = this.closest<HTMLElement>("main") ?? document.scrollingElement;
    const before = [lanes.scrollLeft, page?.scrollTop];
    const box = lanes.getBoundingClientRect();
    if (x < box.left + EDGE) lanes.scrollLeft -= STEP;
    else if (x > box.right - EDGE) lanes.scrollLeft += STEP;
    if (page && y < EDGE * 2) page.scrollTop -= STEP;
    else if (page && y > window.innerHeight - EDGE) page.scrollTop += STEP;
    return before[0] !== lanes.scrollLeft || before[1] !== page?.scrollTop;
  }

  // --- what is shown ---

  private printer(lane: Lane): Printer | undefined {
    return this.state.printers.find((each) => each.kind === "real" && each.id === lane.id);
  }

  private summary(lane: Lane) {
    const { format } = this.app;
    const { seconds } = sum(lane.jobs);
    const { narrowed } = this;
    const free = lane.jobs.length && !narrowed ? this.state.forecast.free_from[lane.id] : null;
    const words = lane.jobs.length
      ? [
          this.t("queue.jobs", { count: lane.jobs.length }),
          seconds ? format.duration(seconds) : "",
          free ? this.t("queue.done_at", { time: format.moment(free) }) : "",
        ]
      : [!narrowed && lane.kind === "printer" && lane.choice ? this.t("queue.lane_free") : ""];
    return html`<span class="secondary small">${words.filter(Boolean).join(" · ")}</span>`;
  }

  private item(row: Row, lane: Lane) {
    // To another lane is another printer.
    const canMove = isMovable(row) && may("decide", row.jobs);
    const isCarried = this.carry?.row.key === row.key;
    const job: Job = row.jobs[0]!;
    return html`<li
      class=${`${canMove ? "movable" : ""} ${isCarried ? "carried" : ""}`}
      data-key=${row.key}
    >
      ${canMove
        ? html`<button
            type="button"
            class="handle"
            aria-pressed=${isCarried}
            aria-label=${this.t("queue.handle", { name: this.rowName(row) })}
            title=${this.t("queue.lane_hint")}
            ?disabled=${this.disabled}
            @keydown=${(event: KeyboardEvent) => this.onHandleKey(event, row, lane)}
            @pointerdown=${(event: PointerEvent) => this.onHandleDown(event, row, lane)}
          >
            ${icon("mdi:drag-vertical-variant")}
          </button>`
        : nothing}
      <bvp-queue-row
        .app=${this.app}
        .actions=${this.actions}
        .jobs=${row.jobs}
        .target=${isStarted(job) ? (job.printed_on ?? "") : ""}
        .disabled=${this.disabled}
        @expand=${() => this.actions.grouping?.setApart(job.archive_id, true)}
        @open=${() => this.dispatchEvent(new CustomEvent<string>("open", { detail: job.id }))}
      ></bvp-queue-row>
    </li>`;
  }

  private column(lane: Lane) {
    const { carry } = this;
    const printer = this.printer(lane);
    const isOver = carry?.lane === lane.id && carry.from !== lane.id;
    const refused = carry !== null && !accepts(lane, carry.row.jobs);
    const rows = this.rowsOf(lane);
    const status = printer && statusOf(printer);
    const id = `lane-${lane.id}`;
    return html`<section
      class=${`lane card ${isOver ? (refused ? "refused" : "over") : ""}`}
      data-lane=${lane.id}
      aria-labelledby=${id}
    >
      <header>
        <div class="name">
          <h2 id=${id}>${this.nameOf(lane)}</h2>
          ${status ? chip(status.icon, this.t(status.key), status.tone) : nothing}
        </div>
        ${this.summary(lane)}
        ${isOver && refused
          ? html`<span role="alert" class="small">${this.refusal(lane, carry.row)}</span>`
          : nothing}
      </header>
      <ul class="rows">
        ${repeat(
          rows,
          (row) => row.key,
          (row) => this.item(row, lane),
        )}
      </ul>
      ${rows.length ? nothing : html`<p class="drop">${this.t(this.narrowed ? "queue.empty_match" : "queue.lane_empty")}</p>`}
    </section>`;
  }

  protected override render() {
    // An empty lane for what is undecided would tell nothing while nothing is moved.
    const shown = this.lanes.filter(
      (lane) => lane.id !== UNASSIGNED || lane.jobs.length || this.lanes.length > 1,
    );
    return html`<div class="lanes">
      ${repeat(
        shown,
        (lane) => lane.id,
        (lane) => this.column(lane),
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue-lanes": BvpQueueLanes;
  }
}
