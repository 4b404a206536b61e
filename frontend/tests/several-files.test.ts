import { describe, expect, it, vi } from "vitest";
import type { Archive, FileSpools, TargetChoice, Text, Upload } from "../src/api/types";
import type { QueueAsked } from "../src/parts/queue-dialog";
import "../src/parts/queue-dialog";
import "../src/screens/archive";
import "../src/screens/inbox";
import type { PlannedFile } from "../src/parts/several-files";
import { OF_ALL, all, fakeApp, find, live, settled, show, textOf } from "./fake_app";

const P1S = "Bambu Lab P1S";
const A1 = "Bambu Lab A1";
const TARGETS: readonly TargetChoice[] = [
  { id: "C12", kind: "model", name: "any P1S", sliced_for: P1S },
  { id: "N2S", kind: "model", name: "any A1", sliced_for: A1 },
  { id: "BL-P001", kind: "model", name: "any X1C", sliced_for: "Bambu Lab X1 Carbon" },
];
const REFUSED: Text = { text_key: "gcode_for_no_printer", values: {} };

const file = (id: string, parts: Partial<PlannedFile> = {}): PlannedFile => ({
  id,
  name: `File ${id}`,
  sliced_for: P1S,
  plate_count: 1,
  print_time_s: 3600,
  filament_g: 10,
  cost: 1,
  ...parts,
});

const known = (id: string, parts: Partial<FileSpools> = {}): FileSpools => ({
  id,
  not_queueable: null,
  plates: 1,
  filaments: [
    { filament: 1, type: "PLA", name: null, preset_id: null, color: "#00AE42", grams: 10, meters: null, nozzle: null, fits: [] },
  ],
  ...parts,
});

const SUBJECT = { name: "3 files", sliced_for: "", print_time_s: null, filament_g: null, cost: null, plates: [], plan: null };

async function dialog(files: readonly PlannedFile[], answer: object) {
  const spoolsOfSeveral = vi.fn(() => Promise.resolve({ files: [], failed: [], ...answer }));
  const { app } = fakeApp({ spoolsOfSeveral });
  const element = await show("bvp-queue-dialog", {
    app,
    subject: { ...SUBJECT, files, of: "archive_ids" },
    targets: TARGETS,
  });
  await settled();
  const root = element.renderRoot as ShadowRoot;
  let asked: QueueAsked | undefined;
  element.addEventListener("queue", (event) => (asked = (event as CustomEvent<QueueAsked>).detail));
  const queue = () => find<HTMLButtonElement>(root, ".button.primary")!;
  return { app, root, spoolsOfSeveral, queue, asked: () => asked };
}

const leftOut = (root: ShadowRoot) => all(root, ".left-out li").map((each) => textOf(each));
const going = (root: ShadowRoot) => all(root, ".going > li").map((each) => textOf(each));

describe("queueing several files", () => {
  it("asks once for all of them, and shows what each takes", async () => {
    const { root, spoolsOfSeveral } = await dialog([file("a"), file("b")], { files: [known("a"), known("b")] });
    expect(spoolsOfSeveral).toHaveBeenCalledTimes(1);
    expect(spoolsOfSeveral).toHaveBeenCalledWith(
      { archive_ids: ["a", "b"] },
      { target: "C12", copies: 1, filament_rule: "printer", print_anyway: false },
    );
    expect(going(root)).toEqual([expect.stringMatching(/^File a .*PLA · 10/), expect.stringMatching(/^File b .*PLA/)]);
    expect(leftOut(root)).toEqual([]);
  });

  it("names beforehand those that cannot be, with the reason, and queues the rest", async () => {
    const { root, queue, asked, app } = await dialog(
      [file("a"), file("b"), file("c", { sliced_for: A1 }), file("d")],
      {
        files: [known("a", { plates: 2 }), known("b", { not_queueable: REFUSED })],
        failed: [{ id: "d", error: { code: "not_found" } }],
      },
    );
    expect(leftOut(root)).toEqual([
      "File d not_found",
      "File b gcode_for_no_printer {}",
      `File c ${app.t("queue_dialog.sliced_for", { model: "A1" })}`,
    ]);
    expect(going(root)).toHaveLength(1);
    expect(textOf(find(root, ".sum")!)).toContain(app.t("queue_dialog.jobs", { count: 2 }));
    queue().click();
    expect(asked()).toMatchObject({ ids: ["a"], plan: { target: "C12" } });
  });

  it("greys out what none was sliced for, and says of the others how many were not", async () => {
    const { root, app } = await dialog([file("a"), file("b"), file("c", { sliced_for: A1 })], {});
    const [p1s, a1, x1c] = all(root, ".choice");
    expect(find<HTMLInputElement>(p1s!, "input")).toMatchObject({ checked: true, disabled: false });
    expect(textOf(p1s!)).toContain(app.t("queue_dialog.some_sliced_for", { count: 1, models: "A1" }));
    expect(find<HTMLInputElement>(a1!, "input")!.disabled).toBe(false);
    expect(find<HTMLInputElement>(x1c!, "input")!.disabled).toBe(true);
    expect(textOf(x1c!)).toContain(app.t("queue_dialog.sliced_for", { model: "P1S, A1" }));
    // Whoever decides later leaves none out.
    find<HTMLInputElement>(all(root, ".choice")[3]!, "input")!.dispatchEvent(new Event("change"));
    await settled();
    expect(leftOut(root)).toEqual([]);
  });

  it("queues nothing where none of them can be", async () => {
    const { queue } = await dialog([file("a", { not_queueable: REFUSED }), file("b", { not_queueable: REFUSED })], {});
    expect(queue().disabled).toBe(true);
  });

  it("adds up what those take that go, for all copies", async () => {
    const { root, app } = await dialog([file("a"), file("b", { cost: 2 }), file("c", { sliced_for: A1 })], {});
    const { format } = app;
    const more = all(root, "button").find((each) => each.getAttribute("aria-label") === app.t("queue.copies_more"))!;
    more.click();
    await settled();
    const said = textOf(find(root, ".sum")!);
    for (const part of [
      app.t("queue_dialog.jobs", { count: 2 }),
      format.duration(4 * 3600),
      format.weight(40),
      format.money(6),
    ])
      expect(said).toContain(part);
  });
});

const press = (root: ParentNode, words: string) =>
  all(root, "button")
    .find((each) => textOf(each) === words || each.getAttribute("aria-label") === words)!
    .click();

const FILE = {
  printer: "Garage",
  source_ip: "10.0.0.50",
  received_at: "2026-11-28T22:59:00+00:00",
  filament_types: [],
  filament_colors: [],
  tags: [],
  size_bytes: 1,
  ...OF_ALL,
};

async function selectAllAndQueue(root: ShadowRoot): Promise<void> {
  press(root, "Select");
  await settled();
  press(root, "Select all");
  await settled();
  press(root, "Queue with options");
  await settled();
  await settled();
  find<HTMLButtonElement>(find(root, "bvp-queue-dialog")!.shadowRoot!, ".button.primary")!.click();
  await settled();
}

describe("what is left out", () => {
  const answer = () => Promise.resolve({ files: [known("a"), known("b", { not_queueable: REFUSED })], failed: [] });

  it("stays in the inbox, and the rest is decided about", async () => {
    const decide = vi.fn(() =>
      Promise.resolve({ results: [{ upload_id: "a", name: "a", result: "done", job_ids: [], archive_id: null }], undo: null }),
    );
    const { app } = fakeApp({ spoolsOfSeveral: answer, decide, upload: () => new Promise(() => undefined) });
    const uploads = ["a", "b"].map(
      (id) => ({ ...FILE, ...file(id), plan: { target: "none", target_name: null } }) as unknown as Upload,
    );
    const element = await show("bvp-inbox", {
      app,
      narrow: true,
      state: live({ inbox: uploads, targets: TARGETS }),
      route: { tab: "inbox", id: null, query: new URLSearchParams() },
    });
    await selectAllAndQueue(element.renderRoot as ShadowRoot);
    expect(decide).toHaveBeenCalledWith(["a"], "queue", expect.objectContaining({ target: "C12" }));
    expect(find(element.renderRoot, "bvp-queue-dialog")).toBeNull();
  });

  it("is not queued of the archive, and a refusal says of which file", async () => {
    const queueArchive = vi.fn(() => Promise.reject({ code: "refused" }));
    const { app } = fakeApp({
      spoolsOfSeveral: () => Promise.resolve({ files: [known("a"), known("b"), known("c", { not_queueable: REFUSED })], failed: [] }),
      queueArchive,
      archives: () =>
        Promise.resolve({
          archives: ["a", "b", "c"].map((id) => ({ ...FILE, ...file(id) }) as unknown as Archive),
          total: 3,
          is_total_exact: true,
          cursor: null,
        }),
    });
    const element = await show("bvp-archive", {
      app,
      state: live({ targets: TARGETS }),
      route: { tab: "archive", id: null, query: new URLSearchParams("view=grid") },
    });
    await settled();
    await selectAllAndQueue(element.renderRoot as ShadowRoot);
    await settled();
    expect(queueArchive.mock.calls.map(([id]: unknown[]) => id)).toEqual(["a", "b"]);
    expect(textOf(find(element.renderRoot, "[role=alert]")!)).toBe("File b was not queued: refused");
  });
});
