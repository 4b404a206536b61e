import { vi } from "vitest";
import type { App } from "../src/app";
import type { Client } from "../src/api/client";
import type { Printer, Right, Sent } from "../src/api/types";
import { Format } from "../src/format";
import { ENGLISH, translate, type Translate } from "../src/i18n";
import { routeUrl } from "../src/router";
import { EMPTY, Store, type State } from "../src/store";

// happy-dom has no popovers.
HTMLElement.prototype.showPopover ??= () => undefined;
HTMLElement.prototype.hidePopover ??= () => undefined;

const LOCALE = {
  language: "en",
  number_format: "language",
  time_format: "24",
  date_format: "language",
  time_zone: "local",
};

/** What screens get, with a server that answers as a test says. */
export function fakeApp(api: Partial<Record<keyof Client, unknown>> = {}, isAdmin = true) {
  const format = new Format(LOCALE, { time_zone: "UTC", unit_system: { mass: "g" } }, "EUR");
  const t: Translate = (key, values) => translate(ENGLISH, "en", format, key, values);
  const toasts: string[] = [];
  const app: App = {
    api: {
      spools: () => Promise.resolve({ filaments: [] }),
      facets: () => Promise.resolve(undefined),
      ...api,
    } as unknown as Client,
    store: new Store(),
    t,
    format,
    isAdmin,
    shortcuts: true,
    say: (text) => `${text.text_key} ${JSON.stringify(text.values)}`,
    sayError: (error) => (error as { code?: string }).code ?? String(error),
    toast: (toast) => void toasts.push(typeof toast === "string" ? toast : toast.message),
    go: vi.fn(),
    url: routeUrl,
    visit: vi.fn(),
    attempt: async (work) => {
      try {
        return await work;
      } catch (error) {
        toasts.push(app.sayError(error));
        return undefined;
      }
    },
    announce: vi.fn(),
    cameras: () => [],
    recorded: () => Promise.resolve(new Map()),
    upload: vi.fn(),
  };
  return { app, toasts };
}

/** What administrators may do with everything. */
export const ALL_RIGHTS: Right[] = ["see", "work", "decide", "delete", "manage"];

/** What nobody in particular sent, as an administrator sees it. */
export const OF_ALL: Sent = { sender: "", person_id: null, instance: null, intent: "send", rights: ALL_RIGHTS };

export const live = (parts: Partial<State> = {}): State => ({
  ...EMPTY,
  connection: "live",
  available: true,
  ...parts,
});

export const virtual = (parts: Partial<Printer> = {}): Printer => ({
  id: "v1",
  kind: "virtual",
  name: "Garage",
  model: "P1S",
  model_code: "C12",
  sliced_for: "Bambu Lab P1S",
  device_id: null,
  mode: "review",
  enabled: true,
  status: "running",
  address: "192.168.1.10",
  problems: [],
  slicers: [],
  last_upload: null,
  ...parts,
});

export const real = (parts: Partial<Printer> = {}): Printer => ({
  id: "r1",
  kind: "real",
  name: "Workshop",
  model: "X1C",
  model_code: "BL-P001",
  sliced_for: "Bambu Lab X1 Carbon",
  device_id: null,
  address: "192.168.1.40",
  availability: "online",
  is_reporting: true,
  prints_from_queue: true,
  plate_occupied: false,
  queued: 0,
  free_from: null,
  live: null,
  spools: [],
  errors: [],
  ...parts,
});

/** All that is written in a part of the page, that in its elements' own parts included. */
export function textOf(root: ParentNode): string {
  let text = "";
  const walk = (node: Node) => {
    if (node.nodeType === 3) text += ` ${(node as Text).data.trim()}`;
    if (node instanceof HTMLStyleElement) return;
    const shadow = (node as Element).shadowRoot;
    for (const each of [...(shadow?.childNodes ?? []), ...node.childNodes]) walk(each);
  };
  for (const each of root.childNodes) walk(each);
  return text.replace(/\s+/g, " ").trim();
}

/** The first element of a kind, wherever it is inside. */
export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T | null {
  const here = root.querySelector<T>(selector);
  if (here) return here;
  for (const each of root.querySelectorAll("*")) {
    const found = each.shadowRoot && find<T>(each.shadowRoot, selector);
    if (found) return found;
  }
  return null;
}

/** All elements of a kind, wherever they are inside. */
export function all(root: ParentNode, selector: string): HTMLElement[] {
  const inside = [...root.querySelectorAll("*")].flatMap((each) =>
    each.shadowRoot ? all(each.shadowRoot, selector) : [],
  );
  return [...root.querySelectorAll<HTMLElement>(selector), ...inside];
}

/** Put an element on the page with what it gets, and wait until it is drawn. */
export async function show<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): Promise<HTMLElementTagNameMap[K]> {
  const element = Object.assign(document.createElement(tag), properties);
  document.body.replaceChildren(element);
  await settled();
  return element;
}

/** Wait until what was asked for has come and is drawn. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  await new Promise((resolve) => setTimeout(resolve, 0));
}
