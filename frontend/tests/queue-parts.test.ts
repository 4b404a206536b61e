import { html, render } from "lit";
import { describe, expect, it, vi } from "vitest";
import type { Job } from "../src/api/types";
import type { BvpMenu } from "../src/parts/menu";
import { QueueActions } from "../src/screens/queue-actions";
import { buttons, statusPart } from "../src/screens/queue-parts";
import { fakeApp, live, OF_ALL, real, textOf, virtual } from "./fake_app";

const BY_HAND = { key: "no_printer_connection", text_key: "waiting_started" };

function started(waiting: { key: string; text_key: string }, parts: Partial<Job> = {}): Job {
  return {
    ...OF_ALL,
    id: "j",
    state: "waiting",
    verbs: ["complete", "fail"],
    waiting: { ...waiting, values: {}, wrong_model: null },
    download: "/file",
    name: "Cube",
    plate_count: 1,
    sliced_for: "Bambu Lab X1 Carbon",
    priority: "normal",
    ...parts,
  } as unknown as Job;
}

function shown(
  waiting: { key: string; text_key: string },
  parts: Partial<Job> = {},
  { app } = fakeApp(),
): HTMLElement {
  const job = started(waiting, parts);
  const place = document.createElement("div");
  render(html`${buttons(app, new QueueActions(app, () => undefined), [job], false)}`, place);
  return place;
}

describe("the buttons of a job that was started", () => {
  it("have the file for whoever prints it by hand, and ask first whether it is printed", () => {
    const byHand = shown(BY_HAND);
    expect(byHand.querySelector("a[download]")!.getAttribute("href")).toBe("/file");
    expect(byHand.querySelector(".primary")!.textContent.trim()).toBe("Printed");
  });

  it("have neither while a printer is to print it", () => {
    const planned = shown({ key: "no_printer_connection", text_key: "waiting_for_plan" });
    expect(planned.querySelector("a[download]")).toBeNull();
    expect(planned.querySelector(".primary")).toBeNull();
    expect(planned.querySelector("button")).toBeNull();
  });

  it("offer to start it once more where the server does", () => {
    const kept = shown(
      { key: "power_kept_off", text_key: "waiting_power_kept_off" },
      { verbs: ["start", "hold", "complete", "fail"] },
    );
    const all = [...kept.querySelectorAll("button")];
    expect(all.map((each) => each.textContent.trim())).toEqual(["Start"]);
  });
});

const PRINTERS = [
  real(),
  real({ id: "r2", name: "Attic", model: "P1S", sliced_for: "Bambu Lab P1S" }),
  virtual({ sliced_for: "Bambu Lab X1 Carbon" }),
];

describe("copying the file of a job that is printed by hand", () => {
  const copied = vi.fn(() => Promise.resolve({ copied_as: "Cube_1.gcode.3mf" }));
  const withPrinters = (copyToPrinter: unknown = copied) => {
    const fake = fakeApp({ copyToPrinter });
    fake.app.store.guess(() => live({ printers: PRINTERS }), new Promise(() => undefined));
    return fake;
  };
  const menuOf = (place: HTMLElement) => place.querySelector<BvpMenu>("bvp-menu");

  it("offers the real printers of its model, and says when it is there", async () => {
    const fake = withPrinters();
    const menu = menuOf(shown(BY_HAND, {}, fake))!;
    expect(menu.label).toBe("Copy to printer");
    const items = menu.items.flatMap((item) => item || []);
    expect(items.map((item) => item.label)).toEqual(["Workshop"]);
    items[0]!.onClick!(document.body);
    await vi.waitFor(() => expect(fake.toasts).toHaveLength(1));
    expect(copied).toHaveBeenCalledWith("j", "r1");
    expect(fake.toasts[0]).toBe("Cube is on Workshop. Start it there.");
  });

  it("says what was in the way", async () => {
    const fake = withPrinters(() => Promise.reject({ code: "refused" }));
    const [item] = menuOf(shown(BY_HAND, {}, fake))!.items;
    if (item) item.onClick!(document.body);
    await vi.waitFor(() => expect(fake.toasts).toEqual(["refused"]));
  });

  it("is offered neither to those who may not decide nor while a printer is to print it", () => {
    const fake = withPrinters();
    expect(menuOf(shown(BY_HAND, { rights: ["see", "work"] }, fake))).toBeNull();
    const planned = { key: "no_printer_connection", text_key: "waiting_for_plan" };
    expect(menuOf(shown(planned, {}, fake))).toBeNull();
    expect(menuOf(shown(BY_HAND, { sliced_for: "Bambu Lab A1" }, fake))).toBeNull();
  });

  it("shows how far it is, and waits for its end", () => {
    const fake = withPrinters();
    const copying = { copying: { printer_id: "r1", progress: 40 } };
    expect(menuOf(shown(BY_HAND, copying, fake))!.disabled).toBe(true);
    const place = document.createElement("div");
    const job = started(BY_HAND, copying);
    const actions = new QueueActions(fake.app, () => undefined);
    render(html`${statusPart(fake.app, actions, [job], false)}`, place);
    expect(textOf(place)).toContain("Copying to Workshop");
    expect(place.querySelector("progress")!.value).toBe(40);
  });
});
