import { afterEach, describe, expect, it, vi } from "vitest";
import { pickFiles } from "../src/parts/pick-files";

function pointing(how: "coarse" | "fine"): void {
  vi.stubGlobal("matchMedia", (query: string) => ({ matches: query === `(pointer: ${how})` }));
}

function shown(): HTMLInputElement | null {
  return document.body.querySelector("input[type=file]");
}

describe("choosing files", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    shown()?.remove();
  });

  it("is by extension with a mouse, and by none with a finger, for phones grey out what they do not know", () => {
    pointing("fine");
    pickFiles({ accept: ".3mf,.gcode", multiple: true }, () => {});
    expect([shown()!.accept, shown()!.multiple]).toEqual([".3mf,.gcode", true]);
    shown()!.remove();
    pointing("coarse");
    pickFiles({ accept: ".3mf,.gcode" }, () => {});
    expect([shown()!.accept, shown()!.multiple]).toEqual(["", false]);
    shown()!.remove();
    pickFiles({ accept: "image/jpeg,image/png" }, () => {});
    expect(shown()!.accept).toBe("image/jpeg,image/png");
  });

  it("tells what was chosen, and leaves nothing in the page", () => {
    pointing("fine");
    const told: File[][] = [];
    pickFiles({ accept: ".3mf" }, (files) => told.push(files));
    const file = new File(["x"], "Cube.3mf");
    Object.defineProperty(shown()!, "files", { value: [file] });
    shown()!.dispatchEvent(new Event("change"));
    expect(told).toEqual([[file]]);
    expect(shown()).toBeNull();
    pickFiles({ accept: ".3mf" }, (files) => told.push(files));
    shown()!.dispatchEvent(new Event("cancel"));
    expect(told).toHaveLength(1);
    expect(shown()).toBeNull();
  });
});
