import { css, html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { Archive } from "../api/types";
import type { App } from "../app";
import { icon, iconButton } from "../ha";
import type { Key } from "../i18n";
import { may } from "../rights";
import { modelName } from "../targets";
import { swatches } from "../parts/swatches";
import type { Filters } from "./archive-query";
import { failureText, resultOf, type TileOptions } from "./archive-tile";
import type { Shown } from "./archive-window";

export const tableStyles = css`
  .table {
    width: 100%;
    border-collapse: collapse;
    table-layout: fixed;
  }
  .table th {
    padding: 0 8px;
    height: 44px;
    font-weight: var(--ha-font-weight-medium, 500);
    text-align: start;
  }
  .table th button {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    max-width: 100%;
    min-height: 44px;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    font-weight: inherit;
    text-align: start;
    cursor: pointer;
  }
  .table th .icon {
    --mdc-icon-size: 16px;
    width: 16px;
    height: 16px;
  }
  .table tr.item {
    height: 57px;
    border-top: 1px solid var(--divider-color);
  }
  .table tr.current {
    background: color-mix(in srgb, var(--primary-color) 12%, transparent);
  }
  .table td {
    height: 56px;
    padding: 0 8px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .table td:first-child {
    overflow: visible;
  }
  .table .first {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 12px;
  }
  .table bvp-picture {
    width: 40px;
  }
  .table input[type="checkbox"] {
    margin: 0 10px;
  }
  .table .names {
    display: grid;
    min-width: 0;
  }
  .table .names > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .table .link {
    color: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: none;
  }
  .table .link:hover {
    text-decoration: underline;
  }
  .table .swatches {
    flex-wrap: nowrap;
  }
  .table .sign {
    vertical-align: middle;
    display: inline-flex;
    align-items: center;
    gap: 4px;
  }
  .table .sign .icon {
    --mdc-icon-size: 18px;
    width: 18px;
    height: 18px;
  }
  .table .printed .icon {
    color: var(--success-color);
  }
  .table .failed .icon {
    color: var(--error-color);
  }
  .table .end-cell {
    width: 52px;
    padding: 0;
    overflow: visible;
    text-overflow: clip;
  }
  .table .name-cell {
    width: var(--bvp-name-width);
  }
`;

/** From the most important one: those that do not fit are left out. */
interface Column {
  readonly label: Key;
  /** What it is sorted by, the first time and once more. */
  readonly sorts?: readonly [Filters["sort"], Filters["sort"]?];
  readonly cell: (app: App, archive: Archive) => TemplateResult | string | typeof nothing;
}

const COLUMNS: readonly Column[] = [
  {
    label: "archive.received",
    sorts: ["newest", "oldest"],
    cell: (app, archive) => app.format.date(archive.received_at),
  },
  {
    label: "queue.time",
    sorts: ["print_time"],
    cell: (app, { print_time_s }) => (print_time_s === null ? "" : app.format.duration(print_time_s)),
  },
  { label: "archive.result", cell: (app, archive) => result(app, archive) },
  {
    label: "fact.weight",
    sorts: ["filament"],
    cell: (app, { filament_g }) => (filament_g === null ? "" : app.format.weight(filament_g)),
  },
  {
    label: "archive.material",
    cell: (_, archive) => swatches(archive.filament_colors, archive.filament_types),
  },
  { label: "archive.model", cell: (_, archive) => modelName(archive.sliced_for) },
  {
    label: "archive.size",
    sorts: ["size"],
    cell: (app, archive) => app.format.bytes(archive.size_bytes),
  },
];
/** Of a column, in pixels, and of the name and what stands at the end. */
const COLUMN_WIDTH = 112;
const OTHERS_WIDTH = 320;
const ASCENDING: readonly Filters["sort"][] = ["name", "oldest"];

function result(app: App, archive: Archive): TemplateResult | typeof nothing {
  const found = resultOf(archive);
  if (!found) return nothing;
  const text =
    found === "failed"
      ? failureText(app, archive)
      : app.t("archive.printed_times", { count: archive.print_count });
  return found === "failed"
    ? sign(found, "mdi:close-circle-outline", app.t("stats.failed"), text)
    : sign(found, "mdi:check-circle-outline", app.format.number(archive.print_count), text);
}

function sign(kind: string, iconName: string, shown: string, label: string): TemplateResult {
  return html`<span class="sign ${kind}" title=${label}
    >${icon(iconName)}<span aria-hidden="true">${shown}</span><span class="visually-hidden">${label}</span></span
  >`;
}

function heading(
  app: App,
  label: Key,
  sorts: Column["sorts"],
  sort: Filters["sort"],
  onSort: (sort: Filters["sort"]) => void,
): TemplateResult {
  const isSorted = sorts?.includes(sort) ?? false;
  const isUp = ASCENDING.includes(sort);
  if (!sorts) return html`<th scope="col">${app.t(label)}</th>`;
  return html`<th
    scope="col"
    class=${label === "archive.sort_name" ? "name-cell" : ""}
    aria-sort=${isSorted ? (isUp ? "ascending" : "descending") : "none"}
  >
    <button
      type="button"
      @click=${() => onSort(sort === sorts[0] ? (sorts[1] ?? sorts[0]) : sorts[0])}
    >
      <span>${app.t(label)}</span>
      ${isSorted ? icon(isUp ? "mdi:arrow-up" : "mdi:arrow-down") : nothing}
    </button>
  </th>`;
}

/** Archives as a table, of which the rows in sight are drawn. */
export function table(
  app: App,
  archives: readonly Archive[],
  shown: Shown,
  options: {
    /** Of the room there is, in pixels. */
    width: number;
    sort: Filters["sort"];
    onSort: (sort: Filters["sort"]) => void;
    of: (archive: Archive) => TileOptions;
  },
): TemplateResult {
  const room = Math.floor((options.width - OTHERS_WIDTH) / COLUMN_WIDTH);
  const columns = COLUMNS.slice(0, Math.max(0, room));
  // What is left of the room is the name's.
  const name = columns.length ? `${options.width - 52 - columns.length * COLUMN_WIDTH}px` : "auto";
  return html`<table
    class="table card"
    style="--bvp-name-width:${name}"
    aria-rowcount=${archives.length + 1}
  >
    <thead>
      <tr>
        ${heading(app, "archive.sort_name", ["name"], options.sort, options.onSort)}
        ${columns.map((column) =>
          heading(app, column.label, column.sorts, options.sort, options.onSort),
        )}
        <th class="end-cell"><span class="visually-hidden">${app.t("archive.again")}</span></th>
      </tr>
    </thead>
    <tbody class="known">
      <tr aria-hidden="true" style="height:${shown.before}px"></tr>
      ${repeat(
        archives.slice(shown.from, shown.to),
        (archive) => archive.id,
        (archive, at) => row(app, archive, shown.from + at, columns, options.of(archive)),
      )}
      <tr aria-hidden="true" style="height:${shown.after}px"></tr>
    </tbody>
  </table>`;
}

function row(
  app: App,
  archive: Archive,
  at: number,
  columns: readonly Column[],
  options: TileOptions,
): TemplateResult {
  return html`<tr
    id="tile-${archive.id}"
    class=${options.isCurrent || options.selected ? "item current" : "item"}
    aria-rowindex=${at + 2}
  >
    ${guard(
      [archive, app, columns.length, options.canAct, options.isCurrent, options.selected],
      () => cells(app, archive, columns, options),
    )}
  </tr>`;
}

function cells(
  app: App,
  archive: Archive,
  columns: readonly Column[],
  options: TileOptions,
): TemplateResult {
  return html`<td>
      <div class="first">
        ${options.selected === null
          ? html`<bvp-picture .src=${archive.picture_small}></bvp-picture>`
          : html`<input
              type="checkbox"
              aria-label=${app.t("archive.select_named", { name: archive.name })}
              .checked=${options.selected}
              @change=${(event: Event) =>
                options.onSelect((event.target as HTMLInputElement).checked)}
            />`}
        <span class="names">
          <a
            class="link touch"
            href=${options.href}
            title=${archive.name}
            aria-current=${options.isCurrent ? "true" : nothing}
            @click=${options.onOpen}
            >${archive.name}</a
          >
          ${columns.length < 2
            ? html`<span class="secondary small"
                >${COLUMNS[0]!.cell(app, archive)} · ${COLUMNS[1]!.cell(app, archive)}
                ${result(app, archive)}</span
              >`
            : nothing}
        </span>
        ${archive.photo_count
          ? sign(
              "secondary",
              "mdi:camera-outline",
              `${archive.photo_count}`,
              app.t("fact.photos", { count: archive.photo_count }),
            )
          : nothing}
      </div>
    </td>
    ${columns.map((column) => html`<td>${column.cell(app, archive)}</td>`)}
    <td class="end-cell">
      ${may("decide", [archive])
        ? iconButton({
            label: app.t("archive.again_named", { name: archive.name }),
            icon: "mdi:playlist-plus",
            disabled: !options.canAct,
            onClick: options.onAgain,
          })
        : nothing}
    </td>`;
}
