import { describe, expect, it, vi } from "vitest";
import type { ArchiveDetails, Job, StatsPage } from "../src/api/types";
import type { Route } from "../src/app";
import "../src/screens/archive-detail";
import "../src/screens/queue";
import "../src/screens/stats";
import { all, fakeApp, find, live, OF_ALL, settled, show, textOf } from "./fake_app";

const route = (tab: Route["tab"]): Route => ({ tab, id: null, query: new URLSearchParams() });
const message = { text_key: "reprint_offered", values: {} };
const ended = (parts: Partial<Job> = {}): Job =>
  ({
    id: "j",
    archive_id: "a",
    name: "Vase",
    state: "completed",
    status: { text_key: "state_completed", values: {} },
    target: "none",
    plate: 1,
    plate_count: 1,
    copies: 1,
    copies_printed: 1,
    verbs: [],
    answers: [],
    options: {},
    filaments: [],
    filament_types: [],
    filament_colors: [],
    waiting: null,
    question: null,
    problem: null,
    error: "",
    verdict: null,
    reprint: null,
    started_at: "2026-11-28T10:00:00+00:00",
    finished_at: "2026-11-28T12:00:00+00:00",
    ...OF_ALL,
    ...parts,
  }) as unknown as Job;
const details = (prints: Job[], parts: Partial<ArchiveDetails> = {}): ArchiveDetails =>
  ({
    id: "a",
    name: "Vase",
    printer: "Garage",
    received_at: "2026-11-28T09:00:00+00:00",
    tags: [],
    filament_types: [],
    filament_colors: [],
    filaments: [],
    nozzle_diameters_mm: [],
    sliced_for: "",
    designer: "",
    title: "",
    notes: "",
    project: "",
    link: "",
    source_ip: "",
    size_bytes: 1,
    slicer: "",
    slicer_version: "",
    printer_profile: "",
    print_profile: "",
    bed_type: "",
    bed_temperature_c: null,
    nozzle_temperature_c: null,
    layer_height_mm: null,
    total_layers: null,
    support_used: null,
    print_time_s: null,
    filament_g: null,
    cost: null,
    plate_count: 1,
    last_failure: null,
    duplicate_count: 1,
    picture: null,
    download: null,
    plates: [],
    photos: [],
    exact: [],
    similar: [],
    prints,
    print_count: 1,
    ...OF_ALL,
    ...parts,
  }) as unknown as ArchiveDetails;

const button = (root: ParentNode, words: string) =>
  all(root, "button").find(
    (each) => textOf(each).includes(words) || each.getAttribute("aria-label") === words,
  );

async function opened(found: ArchiveDetails, api: object = {}) {
  const archive = vi.fn(() => Promise.resolve(found));
  const { app, toasts } = fakeApp({ archive, ...api });
  const element = await show("bvp-archive-detail", { app, archiveId: "a", canAct: true });
  await settled();
  return { root: element.renderRoot, archive, toasts };
}

async function write(root: ParentNode, words: string): Promise<void> {
  const field = find<HTMLTextAreaElement>(root, "textarea")!;
  field.value = words;
  field.dispatchEvent(new Event("input"));
  await settled();
}

describe("a print of a file", () => {
  it("is judged good with one tap, and shown anew", async () => {
    const judge = vi.fn(() => Promise.resolve({ job_id: "j", accepted: true, reprint: null, message }));
    const { root, archive } = await opened(details([ended()]), { judge });
    button(root, "Judge as good")!.click();
    await settled();
    expect(judge).toHaveBeenCalledWith("j", "good", "");
    expect(archive).toHaveBeenCalledTimes(2);
  });

  it("that failed has a reason, and is printed again if that is wanted", async () => {
    const said = { job_id: "j", print_id: "p", accepted: true, verdict: "failed", reprint: "offered", message };
    const judge = vi.fn(() => Promise.resolve(said));
    const reprint = vi.fn(() => Promise.resolve({ ...said, reprint: "taken" }));
    const { root } = await opened(details([ended()]), { judge, reprint });
    button(root, "Judge as failed…")!.click();
    await settled();
    await write(root, "Warped");
    button(find(root, "bvp-text-dialog")!.shadowRoot!, "Failed")!.click();
    await settled();
    expect(judge).toHaveBeenCalledWith("j", "failed", "Warped");
    button(root, "Print it again")!.click();
    await settled();
    expect(reprint).toHaveBeenCalledWith("j", true, "p");
    expect(find(root, "bvp-text-dialog")).toBeNull();
  });

  it("whose copy may still be printed again asks that, with why it failed", async () => {
    const reprint = vi.fn(() => Promise.resolve({ message }));
    const job = ended({ verdict: "failed", verdict_reason: "Warped", reprint: "offered" });
    const { root } = await opened(details([job]), { reprint });
    button(root, "Print it again?")!.click();
    await settled();
    expect(textOf(root)).toContain("verdict_failed_because");
    button(root, "Do not print it again")!.click();
    await settled();
    expect(reprint).toHaveBeenCalledWith("j", false, undefined);
  });

  it("can be left open: nothing is told when the dialog is closed", async () => {
    const reprint = vi.fn();
    const { root } = await opened(details([ended({ verdict: "failed", reprint: "offered" })]), { reprint });
    button(root, "Print it again?")!.click();
    await settled();
    button(find(root, "bvp-text-dialog")!.shadowRoot!, "Close")!.click();
    await settled();
    expect(find(root, "bvp-text-dialog")).toBeNull();
    expect(reprint).not.toHaveBeenCalled();
  });

  it("tells who answers later what holds", async () => {
    const judge = () => Promise.resolve({ job_id: "j", accepted: false, reprint: "offered", message });
    const { root, toasts } = await opened(details([ended()]), { judge });
    button(root, "Judge as good")!.click();
    await settled();
    expect(toasts).toEqual(["reprint_offered {}"]);
    expect(find(root, "bvp-text-dialog")).toBeNull();
  });

  it.each<[string, Partial<Job>]>([
    ["was judged", { verdict: "good" }],
    ["was never printed", { state: "cancelled", copies_printed: 0 }],
    ["is another's", { rights: ["see"] }],
  ])("is not asked about where it %s", async (_, parts) => {
    const { root } = await opened(details([ended(parts)]));
    expect(find(root, ".prints li")).not.toBeNull();
    expect(button(root, "Judge as good")).toBeUndefined();
    expect(button(root, "Judge as failed…")).toBeUndefined();
  });

  it("adds up to the verdicts and the energy of its file", async () => {
    const prints = [ended({ energy_kwh: 0.5, energy_cost: 0.2 }), ended({ energy_kwh: 0.25 })];
    const { root } = await opened(details(prints, { judged_good: 2, judged_failed: 1 }));
    expect(textOf(root)).toContain("Good: 2 · Failed: 1");
    expect(textOf(root)).toContain("0.75 kWh · €0.20");
  });
});

describe("a job that has ended", () => {
  async function queue(job: Job, api: object = {}) {
    const history = vi.fn(() => Promise.resolve({ jobs: [job], total: 1, cursor: null }));
    const { app } = fakeApp({ history, ...api });
    const element = await show("bvp-queue", { app, state: live(), route: route("queue") });
    await vi.waitUntil(() => find(element.renderRoot, ".past"));
    return { root: element.renderRoot, history };
  }

  async function choose(root: ParentNode, label: string): Promise<void> {
    const menu = find<HTMLElement & { items: (false | { label: string; onClick(): void })[] }>(
      root,
      ".past bvp-menu",
    )!;
    menu.items.find((each) => each !== false && each.label === label && (each.onClick(), true));
    await settled();
  }

  it("is judged from its menu, and shown anew", async () => {
    const judge = vi.fn(() => Promise.resolve({ job_id: "j", accepted: true, reprint: null, message }));
    const { root, history } = await queue(ended(), { judge });
    await choose(root, "Judge as good");
    expect(judge).toHaveBeenCalledWith("j", "good", "");
    expect(history).toHaveBeenCalledTimes(2);
  });

  it("says how it was judged, and offers to print a failed copy again", async () => {
    const job = ended({ verdict: "failed", verdict_reason: "Warped", reprint: "offered" });
    const { root } = await queue(job);
    expect(textOf(root)).toContain("Judged: Failed: Warped");
    await choose(root, "Print it again?");
    expect(find(root, "bvp-text-dialog")).not.toBeNull();
  });
});

describe("the statistics", () => {
  const none = {
    files: 1, prints: 4, failed: 0, print_time_s: 60, filament_g: 1, cost: 0,
    judged_good: 0, judged_failed: 0, energy_kwh: 0, energy_cost: 0,
  };
  async function stats(numbers: object) {
    const one = { ...none, ...numbers };
    const page = {
      series: [{ start: "2026-11-23", ...one }],
      groups: { materials: [{ value: "PLA", ...one }], printers: [], projects: [], people: [] },
    } as StatsPage;
    const { app } = fakeApp({
      stats: () => Promise.resolve(page),
      people: () => Promise.resolve({ people: [], renews_at: "2026-12-01" }),
    });
    const element = await show("bvp-stats", { app, state: live(), route: route("stats") });
    await settled();
    return textOf(element.renderRoot);
  }

  it("show verdicts and energy in tiles and in columns of their own", async () => {
    const text = await stats({ judged_good: 3, judged_failed: 1, energy_kwh: 1.5, energy_cost: 0.45 });
    expect(text).toContain("Judged good 3 Judged failed 1 Energy 1.5 kWh Cost of energy €0.45");
    expect(text).toContain("Prints Failed Judged good Judged failed Print time");
  });

  it("show nothing of them where there are none", async () => {
    expect(await stats({})).not.toMatch(/Judged|Energy|kWh/);
  });
});
