import { describe, expect, it } from "vitest";
import type { Printer, Stats } from "../src/api/types";
import "../src/screens/inbox";
import type { State } from "../src/store";
import { all, fakeApp, live, show, textOf, virtual } from "./fake_app";

const NEW = { ever_archived: 0, pending: 0 } as Stats;

async function shown(parts: Partial<State>) {
  const { app } = fakeApp();
  const element = await show("bvp-inbox", {
    app,
    state: live(parts),
    route: { tab: "inbox", id: null, query: new URLSearchParams() },
  });
  const steps = all(element.renderRoot, ".welcome li").map((each) => textOf(each));
  return { app, element, steps, done: steps.map((each) => each.includes("(done)")) };
}

describe("an inbox to which nothing has ever come", () => {
  it("says what to do first, and ticks what is done", async () => {
    expect((await shown({ stats: NEW, printers: [] })).done).toEqual([false, false, false]);
    const { done, steps } = await shown({ stats: NEW, printers: [virtual()] });
    expect(done).toEqual([true, false, false]);
    expect(steps[2]).toContain("choose Garage");
    const slicers = [{ ip: "192.0.2.1", client_id: "x", since: "" }];
    expect((await shown({ stats: NEW, printers: [virtual({ slicers })] })).done).toEqual([true, true, false]);
  });

  it("leads to the printer to connect a slicer", async () => {
    const { app, element } = await shown({ stats: NEW, printers: [virtual()] });
    all(element.renderRoot, "button").find((each) => textOf(each) === "Connect a slicer")!.click();
    expect(app.go).toHaveBeenCalledWith("printers", "v1");
  });

  it("is an empty one like any other once something has come", async () => {
    const come: Partial<Printer> = { uploads_received: 1 };
    expect((await shown({ stats: NEW, printers: [virtual(come)] })).steps).toEqual([]);
    const kept = { ever_archived: 3, pending: 0 } as Stats;
    expect((await shown({ stats: kept, printers: [virtual()] })).steps).toEqual([]);
  });
});
