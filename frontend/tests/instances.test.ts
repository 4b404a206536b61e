import { html, render } from "lit";
import { describe, expect, it } from "vitest";
import type { Archive, Printer, Upload } from "../src/api/types";
import { sentFacts } from "../src/parts/sender";
import "../src/screens/inbox";
import "../src/screens/printers-real";
import { tile } from "../src/screens/archive-tile";
import { OF_ALL, all, fakeApp, find, live, real, show, textOf } from "./fake_app";

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
