import { afterEach, describe, expect, it, vi } from "vitest";
import type { Printer, Stats, Upload } from "../src/api/types";
import "../src/screens/inbox";
import { inOrder, orderOf, type Order } from "../src/screens/inbox-sort";
import "../src/screens/stats";
import type { State } from "../src/store";
import { OF_ALL, all, fakeApp, find, live, settled, show, textOf, virtual } from "./fake_app";

const NEW = { ever_archived: 0, pending: 0 } as Stats;

async function shown(parts: Partial<State>) {
  const { app } = fakeApp();
  const element = await show("bvp-inbox", {
    app,
    state: live(parts),
    route: { tab: "inbox", id: null, query: new URLSearchParams() },
  });
  const steps = all(element.renderRoot, ".welcome li").map((each) => textOf(each));
  return { app, element, steps, done: steps.map((each) => each.includes("(done)")) };
}

describe("an inbox to which nothing has ever come", () => {
  it("says what to do first, and ticks what is done", async () => {
    expect((await shown({ stats: NEW, printers: [] })).done).toEqual([false, false, false]);
    const { done, steps } = await shown({ stats: NEW, printers: [virtual()] });
    expect(done).toEqual([true, false, false]);
    expect(steps[2]).toContain("choose Garage");
    const slicers = [{ ip: "192.0.2.1", client_id: "x", since: "" }];
    expect((await shown({ stats: NEW, printers: [virtual({ slicers })] })).done).toEqual([true, true, false]);
  });

  it("leads to the printer to connect a slicer", async () => {
    const { app, element } = await shown({ stats: NEW, printers: [virtual()] });
    all(element.renderRoot, "button").find((each) => textOf(each) === "Connect a slicer")!.click();
    expect(app.go).toHaveBeenCalledWith("printers", "v1");
  });

  it("is no new one while the library cannot be asked", async () => {
    const options = { ...live().options, library_away: { text_key: "index_timeout", values: {} } };
    const { steps, element } = await shown({ stats: NEW, printers: [virtual()], options });
    expect(steps).toEqual([]);
    expect(all(element.renderRoot, ".empty")).toEqual([]);
  });

  it("is an empty one like any other once something has come", async () => {
    const come: Partial<Printer> = { uploads_received: 1 };
    expect((await shown({ stats: NEW, printers: [virtual(come)] })).steps).toEqual([]);
    const kept = { ever_archived: 3, pending: 0 } as Stats;
    expect((await shown({ stats: kept, printers: [virtual()] })).steps).toEqual([]);
  });
});

const upload = (id: string, parts: Partial<Upload> = {}): Upload =>
  ({
    id,
    name: `File ${id}`,
    printer: "Garage",
    source_ip: "10.0.0.50",
    received_at: "2026-11-28T22:59:00+00:00",
    sliced_for: "Bambu Lab P1S",
    plate_count: 1,
    print_time_s: null,
    filament_g: null,
    filament_types: [],
    filament_colors: [],
    size_bytes: 1,
    cost: null,
    tags: [],
    notes: "",
    project: "",
    link: "",
    plan: { target: "none", target_name: null },
    ...OF_ALL,
    ...parts,
  }) as Upload;

const WAITING = [
  upload("a", { name: "Part 10", print_time_s: 60, filament_g: 3 }),
  upload("b", { name: "Part 9", print_time_s: 90 }),
  upload("c", { name: "Box", filament_g: 4 }),
];
const P1S = { id: "C12", kind: "model", name: "P1S", sliced_for: "Bambu Lab P1S" } as const;
const WRONG = { text_key: "sliced_for_other_model", values: {} };

async function waiting(uploads: readonly Upload[], api: object = {}) {
  const { app, toasts } = fakeApp({ upload: () => new Promise(() => undefined), ...api });
  app.store.guess((state) => ({ ...state, targets: [P1S] }), new Promise(() => undefined));
  const element = await show("bvp-inbox", {
    app,
    state: live({ inbox: [...uploads], targets: [P1S] }),
    route: { tab: "inbox", id: null, query: new URLSearchParams() },
  });
  const press = (words: string) =>
    all(element.renderRoot, "button")
      .find((each) => (each.getAttribute("aria-label") ?? textOf(each)) === words)!
      .click();
  return { app, toasts, element, press };
}

describe("what waits", () => {
  afterEach(() => localStorage.clear());
  const names = (element: Element) =>
    all(element.shadowRoot!, ".row .name").map((each) => textOf(each));

  it("is put in the order that somebody chose, and this browser keeps it", async () => {
    const { element } = await waiting(WAITING);
    expect(names(element)).toEqual(["Part 10", "Part 9", "Box"]);
    const order = find<HTMLSelectElement>(element.renderRoot, ".top select")!;
    expect([...order.options].map((each) => textOf(each))).toContain("Longest print time");
    order.value = "name";
    order.dispatchEvent(new Event("change"));
    await settled();
    expect(names(element)).toEqual(["Box", "Part 9", "Part 10"]);
    // The one that is shown beside the list is the first of it.
    expect(textOf(find(element.renderRoot, "bvp-upload h2")!)).toBe("Box");
    expect(names((await waiting(WAITING)).element)).toEqual(["Box", "Part 9", "Part 10"]);
  });

  it("is decided by keys all at once where several are selected, else what is shown", async () => {
    const decide = vi.fn(() => Promise.resolve({ results: [] }));
    const { element } = await waiting(WAITING, { decide });
    const type = async (key: string) => {
      document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      await settled();
    };
    await type("x");
    element.route = { tab: "inbox", id: "c", query: new URLSearchParams() };
    await settled();
    await type("x");
    await type("a");
    expect(decide).toHaveBeenLastCalledWith(["a", "c"], "archive", {});
    await type("a");
    expect(decide).toHaveBeenLastCalledWith(["c"], "archive", {});
  });

  it("is decided about once by a key that is held down, which goes on moving", async () => {
    const decide = vi.fn(() => Promise.resolve({ results: [] }));
    const { element, app } = await waiting(WAITING, { decide });
    const type = async (key: string, repeat: boolean) => {
      document.dispatchEvent(new KeyboardEvent("keydown", { key, repeat, bubbles: true, cancelable: true }));
      await settled();
    };
    for (const key of ["a", "u", "Delete"]) await type(key, true);
    expect(decide).not.toHaveBeenCalled();
    await type("j", true);
    expect(app.go).toHaveBeenCalled();
    await type("a", false);
    expect(decide).toHaveBeenCalledTimes(1);
    expect(element.isConnected).toBe(true);
  });

  it("has the focus again once what had it is gone with what was decided", async () => {
    const { element, press } = await waiting(WAITING, {
      decide: () => new Promise(() => undefined),
    });
    press("Select");
    await settled();
    find<HTMLInputElement>(element.renderRoot, ".item input")!.click();
    await settled();
    const archive = all(element.renderRoot, ".bulk button").find((each) => textOf(each) === "Archive")!;
    archive.focus();
    archive.click();
    await settled();
    expect((element.renderRoot as ShadowRoot).activeElement?.matches(".row")).toBe(true);
  });

  it("has the focus on phones where a file takes the list's place, and on its line afterwards", async () => {
    const { element } = await waiting(WAITING);
    element.narrow = true;
    await settled();
    find(element.renderRoot, ".row")!.focus();
    element.route = { tab: "inbox", id: "b", query: new URLSearchParams() };
    await settled();
    expect(find(element.renderRoot, "bvp-upload")!.shadowRoot!.activeElement?.textContent).toBe("Part 9");
    element.route = { tab: "inbox", id: null, query: new URLSearchParams() };
    await settled();
    const row = (element.renderRoot as ShadowRoot).activeElement!;
    expect(textOf(row)).toContain("Part 9");
  });

  it("can be the oldest, the longest or the heaviest first", () => {
    const ids = (order: Order) =>
      inOrder(WAITING, order, fakeApp().app.format).map((each) => each.id).join("");
    expect([ids("oldest"), ids("print_time"), ids("filament")]).toEqual(["cba", "bac", "cab"]);
    expect(orderOf("nonsense")).toBe("newest");
  });

  it("has two answers at hand for a file that was sliced for another model", async () => {
    const decide = vi.fn(() => Promise.resolve({ results: [], undo: null }));
    const { element, press } = await waiting([upload("a", { wrong_model: WRONG })], { decide });
    press("Queue for any P1S");
    expect(decide).toHaveBeenCalledWith(["a"], "queue", { target: "C12" });
    press("Send back with a note");
    await settled();
    expect(find(element.renderRoot, "bvp-text-dialog")).not.toBeNull();
  });

  it("offers nobody those answers who may not decide", async () => {
    const { element } = await waiting([upload("a", { wrong_model: WRONG, rights: ["see", "work"] })]);
    expect(textOf(find(element.renderRoot, "bvp-upload .alert")!)).not.toContain("Queue for any P1S");
  });

  it("queues nothing that cannot be queued, and says why beforehand", async () => {
    const not_queueable = { text_key: "gcode_for_no_printer", values: {} };
    const decide = vi.fn(() => Promise.resolve({ results: [], undo: null }));
    const refused = upload("a", { wrong_model: WRONG, not_queueable });
    const { element, toasts } = await waiting([refused], { decide });
    const buttons = [
      ...find(element.renderRoot, "bvp-upload")!.shadowRoot!.querySelectorAll("button"),
    ];
    const queueing = buttons.filter((each) =>
      (each.title || textOf(each)).startsWith("Queue"),
    );
    expect(queueing.map((each) => each.disabled)).toEqual([true, true]);
    expect(textOf(find(element.renderRoot, "bvp-upload .alert.info")!)).toContain("gcode_for_no_printer");
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("Cannot be queued");
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "u" }));
    await settled();
    expect(decide).not.toHaveBeenCalled();
    expect(JSON.stringify(toasts)).toContain("gcode_for_no_printer");
  });

  it("stays in the form when the server refuses, which says why", async () => {
    const error = { code: "target_unfit", message: "" };
    const failed = { results: [{ upload_id: "a", name: "", result: "failed", error }], undo: null };
    const decide = vi.fn(() => Promise.resolve(failed));
    const { element, press, toasts } = await waiting(WAITING, { decide });
    press("Queue with options");
    await settled();
    press("One copy more");
    await settled();
    press("Queue 1 job");
    await settled();
    const form = find(element.renderRoot, "bvp-queue-dialog")!;
    expect(textOf(find(form.shadowRoot!, "[role=alert]")!)).toBe("target_unfit");
    // What was filled in is still there.
    expect(find<HTMLInputElement>(form.shadowRoot!, "#copies")!.value).toBe("2");
    expect(toasts).toEqual([]);
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("Box");
  });

  it("closes the form once the server has taken it", async () => {
    const result = { upload_id: "a", name: "Part 10", result: "done", job_ids: [] };
    const decide = vi.fn(() => Promise.resolve({ results: [result], undo: null }));
    const { element, press } = await waiting(WAITING, { decide });
    press("Queue with options");
    await settled();
    press("Queue 1 job");
    await settled();
    expect(find(element.renderRoot, "bvp-queue-dialog")).toBeNull();
  });
});

describe("a file that is gone", () => {
  const at = (id: string) => ({ tab: "inbox", id, query: new URLSearchParams() }) as const;

  it("gives its place to no other one, beside the list too", async () => {
    const decide = vi.fn(() => new Promise(() => undefined));
    const { app, element, press } = await waiting(WAITING, { decide });
    element.route = at("gone");
    await settled();
    expect(find(element.renderRoot, "bvp-upload")).toBeNull();
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("This file is no longer waiting.");
    expect(all(element.renderRoot, ".row")).toHaveLength(3);
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    expect(decide).not.toHaveBeenCalled();
    press("Next file");
    expect(app.go).toHaveBeenLastCalledWith("inbox", "a", {}, true);
  });

  it("leads on or back to the list on a phone", async () => {
    const { app, element, press } = await waiting(WAITING);
    element.narrow = true;
    element.route = at("gone");
    await settled();
    expect(textOf(element.renderRoot as ShadowRoot)).toBe("This file is no longer waiting. Next file Inbox");
    press("Next file");
    expect(app.go).toHaveBeenLastCalledWith("inbox", "a", {}, true);
    press("Inbox");
    expect(app.go).toHaveBeenLastCalledWith("inbox", null, {}, true);
  });

  it("is shown by its link where it waits after all: the list has only the newest", async () => {
    const decide = vi.fn(() => new Promise(() => undefined));
    const old = upload("old", { name: "Old part", state: "pending" });
    const { element } = await waiting(WAITING, { decide, upload: () => Promise.resolve(old) });
    element.route = at("old");
    await settled();
    expect(textOf(find(element.renderRoot, "bvp-upload h2")!)).toBe("Old part");
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    expect(decide).toHaveBeenCalledWith(["old"], "archive", {});
  });

  it("does not become the next one under the pointer when somebody else decides", async () => {
    const { element } = await waiting(WAITING);
    element.route = at("b");
    await settled();
    expect(textOf(find(element.renderRoot, "bvp-upload h2")!)).toBe("Part 9");
    element.state = live({ inbox: [WAITING[0]!, WAITING[2]!], targets: [P1S] });
    await settled();
    expect(find(element.renderRoot, "bvp-upload")).toBeNull();
    element.state = live({ inbox: [], targets: [P1S] });
    await settled();
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("This file is no longer waiting.");
  });

  it("leads on to the next one where one decided oneself", async () => {
    const decide = vi.fn(() => new Promise(() => undefined));
    const { app, element } = await waiting(WAITING, { decide });
    element.route = at("b");
    await settled();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    expect(decide).toHaveBeenCalledWith(["b"], "archive", {});
    expect(app.go).toHaveBeenLastCalledWith("inbox", "c", {}, true);
  });
});

describe("what is shown beside the list where the address names nothing", () => {
  const [A, B, C] = WAITING as [Upload, Upload, Upload];
  const name = (element: Element) => {
    const heading = find(element.shadowRoot!, "bvp-upload h2");
    return heading && textOf(heading);
  };
  const told = (element: Element) => textOf(find(element.shadowRoot!, ".empty p")!);
  const type = async (key: string) => {
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await settled();
  };
  const become = async (element: Awaited<ReturnType<typeof waiting>>["element"], inbox: Upload[]) => {
    element.state = live({ inbox, targets: [P1S] });
    await settled();
  };
  const fate = (state: string) => vi.fn(() => Promise.resolve({ ...A, state }));

  it("stays when another one comes, and is what is decided about", async () => {
    const decide = vi.fn(() => new Promise(() => undefined));
    const { element } = await waiting(WAITING, { decide });
    await become(element, [upload("new"), A, B, C]);
    expect(name(element)).toBe("Part 10");
    expect(textOf(find(element.renderRoot, ".row[aria-current]")!)).toContain("Part 10");
    // A dialog that opens and closes is an entry of the history: the address is read anew, and is the same.
    element.route = { tab: "inbox", id: null, query: new URLSearchParams() };
    await settled();
    expect(name(element)).toBe("Part 10");
    await type("a");
    expect(decide).toHaveBeenCalledWith(["a"], "archive", {});
  });

  it("gives its place to no other one when somebody else decides, says what became of it, and leads on", async () => {
    const decide = vi.fn(() => new Promise(() => undefined));
    const asked = fate("queued");
    const { app, element, press } = await waiting(WAITING, { decide, upload: asked });
    find(element.renderRoot, "bvp-upload")!.shadowRoot!.querySelector("button")!.focus();
    // The file itself has asked for its plates.
    asked.mockClear();
    await become(element, [upload("new"), B, C]);
    expect(name(element)).toBeNull();
    expect(told(element)).toBe("This file is no longer waiting. Part 10 was queued.");
    expect(asked).toHaveBeenCalledExactlyOnceWith("a");
    expect(app.announce).toHaveBeenCalledExactlyOnceWith(told(element));
    expect(textOf((element.renderRoot as ShadowRoot).activeElement!)).toBe("Next file");
    for (const key of ["a", "u", "Delete", "x"]) await type(key);
    expect(decide).not.toHaveBeenCalled();
    expect(find(element.renderRoot, ".bulk")).toBeNull();
    press("Show");
    expect(app.go).toHaveBeenLastCalledWith("archive", "a");
    // That after it, and not the one that came meanwhile.
    await type("j");
    expect(app.go).toHaveBeenLastCalledWith("inbox", "b", {}, true);
    expect(name(element)).toBe("Part 9");
    await become(element, [upload("new"), C]);
    await type("k");
    expect(app.go).toHaveBeenLastCalledWith("inbox", "new", {}, true);
    await become(element, [C]);
    press("Next file");
    expect(app.go).toHaveBeenLastCalledWith("inbox", "c", {}, true);
    await settled();
    expect(name(element)).toBe("Box");
  });

  it.each([
    ["archived", "Part 10 was archived."],
    ["discarded", "Part 10 was discarded."],
    ["sent_back", "Part 10 was sent back."],
    ["expired", "Part 10 was discarded because nobody decided in time."],
  ])("says so of what was %s", async (state, sentence) => {
    const { element } = await waiting(WAITING, { upload: fate(state) });
    await become(element, [B, C]);
    expect(told(element)).toBe(`This file is no longer waiting. ${sentence}`);
  });

  it("asks again about what is on its way into the archive, and says nothing more of what nobody knows", async () => {
    const asked = fate("pending");
    const { element } = await waiting(WAITING, { upload: asked });
    asked.mockResolvedValueOnce({ ...A, state: "archiving" }).mockResolvedValueOnce({ ...A, state: "queued" });
    await become(element, [B, C]);
    expect(told(element)).toBe("This file is no longer waiting.");
    await become(element, [B]);
    expect(told(element)).toBe("This file is no longer waiting. Part 10 was queued.");
    const unknown = await waiting(WAITING, { upload: () => Promise.reject({ code: "not_found" }) });
    await become(unknown.element, [B, C]);
    expect(told(unknown.element)).toBe("This file is no longer waiting.");
    expect(unknown.toasts).toEqual([]);
  });

  it("is there again where the other one takes it back", async () => {
    const { element } = await waiting(WAITING, { upload: fate("discarded") });
    await become(element, [B, C]);
    await become(element, [A, B, C]);
    expect(name(element)).toBe("Part 10");
  });

  it("is said to be gone where nothing is left, too, until the person goes back to the list", async () => {
    const { app, element, press } = await waiting([A], { upload: fate("archived") });
    await become(element, []);
    expect(told(element)).toBe("This file is no longer waiting. Part 10 was archived.");
    press("Inbox");
    expect(app.go).toHaveBeenLastCalledWith("inbox", null, {}, true);
    await settled();
    expect(textOf(element.renderRoot as ShadowRoot)).not.toContain("no longer waiting");
  });

  it("is the next one where one decided oneself, and nothing where that was the last", async () => {
    const { element } = await waiting(WAITING, { decide: () => new Promise(() => undefined) });
    await become(element, [upload("new"), A, B, C]);
    await type("a");
    await become(element, [upload("new"), B, C]);
    expect(name(element)).toBe("Part 9");
    const last = await waiting([A], { decide: () => new Promise(() => undefined) });
    await type("a");
    await become(last.element, []);
    expect(textOf(last.element.renderRoot as ShadowRoot)).not.toContain("no longer waiting");
    await become(last.element, [C]);
    expect(name(last.element)).toBe("Box");
  });

  it("is the next one after what the form has queued, of which the list tells before the answer comes", async () => {
    let answer: (answer: object) => void = () => undefined;
    const decide = vi.fn(() => new Promise((resolve) => (answer = resolve)));
    const asked = vi.fn(() => new Promise(() => undefined));
    const { element, press } = await waiting([upload("new"), A, B, C], { decide, upload: asked });
    await type("j");
    element.route = { tab: "inbox", id: "a", query: new URLSearchParams() };
    await settled();
    press("Queue with options");
    await settled();
    press("Queue 1 job");
    await settled();
    asked.mockClear();
    await become(element, [upload("new"), B, C]);
    expect(textOf(element.renderRoot as ShadowRoot)).not.toContain("no longer waiting");
    expect(asked).not.toHaveBeenCalled();
    answer({ results: [{ upload_id: "a", name: "Part 10", result: "done", job_ids: [] }], undo: null });
    await settled();
    expect(element.app.go).toHaveBeenLastCalledWith("inbox", "b", {}, true);
  });
});

describe("notes", () => {
  it("are plain text where Home Assistant's own element for Markdown is missing", async () => {
    const { element } = await waiting([upload("a", { notes: "**Brim**" })]);
    expect(textOf(find(element.renderRoot, ".notes.plain")!)).toBe("**Brim**");
  });

  it("are given to that element otherwise, which makes them harmless", async () => {
    customElements.define("ha-markdown", class extends HTMLElement {});
    const { element } = await waiting([upload("a", { notes: "**Brim**" })]);
    const found = find<HTMLElement & { content: string }>(element.renderRoot, "ha-markdown")!;
    expect(found.content).toBe("**Brim**");
  });
});

describe("what is being loaded", () => {
  it("has its place held, which nobody has read out", async () => {
    const { app } = fakeApp({ stats: () => new Promise(() => undefined), people: () => new Promise(() => undefined) });
    const element = await show("bvp-stats", { app, state: live(), route: { tab: "stats", id: null, query: new URLSearchParams() } });
    const places = find(element.renderRoot, ".skeleton.stats")!;
    expect(places.getAttribute("aria-hidden")).toBe("true");
    expect(places.children.length).toBeGreaterThan(3);
  });
});
