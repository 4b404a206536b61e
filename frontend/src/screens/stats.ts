import { css, html, nothing, svg, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Allowance, Numbers, PeoplePage, PersonSettings, StatsPage } from "../api/types";
import { attempt } from "../app";
import { alert, button, icon, iconButton } from "../ha";
import { INTEGRATION } from "../links";
import { Screen } from "../parts/element";
import { empty } from "../parts/empty";
import "../parts/person-dialog";
import { formStyles } from "../parts/form";
import { progressBar, progressStyles } from "../parts/progress";
import { skeleton, skeletonStyles } from "../parts/skeleton";
import { read, write } from "../router";
import { shared } from "../styles";
import { daysOf, isMonth, monthAfter } from "./archive-days";
import {
  METRICS,
  axisTop,
  axisUnit,
  metricsOf,
  successRate,
  total,
  type Metric,
} from "./stats-model";

type Period = "day" | "week" | "month";
const PERIODS: readonly Period[] = ["day", "week", "month"];
const GROUPS = ["materials", "printers", "projects", "people"] as const;
/** The sensor of the hub whose statistics tell how the library has grown. */
const SPACE = "storage_used";
const PERIOD_KEPT = "bvp-stats-by";
const CHART = { width: 1080, narrow: 340, height: 240, left: 64, bottom: 28, top: 12 };
const LABELS = 6;

/** What was archived and printed, over time. */
@customElement("bvp-stats")
export class BvpStats extends Screen {
  static override styles = [
    shared,
    formStyles,
    progressStyles,
    skeletonStyles,
    css`
      :host {
        display: block;
        width: 100%;
        max-width: 1200px;
        margin: 0 auto;
        padding: 16px var(--bvp-gutter, 16px) 32px;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 24px;
        justify-content: space-between;
        margin-bottom: 16px;
      }
      .month {
        display: flex;
        align-items: center;
      }
      .month span {
        min-width: 132px;
        text-align: center;
      }
      .turn:dir(rtl) .icon {
        transform: scaleX(-1);
      }
      .tiles {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(166px, 1fr));
        gap: 12px;
      }
      .tile {
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: center;
        gap: 0 12px;
        padding: 12px 16px;
      }
      .tile .icon {
        --mdc-icon-size: 24px;
        grid-row: 1 / 3;
        width: 24px;
        height: 24px;
        color: var(--secondary-text-color);
      }
      .tile dd {
        grid-column: 2;
        grid-row: 1;
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        line-height: 1.3;
      }
      .tile dt {
        grid-column: 2;
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
      }
      dl {
        margin: 0;
      }
      section {
        margin-top: 16px;
      }
      section.card,
      .groups .card {
        padding: 16px;
      }
      h2 {
        margin-bottom: 12px;
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
        max-height: 320px;
      }
      .bar {
        fill: var(--primary-color);
      }
      .bar.failed {
        fill: none;
        stroke: var(--error-color);
        stroke-width: 2;
      }
      .grid {
        stroke: var(--divider-color);
      }
      svg text {
        fill: var(--secondary-text-color);
        font-size: 12px;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 8px;
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .key i {
        width: 12px;
        height: 12px;
        background: var(--primary-color);
      }
      .key i.failed {
        border: 2px solid var(--error-color);
        background: none;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 6px 8px;
        border-bottom: 1px solid var(--divider-color);
        text-align: end;
      }
      td {
        white-space: nowrap;
      }
      thead th {
        vertical-align: bottom;
      }
      tbody th {
        min-width: 96px;
        overflow-wrap: anywhere;
      }
      th {
        color: var(--secondary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      th:first-child,
      td:first-child {
        text-align: start;
      }
      tbody th {
        color: inherit;
        font-weight: inherit;
      }
      tbody tr:last-child > * {
        border-bottom: 0;
      }
      .person {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
      }
      .limits li {
        display: grid;
        gap: 4px;
        padding: 8px 0;
      }
      .groups {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr));
        gap: 16px;
      }
      .groups.wide {
        grid-template-columns: minmax(0, 1fr);
      }
    `,
  ];

  @state() private by: Period = kept();
  @state() private metric: Metric | "space" = "prints";
  @state() private page: StatsPage | null = null;
  @state() private people: PeoplePage | null = null;
  /** How much space the library took, by the first days of periods; the library itself knows only how it is now. */
  @state() private space: ReadonlyMap<string, number> = new Map();
  /** Why there are no numbers. */
  @state() private error: unknown = null;
  @state() private changing: Allowance | null = null;
  private made: unknown;
  /** The month that was asked for last. */
  private asked = "";
  private round = 0;

  protected override willUpdate(changed: PropertyValues): void {
    // Numbers change when something was archived or printed: the totals of the subscription tell.
    const { stats } = this.state;
    const made = stats && [stats.ever_archived, stats.printed, stats.queued, stats.active].join();
    const { month } = this;
    if (changed.has("by") || made !== this.made || month !== this.asked) {
      this.made = made;
      this.asked = month;
      void this.load();
    }
  }

  private async load(): Promise<void> {
    const round = ++this.round;
    this.error = null;
    const found = await attempt(
      Promise.all([
        this.app.api.stats(this.period, ...(this.month ? daysOf(this.month, this.today) : [])),
        this.app.api.people(),
      ]),
      (error) => {
        // What is known stays.
        if (this.page) this.app.toast(this.app.sayError(error));
        else this.error = error;
      },
    );
    if (!found || round !== this.round) return;
    [this.page, this.people] = found;
    const first = this.page.series[0]?.start;
    const space = first ? await this.app.recorded(SPACE, first, this.period) : new Map();
    if (round === this.round) this.space = space;
  }

  /** The month that is looked at alone, if there is one. */
  private get month(): string {
    const month = this.route.query.get("month") ?? "";
    return isMonth(month) ? month : "";
  }

  /** What the household's calendar says, for its days are counted. */
  private get today(): string {
    return this.app.format.countedDay();
  }

  private get period(): Period {
    return this.month ? "day" : this.by;
  }

  private choose(by: Period): void {
    this.by = by;
    write(PERIOD_KEPT, by);
    if (this.month) this.app.go("stats", null, {}, true);
  }

  private lookAt(month: string): void {
    this.app.go("stats", null, { month }, true);
  }

  private value(metric: Metric | "space", value: number): string {
    const { format } = this.app;
    switch (metric) {
      case "space":
        return format.bytes(value);
      case "print_time_s":
        return format.duration(value);
      case "filament_g":
        return format.weight(value);
      case "cost":
      case "energy_cost":
        return format.money(value);
      case "energy_kwh":
        return format.energy(value);
      default:
        return format.number(value);
    }
  }

  private name(metric: Metric | "space"): string {
    return this.t(`stats.${metric}`);
  }

  private begin(start: string): string {
    const { format } = this.app;
    return this.period === "month" ? format.month(start) : format.day(start);
  }

  private tile(iconName: string, label: string, value: string) {
    return html`<dl class="card tile">${icon(iconName)}
      <dt>${label}</dt>
      <dd>${value}</dd></dl>`;
  }

  private tiles(sums: Numbers) {
    const { format } = this.app;
    const { stats } = this.state;
    const rate = successRate(sums);
    return html`<div class="tiles">
      ${this.tile("mdi:file-outline", this.name("files"), format.number(sums.files))}
      ${this.tile("mdi:check-circle-outline", this.name("prints"), format.number(sums.prints))}
      ${this.tile(
        "mdi:percent-circle-outline",
        this.t("stats.success"),
        rate === null ? "–" : format.percent(rate),
      )}
      ${this.tile(
        "mdi:timer-outline",
        this.name("print_time_s"),
        format.duration(sums.print_time_s),
      )}
      ${this.tile("mdi:weight-gram", this.name("filament_g"), format.weight(sums.filament_g))}
      ${sums.cost ? this.tile("mdi:cash", this.name("cost"), format.money(sums.cost)) : nothing}
      ${sums.judged_good || sums.judged_failed
        ? [
            this.tile(
              "mdi:thumb-up-outline",
              this.t("stats.judged_good"),
              format.number(sums.judged_good),
            ),
            this.tile(
              "mdi:thumb-down-outline",
              this.t("stats.judged_failed"),
              format.number(sums.judged_failed),
            ),
          ]
        : nothing}
      ${(["energy_kwh", "energy_cost"] as const).map((name) =>
        sums[name]
          ? this.tile(
              "mdi:lightning-bolt-outline",
              this.name(name),
              this.value(name, sums[name]),
            )
          : nothing,
      )}
      ${stats
        ? html`${this.tile(
            "mdi:archive-outline",
            this.t("stats.archived"),
            this.t("stats.archived_size", {
              count: stats.archives,
              size: format.bytes(stats.archive_bytes),
            }),
          )}
          ${this.tile(
            stats.storage_low ? "mdi:alert-circle-outline" : "mdi:harddisk",
            this.t(stats.storage_low ? "stats.disk_low" : "stats.disk"),
            format.bytes(stats.free_bytes),
          )}`
        : nothing}
    </div>`;
  }

  private chart(page: StatsPage) {
    const { metric } = this;
    const { series } = page;
    const withFailed = metric === "prints";
    const unit = axisUnit(metric);
    const amounts = series.map((each) =>
      metric === "space" ? (this.space.get(each.start) ?? 0) : each[metric],
    );
    const values = amounts.map((each) => each / unit);
    const failed = series.map((each) => (withFailed ? each.failed : 0));
    const isWhole = metric === "prints" || metric === "files";
    const top = axisTop(Math.max(isWhole ? 2 : 0, ...values.map((each, at) => each + failed[at]!)));
    const { height, left, bottom, top: above } = CHART;
    const width = this.narrow ? CHART.narrow : CHART.width;
    const room = height - bottom - above;
    const step = (width - left) / Math.max(1, series.length);
    const bar = Math.min(48, step * 0.6);
    const y = (value: number) => above + room - (value / top) * room;
    const every = Math.ceil(series.length / (this.narrow ? LABELS / 2 : LABELS));
    const said = this.t("stats.chart", { what: this.name(metric) });
    return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label=${said}>
      ${[0, top / 2, top].map(
        (line) =>
          svg`<line class="grid" x1=${left} x2=${width} y1=${y(line)} y2=${y(line)}></line>
          <text x=${left - 8} y=${y(line) + 4} text-anchor="end">${this.value(metric, line * unit)}</text>`,
      )}
      ${series.map((each, at) => {
        const x = left + step * at + (step - bar) / 2;
        const value = values[at]!;
        const lost = failed[at]!;
        return svg`<g>
          <title>${this.begin(each.start)}: ${this.value(metric, amounts[at]!)}</title>
          ${value > 0 ? svg`<rect class="bar" x=${x} y=${y(value)} width=${bar} height=${y(0) - y(value)} rx="3"></rect>` : nothing}
          ${lost > 0 ? svg`<rect class="bar failed" x=${x + 1} y=${y(value + lost) + 1} width=${bar - 2} height=${Math.max(1, y(value) - y(value + lost) - 3)} rx="3"></rect>` : nothing}
          ${at % every === 0 ? svg`<text x=${x + bar / 2} y=${height - 8} text-anchor="middle">${this.begin(each.start)}</text>` : nothing}
        </g>`;
      })}
    </svg>
    ${
      withFailed
        ? html`<div class="legend small" aria-hidden="true">
            <span class="key"><i></i>${this.name("prints")}</span>
            <span class="key"><i class="failed"></i>${this.t("stats.failed")}</span>
          </div>`
        : nothing
    }
    ${
      metric === "space"
        ? html`<p class="small secondary">${this.t("stats.space_kept")}</p>`
        : nothing
    }
    <details>
      <summary>${this.t("stats.table")}</summary>
      ${this.table(
        this.t(`stats.by_${this.period}`),
        series.map((each) => [this.begin(each.start), each] as const),
        true,
      )}
    </details>`;
  }

  private table(
    heading: string,
    rows: readonly (readonly [string, Numbers])[],
    withFiles: boolean,
  ) {
    const sums = rows.map(([, numbers]) => numbers);
    const judged = (["judged_good", "judged_failed"] as const).filter((name) =>
      sums.some((each) => each[name]),
    );
    const columns = metricsOf(sums)
      .filter((each) => each !== "files" || withFiles)
      .flatMap((each) => (each === "prints" ? ([each, "failed", ...judged] as const) : [each]));
    const cell = (column: (typeof columns)[number], numbers: Numbers) =>
      METRICS.includes(column as Metric)
        ? this.value(column as Metric, numbers[column])
        : this.app.format.number(numbers[column]);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${heading}>
      <table>
        <thead>
          <tr>
            <th scope="col">${heading}</th>
            ${columns.map((column) => html`<th scope="col">${this.t(`stats.${column}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, numbers]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${columns.map((column) => html`<td>${cell(column, numbers)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private monthPart(month: string) {
    const turn = (step: number) =>
      iconButton({
        label: this.t(step < 0 ? "archive.month_before" : "archive.month_after"),
        icon: step < 0 ? "mdi:chevron-left" : "mdi:chevron-right",
        class: "turn",
        disabled: step > 0 && month >= this.today.slice(0, 7),
        onClick: () => this.lookAt(monthAfter(month, step)),
      });
    const name = this.app.format.monthName(new Date(`${month}-01T00:00:00Z`));
    return html`<div class="month">
      ${turn(-1)}<span aria-live="polite">${name}</span>${turn(1)}
    </div>`;
  }

  private groups(page: StatsPage) {
    const found = GROUPS.filter((name) => page.groups[name].length);
    // Columns that only some households have need the room of two.
    const isWide = page.series.some(
      (each) => each.energy_kwh || each.judged_good || each.judged_failed,
    );
    return html`<section class=${isWide ? "groups wide" : "groups"}>
      ${found.map(
        (name) =>
          html`<div class="card">
            <h2>${this.t(`stats.of_${name}`)}</h2>
            ${this.table(
              this.t(`stats.one_of_${name}`),
              page.groups[name].map(
                (each) => [each.value || this.t(`stats.none_of_${name}`), each] as const,
              ),
              false,
            )}
          </div>`,
      )}
    </section>`;
  }

  /** What people may have printed this month: of everybody for administrators, who change it, else one's own. */
  private limits() {
    const { app, people } = this;
    const shown = (people?.people ?? []).filter(
      (each) => app.isAdmin || each.limit_g !== null || each.limit_s !== null,
    );
    if (!people || !shown.length) return nothing;
    return html`<section class="card limits" aria-labelledby="limits">
      <div class="tools">
        <h2 id="limits">${this.t("stats.limits")}</h2>
        ${app.isAdmin
          ? button({
              label: this.t("stats.people_manage"),
              look: "plain",
              onClick: () => app.visit(INTEGRATION),
            })
          : nothing}
      </div>
      <ul>
        ${shown.map(
          (each) =>
            html`<li>
              <div class="person">
                <span>${each.name} <span class="secondary">· ${each.printer}</span></span>
                ${app.isAdmin
                  ? iconButton({
                      icon: "mdi:pencil-outline",
                      label: this.t("person.change", { name: each.name }),
                      onClick: () => (this.changing = each),
                    })
                  : nothing}
              </div>
              ${this.limit(each, "filament_g", each.limit_g)}
              ${this.limit(each, "print_time_s", each.limit_s)}
            </li>`,
        )}
      </ul>
      <p class="secondary">
        ${this.t("stats.limits_until", { date: app.format.day(app.format.countedDay(people.renews_at)) })}
      </p>
      ${this.changing
        ? html`<bvp-person-dialog
            .app=${app}
            .person=${this.changing}
            .targets=${this.state.targets}
            @closed=${() => (this.changing = null)}
            @save=${(event: CustomEvent<PersonSettings>) => this.change(event.detail)}
          ></bvp-person-dialog>`
        : nothing}
    </section>`;
  }

  private async change(settings: PersonSettings): Promise<void> {
    const id = this.changing!.person_id;
    const changed = await this.app.attempt(this.app.api.changePerson(id, settings));
    if (!changed) return;
    this.changing = null;
    await this.load();
  }

  private limit(one: Allowance, metric: "filament_g" | "print_time_s", limit: number | null) {
    if (limit === null) return nothing;
    const said = this.t("stats.used_of", {
      used: this.value(metric, one[metric]),
      limit: this.value(metric, limit),
    });
    const percent = limit ? Math.min(100, (one[metric] / limit) * 100) : 100;
    return html`${progressBar(percent, `${one.name}: ${this.name(metric)}`, said)}
      <span class="small secondary">${said}</span>`;
  }

  private choices<T extends string>(
    label: string,
    values: readonly T[],
    chosen: T,
    name: (value: T) => string,
    choose: (value: T) => void,
  ) {
    return html`<div class="chips" role="group" aria-label=${label}>
      ${values.map(
        (value) =>
          html`<button
            type="button"
            class="choose"
            aria-pressed=${value === chosen}
            @click=${() => choose(value)}
          >
            ${name(value)}
          </button>`,
      )}
    </div>`;
  }

  protected override render() {
    const { page } = this;
    const { stats } = this.state;
    if (this.error)
      return alert(
        "error",
        this.app.sayError(this.error),
        button({
          label: this.t("archive.retry"),
          look: "plain",
          onClick: () => void this.load(),
        }),
      );
    if (!page) return skeleton("stats");
    if (!stats?.ever_archived && !page.groups.materials.length)
      return empty("mdi:chart-bar", this.t("stats.empty"));
    return html`<div class="tools">
        ${this.choices(
          this.t("stats.period"),
          [...PERIODS, "one"] as const,
          this.month ? "one" : this.by,
          (by) => this.t(by === "one" ? "stats.one_month" : `stats.last_${by}`),
          (by) => (by === "one" ? this.lookAt(this.today.slice(0, 7)) : this.choose(by)),
        )}
        ${this.month ? this.monthPart(this.month) : nothing}
      </div>
      ${this.tiles(total(page.series))} ${this.limits()}
      <section class="card">
        <div class="tools">
          ${this.choices(
            this.t("stats.what"),
            [...metricsOf(page.series), ...(this.space.size ? (["space"] as const) : [])],
            this.metric,
            (metric) => this.name(metric),
            (metric) => (this.metric = metric),
          )}
        </div>
        ${this.chart(page)}
      </section>
      ${this.groups(page)}`;
  }
}

function kept(): Period {
  const found = read(PERIOD_KEPT) as Period;
  return PERIODS.includes(found) ? found : "week";
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-stats": BvpStats;
  }
}
