import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { closeByBack, leave } from "../src/parts/back";

/** A history that goes back a moment later, as browsers' do. */
class FakeHistory {
  entries: { state: unknown; url: string }[] = [{ state: null, url: "/inbox" }];
  at = 0;
  get state() {
    return this.entries[this.at]!.state;
  }
  get shown() {
    return this.entries.slice(0, this.at + 1).map(({ url }) => url);
  }
  pushState(state: unknown, _title: string, url = this.entries[this.at]!.url) {
    this.entries = [...this.entries.slice(0, this.at + 1), { state, url }];
    this.at++;
  }
  replaceState(state: unknown, _title: string, url = this.entries[this.at]!.url) {
    this.entries[this.at] = { state, url };
  }
  go(by: number) {
    setTimeout(() => {
      this.at = Math.max(0, this.at + by);
      window.dispatchEvent(new Event("popstate"));
    }, 5);
  }
}

let fake: FakeHistory;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeHistory();
  vi.stubGlobal("history", fake);
});
afterEach(() => {
  vi.runAllTimers();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Go to another address as the panel does. */
const navigate = (url: string, replace = false) =>
  leave(replace, (replacing) =>
    replacing ? fake.replaceState(null, "", url) : fake.pushState(null, "", url),
  );

describe("what is open over a page", () => {
  it("is closed by Back, and the page stays", () => {
    const close = vi.fn();
    closeByBack(close);
    vi.runAllTimers();
    expect(fake.shown).toEqual(["/inbox", "/inbox"]);
    fake.go(-1);
    vi.runAllTimers();
    expect(close).toHaveBeenCalledTimes(1);
    expect(fake.shown).toEqual(["/inbox"]);
  });

  it("leaves nothing for Back when it was closed otherwise", () => {
    const close = vi.fn();
    const release = closeByBack(close);
    vi.runAllTimers();
    release();
    vi.runAllTimers();
    expect(fake.shown).toEqual(["/inbox"]);
    expect(close).not.toHaveBeenCalled();
  });

  it("is closed one after the other", () => {
    const [outer, inner] = [vi.fn(), vi.fn()];
    closeByBack(outer);
    closeByBack(inner);
    vi.runAllTimers();
    fake.go(-1);
    vi.runAllTimers();
    expect([outer, inner].map((each) => each.mock.calls.length)).toEqual([0, 1]);
    fake.go(-1);
    vi.runAllTimers();
    expect(outer).toHaveBeenCalledTimes(1);
  });

  it.each([0, 3, 20])("is another one %s ms after the first, which Back does not mistake for it", (ms) => {
    const release = closeByBack(vi.fn());
    vi.runAllTimers();
    release();
    vi.advanceTimersByTime(ms);
    const close = vi.fn();
    closeByBack(close);
    vi.runAllTimers();
    expect(close).not.toHaveBeenCalled();
    expect(fake.shown).toEqual(["/inbox", "/inbox"]);
    fake.go(-1);
    vi.runAllTimers();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it.each([
    [false, ["/inbox", "/queue"]],
    [true, ["/queue"]],
  ])("is not come back to from the page after it, with replace %s", (replace, shown) => {
    const release = closeByBack(vi.fn());
    vi.runAllTimers();
    navigate("/queue", replace);
    release();
    vi.runAllTimers();
    expect(fake.shown).toEqual(shown);
  });

  it("is not come back to when the page was left while it closed", () => {
    const release = closeByBack(vi.fn());
    vi.runAllTimers();
    release();
    vi.advanceTimersByTime(3);
    navigate("/queue");
    vi.runAllTimers();
    expect(fake.shown).toEqual(["/inbox", "/queue"]);
  });

  it("is not opened by Forward", () => {
    const close = vi.fn();
    closeByBack(close);
    vi.runAllTimers();
    fake.go(-1);
    vi.runAllTimers();
    fake.go(1);
    vi.runAllTimers();
    expect(fake.shown).toEqual(["/inbox"]);
    expect(close).toHaveBeenCalledTimes(1);
  });
});
