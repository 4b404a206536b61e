import { describe, expect, it, vi } from "vitest";
import type { App, Toast } from "../src/app";
import type { Decision, Undo, Upload } from "../src/api/types";
import { decide } from "../src/deciding";
import { EMPTY, type State } from "../src/store";

const upload = { id: "a", name: "Planter" } as Upload;
const decision = (result: Decision["result"], more: Partial<Decision> = {}): Decision => ({
  upload_id: "a",
  name: "Planter",
  result,
  state: "",
  archive_id: null,
  job_ids: [],
  ...more,
});

function appWith(answer: { results: Decision[]; undo: Undo | null }) {
  const toasts: Toast[] = [];
  const guesses: ((state: State) => State)[] = [];
  const undo = vi.fn(() => Promise.resolve({ results: [], failed: [] }));
  const go = vi.fn();
  const app = {
    api: { decide: () => Promise.resolve(answer), undo },
    store: { guess: (guess: (state: State) => State) => guesses.push(guess) },
    t: (key: string) => key,
    sayError: () => "reason",
    toast: (toast: Toast | string) =>
      toasts.push(typeof toast === "string" ? { message: toast } : toast),
    announce: () => undefined,
    attempt: (work: Promise<unknown>) => work,
    go,
  } as unknown as App;
  return { app, toasts, guesses, undo, go };
}

describe("deciding", () => {
  it("takes the upload off the list before the server has answered", async () => {
    const { app, guesses } = appWith({ results: [decision("done")], undo: null });
    await decide(app, [upload], "archive");
    expect(guesses[0]!({ ...EMPTY, inbox: [upload] }).inbox).toEqual([]);
  });

  it("offers to undo what was discarded", async () => {
    const { app, toasts, undo } = appWith({
      results: [decision("done")],
      undo: { ids: ["a"], until: "2026-11-29T12:00:00Z" },
    });
    await decide(app, [upload], "discard");
    toasts[0]!.action!.run();
    expect(undo).toHaveBeenCalledWith(["a"]);
  });

  it("offers to show what was queued, for it is not undone", async () => {
    const { app, toasts, go } = appWith({
      results: [decision("done", { job_ids: ["j"], archive_id: "a" })],
      undo: null,
    });
    await decide(app, [upload], "queue");
    toasts[0]!.action!.run();
    expect(go).toHaveBeenCalledWith("queue", "j");
  });

  it("says that somebody else was quicker", async () => {
    const { app, toasts } = appWith({ results: [decision("already_processed")], undo: null });
    await decide(app, [upload], "archive");
    expect(toasts).toEqual([{ message: "decided.already" }]);
  });

  it("says why the server refused", async () => {
    const error = { code: "failed", message: "English" };
    const { app, toasts } = appWith({ results: [decision("failed", { error })], undo: null });
    await decide(app, [upload], "archive");
    expect(toasts[0]!.message).toBe("reason");
  });

  it("offers to undo what was discarded beside one that was refused, and names that one", async () => {
    const error = { code: "failed", message: "English" };
    const results = [decision("done"), decision("failed", { upload_id: "b", name: "", error })];
    const { app, toasts, undo } = appWith({ results, undo: { ids: ["a"], until: "" } });
    const other = { id: "b", name: "Box" } as Upload;
    expect(await decide(app, [upload, other], "discard")).toEqual([other]);
    expect(toasts).toHaveLength(1);
    expect(toasts[0]!.message).toBe("decided.discard Box: reason");
    toasts[0]!.action!.run();
    expect(undo).toHaveBeenCalledWith(["a"]);
  });

  it("has the form say what was refused, and the toast what was done", async () => {
    const error = { code: "failed", message: "English" };
    const results = [decision("done"), decision("failed", { upload_id: "b", error })];
    const { app, toasts } = appWith({ results, undo: null });
    const refuse = vi.fn();
    await decide(app, [upload, { id: "b", name: "Box" } as Upload], "archive", {}, refuse);
    expect(refuse).toHaveBeenCalledWith("reason", "b");
    expect(toasts.map((each) => each.message)).toEqual(["decided.archive"]);
  });
});
