import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Printer } from "../src/api/types";
import "../src/parts/still";
import type { BvpStill } from "../src/parts/still";
import "../src/screens/printers-real";
import { fakeApp, find, real } from "./fake_app";

const EVERY_MS = 10_000;
let sight: (isInSight: boolean) => void;
let answers: () => Promise<Response>;
const asked = vi.fn<typeof fetch>(() => answers());
const jpeg = () => Promise.resolve(new Response(new Blob(["jpeg"])));

/** Let time go on, and what waits for it come. */
const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  // A moment between two at which pictures are asked for.
  vi.useFakeTimers({ now: 1_000_004_000 });
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
        sight = (isIntersecting) => callback([{ isIntersecting }]);
      }
      observe = () => undefined;
      disconnect = () => undefined;
    },
  );
  let made = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => `blob:${++made}`);
  vi.spyOn(URL, "revokeObjectURL").mockImplementation(() => undefined);
  answers = jpeg;
  asked.mockClear();
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function still(): Promise<BvpStill> {
  const element = Object.assign(document.createElement("bvp-still"), {
    app: fakeApp().app,
    src: "/still?authSig=s",
    alt: "What it sees",
  });
  document.body.replaceChildren(element);
  await wait(0);
  return element;
}
const picture = (element: BvpStill) => element.renderRoot.querySelector("img");

describe("a still of a camera", () => {
  it("is asked for while it is in sight only, at the same moments in all browsers", async () => {
    const element = await still();
    await wait(3 * EVERY_MS);
    expect(asked).not.toHaveBeenCalled();
    sight(true);
    await wait(0);
    expect(asked).toHaveBeenCalledExactlyOnceWith("/still?authSig=s", { cache: "no-store" });
    expect([picture(element)!.getAttribute("src"), picture(element)!.alt]).toEqual(["blob:1", "What it sees"]);
    // It is four seconds past one of the moments.
    await wait(5_999);
    expect(asked).toHaveBeenCalledTimes(1);
    await wait(1);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(picture(element)!.getAttribute("src")).toBe("blob:2");
    expect(URL.revokeObjectURL).toHaveBeenCalledExactlyOnceWith("blob:1");
    sight(false);
    await wait(5 * EVERY_MS);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("is not asked for in a page that is hidden, nor once it is gone", async () => {
    const element = await still();
    sight(true);
    await wait(0);
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(5 * EVERY_MS);
    expect(asked).toHaveBeenCalledTimes(1);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(0);
    expect(asked).toHaveBeenCalledTimes(2);
    element.remove();
    await wait(5 * EVERY_MS);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(URL.revokeObjectURL).toHaveBeenLastCalledWith("blob:2");
  });

  it("is asked for once at a time, and by its new address at once where that has changed", async () => {
    const given: ((response: Response) => void)[] = [];
    answers = () => new Promise((resolve) => given.push(resolve));
    const element = await still();
    sight(true);
    await wait(EVERY_MS);
    document.dispatchEvent(new Event("visibilitychange"));
    element.src = "/still?authSig=t";
    await wait(EVERY_MS);
    expect(asked).toHaveBeenCalledTimes(1);
    given[0]!(await jpeg());
    await wait(0);
    expect(picture(element)).toBeNull();
    expect(asked).toHaveBeenLastCalledWith("/still?authSig=t", { cache: "no-store" });
    given[1]!(await jpeg());
    await wait(0);
    expect(picture(element)).not.toBeNull();
  });

  it("goes where nothing is seen any more, and comes back", async () => {
    const element = await still();
    sight(true);
    await wait(0);
    for (const broken of [
      () => Promise.resolve(new Response(null, { status: 500 })),
      () => Promise.reject(new TypeError("no network")),
    ]) {
      answers = broken;
      await wait(EVERY_MS);
      expect(picture(element)).toBeNull();
    }
    answers = jpeg;
    await wait(EVERY_MS);
    expect(picture(element)).not.toBeNull();
  });
});

describe("a printer's camera in the panel", () => {
  const shown = async (parts: Partial<Printer>) => {
    const element = Object.assign(document.createElement("bvp-real-printer"), {
      app: fakeApp().app,
      printer: real(parts),
    });
    document.body.replaceChildren(element);
    await wait(0);
    return element.renderRoot;
  };

  it("is shown as it comes where it sends pictures, as stills where it streams video", async () => {
    const pictures = await shown({ camera: "/stream", still: "/still" });
    expect(find(pictures, "img.camera")!.getAttribute("src")).toBe("/stream");
    expect(find(pictures, "bvp-still")).toBeNull();
    const video = await shown({ camera: null, still: "/still" });
    expect(find<BvpStill>(video, "bvp-still")!.src).toBe("/still");
    const none = await shown({ camera: null, still: null });
    expect(find(none, "bvp-still, img.camera")).toBeNull();
  });
});
