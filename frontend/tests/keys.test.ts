import { describe, expect, it } from "vitest";
import "../src/parts/keys-dialog";
import { all, fakeApp, show, textOf } from "./fake_app";

describe("the keys", () => {
  it("are shown with what they do", async () => {
    const { app } = fakeApp();
    const { renderRoot } = await show("bvp-keys-dialog", { app });
    const rows = all(renderRoot, "dt").map((each) => [
      textOf(each),
      textOf(each.nextElementSibling!),
    ]);
    expect(rows).toContainEqual(["g q", "Queue"]);
    expect(rows).toContainEqual(["Delete", "Discard"]);
    expect(rows).toHaveLength(15);
  });
});
