import type { ArchiveQuery } from "../api/types";
import type { Format } from "../format";
import { dayAfter } from "./archive-days";

/** What is looked for, as it stands in the address: texts by their short names; none is "". */
export interface Filters {
  q: string;
  tag: string;
  material: string;
  colour: string;
  printer: string;
  model: string;
  project: string;
  person: string;
  instance: string;
  printed: "" | "yes" | "no";
  fav: "" | "1";
  from: string;
  to: string;
  sort: NonNullable<ArchiveQuery["sort"]>;
}

export const SORTS = ["newest", "oldest", "name", "print_time", "filament", "size"] as const;
const NONE: Filters = {
  q: "",
  tag: "",
  material: "",
  colour: "",
  printer: "",
  model: "",
  project: "",
  person: "",
  instance: "",
  printed: "",
  fav: "",
  from: "",
  to: "",
  sort: "newest",
};

/** Read the filters of an address; what makes no sense there is left out. */
export function parseFilters(query: URLSearchParams): Filters {
  const text = (name: keyof Filters) => query.get(name) ?? "";
  const filters = Object.fromEntries(
    Object.keys(NONE).map((name) => [name, text(name as keyof Filters)]),
  ) as unknown as Filters;
  const isDay = (day: string) => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  return {
    ...filters,
    colour: /^#[0-9a-f]{6}$/i.test(filters.colour) ? filters.colour : "",
    printed: filters.printed === "yes" || filters.printed === "no" ? filters.printed : "",
    fav: filters.fav === "1" ? "1" : "",
    from: isDay(filters.from) ? filters.from : "",
    to: isDay(filters.to) ? filters.to : "",
    sort: SORTS.find((sort) => sort === filters.sort) ?? "newest",
  };
}

/** Write the filters for an address. */
export function addressOf(filters: Filters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).filter(
      ([name, value]) => value !== "" && value !== (name === "sort" ? NONE.sort : ""),
    ),
  );
}

/** Whether files may be missing for what is looked for. */
export function isFiltered(filters: Filters): boolean {
  return Object.keys(addressOf(filters)).some((name) => name !== "sort");
}

export function countFilters(filters: Filters): number {
  return Object.keys(addressOf(filters)).filter((name) => name !== "sort" && name !== "q").length;
}

export function withoutFilters(filters: Filters): Filters {
  return { ...NONE, sort: filters.sort };
}

/** When a day begins, where it does for who looks. */
export function beginOf(day: string, format: Pick<Format, "fromField">): string {
  return format.fromField(`${day}T00:00`)!;
}

/** What the server is asked. */
export function queryOf(filters: Filters, format: Pick<Format, "fromField">): ArchiveQuery {
  const {
    q,
    tag,
    material,
    colour,
    printer,
    model,
    project,
    person,
    instance,
    printed,
    fav,
    from,
    to,
  } = filters;
  return {
    sort: filters.sort,
    ...(q.trim() ? { search: q.trim() } : {}),
    ...(tag ? { tags: [tag] } : {}),
    ...(material ? { filament: material } : {}),
    ...(colour ? { colour } : {}),
    ...(printer ? { printer_id: printer } : {}),
    ...(model ? { sliced_for: model } : {}),
    ...(project ? { project } : {}),
    ...(person ? { person } : {}),
    ...(instance ? { instance } : {}),
    ...(printed ? { printed: printed === "yes" } : {}),
    ...(fav ? { favourite: true } : {}),
    ...(from ? { received_after: beginOf(from, format) } : {}),
    // Up to the end of that day.
    ...(to ? { received_before: beginOf(dayAfter(to), format) } : {}),
  };
}
