import { beforeAll, describe, expect, it } from "vitest";

type Listed = Record<"customCards" | "customStrategies", { type: string; [key: string]: unknown }[]>;
type Suggest = (hass: object, entity: string) => { config: { type: string } } | null;
interface Card extends HTMLElement {
  setConfig(config: object): void;
  getGridOptions(): { columns: number };
}
const page = window as unknown as Listed;

beforeAll(async () => {
  page.customCards = [{ type: "another-card" }];
  await import("../src/loader");
});

describe("what dashboards load", () => {
  it("lists the cards beside those of others, and the dashboard", () => {
    expect(page.customCards.map((each) => each.type)).toEqual([
      "another-card",
      "bvp-prints-card",
      "bvp-printer-card",
    ]);
    expect(page.customStrategies).toMatchObject([{ type: "bvp-prints", strategyType: "dashboard" }]);
    expect(customElements.get("ll-strategy-dashboard-bvp-prints")).toBeDefined();
  });

  it("offers a card for entities of the integration and for no others", () => {
    const suggest = page.customCards[1]!.getEntitySuggestion as Suggest;
    const entities = {
      "sensor.ours": { platform: "bambu_virtual_printer" },
      "sensor.theirs": { platform: "mqtt" },
    };
    expect(suggest({ entities }, "sensor.ours")?.config.type).toBe("custom:bvp-prints-card");
    expect(suggest({ entities }, "sensor.theirs")).toBeNull();
    expect(suggest({ entities }, "sensor.unknown")).toBeNull();
  });

  it("offers what an entity is about: the inbox, the queue, or its real printer", () => {
    const ours = (device_id: string, translation_key: string) => ({ platform: "bambu_virtual_printer", device_id, translation_key });
    const hass = {
      entities: {
        "image.next": ours("hub", "next_pending"),
        "sensor.pending": ours("hub", "pending_uploads"),
        "sensor.queued": ours("hub", "queued_jobs"),
        "sensor.state": ours("d1", "printer_state"),
        "sensor.slicers": ours("v1", "connected_slicers"),
        "sensor.theirs": { platform: "bambu_lab", device_id: "d1" },
      },
      devices: {
        hub: { manufacturer: "Bambu Virtual Printer" },
        v1: { manufacturer: "Bambu Virtual Printer" },
        d1: { manufacturer: "Bambu Lab" },
      },
    };
    const offered = (entity: string) =>
      page.customCards.flatMap((card) => (card.getEntitySuggestion as Suggest | undefined)?.(hass, entity)?.config ?? []);
    const prints = (show: string) => [{ type: "custom:bvp-prints-card", show }];
    expect(offered("image.next")).toEqual(prints("inbox"));
    expect(offered("sensor.pending")).toEqual(prints("inbox"));
    expect(offered("sensor.queued")).toEqual(prints("queue"));
    expect(offered("sensor.slicers")).toEqual(prints("queue"));
    expect(offered("sensor.state")).toEqual([{ type: "custom:bvp-printer-card", printer: "d1" }]);
    expect(offered("sensor.theirs")).toEqual([]);
  });

  it("shows in the form whether a card has the schedule where nothing is said of it: one for a wall has", async () => {
    const element = customElements.get("bvp-prints-card") as unknown as {
      getConfigForm(): Promise<{ schema: { name: string; default?: boolean }[]; assertConfig(config: object): void }>;
    };
    const { schema, assertConfig } = await element.getConfigForm();
    const shown = (show: string) => {
      assertConfig({ type: "custom:bvp-prints-card", show });
      return schema.find((field) => field.name === "schedule")!.default;
    };
    expect([shown("wall"), shown("queue"), shown("wall")]).toEqual([true, false, true]);
  });

  it("makes cards with a layout, a form and a first configuration", async () => {
    const element = customElements.get("bvp-prints-card") as unknown as {
      getConfigForm(): Promise<{ schema: { name: string }[]; computeLabel(field: object): string }>;
      getStubConfig(): { show: string };
    };
    const card = document.createElement("bvp-prints-card") as Card;
    card.setConfig({ type: "custom:bvp-prints-card" });
    expect(card.getGridOptions().columns).toBe(12);
    expect(element.getStubConfig()).toEqual({ show: "queue" });
    const form = await element.getConfigForm();
    expect(form.schema.map((field) => field.name)).toEqual(["show", "title", "limit", "printers", "collapsible", "schedule", "compact"]);
  });
});
