import { describe, expect, it, vi } from "vitest";
import "../src/parts/menu";
import type { BvpMenu, MenuItem } from "../src/parts/menu";
import { fakeApp, settled, show } from "./fake_app";

const chosen = vi.fn();

const ITEMS: (MenuItem | false)[] = [
  { label: "Hold", onClick: chosen },
  false,
  {
    label: "Print on",
    items: [
      { label: "Attic", refused: "Sliced for X1C", onClick: chosen },
      { label: "Workshop", checked: true, onClick: chosen },
    ],
  },
];

async function opened(items = ITEMS): Promise<BvpMenu> {
  chosen.mockClear();
  return show("bvp-menu", { app: fakeApp().app, label: "More", items });
}

const labels = (menu: BvpMenu) =>
  [...menu.renderRoot.querySelectorAll(".item > span:not(.icon)")].map((each) => each.textContent.trim());
const item = (menu: BvpMenu, label: string) =>
  [...menu.renderRoot.querySelectorAll<HTMLElement>(".item")].find((each) =>
    each.textContent.includes(label),
  )!;
const focused = (menu: BvpMenu) => (menu.shadowRoot!.activeElement as HTMLElement | null)?.textContent.trim();

async function press(menu: BvpMenu, key: string): Promise<KeyboardEvent> {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true });
  menu.shadowRoot!.activeElement!.dispatchEvent(event);
  await settled();
  return event;
}

describe("a menu with further menus in it", () => {
  it("shows them in its place, and leads back to where one was", async () => {
    const menu = await opened();
    expect(labels(menu)).toEqual(["Hold", "Print on"]);
    expect(item(menu, "Print on").getAttribute("aria-haspopup")).toBe("menu");
    item(menu, "Print on").click();
    await settled();
    expect(labels(menu)).toEqual(["Print on", "AtticSliced for X1C", "Workshop"]);
    expect(focused(menu)).toContain("Attic");
    item(menu, "Print on").click();
    await settled();
    expect(labels(menu)).toEqual(["Hold", "Print on"]);
    expect(focused(menu)).toBe("Print on");
  });

  it("is gone through with the keyboard, where Escape leads back before it closes", async () => {
    const menu = await opened();
    item(menu, "Print on").focus();
    await press(menu, "ArrowRight");
    expect(labels(menu)).toContain("Workshop");
    await press(menu, "ArrowDown");
    expect(focused(menu)).toContain("Workshop");
    const escape = await press(menu, "Escape");
    expect(escape.defaultPrevented).toBe(true);
    expect(labels(menu)).toEqual(["Hold", "Print on"]);
    expect((await press(menu, "Escape")).defaultPrevented).toBe(false);
  });

  it("says why something cannot be chosen, to those too who have it read out", async () => {
    const menu = await opened();
    item(menu, "Print on").click();
    await settled();
    const refused = item(menu, "Attic");
    expect(refused.textContent).toContain("Sliced for X1C");
    expect(refused.getAttribute("aria-disabled")).toBe("true");
    expect(refused.hasAttribute("disabled")).toBe(false);
    refused.click();
    expect(chosen).not.toHaveBeenCalled();
  });

  it("says which of several holds now", async () => {
    const menu = await opened();
    item(menu, "Print on").click();
    await settled();
    const held = item(menu, "Workshop");
    expect([held.getAttribute("role"), held.getAttribute("aria-checked")]).toEqual(["menuitemradio", "true"]);
    held.click();
    expect(chosen).toHaveBeenCalledOnce();
  });
});
