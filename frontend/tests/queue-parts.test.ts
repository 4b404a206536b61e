import { html, render } from "lit";
import { describe, expect, it } from "vitest";
import type { Job } from "../src/api/types";
import { QueueActions } from "../src/screens/queue-actions";
import { buttons } from "../src/screens/queue-parts";
import { fakeApp, OF_ALL } from "./fake_app";

function shown(waiting: { key: string; text_key: string }): HTMLElement {
  const { app } = fakeApp();
  const job = {
    ...OF_ALL,
    id: "j",
    state: "waiting",
    verbs: ["complete", "fail"],
    waiting: { ...waiting, values: {}, wrong_model: null },
    download: "/file",
  } as unknown as Job;
  const place = document.createElement("div");
  render(html`${buttons(app, new QueueActions(app, () => undefined), [job], false)}`, place);
  return place;
}

describe("the buttons of a job that was started", () => {
  it("have the file for whoever prints it by hand, and ask first whether it is printed", () => {
    const byHand = shown({ key: "no_printer_connection", text_key: "waiting_started" });
    expect(byHand.querySelector("a[download]")!.getAttribute("href")).toBe("/file");
    expect(byHand.querySelector(".primary")!.textContent.trim()).toBe("Printed");
  });

  it("have neither while a printer is to print it", () => {
    const planned = shown({ key: "no_printer_connection", text_key: "waiting_for_plan" });
    expect(planned.querySelector("a[download]")).toBeNull();
    expect(planned.querySelector(".primary")).toBeNull();
  });
});
