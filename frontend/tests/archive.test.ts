import { afterEach, describe, expect, it, vi } from "vitest";
import type { Archive, ArchiveDetails, ArchivePage, Plate } from "../src/api/types";
import type { Route, Toast } from "../src/app";
import { camerasOf } from "../src/cameras";
import { Format } from "../src/format";
import type { Hass } from "../src/hass";
import "../src/screens/archive";
import { deleteArchives } from "../src/screens/archive-actions";
import { ArchivePages } from "../src/screens/archive-pages";
import { addressOf, parseFilters, queryOf } from "../src/screens/archive-query";
import { shownOf } from "../src/screens/archive-window";
import type { Client } from "../src/api/client";
import { fakeApp, OF_ALL, find, live, real, settled, show, textOf } from "./fake_app";

const archive = (id: string, parts: Partial<Archive> = {}): Archive => ({
  id,
  name: `File ${id}`,
  file_name: `${id}.3mf`,
  size_bytes: 1000,
  sha256: "",
  printer: "Garage",
  printer_id: "v1",
  source_ip: "10.0.0.50",
  received_at: "2026-11-28T22:59:00+00:00",
  archived_at: "2026-11-28T22:59:00+00:00",
  title: "",
  designer: "",
  sliced_for: "Bambu Lab P1S",
  plate_count: 1,
  print_time_s: 3600,
  filament_g: 20,
  filament_types: ["PLA"],
  filament_colors: ["#00AE42"],
  cost: null,
  notes: "",
  tags: [],
  favourite: false,
  project: "",
  link: "",
  duplicate_of: null,
  duplicate_count: 1,
  print_count: 0,
  last_printed_at: null,
  last_failure: null,
  last_failed_at: null,
  photo_count: 0,
  picture: null,
  picture_small: null,
  download: "/download",
  ...OF_ALL,
  ...parts,
});

const plate = (number: number): Plate => ({
  number,
  name: `Plate name ${number}`,
  printable: true,
  print_time_s: 60,
  filament_g: 1,
  total_layers: 10,
  height_mm: 2,
  bed_type: "",
  support_used: false,
  filaments: [],
  objects: [],
  object_count: 0,
  picture: null,
  picture_small: null,
});

const details = (id: string, parts: Partial<ArchiveDetails> = {}): ArchiveDetails => ({
  ...archive(id),
  slicer: "bambu_studio",
  slicer_version: "2.5.0.66",
  printer_profile: "",
  print_profile: "",
  nozzle_diameters_mm: [0.4],
  layer_height_mm: 0.2,
  total_layers: 88,
  bed_type: "",
  bed_temperature_c: 55,
  nozzle_temperature_c: 220,
  support_used: false,
  object_count: 1,
  filaments: [],
  plates: [plate(1), plate(2)],
  photos: [],
  prints: [],
  exact: [],
  similar: [],
  ...parts,
});

const page = (ids: string[], cursor: string | null = null): ArchivePage => ({
  archives: ids.map((id) => archive(id)),
  total: ids.length,
  is_total_exact: true,
  cursor,
  facets: {
    tags: [{ value: "gift", count: 2 }],
    projects: [],
    materials: [{ value: "PLA", count: 3 }],
    colours: [{ value: "#00AE42", count: 3 }],
    sliced_for: [],
    printers: [{ id: "", value: "Nobody", count: 1 }],
    people: [{ id: "p1", value: "Anna", count: 1 }],
    instances: [
      { id: "i1", value: "House" },
      { id: "i2", value: "Cabin" },
    ],
  },
});

const route = (id: string | null = null, query = ""): Route => ({
  tab: "archive",
  id,
  query: new URLSearchParams(query),
});

async function screen(api: Record<string, unknown> = {}, at = route(), narrow = false) {
  const answers = {
    archives: vi.fn(() => Promise.resolve(page(["a", "b"]))),
    archive: vi.fn((id: string) => Promise.resolve(details(id))),
    ...api,
  };
  const made = fakeApp(answers);
  const element = await show("bvp-archive", {
    app: made.app,
    state: live(),
    route: at,
    narrow,
  });
  await settled();
  return { ...made, element, answers, root: element.renderRoot as ShadowRoot };
}

const byLabel = (root: ParentNode, label: string) =>
  find<HTMLButtonElement>(root, `[aria-label="${label}"]`)!;
const byText = (root: ParentNode, text: string): HTMLButtonElement => {
  const all: HTMLButtonElement[] = [];
  const walk = (from: ParentNode) =>
    from.querySelectorAll("*").forEach((each) => {
      if (each instanceof HTMLButtonElement && each.textContent?.trim() === text) all.push(each);
      if (each.shadowRoot) walk(each.shadowRoot);
    });
  walk(root);
  expect(all, text).not.toHaveLength(0);
  return all[0]!;
};

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("filters", () => {
  const clock = (time_zone: string) =>
    new Format(
      { language: "en", number_format: "language", time_format: "24", date_format: "language", time_zone: "server" },
      { time_zone, unit_system: { mass: "g" } },
      "",
    );

  it("come from the address and go back into it", () => {
    const address =
      "q=gift&tag=home&material=PLA&colour=%2300AE42&printer=v1&person=p1&instance=i1&printed=no&fav=1&from=2026-11-01&to=2026-11-30&sort=name";
    const filters = parseFilters(new URLSearchParams(address));
    expect(new URLSearchParams(addressOf(filters)).toString()).toBe(address);
    expect(queryOf(filters, clock("Asia/Tokyo"))).toEqual({
      search: "gift",
      tags: ["home"],
      filament: "PLA",
      colour: "#00AE42",
      printer_id: "v1",
      person: "p1",
      instance: "i1",
      printed: false,
      favourite: true,
      received_after: "2026-10-31T15:00:00.000Z",
      received_before: "2026-11-30T15:00:00.000Z",
      sort: "name",
    });
  });

  it("mean the days of the clock that files are shown by, of 23 and 25 hours too", () => {
    const of = (day: string) => {
      const filters = parseFilters(new URLSearchParams({ from: day, to: day }));
      const { received_after, received_before } = queryOf(filters, clock("Europe/Berlin"));
      return [received_after, received_before];
    };
    expect(of("2026-03-29")).toEqual(["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"]);
    expect(of("2026-10-25")).toEqual(["2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"]);
  });

  it("leave out of an address what the server would refuse", () => {
    const filters = parseFilters(
      new URLSearchParams("colour=red&printed=maybe&sort=luck&from=2026-13-99&fav=yes"),
    );
    expect(queryOf(filters, clock("UTC"))).toEqual({ sort: "newest" });
  });
});

describe("pages of archives", () => {
  it("take the last search's answer, in whatever order they come", async () => {
    const waiting: ((found: ArchivePage) => void)[] = [];
    const api = { archives: () => new Promise((resolve) => waiting.push(resolve)) };
    const pages = new ArchivePages(() => api as unknown as Client, () => undefined);
    void pages.load({ search: "a" });
    void pages.load({ search: "ab" });
    waiting[1]!(page(["new"]));
    await settled();
    waiting[0]!(page(["old"]));
    await settled();
    expect(pages.items.map((each) => each.id)).toEqual(["new"]);
  });

  it("load one page after another, and show none twice", async () => {
    const archives = vi
      .fn()
      .mockResolvedValueOnce(page(["a", "b"], "next"))
      .mockResolvedValueOnce(page(["b", "c"]));
    const pages = new ArchivePages(() => ({ archives }) as unknown as Client, () => undefined);
    await pages.load({});
    await pages.more();
    await pages.more();
    expect(pages.items.map((each) => each.id)).toEqual(["a", "b", "c"]);
    expect(archives).toHaveBeenCalledTimes(2);
    expect(archives).toHaveBeenLastCalledWith({ limit: 60, cursor: "next", facets: false });
  });
});

describe("the archive", () => {
  it("searches a moment after the last letter, and keeps what is being typed", async () => {
    const { root, app } = await screen();
    vi.useFakeTimers();
    const input = find<HTMLInputElement>(root, "#search")!;
    for (const text of ["g", "gi", "gif"]) {
      input.value = text;
      input.dispatchEvent(new Event("input"));
      vi.advanceTimersByTime(100);
    }
    expect(app.go).not.toHaveBeenCalled();
    vi.advanceTimersByTime(300);
    expect(app.go).toHaveBeenCalledTimes(1);
    expect(app.go).toHaveBeenCalledWith("archive", null, { q: "gif" }, true);
    expect(input.value).toBe("gif");
  });

  it("asks the server for what the address says", async () => {
    const { answers, root } = await screen({}, route(null, "material=PLA&fav=1"));
    expect(answers.archives).toHaveBeenCalledWith({
      sort: "newest",
      filament: "PLA",
      favourite: true,
      limit: 60,
      facets: true,
    });
    expect(textOf(root)).toContain("Filters (2)");
  });

  it("offers the materials and colours there are, one tap away", async () => {
    const facets = {
      ...page([]).facets!,
      materials: [
        { value: "PLA", count: 3 },
        { value: "PETG", count: 1 },
      ],
      colours: [
        { value: "#00AE42", count: 3 },
        { value: "#000000", count: 1 },
      ],
    };
    const { root, app } = await screen({
      archives: () => Promise.resolve({ ...page(["a"]), facets }),
    });
    const filters = root.querySelector("bvp-archive-filters")!.shadowRoot!;
    byText(filters, "PETG").click();
    expect(app.go).toHaveBeenLastCalledWith("archive", null, { material: "PETG" }, false);
    filters.querySelector<HTMLButtonElement>(".quick .colour")!.click();
    expect(app.go).toHaveBeenLastCalledWith("archive", null, { colour: "#00AE42" }, false);
  });

  it("offers no printer that cannot be asked for", async () => {
    const { root } = await screen();
    byText(root, "Filters").click();
    await settled();
    expect(textOf(root)).not.toContain("Nobody");
  });

  it("says what to do when nothing matches, and clears the filters", async () => {
    const { root, app } = await screen(
      { archives: () => Promise.resolve(page([])) },
      route(null, "q=zzz&sort=name"),
    );
    expect(textOf(root)).toContain("No file matches.");
    byText(root, "Clear filters").click();
    expect(app.go).toHaveBeenCalledWith("archive", null, { sort: "name" }, false);
  });

  it("says what went wrong, and tries again", async () => {
    const archives = vi
      .fn()
      .mockRejectedValueOnce({ code: "failed" })
      .mockResolvedValueOnce(page(["a"]));
    const { root } = await screen({ archives });
    expect(textOf(root)).toContain("failed");
    byText(root, "Try again").click();
    await settled();
    expect(textOf(root)).toContain("File a");
  });

  it("looks again when the library has got or lost a file", async () => {
    const { element, answers } = await screen();
    const stats = { archives: 2, ever_archived: 2, printed: 0 };
    element.state = live({ stats: stats as never });
    await settled();
    expect(answers.archives).toHaveBeenCalledTimes(1);
    element.state = live({ stats: { ...stats, archives: 3, ever_archived: 3 } as never });
    await settled();
    expect(answers.archives).toHaveBeenCalledTimes(2);
  });

  it("queues a single plate without a choice of plates", async () => {
    const queueArchive = vi.fn(() => Promise.resolve({ jobs: [{ id: "j1" }] }));
    const { root, toasts } = await screen({ queueArchive }, route("a"));
    byLabel(root, "Print Plate name 2 again").click();
    await settled();
    byText(root, "Queue 1 job").click();
    await settled();
    expect(queueArchive).toHaveBeenCalledWith("a", expect.objectContaining({ plates: [2] }));
    expect(toasts).toEqual(["1 job added to the queue"]);
  });

  it("tags each chosen file with what it has and the new tag", async () => {
    const updateArchives = vi.fn((ids: string[], changes: object) =>
      Promise.resolve({ archives: ids.map((id) => archive(id, changes)), failed: [] }),
    );
    const found = page(["a", "b"]);
    found.archives[1]!.tags = ["home"];
    const { root } = await screen({ archives: () => Promise.resolve(found), updateArchives });
    byText(root, "Select").click();
    await settled();
    byText(root, "Select all").click();
    await settled();
    expect(textOf(root)).toContain("2 selected");
    byText(root, "Tag").click();
    await settled();
    byText(root, "gift").click();
    await settled();
    expect(updateArchives.mock.calls).toEqual([
      [["a"], { tags: ["gift"] }],
      [["b"], { tags: ["home", "gift"] }],
    ]);
  });

  it("asks before it deletes, and shows what is gone no more", async () => {
    const deleteArchives = vi.fn(() => Promise.resolve({ deleted: ["a"], failed: [], undo: null }));
    const { root, app } = await screen({ deleteArchives }, route("a"));
    byText(root, "Delete…").click();
    await settled();
    expect(deleteArchives).not.toHaveBeenCalled();
    byText(root, "Delete").click();
    await settled();
    expect(deleteArchives).toHaveBeenCalledWith(["a"], false);
    expect(find(root, "#tile-a")).toBeNull();
    expect(app.go).toHaveBeenCalledWith("archive", null, {}, true);
  });

  it("takes a favourite from the server's answer", async () => {
    const updateArchives = () =>
      Promise.resolve({ archives: [archive("a", { favourite: true })], failed: [] });
    const { root } = await screen({ updateArchives });
    byLabel(root, "Favorite: File a").click();
    await settled();
    expect(byLabel(root, "Favorite: File a").getAttribute("aria-pressed")).toBe("true");
  });

  it("says when a file is not there any more", async () => {
    const { root } = await screen(
      { archive: () => Promise.reject({ code: "not_found" }) },
      route("gone"),
      true,
    );
    expect(textOf(root)).toContain("not_found");
  });

  it("follows no link but one of the web", async () => {
    const { root } = await screen(
      { archive: () => Promise.resolve(details("a", { link: "javascript:alert(1)" })) },
      route("a"),
    );
    expect(find(root, 'a[href^="javascript"]')).toBeNull();
  });
});

describe("the focus in the archive", () => {
  it("is among the files again where the one that was open is deleted", async () => {
    const { element, root } = await screen(
      { deleteArchives: () => Promise.resolve({ deleted: ["a"], failed: [], undo: null }) },
      route("a"),
    );
    byLabel(find(root, "bvp-archive-detail")!.shadowRoot!, "Close").focus();
    find(root, "bvp-archive-detail")!.dispatchEvent(new CustomEvent("remove", { detail: { id: "a" } }));
    await settled();
    find(root, "bvp-archive-delete")!.dispatchEvent(new CustomEvent("delete", { detail: false }));
    element.route = route();
    await settled();
    await settled();
    expect(root.activeElement?.matches(".link")).toBe(true);
  });
});

describe("arrow keys", () => {
  it("lead from file to file once one has the focus, and leave the page alone before", async () => {
    const { root } = await screen();
    const press = (key: string) =>
      document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    expect(press("ArrowDown")).toBe(true);
    expect(root.activeElement).toBeNull();
    const at = () => [...root.querySelectorAll(".link")].indexOf(root.activeElement!);
    press("j");
    expect(at()).toBe(0);
    press("ArrowRight");
    expect(at()).toBe(1);
    press("ArrowUp");
    expect(at()).toBe(0);
  });
});

describe("photos", () => {
  it("are counted on tiles, also when one was added or removed beside them", async () => {
    const photo = (id: string) => ({ photo_id: id, added_at: "2026-11-28T22:59:00+00:00", content_type: "image/jpeg", size_bytes: 1, url: `/${id}` });
    let photos = [photo("p1")];
    const removePhoto = vi.fn(() => {
      photos = [];
      return Promise.resolve();
    });
    const { root } = await screen(
      {
        removePhoto,
        archives: () => {
          const found = page(["a", "b", "c"]);
          const [a, b, c] = found.archives;
          return Promise.resolve({ ...found, archives: [{ ...a!, photo_count: 1 }, b!, { ...c!, photo_count: null }] });
        },
        archive: (id: string) => Promise.resolve(details(id, { photos, photo_count: photos.length })),
      },
      route("a"),
    );
    const badges = () => ["a", "b", "c"].map((id) => textOf(find(root, `#tile-${id} .badges`)!));
    expect(badges()).toEqual([expect.stringMatching(/1\s*1 photo$/), "", ""]);
    expect(find(root, "#tile-a .badge")!.title).toBe("1 photo");
    byLabel(root, "Remove photo").click();
    await settled();
    byText(find(root, "bvp-text-dialog")!.shadowRoot!, "Delete").click();
    await settled();
    expect(removePhoto).toHaveBeenCalledWith("a", "p1");
    expect(badges()).toEqual(["", "", ""]);
  });

  const CAMERAS = [
    { id: "camera.attic", name: "Attic", device: null, picture: "/api/camera_proxy/camera.attic?token=1" },
    { id: "camera.x1", name: "X1", device: "d1", picture: "/api/camera_proxy/camera.x1?token=2" },
  ];

  it("are taken from a camera: first from the one of the printer that printed it", async () => {
    const takePhoto = vi.fn(() => Promise.resolve({}));
    const status = { text_key: "job_completed", values: {} };
    const prints = [
      { ...OF_ALL, machine_id: "r1", id: "j", archive_id: "a", state: "completed", status, verbs: [], plate: 1, plate_count: 1, filament_colors: [], filament_types: [], error: "", problem: null },
    ];
    const { app, root } = await screen(
      {
        takePhoto,
        archive: (id: string) => Promise.resolve(details(id, { prints: prints as never })),
      },
      route("a"),
    );
    app.cameras = () => CAMERAS;
    app.store.guess(
      (state) => ({ ...state, printers: [real({ device_id: "d1" })] }),
      new Promise(() => undefined),
    );
    const detail = find(root, "bvp-archive-detail") as unknown as { requestUpdate(): void };
    detail.requestUpdate();
    await settled();
    byLabel(root, "Photo from a camera").click();
    await vi.waitFor(() => expect(find(root, "bvp-camera-dialog")).not.toBeNull());
    await settled();
    const picture = find<HTMLImageElement>(find(root, "bvp-camera-dialog")!.shadowRoot!, "img")!;
    expect(picture.getAttribute("src")).toMatch(/^\/api\/camera_proxy\/camera\.x1\?token=2&moment=\d+$/);
    byText(root, "Take photo").click();
    await settled();
    expect(takePhoto).toHaveBeenCalledWith("a", "camera.x1");
    expect(find(root, "bvp-camera-dialog")).toBeNull();
  });

  it("are not offered from a camera where there is none", async () => {
    const { root } = await screen({}, route("a"));
    expect(byLabel(root, "Photo from a camera")).toBeNull();
  });

  it("are of cameras that can be seen, and of images of others", () => {
    const state = (picture?: string, text = "idle") => ({
      state: text,
      attributes: { friendly_name: "X", entity_picture: picture },
    });
    const hass = {
      states: {
        "image.ours": state("/a"),
        "image.cover": state("/b"),
        "camera.off": state("/c", "unavailable"),
        "camera.none": state(),
        "camera.hidden": state("/d"),
        "camera.x": state("/e"),
        "light.x": state("/f"),
      },
      entities: {
        "image.ours": { platform: "bambu_virtual_printer" },
        "camera.hidden": { hidden: true },
      },
    } as unknown as Hass;
    expect(camerasOf(hass).map((each) => each.id)).toEqual(["camera.x", "image.cover"]);
  });
});

describe("thousands of tiles", () => {
  const layout = { columns: 4, rowHeight: 300 };

  it("are drawn where they are in sight, and take their room elsewhere", () => {
    const shown = shownOf(5000, layout, 30_000, 900);
    expect(shown.from).toBe(4 * 96);
    expect(shown.to).toBe(4 * 107);
    expect(shown.before).toBe(96 * 300);
    expect(shown.before + ((shown.to - shown.from) / 4) * 300 + shown.after).toBe(1250 * 300);
  });

  it("end with a row that is not full", () => {
    expect(shownOf(10, layout, 0, 900)).toEqual({ from: 0, to: 10, before: 0, after: 0 });
    expect(shownOf(10, layout, 99_999, 900)).toEqual({ from: 0, to: 10, before: 0, after: 0 });
  });

  it("are a first few before anything was measured", () => {
    expect(shownOf(5000, null, 0, 900).to).toBe(60);
  });
});

describe("deleting", () => {
  it("can be undone", async () => {
    const restoreArchives = vi.fn(() => Promise.resolve({ archives: [{}], failed: [] }));
    const { app } = fakeApp({
      deleteArchives: () =>
        Promise.resolve({ deleted: ["a"], failed: [], undo: { ids: ["a"], until: "" } }),
      restoreArchives,
    });
    const told: Toast[] = [];
    app.toast = (toast) => void told.push(toast as Toast);
    expect(await deleteArchives(app, [{ id: "a" } as Archive], false)).toEqual(["a"]);
    told[0]!.action!.run();
    await settled();
    expect(restoreArchives).toHaveBeenCalledWith(["a"]);
    expect(told.at(-1)).toBe("1 file is back in the archive");
  });
});

describe("deleting several", () => {
  it("can be undone although one was refused", async () => {
    const { app } = fakeApp({
      deleteArchives: () =>
        Promise.resolve({
          deleted: ["a"],
          failed: [{ id: "b", error: { code: "failed", message: "A printer is busy with it." } }],
          undo: { ids: ["a"], until: "" },
        }),
    });
    const told: Toast[] = [];
    app.toast = (toast) => void told.push(toast as Toast);
    const both = [{ id: "a", name: "Planter" }, { id: "b", name: "Box" }] as Archive[];
    expect(await deleteArchives(app, both, false)).toEqual(["a"]);
    expect(told).toHaveLength(1);
    expect(told[0]!.message).toContain("Box: ");
    expect(told[0]!.action).toBeDefined();
  });
});

describe("a file that cannot be queued", () => {
  const refused = (id: string) =>
    Promise.resolve(details(id, { not_queueable: { text_key: "gcode_for_no_printer", values: {} } }));

  it("says why on its page, and has its buttons to queue greyed out", async () => {
    const { root } = await screen({ archive: refused }, route("a"));
    const detail = find(root, "bvp-archive-detail")!.shadowRoot!;
    expect(textOf(find(detail, ".alert.info")!)).toContain("gcode_for_no_printer");
    expect(byText(detail, "Print again").disabled).toBe(true);
    expect(byLabel(detail, "Print Plate name 1 again").disabled).toBe(true);
  });

  it("says nothing of that to those who may not queue, and nothing where it can be queued", async () => {
    const bare = (id: string) => refused(id).then((found) => ({ ...found, rights: ["see"] as const }));
    const { root } = await screen({ archive: bare }, route("a"));
    expect(find(root, ".alert.info")).toBeNull();
    const { root: other } = await screen({}, route("a"));
    expect(find(other, ".alert.info")).toBeNull();
    expect(byText(other, "Print again").disabled).toBe(false);
  });
});
