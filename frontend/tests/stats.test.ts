import { afterEach, describe, expect, it, vi } from "vitest";
import { Format } from "../src/format";
import type { Hass } from "../src/hass";
import { recordedOf } from "../src/recorded";
import { daysOf } from "../src/screens/archive-days";
import "../src/screens/stats";
import { all, fakeApp, find, live, settled, show, textOf } from "./fake_app";

const NUMBERS = {
  files: 1,
  prints: 2,
  failed: 0,
  print_time_s: 3600,
  filament_g: 20,
  cost: 0,
  judged_good: 0,
  judged_failed: 0,
  energy_kwh: 0,
  energy_cost: 0,
};

async function shown(query: string, kept: ReadonlyMap<string, number> = new Map()) {
  const stats = vi.fn(() =>
    Promise.resolve({
      series: [{ start: "2026-10-01", ...NUMBERS }],
      groups: { materials: [], printers: [], projects: [], people: [] },
    }),
  );
  const { app } = fakeApp({ stats, people: () => Promise.resolve({ people: [], renews_at: "2026-12-01T00:00:00+00:00" }) });
  app.recorded = vi.fn(() => Promise.resolve(kept));
  const element = await show("bvp-stats", {
    app,
    state: live({ stats: { ever_archived: 1 } as never }),
    route: { tab: "stats", id: null, query: new URLSearchParams(query) },
  });
  await settled();
  const press = (words: string) =>
    all(element.renderRoot, "button")
      .find((each) => (each.getAttribute("aria-label") ?? textOf(each)) === words)!
      .click();
  return { app, element, stats, press };
}

describe("statistics that cannot be had", () => {
  it("say why, and are asked for again; those that are known stay", async () => {
    const { app, toasts } = fakeApp({
      stats: () => Promise.reject({ code: "not_loaded" }),
      people: () => Promise.resolve({ people: [], renews_at: "2026-12-01T00:00:00+00:00" }),
    });
    const element = await show("bvp-stats", {
      app,
      state: live({ stats: { ever_archived: 1 } as never }),
      route: { tab: "stats", id: null, query: new URLSearchParams() },
    });
    await settled();
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("not_loaded");
    expect(toasts).toEqual([]);
    const page = {
      series: [{ start: "2026-10-01", ...NUMBERS }],
      groups: { materials: [], printers: [], projects: [], people: [] },
    };
    const stats = vi.spyOn(app.api, "stats").mockResolvedValue(page as never);
    all(element.renderRoot, "button").at(-1)!.click();
    await settled();
    expect(find(element.renderRoot, ".tiles")).not.toBeNull();
    stats.mockRejectedValue({ code: "not_loaded" });
    element.state = live({ stats: { ever_archived: 2 } as never });
    await settled();
    expect(toasts).toEqual(["not_loaded"]);
    expect(find(element.renderRoot, ".tiles")).not.toBeNull();
  });
});

describe("a month of the statistics", () => {
  it("is asked for by days, none of them to come", async () => {
    const { stats, element } = await shown("month=2026-10");
    expect(stats).toHaveBeenCalledWith("day", "2026-10-01", "2026-10-31");
    expect(textOf(find(element.renderRoot, ".month")!)).toBe("October 2026");
    expect(daysOf("2026-11", "2026-11-29")).toEqual(["2026-11-01", "2026-11-29"]);
    expect(daysOf("2028-02", "2026-11-29")).toEqual(["2028-02-01", "2028-02-29"]);
  });

  it("is turned, stands in the address, and ends where another period is chosen", async () => {
    const { app, press } = await shown("month=2026-10");
    press("Previous month");
    expect(app.go).toHaveBeenLastCalledWith("stats", null, { month: "2026-09" }, true);
    press("Next month");
    expect(app.go).toHaveBeenLastCalledWith("stats", null, { month: "2026-11" }, true);
    press("12 weeks");
    expect(app.go).toHaveBeenLastCalledWith("stats", null, {}, true);
  });

  it("is chosen beside the periods, the present one first", async () => {
    const { app, press, stats } = await shown("month=nonsense");
    expect(stats).toHaveBeenCalledWith("week");
    press("One month");
    const month = app.format.dayKey(new Date()).slice(0, 7);
    expect(app.go).toHaveBeenLastCalledWith("stats", null, { month }, true);
  });
});

describe("the days of the statistics", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    localStorage.clear();
  });

  /** What shows of days where the household, the browser and the profile are in these time zones at a moment. */
  async function seen(household: string, browser: string, time_zone: "local" | "server", at: string, query = "") {
    vi.stubEnv("TZ", browser);
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(at) });
    const days = ["2026-03-28", "2026-03-29", "2026-03-30", "2026-10-25", "2026-10-26", "2026-12-31"];
    const stats = vi.fn(() =>
      Promise.resolve({
        series: days.map((start) => ({ start, ...NUMBERS })),
        groups: { materials: [], printers: [], projects: [], people: [] },
      }),
    );
    // A month of the household begins then.
    const renews_at = household === "Pacific/Kiritimati" ? "2026-10-31T10:00:00+00:00" : "2026-11-01T10:00:00+00:00";
    const people = [{ name: "Ada", printer: "Garage", limit_g: 1, limit_s: null, filament_g: 0, print_time_s: 0 }];
    const { app } = fakeApp({ stats, people: () => Promise.resolve({ people, renews_at }) });
    const locale = { language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone };
    const element = await show("bvp-stats", {
      app: { ...app, format: new Format(locale, { time_zone: household, unit_system: { mass: "g" } }, "EUR") },
      state: live({ stats: { ever_archived: 1 } as never }),
      route: { tab: "stats", id: null, query: new URLSearchParams(query) },
    });
    await settled();
    return {
      stats,
      names: all(element.renderRoot, "tbody th").map((each) => textOf(each)),
      renewed: textOf(find(element.renderRoot, ".limits > p")!),
      isLast: find<HTMLButtonElement>(element.renderRoot, ".turn:last-child")?.disabled,
    };
  }

  const NAMED = ["Mar 28", "Mar 29", "Mar 30", "Oct 25", "Oct 26", "Dec 31"];

  it.each([
    ["Pacific/Kiritimati", "Pacific/Pago_Pago", "server"],
    ["Pacific/Kiritimati", "Pacific/Pago_Pago", "local"],
    ["Pacific/Honolulu", "Pacific/Kiritimati", "server"],
    ["Pacific/Honolulu", "Pacific/Kiritimati", "local"],
    ["Pacific/Honolulu", "Europe/Berlin", "server"],
  ] as const)("are called as the household in %s counted them, with a browser in %s and the profile's clock of %s", async (household, browser, clock) => {
    localStorage.setItem("bvp-stats-by", "day");
    const { names, renewed } = await seen(household, browser, clock, "2026-10-20T12:00:00Z");
    expect(names).toEqual(NAMED);
    expect(renewed).toBe("Begins anew on Nov 1");
    localStorage.setItem("bvp-stats-by", "month");
    const months = await seen(household, browser, clock, "2026-10-20T12:00:00Z");
    expect(months.names).toEqual(["Mar 26", "Mar 26", "Mar 26", "Oct 26", "Oct 26", "Dec 26"]);
  });

  it("of this month end with the household's day, though the browser has another one", async () => {
    // In Kiritimati it is the second of November, in Honolulu the last of October.
    const at = "2026-11-01T10:00:00Z";
    const early = await seen("Pacific/Kiritimati", "Pacific/Honolulu", "local", at, "month=2026-11");
    expect(early.stats).toHaveBeenCalledWith("day", "2026-11-01", "2026-11-02");
    expect(early.isLast).toBe(true);
    const late = await seen("Pacific/Honolulu", "Pacific/Kiritimati", "local", "2026-11-01T09:00:00Z", "month=2026-10");
    expect(late.stats).toHaveBeenCalledWith("day", "2026-10-01", "2026-10-31");
    expect(late.isLast).toBe(true);
  });
});

describe("what the recorder keeps", () => {
  it("shows how much space was in use, where there is something of it", async () => {
    const { app, element, press } = await shown("", new Map([["2026-10-01", 34_100_000]]));
    expect(app.recorded).toHaveBeenCalledWith("storage_used", "2026-10-01", "week");
    press("Space in use");
    await settled();
    expect(textOf(find(element.renderRoot, "svg title")!).replace(/\s/g, " ")).toContain("34.1 MB");
    const without = await shown("");
    expect(textOf(without.element.renderRoot as ShadowRoot)).not.toContain("Space in use");
  });

  const hass = (callWS: unknown, entities: object = { "sensor.s": { platform: "bambu_virtual_printer", translation_key: "storage_used" } }) =>
    ({ config: { time_zone: "Europe/Berlin" }, entities, callWS }) as unknown as Hass;

  it("is asked for by the entity that it is of, and put by the household's days", async () => {
    const callWS = vi.fn(() => Promise.resolve({ "sensor.s": [{ start: Date.parse("2026-10-31T23:00:00Z"), max: 5 }, { start: 0, max: null }] }));
    const found = await recordedOf(hass(callWS), "storage_used", "2026-10-01", "month");
    expect([...found]).toEqual([["2026-11-01", 5]]);
    expect(callWS).toHaveBeenCalledWith(
      // Home Assistant takes a time without a zone as its own.
      expect.objectContaining({ type: "recorder/statistics_during_period", start_time: "2026-10-01T00:00:00", statistic_ids: ["sensor.s"], period: "month" }),
    );
  });

  it("is nothing without the entity, or without a recorder", async () => {
    const callWS = vi.fn(() => Promise.reject(new Error("unknown command")));
    expect((await recordedOf(hass(callWS, {}), "storage_used", "2026-10-01", "day")).size).toBe(0);
    expect(callWS).not.toHaveBeenCalled();
    expect((await recordedOf(hass(callWS), "storage_used", "2026-10-01", "day")).size).toBe(0);
  });
});
