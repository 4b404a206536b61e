import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Archive, ArchivePage, ArchiveQuery } from "../src/api/types";
import "../src/screens/archive";
import { monthAfter, weeksOf } from "../src/screens/archive-days";
import { resultOf } from "../src/screens/archive-tile";
import { OF_ALL, all, fakeApp, find, live, settled, show, textOf } from "./fake_app";

const archive = (id: string, parts: Partial<Archive> = {}): Archive =>
  ({
    id,
    name: `File ${id}`,
    size_bytes: 1000,
    received_at: "2026-11-28T12:00:00+00:00",
    sliced_for: "Bambu Lab P1S",
    plate_count: 1,
    print_time_s: 3600,
    filament_g: 20,
    filament_types: ["PLA"],
    filament_colors: ["#00AE42"],
    favourite: false,
    print_count: 0,
    photo_count: 0,
    last_printed_at: null,
    last_failed_at: null,
    last_failure: null,
    picture_small: null,
    ...OF_ALL,
    ...parts,
  }) as Archive;

const SPAGHETTI = { text_key: "as_it_stands", values: { text: "Spaghetti" } };
const FILES = [
  archive("a", { print_count: 2, photo_count: 3, last_printed_at: "2026-11-28T13:00:00+00:00" }),
  archive("b", { last_failed_at: "2026-11-28T14:00:00+00:00", last_failure: SPAGHETTI }),
  archive("c", { received_at: "2026-11-03T12:00:00+00:00" }),
];

async function shown(query: string) {
  const archives = vi.fn<(query: ArchiveQuery) => Promise<ArchivePage>>(() =>
    Promise.resolve({ archives: FILES, total: FILES.length, is_total_exact: true, cursor: null }),
  );
  const exportArchives = vi.fn(() => Promise.resolve({ url: "/api/exports/1", count: 3 }));
  const { app } = fakeApp({ archives, exportArchives });
  const element = await show("bvp-archive", {
    app,
    state: live(),
    route: { tab: "archive", id: null, query: new URLSearchParams(query) },
  });
  await settled();
  return { app, element, archives, exportArchives, root: element.shadowRoot! };
}

describe("what became of a file", () => {
  it("is told by its newest print", () => {
    expect(FILES.map(resultOf)).toEqual(["printed", "failed", null]);
    const tried = archive("d", {
      print_count: 1,
      last_failed_at: "2026-11-01T00:00:00+00:00",
      last_printed_at: "2026-11-02T00:00:00+00:00",
    });
    expect(resultOf(tried)).toBe("printed");
  });
});

describe("months", () => {
  it("are whole weeks from the first day of the week on", () => {
    const weeks = weeksOf("2026-11", 1);
    expect(weeks[0]).toEqual([
      "2026-10-26",
      "2026-10-27",
      "2026-10-28",
      "2026-10-29",
      "2026-10-30",
      "2026-10-31",
      "2026-11-01",
    ]);
    expect(weeks.at(-1)!.at(-1)).toBe("2026-12-06");
    expect(weeksOf("2026-11", 0)[0]![0]).toBe("2026-11-01");
    expect(weeksOf("2026-02", 0)).toHaveLength(4);
    expect(monthAfter("2026-12", 1)).toBe("2027-01");
    expect(monthAfter("2026-01", -1)).toBe("2025-12");
  });
});

describe("the table", () => {
  beforeEach(() => {
    Object.defineProperty(HTMLElement.prototype, "clientWidth", { value: 1200, configurable: true });
  });
  afterEach(() => {
    Reflect.deleteProperty(HTMLElement.prototype, "clientWidth");
  });

  it("has a row for each file, and tells what it is sorted by", async () => {
    const { root, app } = await shown("view=list");
    expect(root.querySelectorAll("tr.item")).toHaveLength(3);
    expect(textOf(root.querySelector("tr.item")!)).toContain("Printed 2 times");
    expect(textOf(root.querySelector("tr.item")!)).toContain("3 photos");
    expect(textOf(root.querySelectorAll("tr.item")[1]!)).not.toContain("photo");
    expect(textOf(root.querySelectorAll("tr.item")[1]!)).toMatch(/Failed before: as_it_stands .*Spaghetti/);
    const sorted = [...root.querySelectorAll("th")].filter(
      (each) => each.getAttribute("aria-sort") === "descending",
    );
    expect(sorted.map((each) => textOf(each))).toEqual(["Received"]);
    const name = [...root.querySelectorAll("th")].find((each) => textOf(each) === "Name")!;
    name.querySelector("button")!.click();
    expect(app.go).toHaveBeenLastCalledWith(
      "archive",
      null,
      { sort: "name", view: "list" },
      false,
    );
  });

  it.each([
    ["CSV file", "csv"],
    ["Excel workbook", "xlsx"],
  ])("is downloaded as a %s with what is looked for", async (words, format) => {
    const { root, exportArchives } = await shown("view=list&q=gear&fav=1");
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue(undefined);
    find(root, '[aria-label="Download as a table"]')!.click();
    await settled();
    all(root, "[role=menuitem]").find((each) => textOf(each) === words)!.click();
    await settled();
    expect(exportArchives).toHaveBeenCalledWith(
      { sort: "newest", search: "gear", favourite: true },
      format,
    );
    expect(click.mock.contexts[0]).toMatchObject({ download: "" });
    click.mockRestore();
  });
});

describe("the calendar", () => {
  it("asks for a month, and shows files on their days", async () => {
    const { root, archives, app } = await shown("view=calendar&month=2026-11&q=gear");
    expect(archives).toHaveBeenLastCalledWith(
      expect.objectContaining({
        search: "gear",
        // Weeks begin on Sunday here.
        received_after: new Date("2026-11-01T00:00").toISOString(),
        received_before: new Date("2026-12-06T00:00").toISOString(),
      }),
    );
    const calendar = find(root, "bvp-archive-calendar")!;
    const days = [...calendar.shadowRoot!.querySelectorAll("td")].filter((day) =>
      day.querySelector("li"),
    );
    expect(days.map((day) => textOf(day))).toEqual([
      expect.stringContaining("File c"),
      expect.stringMatching(/File a Printed 2 times File b Failed before: as_it_stands .*Spaghetti/),
    ]);
    days[1]!.querySelector<HTMLElement>("button.day")!.click();
    expect(app.go).toHaveBeenLastCalledWith("archive", null, {
      q: "gear",
      from: "2026-11-28",
      to: "2026-11-28",
      view: "grid",
      month: "2026-11",
    });
    find(calendar.shadowRoot!, '[aria-label="Next month"]')!.click();
    expect(app.go).toHaveBeenLastCalledWith(
      "archive",
      null,
      { q: "gear", view: "calendar", month: "2026-12" },
      true,
    );
  });
});
