import { afterEach, describe, expect, it, vi } from "vitest";
import type { Job, Upload } from "../src/api/types";
import type { BvpMenu, MenuItem } from "../src/parts/menu";
import { copy } from "../src/parts/copy";
import "../src/screens/upload";
import { menuItems } from "../src/screens/queue-parts";
import { QueueActions } from "../src/screens/queue-actions";
import { OF_ALL, fakeApp, find, show } from "./fake_app";

const FILE = {
  ...OF_ALL, id: "a", name: "Planter", printer: "Garage", source_ip: "10.0.0.50", received_at: "2026-11-28T22:59:00+00:00",
  sliced_for: "", plate_count: 1, print_time_s: null, filament_g: null, filament_types: [], filament_colors: [],
  tags: [], notes: "", project: "", link: "", size_bytes: 1, cost: null, download: null,
  plan: { target: "none", target_name: null },
} as unknown as Upload;
const JOB = {
  id: "j", archive_id: "f", name: "Planter", state: "pending", position: 1, verbs: [], waiting: null, download: null,
  target: "none", copying: null, ...OF_ALL,
} as unknown as Job;

/** Browsers without HTTPS: what was copied the old way. */
function withoutHttps(works = true): string[] {
  const copied: string[] = [];
  Object.defineProperty(document, "execCommand", {
    configurable: true,
    value: () => {
      copied.push(find<HTMLTextAreaElement>(document, "textarea")!.value);
      return works;
    },
  });
  vi.stubGlobal("navigator", { ...navigator, clipboard: undefined });
  return copied;
}

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe("copying, where the page has no HTTPS", () => {
  it("gives the address of a pending file", async () => {
    const copied = withoutHttps();
    const { app, toasts } = fakeApp({ upload: () => new Promise(() => undefined) });
    const element = await show("bvp-upload", { app, upload: FILE });
    const menu = find<BvpMenu>(element.renderRoot, "bvp-menu")!;
    const item = menu.items.find((each) => each && each.label === "Copy link") as MenuItem;
    item.onClick!(menu);
    await vi.waitFor(() => expect(toasts).toEqual(["The link is on the clipboard."]));
    expect(copied).toEqual([`${location.origin}/bambu-prints/inbox/a`]);
  });

  it("gives the address of a job", async () => {
    const copied = withoutHttps();
    const { app, toasts } = fakeApp();
    const items = menuItems(app, new QueueActions(app, () => undefined), [JOB], false);
    const item = items.find((each) => each && each.label === "Copy link") as MenuItem;
    item.onClick!(document.body);
    await vi.waitFor(() => expect(toasts).toEqual(["The link is on the clipboard."]));
    expect(copied).toEqual([`${location.origin}/bambu-prints/queue/j`]);
  });

  it("leaves the focus where it was, and says where it does not work", async () => {
    withoutHttps(false);
    const { app, toasts } = fakeApp();
    const button = document.createElement("button");
    document.body.append(button);
    button.focus();
    await copy(app, document.body, "secret");
    expect(document.activeElement).toBe(button);
    expect(toasts).toEqual([app.t("printers.not_copied")]);
    expect(find(document, "textarea")).toBeNull();
  });
});
