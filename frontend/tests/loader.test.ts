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
