import { afterEach, describe, expect, it, vi } from "vitest";
import "../src/parts/dialog";
import { fakeApp, settled } from "./fake_app";

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

async function open(parts: { addressed?: boolean } = {}) {
  const element = Object.assign(document.createElement("bvp-dialog"), { app: fakeApp().app, ...parts });
  document.body.append(element);
  await settled();
  return element;
}

describe("a dialog", () => {
  it("gives the focus back to what had it, unless something else has it by then", async () => {
    const [opener, other] = [document.createElement("button"), document.createElement("button")];
    document.body.append(opener, other);
    opener.focus();
    let dialog = await open();
    // As in browsers, nothing has the focus once the dialog is gone.
    opener.blur();
    dialog.remove();
    expect(document.activeElement).toBe(opener);
    dialog = await open();
    other.focus();
    dialog.remove();
    expect(document.activeElement).toBe(other);
  });

  it("has an entry of the history while it is open, and none if it has an address of its own", async () => {
    const push = vi.spyOn(history, "pushState");
    (await open({ addressed: true })).remove();
    await settled();
    expect(push).not.toHaveBeenCalled();
    await open();
    expect(push).toHaveBeenCalledTimes(1);
  });
});
