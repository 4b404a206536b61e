import { afterEach, describe, expect, it, vi } from "vitest";
import type { Toast } from "../src/app";
import type { Job, TargetChoice } from "../src/api/types";
import type { MenuItem } from "../src/parts/menu";
import { QueueActions, type Ask } from "../src/screens/queue-actions";
import "../src/screens/queue-dialogs";
import { menuItems } from "../src/screens/queue-parts";
import { fakeApp, live, OF_ALL, real, settled, show, textOf } from "./fake_app";

const TARGETS: TargetChoice[] = [
  { id: "r1", kind: "printer", name: "Workshop", sliced_for: "Bambu Lab X1 Carbon" },
  { id: "m1", kind: "model", name: "P1S", sliced_for: "Bambu Lab P1S" },
];

function job(parts: Partial<Job> = {}): Job {
  return {
    ...OF_ALL, id: "j", archive_id: "a", state: "pending", verbs: ["start", "hold", "cancel"], position: 1,
    waiting: null, download: "/file", name: "Cube", plate: 1, plate_count: 1, priority: "normal", copies: 1,
    copies_printed: 0, sliced_for: "Bambu Lab X1 Carbon", target: "none", options: {}, not_before: null, due: null,
    only_while: null, only_while_unknown: "hold", cheapest_before: null, quiet_hours: null, sun: null,
    filament_rule: null, print_anyway: false, copying: null, ...parts,
  } as unknown as Job;
}

function menuOf(jobs: readonly Job[], api: Record<string, unknown> = {}) {
  const fake = fakeApp(api);
  const state = live({ queue: jobs, targets: TARGETS, printers: [real()] });
  fake.app.store.guess(() => state, new Promise(() => undefined));
  const asked = vi.fn<(ask: Ask) => void>();
  const items = menuItems(fake.app, new QueueActions(fake.app, asked), jobs, false).filter(
    (each): each is MenuItem => Boolean(each),
  );
  return { ...fake, items, asked, item: (label: string) => items.find((each) => each.label === label) };
}

describe("the menu of a row of the queue", () => {
  it("has a way to each thing that is changed alone", () => {
    const { items, item, asked } = menuOf([job()]);
    expect(items.map((each) => each.label)).toEqual([
      "Start", "Hold", "Move to the top", "Move to the bottom", "Print on", "Copies…", "Not before…", "Due…",
      "Print options…", "Edit…", "Open in the archive", "Copy link", "Download 3MF", "Cancel",
    ]);
    item("Due…")!.onClick!(document.body);
    expect(asked).toHaveBeenCalledWith({ kind: "edit", jobs: [expect.objectContaining({ id: "j" })], part: "due" });
  });

  it("leads to printers and models, of which those of another model say why they are not for it", async () => {
    const editJob = vi.fn(() => Promise.resolve({}));
    const { item, app } = menuOf([job()], { editJob });
    const targets = item("Print on")!.items!;
    expect(targets.map((each) => [each.label, each.refused, each.checked])).toEqual([
      ["Workshop", undefined, false],
      ["Any P1S", "Sliced for X1 Carbon", false],
      ["Decide later", undefined, true],
    ]);
    targets[0]!.onClick!(document.body);
    expect(app.store.state.queue[0]!.target).toBe("r1");
    await vi.waitFor(() => expect(editJob).toHaveBeenCalledWith("j", { target: "r1" }));
  });

  it("takes a printer back that the server refuses, and says why", async () => {
    const { item, app, toasts } = menuOf([job()], { editJob: () => Promise.reject({ code: "wrong_model" }) });
    item("Print on")!.items![0]!.onClick!(document.body);
    await vi.waitFor(() => expect(toasts).toEqual(["wrong_model"]));
    expect(app.store.state.queue[0]!.target).toBe("none");
  });

  it("changes all plates of a row, but leaves what is whole to single jobs", () => {
    const { item } = menuOf([job(), job({ id: "k", plate: 2 })]);
    expect(item("Print on")).toBeDefined();
    expect(item("Copies…")).toBeDefined();
    expect(item("Edit…")).toBeUndefined();
  });

  it("has none of it for those who may not decide", () => {
    const { items } = menuOf([job({ rights: ["see", "work"] })]);
    expect(items.map((each) => each.label)).toEqual([
      "Start", "Hold", "Move to the top", "Move to the bottom", "Open in the archive", "Copy link", "Download 3MF", "Cancel",
    ]);
  });

  it("copies the file of a job that is printed by hand to printers of its model", async () => {
    const copyToPrinter = vi.fn(() => Promise.resolve({}));
    const byHand = { key: "no_printer_connection", text_key: "waiting_started", values: {}, wrong_model: null };
    const started = job({ state: "waiting", waiting: byHand } as Partial<Job>);
    const { item } = menuOf([started], { copyToPrinter });
    const [printer, ...others] = item("Copy to printer")!.items!;
    expect([printer!.label, others]).toEqual(["Workshop", []]);
    printer!.onClick!(document.body);
    await vi.waitFor(() => expect(copyToPrinter).toHaveBeenCalledWith("j", "r1"));
    expect(menuOf([job()]).item("Copy to printer")).toBeUndefined();
  });
});

describe("a file that is copied to a printer", () => {
  it("is shown from the first moment, and no longer once the answer has come", async () => {
    let answer!: (copied: object) => void;
    const copyToPrinter = () => new Promise((resolve) => (answer = resolve));
    const byHand = { key: "no_printer_connection", text_key: "waiting_started", values: {}, wrong_model: null };
    const started = job({ state: "waiting", waiting: byHand } as Partial<Job>);
    const { app, item, toasts } = menuOf([started], { copyToPrinter });
    item("Copy to printer")!.items![0]!.onClick!(document.body);
    expect(app.store.state.queue[0]!.copying).toEqual({ printer_id: "r1", progress: null });
    answer({});
    await vi.waitFor(() => expect(toasts).toHaveLength(1));
    expect(app.store.state.queue[0]!.copying).toBeNull();
  });
});

describe("the dialog of one thing of a job", () => {
  const editJob = vi.fn<(job: string, changes: object) => Promise<object>>(() => Promise.resolve({}));
  afterEach(() => editJob.mockClear());

  async function dialog(jobs: readonly Job[], only: "copies" | "not_before" | "due" | "options") {
    const { app } = fakeApp({ editJob });
    return show("bvp-queue-edit", { app, jobs, only, targets: TARGETS });
  }

  it("shows that and nothing else", async () => {
    for (const [only, fields] of [
      ["copies", ["copies"]],
      ["not_before", ["not-before"]],
      ["due", ["due"]],
    ] as const) {
      const element = await dialog([job()], only);
      const shown = [...element.renderRoot.querySelectorAll("input:not([hidden]), select")];
      expect(shown.map((each) => each.id), only).toEqual(fields);
    }
    const options = await dialog([job()], "options");
    expect(options.renderRoot.querySelector("#timelapse")).not.toBeNull();
    expect(textOf(options.renderRoot)).toContain("Print options · Cube");
  });

  it("changes that alone, of each job of the row that has it otherwise", async () => {
    const jobs = [job(), job({ id: "k", priority: "high" }), job({ id: "l", copies: 3 })];
    const element = await dialog(jobs, "copies");
    const input = element.renderRoot.querySelector<HTMLInputElement>("#copies")!;
    input.value = "3";
    input.dispatchEvent(new Event("change"));
    await settled();
    element.renderRoot.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(editJob.mock.calls).toEqual([
      ["j", { copies: 3 }],
      ["k", { copies: 3 }],
    ]);
  });

  it("leaves jobs alone that differ where nothing was changed", async () => {
    const element = await dialog([job(), job({ id: "k", copies: 3 })], "copies");
    element.renderRoot.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
    await settled();
    expect(editJob).not.toHaveBeenCalled();
  });
});

describe("the dialog of why a print failed", () => {
  it("asks whether it is put back in line only who may do that", async () => {
    for (const [verbs, asked] of [[["retry"], true], [[], false]] as const) {
      const failed = job({ state: "failed", verbs: [...verbs] });
      const { app } = fakeApp({ doJobs: () => Promise.resolve({ jobs: [failed], failed: [] }) });
      const element = await show("bvp-queue-fail", { app, jobs: [job()], actions: new QueueActions(app, () => undefined) });
      const closed = vi.fn();
      element.addEventListener("closed", closed);
      element.renderRoot.querySelector<HTMLElement>(".choose")!.click();
      await settled();
      expect(textOf(element.renderRoot).includes("Put it back in line?")).toBe(asked);
      expect(closed).toHaveBeenCalledTimes(asked ? 0 : 1);
    }
  });
});

describe("a job that was cancelled", () => {
  it("is read out once it is back", async () => {
    const doJobs = vi.fn<(ids: string[], verb: string) => Promise<{ jobs: Job[]; failed: object[] }>>(() =>
      Promise.resolve({ jobs: [job()], failed: [] }),
    );
    const { app, item } = menuOf([job()], { doJobs, moveJob: () => Promise.resolve({}) });
    const toast = vi.spyOn(app, "toast");
    item("Cancel")!.onClick!(document.body);
    await vi.waitFor(() => expect(toast).toHaveBeenCalled());
    const { action } = toast.mock.lastCall![0] as Toast;
    action!.run();
    await settled();
    // As it was before, held or started, by one order: in between it could begin.
    expect(doJobs.mock.calls.map(([, verb]) => verb)).toEqual(["cancel", "uncancel"]);
    expect(app.announce).toHaveBeenCalledWith("Cube is in line again.");
    doJobs.mockResolvedValueOnce({ jobs: [], failed: [{ id: "j", error: { code: "gone" } }] });
    vi.mocked(app.announce).mockClear();
    action!.run();
    await settled();
    expect(app.announce).not.toHaveBeenCalled();
  });

  it("comes back after those that were cancelled after it", async () => {
    const doJobs = vi.fn((ids: string[]) => Promise.resolve({ jobs: ids.map((id) => job({ id })), failed: [] }));
    const { app } = menuOf([job()], { doJobs });
    const toast = vi.spyOn(app, "toast");
    new QueueActions(app, () => undefined).choose("cancel", [job(), job({ id: "k" })]);
    await vi.waitFor(() => expect(toast).toHaveBeenCalled());
    (toast.mock.lastCall![0] as Toast).action!.run();
    await settled();
    expect(doJobs).toHaveBeenLastCalledWith(["k", "j"], "uncancel");
  });
});
