import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { App } from "../src/app";
import type { Options, Snapshot, Upload, Viewer } from "../src/api/types";
import type { Hass } from "../src/hass";
import type { BvpMenu } from "../src/parts/menu";
import { pickFiles } from "../src/parts/pick-files";
import { store } from "../src/shell";
import "../src/screens/archive";
import { ALL_RIGHTS, all, find, settled, textOf, virtual } from "./fake_app";

vi.mock("../src/parts/pick-files", () => ({ pickFiles: vi.fn() }));

const NOTHING = { archives: [], total: 0, is_total_exact: true, cursor: null };
const FACETS = { tags: [], materials: [], colours: [], printers: [], projects: [], models: [], people: [], instances: [] };

/** The panel, with a server that has nothing in its library. */
const BACKEND = { "component.bambu_virtual_printer.common.disk_gone": "{disk} is gone." };

async function panel({
  narrow = false,
  isAdmin = true,
  shortcuts = true,
  options = {},
  viewer = {},
}: {
  narrow?: boolean;
  isAdmin?: boolean;
  shortcuts?: boolean;
  options?: Partial<Options>;
  viewer?: Partial<Viewer>;
} = {}) {
  const snapshot = {
    type: "snapshot", subscription: "s", rev: 1, available: true, inbox: [], queue: [], printers: [virtual()],
    uploads: [], targets: [],
    options: { currency: "EUR", undo_minutes: 10, pending_modes: true, library_away: null, ...options },
    viewer: { rights: ALL_RIGHTS, sends_to_archive: true, ...viewer },
  } as unknown as Snapshot;
  const hass = {
    language: "en",
    locale: {
      language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone: "local",
    },
    config: { currency: "EUR", time_zone: "UTC", unit_system: { mass: "g" } },
    user: { is_admin: isAdmin, name: "Demo" },
    enableShortcuts: shortcuts,
    connection: {
      subscribeMessage: (callback: (message: unknown) => void) => {
        queueMicrotask(() => callback(snapshot));
        return Promise.resolve(() => Promise.resolve());
      },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      connected: true,
    },
    callWS: ({ type }: { type: string }) =>
      type.endsWith("archive/get")
        ? Promise.reject({ code: "not_found" })
        : Promise.resolve(
            type.endsWith("archive/list") ? { ...NOTHING, facets: FACETS } : { resources: BACKEND },
          ),
  } as unknown as Hass;
  const element = Object.assign(document.createElement("bvp-panel"), { hass, narrow });
  document.body.replaceChildren(element);
  await vi.waitFor(() => expect(find(element.renderRoot, "header h1")).not.toBeNull());
  await settled();
  return element.renderRoot;
}

const header = (root: ParentNode) => find(root, "header")!;
const menus = (root: ParentNode) => all(header(root), "bvp-menu") as BvpMenu[];
const labels = (menu: BvpMenu) => menu.items.flatMap((item) => (item ? [item.label] : []));
const press = (key: string) =>
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const searched = (root: ParentNode) =>
  vi.waitFor(() => {
    const filters = find(root, "bvp-archive-filters");
    expect(filters?.shadowRoot?.activeElement?.id).toBe("search");
  });

beforeEach(() => history.replaceState(null, "", "/bambu-prints/archive"));
afterEach(() => {
  document.body.replaceChildren();
  vi.mocked(pickFiles).mockClear();
});

describe("what is read out", () => {
  const said = (root: ParentNode) => textOf([...root.querySelectorAll("[role=status]")].at(-1)!);
  const come = (...names: string[]) => {
    let end!: () => void;
    const work = new Promise((_, reject) => (end = () => reject(new Error())));
    const inbox = names.map((name) => ({ id: name, name }) as Upload);
    store.guess((state) => ({ ...state, inbox: [...state.inbox, ...inbox] }), work);
    return end;
  };

  it("is a file that has come, on every tab, but not what was there before", async () => {
    const root = await panel();
    expect(said(root)).toBe("");
    const ends = [come("Hook")];
    await settled();
    expect(said(root)).toBe("Hook is waiting for you");
    ends.push(come("Vase", "Cup"));
    await settled();
    expect(said(root)).toBe("2 files are waiting for you");
    for (const end of ends) end();
    await settled();
  });

  it("is the same once more where it happens again", async () => {
    const root = await panel();
    const status = () => [...root.querySelectorAll("[role=status]")].at(-1)!.textContent;
    come("Hook")();
    await settled();
    const once = status();
    come("Hook")();
    await settled();
    expect(status()).not.toBe(once);
    expect(said(root)).toBe("Hook is waiting for you");
  });
});

describe("files that are dropped", () => {
  const drag = (root: ParentNode, type: string) => {
    const data = { types: ["Files"], files: [new File(["x"], "Hook.3mf")], dropEffect: "copy" };
    const event = Object.assign(
      new Event(type, { bubbles: true, cancelable: true, composed: true }),
      { dataTransfer: data },
    );
    header(root).dispatchEvent(event);
    return { taken: event.defaultPrevented, effect: data.dropEffect };
  };

  it("are taken on any part of the panel, the header too", async () => {
    const root = await panel();
    expect(drag(root, "dragover")).toEqual({ taken: true, effect: "copy" });
    await settled();
    expect(textOf(find(root, ".drop")!)).toContain("Garage");
    drag(root, "dragleave");
    await settled();
    expect(find(root, ".drop")).toBeNull();
  });

  it("do not open in the panel's place where they are not taken", async () => {
    const root = await panel({ viewer: { rights: ["see"] } });
    expect(drag(root, "dragover")).toEqual({ taken: true, effect: "none" });
    expect(drag(root, "drop").taken).toBe(true);
    await settled();
    expect(find(root, ".drop")).toBeNull();
  });
});

describe("the header", () => {
  it("has the search, uploads, and a menu of the rest", async () => {
    const [uploads, more] = menus(await panel());
    expect(labels(uploads!)).toEqual(["Garage", "Into the archive"]);
    expect(labels(more!)).toEqual(["Keyboard shortcuts", "Open integration", "Documentation"]);
  });

  it("has uploads in the menu on phones, where they are one tap further", async () => {
    const [more, ...others] = menus(await panel({ narrow: true }));
    expect(others).toEqual([]);
    expect(labels(more!).slice(0, 2)).toEqual(["Upload: Garage", "Upload: Into the archive"]);
    const [garage] = more!.items;
    if (garage) garage.onClick!(document.body);
    expect(pickFiles).toHaveBeenCalledOnce();
  });

  it("has only what is for whoever looks", async () => {
    const root = await panel({
      isAdmin: false,
      shortcuts: false,
      viewer: { rights: ["see"], sends_to_archive: false },
    });
    expect(menus(root).map(labels)).toEqual([["Documentation"]]);
  });

  it("leads to the search of the archive, from every tab and by its key", async () => {
    const root = await panel();
    find(header(root), "button[aria-label='Search names, notes and tags']")!.click();
    await searched(root);
    history.replaceState(null, "", "/bambu-prints/printers");
    window.dispatchEvent(new CustomEvent("location-changed"));
    await settled();
    press("/");
    expect(location.pathname).toBe("/bambu-prints/archive");
    await searched(root);
  });

  it("leads from a file to the search of the list on phones, with what was looked for", async () => {
    history.replaceState(null, "", "/bambu-prints/archive/a1?q=gift");
    const root = await panel({ narrow: true });
    press("/");
    expect(location.pathname + location.search).toBe("/bambu-prints/archive?q=gift");
    await searched(root);
  });
});

describe("the way back in a toast", () => {
  it("has the focus where it was before, else on the first line of the screen", async () => {
    const root = await panel();
    const { app } = find<HTMLElement & { app: App }>(root, "bvp-archive")!;
    const run = vi.fn();
    const undo = (from: HTMLElement) => {
      let action: { action(): void } | undefined;
      const heard = (event: Event) => ({ action } = (event as CustomEvent<{ action: typeof action }>).detail);
      from.focus();
      document.addEventListener("hass-notification", heard, { once: true });
      app.toast({ message: "Gone", action: { text: "Undo", run } });
      // Home Assistant's own toast has it then, and goes.
      from.blur();
      return action!;
    };
    const search = find(header(root), "button[aria-label='Search names, notes and tags']")!;
    undo(search).action();
    expect(run).toHaveBeenCalledOnce();
    expect((root as ShadowRoot).activeElement).toBe(search);
    search.blur();
    const archive = find(root, "bvp-archive")!.shadowRoot!;
    const [row, gone] = ["a", "button"].map((tag) => document.createElement(tag)) as [HTMLElement, HTMLElement];
    Object.assign(row, { className: "row", href: "#" });
    archive.append(row, gone);
    const back = undo(gone);
    gone.remove();
    back.action();
    expect(archive.activeElement).toBe(row);
    row.remove();
    back.action();
    expect(archive.activeElement?.localName).toBe("button");
  });
});

describe("a library that is away", () => {
  it("is said above every tab, with what is in the way, until it is back", async () => {
    const away = await panel({ options: { library_away: { text_key: "disk_gone", values: { disk: "NAS" } } } });
    expect(textOf(find(away, ".message")!)).toContain("NAS is gone.");
    expect(find(away, "bvp-archive")).not.toBeNull();
    expect(find(await panel(), ".message")).toBeNull();
  });
});
