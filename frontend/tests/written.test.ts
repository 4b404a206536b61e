import { describe, expect, it, vi } from "vitest";
import type { ArchiveDetails, NoteFields, Right, Upload } from "../src/api/types";
import "../src/parts/written";
import type { WrittenFile } from "../src/parts/written";
import "../src/screens/archive-detail";
import "../src/screens/upload";
import { ALL_RIGHTS, all, fakeApp, find, live, OF_ALL, settled, show, textOf } from "./fake_app";

const FACETS = { tags: [{ value: "gift", count: 2 }, { value: "big", count: 1 }], projects: [{ value: "Christmas", count: 1 }] };

const file = (parts: Partial<WrittenFile> = {}): WrittenFile => ({
  id: "a", notes: "", project: "", tags: [], link: "", rights: ALL_RIGHTS, ...parts,
});

async function written(of: WrittenFile, isSaved = true) {
  const save = vi.fn<(fields: NoteFields) => Promise<boolean>>(() => Promise.resolve(isSaved));
  const { app } = fakeApp({ facets: () => Promise.resolve(FACETS) });
  const element = await show("bvp-written", { app, file: of, save });
  const root = element.renderRoot as ShadowRoot;
  const press = async (label: string) => {
    all(root, "button")
      .find((each) => (each.getAttribute("aria-label") ?? textOf(each)) === label)!
      .click();
    await settled();
  };
  const field = () => root.activeElement as HTMLInputElement;
  const write = async (text: string) => {
    field().value = text;
    field().dispatchEvent(new Event("input"));
    await settled();
  };
  const key = async (name: string, more: KeyboardEventInit = {}) => {
    field().dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));
    await settled();
  };
  return { element, root, save, press, field, write, key };
}

describe("tags", () => {
  it("are added in their row with Enter, one after the other, and Escape leaves", async () => {
    const { element, root, save, press, field, write, key } = await written(file({ tags: ["big"] }));
    await press("Add tag");
    expect([...root.querySelectorAll("datalist option")].map((each) => each.getAttribute("value"))).toEqual(["gift"]);
    await write(" gift ");
    await key("Enter");
    expect(save).toHaveBeenLastCalledWith({ tags: ["big", "gift"] });
    element.file = file({ tags: ["big", "gift"] });
    await settled();
    expect([field().localName, field().value]).toEqual(["input", ""]);
    await write("red, gift");
    await key("Enter");
    expect(save).toHaveBeenLastCalledWith({ tags: ["big", "gift", "red"] });
    await write("never");
    await key("Escape");
    expect(save).toHaveBeenCalledTimes(2);
    expect(field().getAttribute("aria-label")).toBe("Add tag");
  });

  it("are added too by whoever goes on elsewhere, and Enter ends where nothing was written", async () => {
    const { root, save, press, field, write, key } = await written(file());
    await press("Add tag");
    await write("gift");
    field().dispatchEvent(new Event("blur"));
    await settled();
    expect(save).toHaveBeenCalledExactlyOnceWith({ tags: ["gift"] });
    expect(root.querySelector("input")).toBeNull();
    await press("Add tag");
    await key("Enter");
    expect(root.querySelector("input")).toBeNull();
    expect(save).toHaveBeenCalledOnce();
  });

  it("are taken away by their cross, which has a name of its own and leaves the focus in the row", async () => {
    const { save, press, field } = await written(file({ tags: ["big", "gift"] }));
    await press("Remove tag big");
    expect(save).toHaveBeenCalledWith({ tags: ["gift"] });
    expect(field().getAttribute("aria-label")).toBe("Add tag");
  });
});

describe("the project", () => {
  const choose = async (root: ShadowRoot, value: string) => {
    const list = root.querySelector("select")!;
    list.value = value;
    list.dispatchEvent(new Event("change"));
    await settled();
  };

  it("is one of those there are, none, or a new one that is written in place", async () => {
    const { root, save, write, key } = await written(file({ project: "Gifts" }));
    const options = [...root.querySelectorAll("option")];
    expect(options.map((each) => textOf(each))).toEqual(["—", "Gifts", "Christmas", "New…"]);
    expect(root.querySelector("select")!.value).toBe("Gifts");
    await choose(root, "Christmas");
    expect(save).toHaveBeenLastCalledWith({ project: "Christmas" });
    await choose(root, options.at(-1)!.value);
    await write("Easter");
    await key("Enter");
    expect(save).toHaveBeenLastCalledWith({ project: "Easter" });
    await choose(root, root.querySelectorAll("option").item(3).value);
    await write("never");
    await key("Escape");
    expect(save).toHaveBeenCalledTimes(2);
    await choose(root, "");
    expect(save).toHaveBeenLastCalledWith({ project: "" });
  });

  it("is what it was where it could not be changed", async () => {
    const { root } = await written(file({ project: "Gifts" }), false);
    await choose(root, "Christmas");
    expect(root.querySelector("select")!.value).toBe("Gifts");
  });
});

describe("notes", () => {
  it("are written in place, saved by their button or with Ctrl+Enter, and left with Cancel", async () => {
    const { element, root, save, press, field, write, key } = await written(file());
    await press("Add a note…");
    expect(field().localName).toBe("textarea");
    await write("Needs a brim");
    await press("Save");
    expect(save).toHaveBeenLastCalledWith({ notes: "Needs a brim" });
    element.file = file({ notes: "Needs a brim" });
    await settled();
    await press("Edit note");
    expect(field().value).toBe("Needs a brim");
    await write("Needs none");
    await key("Enter", { ctrlKey: true });
    expect(save).toHaveBeenLastCalledWith({ notes: "Needs none" });
    await press("Edit note");
    await write("never");
    await press("Cancel");
    expect(save).toHaveBeenCalledTimes(2);
    expect(root.querySelector("textarea")).toBeNull();
  });

  it("are not lost by what was in the way, nor by Escape", async () => {
    const { root, press, field, write, key } = await written(file(), false);
    await press("Add a note…");
    await write("Long thoughts");
    await key("Escape");
    expect(field().value).toBe("Long thoughts");
    await press("Save");
    expect(field().value).toBe("Long thoughts");
    await write("");
    await key("Escape");
    expect(root.querySelector("textarea")).toBeNull();
  });

  it("that were begun for a file are not written on the next one", async () => {
    const { element, root, press, write } = await written(file());
    await press("Add a note…");
    await write("For a");
    element.file = file({ id: "b" });
    await settled();
    expect(root.querySelector("textarea")).toBeNull();
  });
});

describe("what was written", () => {
  it("is text and nothing else to those who may not change it", async () => {
    const rights: Right[] = ["see"];
    const { root } = await written(file({ rights, tags: ["gift"], project: "Gifts", notes: "Brim", link: "https://example.org" }));
    expect(root.querySelector("button, input, select, textarea")).toBeNull();
    expect(textOf(root)).toBe("Brim Gifts gift https://example.org");
  });

  it("cannot be changed while the connection is lost", async () => {
    const { element, root } = await written(file({ tags: ["gift"] }));
    element.canAct = false;
    await settled();
    const parts = [...root.querySelectorAll<HTMLButtonElement>("button, select")];
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.filter((each) => !each.disabled)).toEqual([]);
  });
});

describe("a tag that is added to a file of the inbox", () => {
  async function tagged(editUpload: unknown) {
    const upload = {
      ...OF_ALL, ...file(), name: "Box", printer: "Garage", received_at: "2026-11-28T22:59:00+00:00", filament_types: [],
      filament_colors: [], plan: { target: "none", target_name: null },
    } as unknown as Upload;
    const { app, toasts } = fakeApp({ editUpload, upload: () => new Promise(() => undefined) });
    app.store.guess(() => live({ inbox: [upload] }), new Promise(() => undefined));
    const element = await show("bvp-upload", { app, upload });
    const saved = (find(element.renderRoot, "bvp-written") as HTMLElement & { save(fields: NoteFields): Promise<boolean> })
      .save({ tags: ["gift"] });
    return { app, toasts, saved, tags: () => app.store.state.inbox[0]!.tags };
  }

  it("shows at once", async () => {
    const { tags, saved } = await tagged(() => Promise.resolve({ results: [{ id: "a", result: "edited" }] }));
    expect(tags()).toEqual(["gift"]);
    expect(await saved).toBe(true);
    expect(tags()).toEqual(["gift"]);
  });

  it("is taken back, and it is said why, where it is refused or somebody else has decided", async () => {
    for (const [answer, says] of [
      [{ id: "a", result: "failed", error: { code: "not_allowed" } }, "not_allowed"],
      [{ id: "a", result: "already_processed" }, "Somebody has decided that already."],
    ] as const) {
      const { tags, saved, toasts } = await tagged(() => Promise.resolve({ results: [answer] }));
      expect(await saved).toBe(false);
      await settled();
      expect(tags()).toEqual([]);
      expect(toasts).toEqual([says]);
    }
  });
});

describe("a tag that is added to an archive", () => {
  const details = {
    ...OF_ALL, ...file(), name: "Box", printer: "Garage", received_at: "2026-11-28T22:59:00+00:00", filament_types: [],
    filament_colors: [], filaments: [], plates: [], photos: [], prints: [], exact: [], similar: [], nozzle_diameters_mm: [],
    sliced_for: "", slicer: "", total_layers: null, nozzle_temperature_c: null, bed_temperature_c: null, support_used: null, download: null,
  } as unknown as ArchiveDetails;

  async function tagged(updateArchives: unknown) {
    const { app, toasts } = fakeApp({ updateArchives, archive: () => Promise.resolve(details) });
    const element = await show("bvp-archive-detail", { app, archiveId: "a", version: 1 });
    await settled();
    const told: string[][] = [];
    element.addEventListener("changed", (event) => told.push((event as CustomEvent<ArchiveDetails>).detail.tags));
    const saved = (find(element.renderRoot, "bvp-written") as HTMLElement & { save(fields: NoteFields): Promise<boolean> })
      .save({ tags: ["gift"] });
    await settled();
    return { told, toasts, saved, shown: () => textOf(find(element.renderRoot, "bvp-written")!.shadowRoot!) };
  }

  it("shows at once, in the list beside it too", async () => {
    const { told, shown } = await tagged(() => new Promise(() => undefined));
    expect(told).toEqual([["gift"]]);
    expect(shown()).toContain("gift");
  });

  it("is taken back, and it is said why, where it is refused", async () => {
    for (const refuse of [
      () => Promise.reject({ code: "unauthorized" }),
      () => Promise.resolve({ archives: [], failed: [{ id: "a", error: { code: "unauthorized" } }] }),
    ]) {
      const { told, shown, saved, toasts } = await tagged(refuse);
      expect(await saved).toBe(false);
      await settled();
      expect(told).toEqual([["gift"], []]);
      expect(shown()).not.toContain("gift");
      expect(toasts).toEqual(["unauthorized"]);
    }
  });
});
