import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Archive, ArchivePage, ArchiveQuery } from "../api/types";
import { icon, iconButton } from "../ha";
import { BvpElement } from "../parts/element";
import { shared } from "../styles";
import { dayAfter, monthAfter, weeksOf } from "./archive-days";
import { follow } from "../router";
import { beginOf } from "./archive-query";
import { failureText, resultOf } from "./archive-tile";

const PAGE = 500;
const MAX_PAGES = 6;
/** Of a day, that are shown by name. */
const SHOWN = 3;
const RESULT_ICONS = {
  printed: "mdi:check-circle-outline",
  failed: "mdi:close-circle-outline",
  none: "mdi:circle-outline",
} as const;

/**
 * The archive by days, a month at a time. Events: `month` with another one, `day` with one to look at, `open` with an
 * archive's id.
 */
@customElement("bvp-archive-calendar")
export class BvpArchiveCalendar extends BvpElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 4px;
        margin-bottom: 8px;
      }
      .top h2 {
        flex: 1;
        text-align: center;
      }
      table {
        width: 100%;
        overflow: hidden;
        border-collapse: collapse;
        table-layout: fixed;
      }
      th {
        height: 36px;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      td {
        height: 112px;
        padding: 0;
        border-top: 1px solid var(--divider-color);
        vertical-align: top;
      }
      td + td {
        border-inline-start: 1px solid var(--divider-color);
      }
      td.other {
        background: color-mix(in srgb, var(--secondary-background-color) 40%, transparent);
      }
      .day {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: 4px;
        min-width: 32px;
        min-height: 32px;
        padding: 0 8px;
        border: 0;
        border-radius: 16px;
        background: none;
        color: inherit;
        font: inherit;
      }
      button.day {
        cursor: pointer;
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: underline;
      }
      .today .day {
        border: 2px solid var(--primary-color);
      }
      li {
        --mdc-icon-size: 14px;
      }
      li a,
      li button {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 4px;
        width: 100%;
        min-height: 24px;
        padding: 0 8px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        font-size: var(--ha-font-size-s, 12px);
        text-align: start;
        text-decoration: none;
        cursor: pointer;
      }
      li a:hover {
        background: var(--secondary-background-color);
      }
      li .icon {
        width: 14px;
        height: 14px;
        color: var(--secondary-text-color);
      }
      .printed .icon {
        color: var(--success-color);
      }
      .failed .icon {
        color: var(--error-color);
      }
      .text {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      :host([narrow]) td {
        height: 72px;
        text-align: center;
      }
      :host([narrow]) .day {
        min-width: 44px;
        min-height: 44px;
        padding: 0;
      }
      .dots {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 2px;
      }
    `,
  ];

  /** What is looked for, but for the days. */
  @property({ attribute: false }) query: ArchiveQuery = {};
  /** As `2026-11`. */
  @property() month = "";
  @property({ type: Number }) version = 0;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ attribute: false }) href: (id: string) => string = () => "";
  @state() private days = new Map<string, Archive[]>();
  @state() private isWhole = true;
  private round = 0;
  private asked = "";

  protected override willUpdate(): void {
    const asked = JSON.stringify([this.query, this.month, this.version]);
    if (asked === this.asked) return;
    this.asked = asked;
    void this.load();
  }

  private async load(): Promise<void> {
    const round = ++this.round;
    const weeks = weeksOf(this.month, this.app.format.firstWeekday);
    const query: ArchiveQuery = {
      ...this.query,
      sort: "oldest",
      limit: PAGE,
      received_after: beginOf(weeks[0]![0]!, this.app.format),
      received_before: beginOf(dayAfter(weeks.at(-1)!.at(-1)!), this.app.format),
    };
    const days = new Map<string, Archive[]>();
    let cursor: string | null = null;
    for (let page = 0; page < MAX_PAGES; page++) {
      const found: ArchivePage | undefined = await this.app.attempt(
        this.app.api.archives({ ...query, ...(cursor ? { cursor } : {}) }),
      );
      if (round !== this.round || !found) return;
      for (const archive of found.archives) {
        const day = this.app.format.dayKey(archive.received_at);
        days.set(day, [...(days.get(day) ?? []), archive]);
      }
      cursor = found.cursor;
      if (cursor === null) break;
    }
    this.days = days;
    this.isWhole = cursor === null;
  }

  private go(step: number): void {
    this.dispatchEvent(new CustomEvent("month", { detail: monthAfter(this.month, step) }));
  }

  private show(day: string): void {
    this.dispatchEvent(new CustomEvent("day", { detail: day }));
  }

  private entry(archive: Archive) {
    const found = resultOf(archive);
    const said =
      found === "failed"
        ? failureText(this.app, archive)
        : found === "printed"
          ? this.t("archive.printed_times", { count: archive.print_count })
          : this.t("archive.printed_no");
    return html`<li class=${found ?? "none"}>
      <a
        href=${this.href(archive.id)}
        title=${`${archive.name} · ${said}`}
        @click=${(event: MouseEvent) =>
          follow(event, () =>
            this.dispatchEvent(new CustomEvent("open", { detail: archive.id })),
          )}
        >${icon(RESULT_ICONS[found ?? "none"])}<span class="text">${archive.name}</span
        ><span class="visually-hidden">${said}</span></a
      >
    </li>`;
  }

  private dots(archives: readonly Archive[]) {
    const results = [...new Set(archives.map((each) => resultOf(each) ?? "none"))];
    return html`<span class="dots" aria-hidden="true">
      ${results.map((each) => html`<span class=${each}>${icon(RESULT_ICONS[each])}</span>`)}
    </span>`;
  }

  private day(day: string, today: string) {
    const archives = this.days.get(day) ?? [];
    const number = this.app.format.number(Number(day.slice(8)));
    const rest = archives.length - SHOWN;
    const isOther = !day.startsWith(this.month);
    return html`<td class=${`${isOther ? "other" : ""} ${day === today ? "today" : ""}`}>
      ${archives.length
        ? html`<button
            type="button"
            class="day"
            aria-label=${this.t("archive.day", {
              count: archives.length,
              date: this.app.format.day(day),
            })}
            @click=${() => this.show(day)}
          >
            ${number}
          </button>`
        : html`<span class="day">${number}</span>`}
      ${!archives.length
        ? nothing
        : this.narrow
          ? this.dots(archives)
          : html`<ul>
              ${archives.slice(0, rest === 1 ? SHOWN + 1 : SHOWN).map((each) => this.entry(each))}
              ${rest > 1
                ? html`<li>
                    <button type="button" @click=${() => this.show(day)}>
                      ${icon("mdi:dots-horizontal")}
                      <span class="text">${this.t("card.more", { count: rest })}</span>
                    </button>
                  </li>`
                : nothing}
            </ul>`}
    </td>`;
  }

  protected override render() {
    const { format } = this.app;
    const weeks = weeksOf(this.month, format.firstWeekday);
    const today = format.dayKey(new Date());
    const name = format.monthName(new Date(`${this.month}-01T00:00:00Z`));
    return html`<div class="top">
        ${iconButton({
          label: this.t("archive.month_before"),
          icon: "mdi:chevron-left",
          class: "turn",
          onClick: () => this.go(-1),
        })}
        <h2 aria-live="polite">${name}</h2>
        ${iconButton({
          label: this.t("archive.month_after"),
          icon: "mdi:chevron-right",
          class: "turn",
          onClick: () => this.go(1),
        })}
      </div>
      <table class="card" aria-label=${name}>
        <thead>
          <tr>
            ${weeks[0]!.map(
              (_, at) =>
                html`<th scope="col">${format.weekday((format.firstWeekday + at) % 7)}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${weeks.map((week) => html`<tr>${week.map((day) => this.day(day, today))}</tr>`)}
        </tbody>
      </table>
      ${this.isWhole ? nothing : html`<p class="secondary">${this.t("archive.calendar_part")}</p>`}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive-calendar": BvpArchiveCalendar;
  }
}
