import { afterEach, describe, expect, it, vi } from "vitest";
import type { Job, Right, Upload } from "../src/api/types";
import type { Route } from "../src/app";
import "../src/screens/inbox";
import "../src/screens/queue";
import "../src/screens/stats";
import { ofPerson, peopleOf } from "../src/screens/queue-model";
import { Store } from "../src/store";
import { ALL_RIGHTS, OF_ALL, fakeApp, find, live, settled, show, textOf } from "./fake_app";

const REVIEWED: Right[] = ["see", "work", "delete"];
const ANNA = { sender: "Anna", person_id: "p1", intent: "print" } as const;

const upload = (id: string, parts: Partial<Upload> = {}): Upload =>
  ({
    id,
    name: `File ${id}`,
    printer: "Garage",
    printer_id: "v1",
    source_ip: "10.0.0.50",
    received_at: "2026-11-28T22:59:00+00:00",
    plate_count: 1,
    print_time_s: null,
    filament_g: null,
    filament_types: [],
    filament_colors: [],
    size_bytes: 1,
    cost: null,
    tags: [],
    plan: { target: "none", target_name: null },
    ...OF_ALL,
    ...parts,
  }) as Upload;

const job = (id: string, parts: Partial<Job> = {}): Job =>
  ({
    id,
    archive_id: `of-${id}`,
    name: `Job ${id}`,
    state: "pending",
    position: 1,
    target: "none",
    target_name: null,
    machine_id: null,
    question: null,
    verbs: [],
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
    answers: [],
    ...OF_ALL,
    ...parts,
  }) as Job;

const route = (tab: Route["tab"], query = ""): Route => ({
  tab,
  id: null,
  query: new URLSearchParams(query),
});

async function inbox(uploads: Upload[]) {
  const made = fakeApp({ upload: () => new Promise(() => undefined) });
  const element = await show("bvp-inbox", {
    app: made.app,
    state: live({ inbox: uploads }),
    route: route("inbox"),
  });
  return { ...made, root: element.renderRoot as ShadowRoot };
}

async function queue(jobs: Job[], query = "") {
  const history = vi.fn(() => Promise.resolve({ jobs: [], total: 0, cursor: null }));
  const made = fakeApp({ history });
  const element = await show("bvp-queue", {
    app: made.app,
    state: live({ queue: jobs }),
    route: route("queue", query),
  });
  await settled();
  return { ...made, history, root: element.renderRoot as ShadowRoot };
}

afterEach(() => document.body.replaceChildren());

describe("who sent it", () => {
  it("stands in the inbox, in the place of the address", async () => {
    const { root } = await inbox([upload("a", ANNA), upload("b")]);
    expect(textOf(root)).toContain("Anna · Garage");
    expect(textOf(root)).toContain("Sent to Garage by Anna");
    expect(textOf(root)).not.toContain("10.0.0.50");
  });

  it("stands on jobs, with the button that was pressed", async () => {
    const { root } = await queue([job("a", ANNA), job("b")]);
    expect(textOf(root)).toContain("Sent by : Anna");
    expect(textOf(root).match(/Sent with Print/g)).toHaveLength(1);
  });

  it("chooses jobs, and the history is asked for that person", async () => {
    const jobs = [job("a", ANNA), job("b")];
    expect([...peopleOf(jobs)]).toEqual([["p1", "Anna"]]);
    expect(ofPerson(jobs, "p1")).toEqual([jobs[0]]);
    const { root, history } = await queue(jobs, "person=p1");
    expect(textOf(root)).toContain("Job a");
    expect(textOf(root)).not.toContain("Job b");
    expect(history).toHaveBeenLastCalledWith(50, null, "p1", "");
  });

  it("is chosen from a list, and keeps the other filter", async () => {
    const { root, app } = await queue([job("a", ANNA), job("b", { target: "r1" })], "printer=none");
    const select = find<HTMLSelectElement>(root, '[aria-label="Person"]')!;
    expect(textOf(select)).toBe("Everybody Anna");
    select.value = "p1";
    select.dispatchEvent(new Event("change"));
    expect(app.go).toHaveBeenCalledWith("queue", null, { printer: "none", person: "p1" }, true);
  });
});

describe("the lanes of the queue", () => {
  const jobs = [job("a", ANNA), job("b", { target: "r1" })];

  it("keep to the person that was chosen, and say nothing of who has none of their jobs", async () => {
    const { root } = await queue(jobs, "view=lanes&person=p1");
    const lanes = textOf(find(root, "bvp-queue-lanes")!.shadowRoot!);
    expect(lanes).toContain("Job a");
    expect(lanes).not.toContain("Job b");
    expect(find(root, '[aria-label="Person"]')).not.toBeNull();
  });

  it("are that of the printer that was chosen alone, and keep it when the view is another", async () => {
    const { root, app } = await queue(jobs, "view=lanes&printer=r1");
    const lanes = [...find(root, "bvp-queue-lanes")!.shadowRoot!.querySelectorAll<HTMLElement>(".lane")];
    expect(lanes.map((each) => each.dataset.lane)).toEqual(["r1"]);
    find(root, '.views [aria-label="List"]')!.click();
    expect(app.go).toHaveBeenLastCalledWith("queue", null, { view: "list", printer: "r1" }, true);
  });

  it("say that nothing is queued for a printer that has no lane", async () => {
    const { root } = await queue(jobs, "view=lanes&printer=gone");
    expect(find(root, "bvp-queue-lanes")).toBeNull();
    expect(textOf(root)).toContain("Nothing is queued for this printer.");
  });
});

describe("keys in the queue", () => {
  const press = (key: string) =>
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const focusedJob = () => {
    let found = document.activeElement;
    while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
    return found?.textContent.trim();
  };

  it.each(["list", "lanes"])("lead to the first job of the %s, wherever one is", async (view) => {
    await queue([job("a"), job("b")], `view=${view}`);
    press("j");
    expect(focusedJob()).toBe("Job a");
  });
});

describe("what somebody may not do", () => {
  it("is not offered in the inbox", async () => {
    const mine = await inbox([upload("a", { ...ANNA, rights: REVIEWED })]);
    expect(textOf(mine.root)).toContain("Discard");
    for (const verb of [/Archive/, /Queue(?! for)/, /Send back/])
      expect(textOf(mine.root)).not.toMatch(verb);
    const all = await inbox([upload("a", { rights: ALL_RIGHTS })]);
    for (const verb of ["Archive", "Queue", "Discard"]) expect(textOf(all.root)).toContain(verb);
  });

  it("is not done by a key either", async () => {
    const decide = vi.fn();
    const made = fakeApp({ upload: () => new Promise(() => undefined), decide });
    await show("bvp-inbox", {
      app: made.app,
      state: live({ inbox: [upload("a", { rights: REVIEWED })] }),
      route: route("inbox"),
    });
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
    expect(decide).not.toHaveBeenCalled();
  });

  it("is not offered in the queue", async () => {
    const { root } = await queue([
      job("a", { rights: ["see"], position: 1 }),
      job("b", { rights: ["see"], position: 2 }),
    ]);
    expect(find(root, ".handle")).toBeNull();
    const menu = find<HTMLElement & { items: (false | { label: string })[] }>(root, "bvp-menu")!;
    const labels = menu.items.flatMap((each) => (each ? [each.label] : []));
    expect(labels).toEqual(["Open in the archive", "Copy link"]);
  });
});

describe("who is here", () => {
  it("comes with the snapshot, and may do nothing before it", () => {
    const store = new Store();
    expect(store.state.viewer).toEqual({ rights: [], sends_to_archive: false });
  });
});

describe("limits", () => {
  const numbers = { files: 0, prints: 1, failed: 0, print_time_s: 60, filament_g: 5, cost: 0 };
  const person = {
    person_id: "p1",
    name: "Anna",
    printer: "Garage",
    reviewed: false,
    tags: ["gift"],
    machine_ids: ["m1"],
    filament_g: 250,
    limit_g: 500,
    print_time_s: 3600,
    limit_s: null,
  };

  async function stats(isAdmin: boolean, changed: unknown[] = []) {
    const page = {
      series: [{ start: "2026-11-23", ...numbers }],
      groups: { materials: [], printers: [], projects: [], people: [{ value: "Anna", ...numbers }] },
    };
    const people = { people: [person, { ...person, name: "Ben", limit_g: null }], renews_at: "2026-12-01T00:00:00+00:00" };
    const { app } = fakeApp(
      {
        stats: () => Promise.resolve(page),
        people: () => Promise.resolve(people),
        changePerson: (...given: unknown[]) => {
          changed.push(given);
          return Promise.resolve(person);
        },
      },
      isAdmin,
    );
    const element = await show("bvp-stats", {
      app,
      state: live({
        stats: { ever_archived: 1 } as never,
        targets: [
          { id: "m1", kind: "printer", name: "Cellar", sliced_for: "" },
          { id: "m2", kind: "printer", name: "Attic", sliced_for: "" },
          { id: "C12", kind: "model", name: "Any P1S", sliced_for: "" },
        ] as never,
      }),
      route: route("stats"),
    });
    await settled();
    return element.renderRoot as ShadowRoot;
  }

  it("are shown with what is used up; everybody to administrators", async () => {
    const text = textOf(await stats(true));
    expect(text).toContain("Anna · Garage");
    expect(text).toContain("250 g of 500 g");
    expect(text).toContain("Ben");
    expect(text).toContain("Add or remove people");
    expect(text).toContain("By person");
    const own = await stats(false);
    expect(textOf(own)).not.toContain("Ben");
    expect(textOf(own)).not.toContain("Add or remove people");
    expect(own.querySelector('[aria-label="Change what holds for Anna"]')).toBeNull();
  });

  it("are changed by administrators, with what else holds for somebody", async () => {
    const changed: unknown[] = [];
    const root = await stats(true, changed);
    root.querySelector<HTMLElement>('[aria-label="Change what holds for Anna"]')!.click();
    await settled();
    const dialog = root.querySelector("bvp-person-dialog")!;
    const inside = dialog.renderRoot as ShadowRoot;
    const field = (id: string) => inside.querySelector<HTMLInputElement>(`#${id}`)!;
    const printers = [...inside.querySelectorAll<HTMLInputElement>("[name=printer]")];
    expect(printers.map((each) => [each.value, each.checked])).toEqual([
      ["m1", true],
      ["m2", false],
    ]);
    expect([field("grams").value, field("hours").value, field("tags").value]).toEqual(["500", "", "gift"]);
    const save = () => [...inside.querySelectorAll<HTMLElement>("button")].at(-1)!.click();
    field("grams").value = "-1";
    save();
    await settled();
    expect(textOf(inside)).toContain("Limits are numbers from 0 to 1,000,000.");
    field("grams").value = "";
    field("hours").value = "1.5";
    field("reviewed").checked = true;
    field("tags").value = "gift, school";
    printers[1]!.checked = true;
    save();
    await settled();
    expect(changed).toEqual([
      [
        "p1",
        {
          reviewed: true,
          tags: ["gift", "school"],
          machine_ids: ["m1", "m2"],
          grams_per_month: null,
          hours_per_month: 1.5,
        },
      ],
    ]);
    expect(root.querySelector("bvp-person-dialog")).toBeNull();
  });
});
