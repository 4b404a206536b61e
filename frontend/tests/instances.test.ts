import { html, render } from "lit";
import { describe, expect, it, vi } from "vitest";
import type { Archive, Job, Printer, Upload } from "../src/api/types";
import { sentFacts } from "../src/parts/sender";
import "../src/screens/inbox";
import "../src/screens/printers-real";
import "../src/screens/queue";
import { tile } from "../src/screens/archive-tile";
import { OF_ALL, all, fakeApp, find, live, real, settled, show, textOf } from "./fake_app";

const FILE = {
  id: "a",
  name: "Planter",
  printer: "Garage",
  source_ip: "10.0.0.50",
  received_at: "2026-11-28T22:59:00+00:00",
  sliced_for: "",
  plate_count: 1,
  print_time_s: null,
  filament_g: null,
  filament_types: [],
  filament_colors: [],
  tags: [],
  plan: { target: "none", target_name: null },
  ...OF_ALL,
};

const OPTIONS = {
  canAct: true,
  isCurrent: false,
  selected: null,
  href: "",
  onOpen: () => undefined,
  onSelect: () => undefined,
  onFavourite: () => undefined,
  onAgain: () => undefined,
};

const drawn = (part: unknown): HTMLElement => {
  const place = document.createElement("div");
  render(html`${part}`, place);
  return place;
};

describe("a library that several Home Assistants share", () => {
  it.each([
    ["Cabin", true],
    [null, false],
  ])("says in the inbox that a file came in at %s, and nothing where there is one only", async (instance, says) => {
    const { app } = fakeApp({ upload: () => new Promise(() => undefined) });
    const element = await show("bvp-inbox", {
      app,
      state: live({ inbox: [{ ...FILE, instance } as unknown as Upload] }),
      route: { tab: "inbox", id: null, query: new URLSearchParams() },
    });
    expect(textOf(find(element.renderRoot, ".row")!).includes("Cabin · Garage")).toBe(says);
  });

  it("says it on a file of the archive, and with its facts", () => {
    const { app } = fakeApp();
    const archive = { ...FILE, instance: "Cabin" } as unknown as Archive;
    expect(textOf(find(drawn(tile(app, archive, OPTIONS)), ".last")!)).toContain("Cabin");
    expect(textOf(drawn(sentFacts(app, archive)))).toBe("Came in at : Cabin");
    expect(textOf(drawn(sentFacts(app, { ...archive, instance: null })))).toBe("");
  });

  const INSTANCES = [
    { id: "1", value: "House" },
    { id: "2", value: "Cabin" },
  ];
  const here = { ...FILE, id: "a", name: "Planter", instance: "House", instance_id: "1" } as unknown as Upload;
  const there = { ...FILE, id: "b", name: "Lamp", instance: "Cabin", instance_id: "2" } as unknown as Upload;
  const inbox = async (query: string, instances = INSTANCES) => {
    const { app } = fakeApp({ upload: () => new Promise(() => undefined) });
    const state = live({ inbox: [here, there] });
    const element = await show("bvp-inbox", {
      app,
      narrow: true,
      state: { ...state, options: { ...state.options, instances } },
      route: { tab: "inbox", id: null, query: new URLSearchParams(query) },
    });
    const names = () => all(element.renderRoot, ".row .name").map((each) => textOf(each));
    const choice = find<HTMLSelectElement>(element.renderRoot, "select[aria-label='Came in at']");
    return { app, element, names, choice };
  };

  it("has its inbox narrowed down to one of them, in the address, and files are opened with it", async () => {
    const { app, choice, names } = await inbox("");
    expect(names()).toEqual(["Planter", "Lamp"]);
    choice!.value = "2";
    choice!.dispatchEvent(new Event("change"));
    expect(app.go).toHaveBeenLastCalledWith("inbox", null, { instance: "2" }, true);
    const cabin = await inbox("instance=2");
    expect(cabin.names()).toEqual(["Lamp"]);
    find(cabin.element.renderRoot, ".row")!.click();
    expect(cabin.app.go).toHaveBeenLastCalledWith("inbox", "b", { instance: "2" }, false);
    expect((await inbox("instance=3")).names()).toEqual([]);
  });

  it("selects all that is shown of its inbox, not what is hidden", async () => {
    const { element } = await inbox("instance=2");
    const press = (words: string) =>
      all(element.renderRoot, "button")
        .find((each) => textOf(each) === words || each.getAttribute("aria-label") === words)!
        .click();
    press("Select");
    await settled();
    press("Select all");
    await settled();
    expect(all(element.renderRoot, ".item input").map((each) => (each as HTMLInputElement).checked)).toEqual([true]);
    expect(textOf(element.renderRoot as ShadowRoot)).toContain("Select none");
  });

  it("offers no choice where there is one only", async () => {
    expect((await inbox("", [])).choice).toBeNull();
  });

  it("has its queue and what has ended narrowed down to one of them", async () => {
    const job = (id: string, instance_id: string) =>
      ({
        ...FILE,
        id,
        archive_id: id,
        name: `Job ${id}`,
        instance_id,
        state: "pending",
        verbs: [],
        answers: [],
        filaments: [],
        copies: 1,
        copies_printed: 0,
        target: "none",
        plate: 1,
      }) as unknown as Job;
    const history = vi.fn(() => Promise.resolve({ jobs: [], total: 0, cursor: null }));
    const { app } = fakeApp({ history });
    const state = live({ queue: [job("a", "1"), job("b", "2")] });
    const element = await show("bvp-queue", {
      app,
      state: { ...state, options: { ...state.options, instances: INSTANCES } },
      route: { tab: "queue", id: null, query: new URLSearchParams("view=list&instance=2") },
    });
    await settled();
    const text = textOf(element.renderRoot as ShadowRoot);
    expect(text).toContain("Job b");
    expect(text).not.toContain("Job a");
    expect(history).toHaveBeenLastCalledWith(50, null, "", "2");
    const choice = find<HTMLSelectElement>(element.renderRoot, "select[aria-label='Came in at']")!;
    choice.value = "";
    choice.dispatchEvent(new Event("change"));
    expect(app.go).toHaveBeenLastCalledWith("queue", null, { view: "list", instance: "" }, true);
  });

  const card = async (parts: Partial<Printer>) => {
    const { app } = fakeApp();
    const printer = real({ plate_occupied: true, ...parts });
    const element = await show("bvp-real-printer", { app, printer, waiting: null, isLive: true });
    const buttons = all(element.renderRoot, "button").map((each) => textOf(each));
    return { text: textOf(element.renderRoot as ShadowRoot), clears: buttons.includes("Plate cleared") };
  };

  it("says which of them drives a real printer, where alone its plate is cleared", async () => {
    const elsewhere = await card({ driven_by: "Cabin" });
    expect(elsewhere.text).toContain("Cabin");
    expect(elsewhere.clears).toBe(false);
    expect((await card({ driven_by: null })).clears).toBe(true);
  });

  it("says that this is not known yet, and has nothing cleared meanwhile", async () => {
    const { text, clears } = await card({ driven_by: "" });
    expect(text).toContain("Not known yet which Home Assistant drives it");
    expect(clears).toBe(false);
  });
});
