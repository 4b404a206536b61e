/**
 * What dashboards load, on every page: it names our cards and our dashboard, and gets the rest when one of them is shown. As
 * a resource it is `cards.js?v=…`, so no other file may import it.
 */

type FeatureKind = "pending" | "job" | "plate";
interface Config {
  type: string;
  [key: string]: unknown;
}
interface Entity {
  platform?: string;
  translation_key?: string;
  device_id?: string;
}
interface HassLike {
  entities?: Record<string, Entity | undefined>;
  devices?: Record<string, { manufacturer?: string | null } | undefined>;
}
interface Body extends HTMLElement {
  config?: Config;
  hass?: unknown;
  entity?: string;
}
type Listed = Record<"customCards" | "customCardFeatures" | "customStrategies", Record<string, unknown>[] | undefined>;

const PRINTS = "bvp-prints-card";
const PRINTER = "bvp-printer-card";
const body = () => import("./card");
const features = () => import("./feature");
const PENDING = ["next_pending", "pending_uploads"];
/** The features of tiles, for which of our entities they are, by their translation keys, and their buttons. */
const FEATURES: readonly [FeatureKind, string, string[], string[]][] = [
  ["pending", "Archive, queue, discard", PENDING, ["archive", "queue", "discard"]],
  ["job", "Start, printed, failed", ["next_job", "queued_jobs"], ["start", "complete", "fail"]],
  ["plate", "Plate cleared", ["plate_occupied", "plate_cleared", "printer_state"], []],
];

function makeCard(kind: "prints" | "printer") {
  return class extends HTMLElement {
    private config?: Config;
    private known: unknown;
    private body?: Body;

    setConfig(config: Config): void {
      this.config = config;
      if (this.body) this.body.config = config;
    }

    set hass(hass: unknown) {
      this.known = hass;
      if (this.body) this.body.hass = hass;
    }

    connectedCallback(): void {
      this.style.display = "block";
      void body().then(() => {
        if (!this.body) {
          this.body = document.createElement(`bvp-${kind}-card-body`) as Body;
          this.append(this.body);
        }
        Object.assign(this.body, { config: this.config, hass: this.known });
      });
    }

    getCardSize(): number {
      return kind === "prints" ? 5 : 4;
    }

    getGridOptions() {
      return { columns: 12, min_columns: 6, rows: "auto" };
    }

    static getConfigForm() {
      return import("./card-form").then((form) => form.configForm(kind));
    }

    static getStubConfig() {
      return kind === "prints" ? { show: "queue" } : {};
    }
  };
}

function makeFeature(kind: FeatureKind, buttons: string[]) {
  return class extends HTMLElement {
    private body?: Body;
    private given: { config?: Config; hass?: unknown; entity?: string } = {};

    private give(given: { config?: Config; hass?: unknown; entity?: string }): void {
      Object.assign(this.given, given);
      if (this.body) Object.assign(this.body, given);
    }

    setConfig(config: Config): void {
      this.give({ config });
    }

    set hass(hass: unknown) {
      this.give({ hass });
    }

    set context(context: { entity_id?: string } | undefined) {
      this.give({ entity: context?.entity_id ?? "" });
    }

    connectedCallback(): void {
      this.style.display = "block";
      void features().then(() => {
        if (!this.body) {
          this.body = document.createElement(`bvp-${kind}-feature-body`) as Body;
          this.append(this.body);
        }
        Object.assign(this.body, this.given);
      });
    }

    static getConfigForm() {
      return features().then((feature) => feature.featureForm(kind));
    }

    static getStubConfig() {
      // Its editor shows what is listed: all are ticked, for all are shown.
      return { type: `custom:bvp-${kind}-feature`, ...(buttons.length && { buttons: [...buttons] }) };
    }
  };
}

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

define(PRINTS, makeCard("prints"));
define(PRINTER, makeCard("printer"));
define(
  "ll-strategy-dashboard-bvp-prints",
  class extends HTMLElement {
    static generate(config: Config, hass: unknown) {
      return import("./strategy").then((strategy) => strategy.generate(config, hass as never));
    }
  },
);

/** Ours are offered for our entities, and for no others; the card of one printer for those of a real one. */
function suggestion(isOfPrinter: boolean, config: (entity: Entity) => Config) {
  return (hass: HassLike, id: string) => {
    const entity = hass.entities?.[id];
    if (entity?.platform !== "bambu_virtual_printer") return null;
    const isReal = hass.devices?.[entity.device_id ?? ""]?.manufacturer === "Bambu Lab";
    return isReal === isOfPrinter ? { config: config(entity) } : null;
  };
}

function list(name: keyof Listed, items: Record<string, unknown>[]): void {
  const page = window as unknown as Listed;
  const known = (page[name] ??= []);
  for (const item of items)
    if (!known.some((each) => each.type === item.type)) known.push(item);
}

const documentationURL =
  "https://github.com/bambu-virtual-printer/bambu-virtual-printer/blob/main/docs/dashboard.md";
list("customCards", [
  {
    type: PRINTS,
    name: "3D prints",
    description: "Pending uploads, the print queue or the printers.",
    preview: true,
    documentationURL,
    getEntitySuggestion: suggestion(false, ({ translation_key: key = "" }) => ({
      type: `custom:${PRINTS}`,
      show: PENDING.includes(key) ? "inbox" : "queue",
    })),
  },
  {
    type: PRINTER,
    name: "3D printer",
    description: "One printer: what it prints and what is next.",
    preview: true,
    documentationURL,
    getEntitySuggestion: suggestion(true, ({ device_id: printer }) => ({
      type: `custom:${PRINTER}`,
      printer,
    })),
  },
]);
for (const [kind, , , buttons] of FEATURES) define(`bvp-${kind}-feature`, makeFeature(kind, buttons));
list(
  "customCardFeatures",
  FEATURES.map(([kind, name, keys]) => ({
    type: `bvp-${kind}-feature`,
    name: `3D prints: ${name}`,
    configurable: kind !== "plate",
    isSupported: (hass: HassLike, context: { entity_id?: string }) => {
      const entity = hass.entities?.[context.entity_id ?? ""];
      return (
        entity?.platform === "bambu_virtual_printer" && keys.includes(entity.translation_key ?? "")
      );
    },
  })),
);
list("customStrategies", [
  {
    type: "bvp-prints",
    strategyType: "dashboard",
    name: "3D prints",
    description: "Pending uploads, the print queue and the printers.",
    documentationURL,
  },
]);

export {};
