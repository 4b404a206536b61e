import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hass } from "../src/hass";
import { ALL_RIGHTS, find, settled, virtual, real } from "./fake_app";

interface Listed {
  type: string;
  configurable: boolean;
  isSupported(hass: object, context: object): boolean;
}
interface Feature extends HTMLElement {
  setConfig(config: object): void;
  hass: unknown;
  context: { entity_id: string };
}

const NO_PRINTER = "component.bambu_virtual_printer.common.gcode_for_no_printer";
const UPLOADS = [
  {
    id: "new",
    name: "Hook",
    rights: ALL_RIGHTS,
    not_queueable: { text_key: "gcode_for_no_printer", values: {} },
  },
  { id: "old", name: "Vase", rights: ALL_RIGHTS },
];
const JOB = { id: "j1", name: "Hook", state: "staged", verbs: ["start"], plate: 1, plate_count: 1 };
const SNAPSHOT = {
  type: "snapshot",
  rev: 0,
  subscription: "s",
  available: true,
  inbox: UPLOADS,
  queue: [JOB],
  printers: [virtual(), real({ device_id: "d1", plate_occupied: true })],
  options: { currency: "EUR", undo_minutes: 10, pending_modes: true, library_away: null },
};
const callWS = vi.fn((message: { type: string }) => {
  switch (message.type) {
    case "frontend/get_translations":
      return Promise.resolve({ resources: { [NO_PRINTER]: "It says no printer." } });
    case "bambu_virtual_printer/upload/decide":
      return Promise.resolve({ results: [{ result: "done", name: "Vase", job_ids: [] }], undo: null });
    default:
      return Promise.resolve({ jobs: [JOB], failed: [] });
  }
});
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
  states: {
    "image.next": { state: "x", attributes: { upload_id: "old" } },
    "image.refused": { state: "x", attributes: { upload_id: "new" } },
    "sensor.next": { state: "Hook", attributes: { job_id: "j1" } },
  },
  entities: {
    "image.next": { platform: "bambu_virtual_printer", translation_key: "next_pending" },
    "binary_sensor.plate": {
      platform: "bambu_virtual_printer",
      translation_key: "plate_occupied",
      device_id: "d1",
    },
    "image.other": { platform: "mqtt", translation_key: "next_pending" },
  },
} as unknown as Hass;

let listed: Listed[];
beforeAll(async () => {
  await import("../src/loader");
  listed = (window as unknown as { customCardFeatures: Listed[] }).customCardFeatures;
});
beforeEach(() => vi.clearAllMocks());

async function shown(kind: string, entity: string, config: object = {}) {
  const element = document.createElement(`bvp-${kind}-feature`) as Feature;
  element.setConfig({ type: `custom:bvp-${kind}-feature`, ...config });
  element.hass = hass;
  element.context = { entity_id: entity };
  document.body.replaceChildren(element);
  for (let turn = 0; turn < 5; turn++) await settled();
  await vi.waitFor(() => expect(find(document.body, ".row")).not.toBeNull());
  const body = element.firstElementChild!.shadowRoot!;
  const buttons = () => [...body.querySelectorAll("button")];
  return { element, buttons, labels: () => buttons().map((each) => each.getAttribute("aria-label")) };
}
const given = (type: string) => callWS.mock.calls.map(([message]) => message).filter((each) => each.type.endsWith(type));

describe("features of tiles", () => {
  it("are offered for the entities that they are about, and for no others", () => {
    const offered = (entity: string) =>
      listed
        .filter((each) => each.isSupported(hass, { entity_id: entity }))
        .map((each) => each.type);
    expect(offered("image.next")).toEqual(["bvp-pending-feature"]);
    expect(offered("binary_sensor.plate")).toEqual(["bvp-plate-feature"]);
    expect(offered("image.other")).toEqual([]);
    expect(offered("sensor.gone")).toEqual([]);
  });

  it("have the buttons that were chosen, in a form with all of them", async () => {
    const { labels } = await shown("pending", "image.next", { buttons: ["queue"] });
    expect(labels()).toEqual(["Queue: Vase"]);
    const element = customElements.get("bvp-pending-feature") as unknown as {
      getConfigForm(): Promise<{ schema: { selector: { select: { options: { label: string }[] } } }[] }>;
    };
    const form = await element.getConfigForm();
    expect(form.schema[0]!.selector.select.options.map((each) => each.label)).toEqual([
      "Archive",
      "Queue",
      "Discard",
    ]);
  });

  it("begin with all of their buttons, which are ticked in the form then", async () => {
    for (const kind of ["pending", "job"]) {
      const element = customElements.get(`bvp-${kind}-feature`) as unknown as {
        getStubConfig(): { buttons: string[] };
        getConfigForm(): Promise<{ schema: { selector: { select: { options: { value: string }[] } } }[] }>;
      };
      const { schema } = await element.getConfigForm();
      const all = schema[0]!.selector.select.options.map((each) => each.value);
      expect(element.getStubConfig()).toEqual({ type: `custom:bvp-${kind}-feature`, buttons: all });
    }
    const plate = customElements.get("bvp-plate-feature") as unknown as { getStubConfig(): object };
    expect(plate.getStubConfig()).toEqual({ type: "custom:bvp-plate-feature" });
  });

  it("start the next job, and say nothing of what cannot be said yet", async () => {
    const { buttons } = await shown("job", "sensor.next");
    expect(buttons().map((each) => each.disabled)).toEqual([false, true, true]);
    buttons()[0]!.click();
    await settled();
    expect(given("job/verb")).toEqual([
      expect.objectContaining({ job_ids: ["j1"], verb: "start" }),
    ]);
  });

  it("are about the job of the tile, and name another one that a person is to print", async () => {
    const { queue } = SNAPSHOT;
    const waiting = (id: string, key: string, text_key: string, more: object = {}) => ({
      ...JOB, id, name: id, state: "waiting", verbs: ["complete", "fail"], waiting: { key, text_key }, ...more,
    });
    const busy = waiting("Busy", "printer_busy", "waiting_printer_busy");
    try {
      SNAPSHOT.queue = [busy, JOB];
      const own = await shown("job", "sensor.next");
      expect(own.labels()[0]).toBe("Start: Hook");
      expect(own.buttons().map((each) => each.title)).toEqual(["Start", "Printed", "Failed"]);
      const byHand = waiting("Lamp", "no_target", "waiting_started", { plate: 2, plate_count: 3 });
      SNAPSHOT.queue = [busy, JOB, byHand];
      const other = await shown("job", "sensor.next");
      expect(other.buttons().map((each) => each.title)).toEqual([
        "Start: Lamp – plate 2",
        "Printed: Lamp – plate 2",
        "Failed: Lamp – plate 2",
      ]);
    } finally {
      SNAPSHOT.queue = queue;
    }
  });

  it("clear the plate of the tile's printer", async () => {
    const { buttons, labels } = await shown("plate", "binary_sensor.plate");
    expect(labels()).toEqual(["Plate cleared: Workshop"]);
    buttons()[0]!.click();
    await settled();
    expect(given("printer/clear_plate")).toEqual([expect.objectContaining({ printer_id: "r1" })]);
  });

  it("decide about the upload that the tile shows", async () => {
    const { buttons, labels } = await shown("pending", "image.next");
    expect(labels()).toEqual(["Archive: Vase", "Queue: Vase", "Discard: Vase"]);
    buttons()[0]!.click();
    await settled();
    expect(given("upload/decide")).toEqual([
      expect.objectContaining({ upload_ids: ["old"], verb: "archive" }),
    ]);
  });

  it("cannot queue what cannot be queued, and say why", async () => {
    const { buttons } = await shown("pending", "image.refused");
    expect(buttons().map((each) => each.disabled)).toEqual([false, true, false]);
    expect(buttons().map((each) => each.title)).toEqual([
      "Archive",
      "It says no printer.",
      "Discard",
    ]);
  });
});
