import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Job, TargetChoice } from "../src/api/types";
import { QueueActions } from "../src/screens/queue-actions";
import "../src/screens/queue-lanes";
import { accepts, isMovable, lanes, placeInLane } from "../src/screens/queue-lanes-model";
import { grouped } from "../src/screens/queue-rows";
import { ALL_RIGHTS, fakeApp, live, real, settled, show, textOf } from "./fake_app";

const job = (id: string, fields: Partial<Job> = {}): Job =>
  ({
    id,
    archive_id: `of-${id}`,
    name: id,
    state: "pending",
    position: 1,
    target: "none",
    target_name: null,
    machine_id: null,
    question: null,
    sliced_for: "Bambu Lab X1 Carbon",
    verbs: [],
    rights: ALL_RIGHTS,
    plate: 1,
    plate_count: 1,
    copies: 1,
    copies_printed: 0,
    print_time_s: 60,
    filament_g: 1,
    filament_types: [],
    filament_colors: [],
    waiting: null,
    priority: "normal",
    due: null,
    download: null,
    ...fields,
  }) as Job;

const TARGETS: TargetChoice[] = [
  { id: "r1", kind: "printer", name: "Workshop", sliced_for: "Bambu Lab X1 Carbon" },
  { id: "r2", kind: "printer", name: "Garage", sliced_for: "Bambu Lab P1S" },
  { id: "BL-P001", kind: "model", name: "X1C", sliced_for: "Bambu Lab X1 Carbon" },
  { id: "N2S", kind: "model", name: "A1", sliced_for: "Bambu Lab A1" },
];
const PRINTERS = [real()];
const OLD = { text_key: "as_it_stands", values: { text: "Old" } };
const ids = (rows: readonly { jobs: readonly Job[] }[]) =>
  rows.map((row) => row.jobs.map((each) => each.id).join("+"));

describe("lanes", () => {
  it("are real printers, models that matter, and what is undecided", () => {
    const found = lanes([job("a"), job("b", { target: "gone", target_name: OLD })], TARGETS, PRINTERS);
    expect(found.map((lane) => lane.id)).toEqual(["r1", "r2", "BL-P001", "gone", "none"]);
    expect(found.at(-2)).toMatchObject({ kind: "printer", choice: null, name: OLD });
    const withA1 = lanes([job("a", { target: "N2S" })], TARGETS, PRINTERS);
    expect(withA1.map((lane) => lane.id)).toContain("N2S");
  });

  it("have what a printer prints first, whatever that was meant for", () => {
    const [first] = lanes(
      [
        job("waits", { target: "r1" }),
        job("prints", { state: "printing", position: null, machine_id: "r1", target: "BL-P001" }),
      ],
      TARGETS,
      PRINTERS,
    );
    expect(ids(first!.rows)).toEqual(["prints", "waits"]);
    expect(first!.rows.map(isMovable)).toEqual([false, true]);
  });

  it("take only what was sliced for them, and everything that may be for anything", () => {
    const found = lanes([], TARGETS, PRINTERS);
    const [workshop, garage] = found;
    const x1 = [job("a")];
    expect(accepts(workshop!, x1)).toBe(true);
    expect(accepts(garage!, x1)).toBe(false);
    expect(accepts(garage!, [job("a", { sliced_for: "" })])).toBe(true);
    expect(accepts(found.at(-1)!, x1)).toBe(true);
  });

  it("put a job behind the one above it, in the queue as a whole", () => {
    const queue = [
      job("x", { target: "none" }),
      job("a", { target: "r1" }),
      job("y", { target: "none" }),
      job("b", { target: "r1" }),
    ];
    const found = lanes(queue, TARGETS, PRINTERS);
    const workshop = found[0]!;
    const y = { key: "y", jobs: [queue[2]!] };
    expect(placeInLane(queue, workshop, y, 0)).toBe("x");
    expect(placeInLane(queue, workshop, y, 1)).toBe("a");
    expect(placeInLane(queue, workshop, y, 9)).toBe("b");
    expect(placeInLane(queue, found[1]!, y, 0)).toBeUndefined();
    const first = [queue[1]!, queue[2]!];
    expect(placeInLane(first, lanes(first, TARGETS, PRINTERS)[0]!, y, 0)).toBeNull();
  });
});

describe("plates of a file", () => {
  const plates = [job("1", { archive_id: "f" }), job("2", { archive_id: "f" })];

  it("are one row, unless they are to be apart", () => {
    expect(ids(grouped(plates))).toEqual(["1+2"]);
    expect(ids(grouped(plates, new Set(["f"])))).toEqual(["1", "2"]);
  });
});

describe("the lanes on the page", () => {
  const queue = [job("Hook"), job("Vase", { target: "r1" })];
  const editJob = vi.fn((id: string) => Promise.resolve({ id }));
  const moveJob = vi.fn(() => Promise.resolve({}));
  beforeEach(() => vi.clearAllMocks());

  async function shown() {
    const { app, toasts } = fakeApp({ editJob, moveJob });
    const element = await show("bvp-queue-lanes", {
      app,
      actions: new QueueActions(app, () => undefined),
      state: live({ queue, targets: TARGETS, printers: PRINTERS }),
      lanes: lanes(queue, TARGETS, PRINTERS),
    });
    const press = async (key: string) => {
      const handle = element.shadowRoot!.querySelector<HTMLElement>('[data-key="Hook"] .handle')!;
      handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await settled();
    };
    const laneOfHook = () =>
      element.shadowRoot!.querySelector<HTMLElement>('[data-key="Hook"]')!.closest<HTMLElement>(
        ".lane",
      )!.dataset.lane;
    return { app, element, press, laneOfHook, toasts };
  }

  it("move a job with the keyboard to another printer", async () => {
    const { app, press, laneOfHook } = await shown();
    await press(" ");
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowDown"]) await press(key);
    expect(laneOfHook()).toBe("r1");
    expect(app.announce).toHaveBeenLastCalledWith("Hook, Workshop, 2 of 2");
    await press(" ");
    expect(editJob).toHaveBeenCalledWith("Hook", { target: "r1" });
    expect(moveJob).toHaveBeenCalledWith("Hook", "Vase");
  });

  it("say why a job cannot go to a printer, and leave it where it is", async () => {
    const { element, press, toasts } = await shown();
    await press(" ");
    await press("ArrowLeft");
    await press("ArrowLeft");
    expect(textOf(element.shadowRoot!)).toContain("Hook was sliced for X1 Carbon: not for Garage.");
    await press(" ");
    expect(toasts).toEqual(["Hook was sliced for X1 Carbon: not for Garage."]);
    expect(editJob).not.toHaveBeenCalled();
  });

  it("put it back with Escape", async () => {
    const { press, laneOfHook } = await shown();
    await press(" ");
    await press("ArrowLeft");
    await press("Escape");
    expect(laneOfHook()).toBe("none");
    expect(editJob).not.toHaveBeenCalled();
  });
});
