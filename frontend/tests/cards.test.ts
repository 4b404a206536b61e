import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Job } from "../src/api/types";
import { schedule } from "../src/cards/schedule";
import { Format } from "../src/format";
import type { Hass } from "../src/hass";
import type { BvpMenu } from "../src/parts/menu";
import { all, ALL_RIGHTS, fakeApp, find, real, settled, textOf, virtual } from "./fake_app";

const HOUR = 3_600_000;
const NOW = new Date(2026, 10, 29, 12, 20).getTime();
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

const LOCALE = { language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone: "local" };
const { format } = fakeApp().app;

function job(id: string, parts: Partial<Job> = {}): Job {
  return {
    id,
    archive_id: id,
    name: id,
    state: "pending",
    target: "r1",
    machine_id: null,
    waiting: null,
    status: { text_key: "job_pending", values: {} },
    question: null,
    verbs: ["start"],
    plate: 1,
    plate_count: 1,
    copies: 1,
    copies_printed: 0,
    filament_colors: [],
    filament_types: [],
    rights: ALL_RIGHTS,
    expected_on: null,
    expected_start: null,
    expected_end: null,
    is_late: false,
    progress: null,
    ...parts,
  } as Job;
}
const foreseen = (id: string, on: string, from: number, to: number, parts: Partial<Job> = {}) =>
  job(id, { expected_on: on, expected_start: at(from), expected_end: at(to), ...parts });

describe("the schedule of the printers", () => {
  it("has one bar for each real printer, the idle ones too, and for models that nobody has a printer of", () => {
    const found = schedule(
      [foreseen("b", "r1", 1, 2), foreseen("a", "r1", -1, 1), foreseen("c", "C12", 0, 3), job("held")],
      [virtual(), real(), real({ id: "r2" })],
      NOW,
      format,
    );
    expect(found.bars.map((bar) => [bar.id, bar.spans.map((each) => each.job.id)])).toEqual([
      ["r1", ["a", "b"]],
      ["r2", []],
      ["C12", ["c"]],
    ]);
  });

  it("reaches from now until the last is done, and marks whole hours", () => {
    const { begin, end, marks } = schedule([foreseen("a", "r1", 0, 7)], [real()], NOW, format);
    expect([begin, end]).toEqual([NOW, NOW + 8 * HOUR]);
    expect(marks.map((mark) => new Date(mark).getHours())).toEqual([14, 16, 18, 20]);
  });

  it("marks what clocks show in the time zone that the person chose, also where they are set back", () => {
    const marked = (time_zone: string, now: string, hours: number) => {
      const there = new Format({ ...LOCALE, time_zone: "server" }, { time_zone, unit_system: { mass: "g" } }, "EUR");
      const end = new Date(Date.parse(now) + hours * HOUR).toISOString();
      const only = job("a", { expected_on: "r1", expected_start: now, expected_end: end });
      return schedule([only], [real()], Date.parse(now), there).marks.map((mark) => new Date(mark).toISOString().slice(5, 16));
    };
    // There it is 17:50, half an hour off from whole hours elsewhere.
    expect(marked("Asia/Kolkata", "2026-11-29T12:20:00Z", 7)).toEqual([
      "11-29T12:30", "11-29T14:30", "11-29T16:30", "11-29T18:30",
    ]);
    // Noon and midnight of New York, an hour later in summer.
    expect(marked("America/New_York", "2026-10-31T12:20:00Z", 40)).toEqual([
      "10-31T16:00", "11-01T04:00", "11-01T17:00", "11-02T05:00",
    ]);
    // The hour that is left out in spring is marked once.
    expect(marked("Europe/Berlin", "2026-03-28T23:20:00Z", 4)).toEqual([
      "03-29T00:00", "03-29T01:00", "03-29T02:00", "03-29T03:00",
    ]);
  });

  it("joins plates of one file that follow each other", () => {
    const of = (from: number, archive_id: string) =>
      foreseen(`${archive_id}${from}`, "r1", from, from + 1, { archive_id });
    const { bars } = schedule([of(0, "box"), of(1, "box"), of(2, "hook"), of(5, "hook")], [real()], NOW, format);
    expect(bars[0]!.spans.map((each) => [each.job.id, (each.end - each.begin) / HOUR])).toEqual([
      ["box0", 2],
      ["hook2", 1],
      ["hook5", 1],
    ]);
  });

  it("shows four days of a queue that is longer, and leaves out what is over or begins later", () => {
    const { end, bars } = schedule(
      [foreseen("over", "r1", -3, -1), foreseen("a", "r1", 0, 90), foreseen("b", "r1", 100, 200)],
      [real()],
      NOW,
      format,
    );
    expect(end).toBe(NOW + 96 * HOUR);
    expect(bars[0]!.spans.map((each) => each.job.id)).toEqual(["a"]);
  });
});

const soon = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const QUEUE: Job[] = [
  job("Hook", { state: "waiting", verbs: ["complete", "fail"], download: "/hook", sliced_for: "", copying: null }),
  ...[1, 2].map((plate) =>
    job(`box${plate}`, {
      archive_id: "box",
      name: "Box",
      plate,
      plate_count: 2,
      expected_on: "r1",
      expected_start: soon(plate),
      expected_end: soon(plate + 1),
    }),
  ),
  job("Vase", { target: "other" }),
];
const SNAPSHOT = {
  type: "snapshot",
  rev: 0,
  subscription: "s",
  available: true,
  inbox: [{ id: "u", name: "Lamp", rights: ALL_RIGHTS, printer_id: "v1" }],
  queue: QUEUE,
  printers: [virtual(), real({ device_id: "d1", plate_occupied: true })],
  options: { currency: "EUR", undo_minutes: 10, pending_modes: true, library_away: null },
};
const callWS = vi.fn((message: { type: string }) =>
  Promise.resolve(message.type.startsWith("frontend/") ? { resources: {} } : { jobs: [], failed: [] }),
);
const hass = {
  language: "en",
  locale: { language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone: "local" },
  config: { currency: "EUR", time_zone: "UTC", unit_system: { mass: "g" } },
  user: { is_admin: true, name: "A" },
  callWS,
  connection: {
    connected: true,
    subscribeMessage: (callback: (message: unknown) => void) => {
      callback(SNAPSHOT);
      return Promise.resolve(() => Promise.resolve());
    },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  },
} as unknown as Hass;

async function shown(config: object, kind = "prints") {
  const element = document.createElement(`bvp-${kind}-card`) as HTMLElement & {
    setConfig(config: object): void;
    hass: unknown;
  };
  element.setConfig({ type: `custom:bvp-${kind}-card`, ...config });
  element.hass = hass;
  document.body.replaceChildren(element);
  for (let turn = 0; turn < 5; turn++) await settled();
  // The first one waits for modules to be loaded, on a computer that has much to do.
  await vi.waitFor(() => expect(find(document.body, ".card > *")).not.toBeNull(), { timeout: 4_000 });
  return {
    text: () => textOf(document.body),
    folds: () => all(document.body, ".fold"),
    rows: () => all(document.body, ".row .text a").map((each) => each.textContent),
    button: (label: string) =>
      all(document.body, "button").find(
        (each) => each.textContent.trim() === label || each.getAttribute("aria-label") === label,
      ),
  };
}
const given = (type: string) =>
  callWS.mock.calls.map(([message]) => message).filter((each) => each.type.endsWith(type));

beforeAll(() => import("../src/loader"));
beforeEach(() => {
  localStorage.clear();
  vi.clearAllMocks();
});

describe("cards", () => {
  it("have the file of what is printed by hand, here and for the card of a printer", async () => {
    await shown({ show: "queue" });
    const menu = await vi.waitFor(() => {
      const found = find<BvpMenu>(document.body, "bvp-menu");
      expect(found).not.toBeNull();
      return found!;
    });
    expect(all(document.body, "bvp-by-hand")).toHaveLength(1);
    const [download, copy] = menu.items.flatMap((item) => item || []);
    expect([download!.href, download!.download]).toEqual(["/hook", true]);
    copy!.items![0]!.onClick!(document.body);
    await settled();
    expect(given("job/copy_to_printer")).toEqual([
      expect.objectContaining({ job_id: "Hook", printer_id: "r1" }),
    ]);
  });

  it("of one printer show what its camera sees where they are told to", async () => {
    const { printers } = SNAPSHOT;
    SNAPSHOT.printers = [virtual(), real({ still: "/still?authSig=s" })];
    try {
      await shown({ printer: "r1" }, "printer");
      expect(find(document.body, "bvp-still")).toBeNull();
      await shown({ printer: "r1", camera: true }, "printer");
      const still = find<HTMLElement & { src: string; alt: string }>(document.body, "bvp-still")!;
      expect([still.src, still.alt]).toEqual(["/still?authSig=s", "What the camera of Workshop sees"]);
    } finally {
      SNAPSHOT.printers = printers;
    }
  });

  it("grey out the button to queue what cannot be queued, and say why", async () => {
    const refused = { ...SNAPSHOT.inbox[0]!, not_queueable: { text_key: "gcode_for_no_printer", values: {} } };
    const { inbox } = SNAPSHOT;
    SNAPSHOT.inbox = [refused];
    try {
      const { button } = await shown({ show: "inbox" });
      expect(["Queue", "Archive"].map((label) => button(label)!.hasAttribute("disabled"))).toEqual([true, false]);
      expect(find(document.body, ".chip.warning")).not.toBeNull();
    } finally {
      SNAPSHOT.inbox = inbox;
    }
  });

  it("have plates of one file in one row, with when the last of them is done", async () => {
    const { rows, text } = await shown({ show: "queue" });
    expect(rows()).toEqual(["Hook", "Box", "Vase"]);
    expect(text()).toContain("2 plates");
  });

  it("start all plates of a row", async () => {
    const { button } = await shown({ show: "queue" });
    button("Start")!.click();
    await settled();
    expect(given("job/verb")).toEqual([
      expect.objectContaining({ job_ids: ["box1", "box2"], verb: "start" }),
    ]);
  });

  it("have no button for what only waits for its printer, as the panel", async () => {
    const { queue } = SNAPSHOT;
    const waiting = { key: "printer_busy", text_key: "waiting_printer_busy", values: {}, wrong_model: null };
    SNAPSHOT.queue = [job("Hook", { state: "waiting", verbs: ["hold", "complete", "fail"], waiting })];
    try {
      for (const show of ["queue", "wall"]) {
        const { button, rows } = await shown({ show });
        expect(rows()).toContain("Hook");
        expect([button("Printed"), button("Failed")], show).toEqual([undefined, undefined]);
        expect(button("Start"), show).toBeUndefined();
      }
      // Where the server offers that, it is started once more.
      SNAPSHOT.queue = [job("Hook", { state: "waiting", verbs: ["start", "complete"], waiting })];
      const { button } = await shown({ show: "queue" });
      expect(button("Start")).toBeDefined();
    } finally {
      SNAPSHOT.queue = queue;
    }
  });

  it("close a list by its heading, and keep it closed in this browser", async () => {
    const config = { show: "queue", title: "Prints" };
    const { folds, rows } = await shown(config);
    expect(folds().map((each) => each.getAttribute("aria-expanded"))).toEqual(["true"]);
    folds()[0]!.click();
    await settled();
    expect(rows()).toEqual([]);
    const again = await shown(config);
    expect(again.folds()[0]!.getAttribute("aria-expanded")).toBe("false");
    expect(again.rows()).toEqual([]);
    again.folds()[0]!.click();
    await settled();
    expect(again.rows()).toEqual(["Hook", "Box", "Vase"]);
  });

  it("have no heading unless they are told to", async () => {
    expect((await shown({ show: "inbox" })).folds()).toEqual([]);
    const { folds } = await shown({ show: "inbox", collapsible: true });
    expect(folds().map((each) => each.textContent.replace(/\s+/g, " ").trim())).toEqual(["Inbox 1"]);
  });

  it("show on a wall what is next with all its buttons, the schedule and each list", async () => {
    const { folds, button, text } = await shown({ show: "wall" });
    expect(folds().map((each) => each.querySelector("span:not(.icon)")!.textContent)).toEqual([
      "Now",
      "Schedule",
      "Printers",
      "Inbox",
      "Queue",
    ]);
    expect(find(document.body, ".bar")!.getAttribute("aria-label")).toBe("Workshop");
    expect(text()).toContain("Box, ");
    button("Failed")!.click();
    await settled();
    expect(given("job/verb")).toEqual([expect.objectContaining({ job_ids: ["Hook"], verb: "fail" })]);
    button("Cleared")!.click();
    await settled();
    expect(given("printer/clear_plate")).toEqual([expect.objectContaining({ printer_id: "r1" })]);
  });

  it("have a schedule where that was chosen", async () => {
    expect(find((await shown({ show: "queue" })) && document.body, ".bar")).toBeNull();
    await shown({ show: "queue", schedule: true });
    expect(all(document.body, ".bar li")).toHaveLength(1);
  });

  it("show of one printer only what is meant for it", async () => {
    const { rows } = await shown({ printer: "d1" }, "printer");
    expect(rows()).toEqual(["Workshop", "Hook", "Box"]);
  });

  it("of some printers say that nothing is there for those, and not that there is nothing at all", async () => {
    const { inbox, printers } = SNAPSHOT;
    SNAPSHOT.inbox = [];
    SNAPSHOT.printers = [...printers, real({ id: "idle", model_code: "N1" }), real({ id: "idle2", model_code: "N2" })];
    try {
      const said = async (config: object, kind?: string) => {
        await shown(config, kind);
        return all(document.body, ".nothing").map((each) => textOf(each));
      };
      expect(await said({ printer: "idle" }, "printer")).toEqual(["Nothing is queued for this printer."]);
      expect(await said({ show: "queue", printers: ["idle", "idle2"] })).toEqual(["Nothing is queued for the chosen printers."]);
      expect(await said({ show: "inbox", printers: ["v1"] })).toEqual(["Nothing that was sent here is waiting."]);
      expect(await said({ show: "inbox" })).toEqual(["Nothing is waiting."]);
      const gone = ["The chosen printer is not there."];
      expect(await said({ printer: "hub" }, "printer")).toEqual(gone);
      for (const show of ["queue", "inbox", "printers"]) expect(await said({ show, printers: ["hub"] })).toEqual(gone);
      SNAPSHOT.printers = [];
      expect(await said({}, "printer")).toEqual(["There is no printer yet."]);
    } finally {
      Object.assign(SNAPSHOT, { inbox, printers });
    }
  });

  // The last one: what it guesses is shown for a moment in all cards of the page.
  it("move what is in line, all plates of a row, but nothing before what is printed now", async () => {
    const { button, rows } = await shown({ show: "queue" });
    const press = async (name: string, key: string) => {
      button(`Move ${name}`)!.dispatchEvent(new KeyboardEvent("keydown", { key }));
      await settled();
    };
    // What is printed now has no place in line.
    expect(button("Move Hook")).toBeUndefined();
    await press("Box", "ArrowUp");
    expect(given("job/move")).toEqual([]);
    await press("Box", "ArrowDown");
    await vi.waitFor(() => expect(given("job/move")).toHaveLength(2));
    await settled();
    expect(given("job/move")).toEqual([
      expect.objectContaining({ job_id: "box1", after_id: QUEUE.at(-1)!.id }),
      expect.objectContaining({ job_id: "box2", after_id: "box1" }),
    ]);
    expect(rows()).toEqual(["Hook", "Vase", "Box"]);
  });
});

describe("the dashboard", () => {
  it("has a list that can be closed for each part, and a view for a wall", async () => {
    const strategy = customElements.get("ll-strategy-dashboard-bvp-prints") as unknown as {
      generate(config: object, hass: unknown): Promise<{
        views: { sections?: { cards: { title: string; schedule?: boolean }[] }[]; cards?: { show: string }[] }[];
      }>;
    };
    const { views } = await strategy.generate({}, hass);
    expect(views[0]!.sections!.map(({ cards }) => cards[0]!.title)).toEqual(["Inbox", "Queue", "Printers"]);
    expect(views[0]!.sections![1]!.cards[0]!.schedule).toBe(true);
    expect(views[1]!.cards![0]!.show).toBe("wall");
  });
});
