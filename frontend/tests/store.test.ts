import { describe, expect, it, vi } from "vitest";
import type { Message, Snapshot, Upload } from "../src/api/types";
import type { HassConnection } from "../src/hass";
import { Store } from "../src/store";

const upload = (id: string, name = id) => ({ id, name }) as Upload;

class FakeConnection implements HassConnection {
  connected = true;
  sent: Record<string, unknown>[] = [];
  callbacks: ((message: Message) => void)[] = [];
  ended = 0;
  listeners = new Map<string, () => void>();
  subscribeMessage<T>(callback: (message: T) => void) {
    this.callbacks.push(callback as (message: Message) => void);
    return Promise.resolve(() => {
      this.ended++;
      return Promise.resolve();
    });
  }
  sendMessagePromise<T>(message: Record<string, unknown>): Promise<T> {
    this.sent.push(message);
    return Promise.resolve(null as T);
  }
  addEventListener(event: string, listener: () => void) {
    this.listeners.set(event, listener);
  }
  removeEventListener(event: string) {
    this.listeners.delete(event);
  }
  tell(message: Message) {
    this.callbacks.at(-1)!(message);
  }
}

const snapshot = (inbox: Upload[], rev = 1): Snapshot => ({
  type: "snapshot",
  rev,
  subscription: "token",
  available: true,
  inbox,
});

function started() {
  const connection = new FakeConnection();
  const store = new Store();
  store.start(connection);
  connection.tell(snapshot([upload("a"), upload("b")]));
  return { connection, store };
}

const ids = (store: Store) => store.state.inbox.map((each) => each.id);

describe("the store", () => {
  it("shows a snapshot and what changes after it", () => {
    const { connection, store } = started();
    connection.tell({
      type: "delta",
      rev: 2,
      changes: [
        { topic: "inbox", op: "remove", id: "a" },
        { topic: "inbox", op: "upsert", item: upload("c") },
        { topic: "inbox", op: "upsert", item: upload("b", "Renamed") },
        { topic: "inbox", op: "order", ids: ["c", "b"] },
        { topic: "inbox_more", op: "set", value: true },
      ],
    });
    expect(ids(store)).toEqual(["c", "b"]);
    expect(store.state.inbox[1]!.name).toBe("Renamed");
    expect(store.state.inbox_more).toBe(true);
  });

  it("subscribes again when a message is missing, and takes nothing of the old subscription", async () => {
    const { connection, store } = started();
    const old = connection.callbacks[0]!;
    connection.tell({ type: "delta", rev: 3, changes: [{ topic: "inbox", op: "remove", id: "a" }] });
    await Promise.resolve();
    await Promise.resolve();
    expect(connection.callbacks).toHaveLength(2);
    expect(connection.ended).toBe(1);
    expect(ids(store)).toEqual(["a", "b"]);
    old({ type: "delta", rev: 4, changes: [{ topic: "inbox", op: "remove", id: "b" }] });
    expect(ids(store)).toEqual(["a", "b"]);
    connection.tell(snapshot([upload("b")]));
    expect(ids(store)).toEqual(["b"]);
  });

  it("answers when it is asked to", () => {
    const { connection } = started();
    connection.tell({ type: "delta", rev: 2, ack: true, changes: [] });
    expect(connection.sent).toEqual([
      { type: "bambu_virtual_printer/ack", subscription: "token", rev: 2 },
    ]);
  });

  it("keeps what it knows while the connection is lost, and goes on with the next snapshot", () => {
    const { connection, store } = started();
    connection.listeners.get("disconnected")!();
    expect(store.state.connection).toBe("lost");
    expect(ids(store)).toEqual(["a", "b"]);
    connection.listeners.get("ready")!();
    expect(connection.callbacks).toHaveLength(2);
    connection.tell(snapshot([upload("z")]));
    expect(store.state.connection).toBe("live");
    expect(ids(store)).toEqual(["z"]);
  });

  it("subscribes after a restart until Home Assistant knows the command", async () => {
    vi.useFakeTimers();
    const { connection, store } = started();
    connection.listeners.get("disconnected")!();
    const subscribe = connection.subscribeMessage.bind(connection);
    connection.subscribeMessage = () => Promise.reject(new Error("unknown_command"));
    connection.listeners.get("ready")!();
    await vi.advanceTimersByTimeAsync(1);
    expect(store.state.available).toBe(false);
    connection.subscribeMessage = subscribe;
    await vi.advanceTimersByTimeAsync(5000);
    connection.tell(snapshot([upload("z")]));
    expect(ids(store)).toEqual(["z"]);
    store.stop();
    vi.useRealTimers();
  });

  it("forgets everything when the hub is not loaded", () => {
    const { connection, store } = started();
    connection.tell({ type: "snapshot", rev: 2, subscription: "token", available: false });
    expect(store.state.available).toBe(false);
    expect(ids(store)).toEqual([]);
  });

  it("takes a guess back when the server refuses", async () => {
    const { store } = started();
    let refuse!: (error: Error) => void;
    const answer = new Promise((_, reject) => (refuse = reject));
    store.guess((state) => ({ ...state, inbox: [] }), answer);
    expect(ids(store)).toEqual([]);
    refuse(new Error("no"));
    await vi.waitFor(() => expect(ids(store)).toEqual(["a", "b"]));
  });

  it("says that the integration is not there when its command is unknown", async () => {
    vi.useFakeTimers();
    const connection = new FakeConnection();
    connection.subscribeMessage = () => Promise.reject(new Error("unknown_command"));
    const store = new Store();
    store.start(connection);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.state.available).toBe(false);
    store.stop();
    vi.useRealTimers();
  });
});
