import { describe, expect, it } from "vitest";
import { qrPath } from "../src/parts/qr-dialog";
import { fakeApp, show } from "./fake_app";

describe("the code of a link", () => {
  it("has the three patterns by which readers find it, and a margin", () => {
    const { path, size } = qrPath("http://homeassistant.local:8123/bambu-prints/archive/01K");
    const dark = new Set(path.match(/M\d+ \d+/g));
    const count = size - 8;
    const isFinder = (column: number, row: number) =>
      [0, 1, 2, 3, 4, 5, 6].every((at) => dark.has(`M${column + at + 4} ${row + 4}`)) &&
      !dark.has(`M${column + 5} ${row + 5}`) &&
      dark.has(`M${column + 6} ${row + 6}`);
    expect(isFinder(0, 0) && isFinder(count - 7, 0) && isFinder(0, count - 7)).toBe(true);
    expect([...dark].some((each) => /M[0-3] /.test(each))).toBe(false);
  });

  it("is shown with the link in words", async () => {
    const element = await show("bvp-qr-dialog", { app: fakeApp().app, link: "http://ha/x" });
    expect(element.shadowRoot!.querySelector("svg")!.getAttribute("aria-label")).toBe(
      "QR code of the link",
    );
    expect(element.shadowRoot!.querySelector("a")!.href).toBe("http://ha/x");
  });
});
