import type { HassConnection } from "./hass";
import type {
  Change,
  Delta,
  Forecast,
  Job,
  ListTopic,
  Message,
  Options,
  Printer,
  Snapshot,
  Stats,
  TargetChoice,
  Transfer,
  Upload,
  Viewer,
} from "./api/types";

/** What is known of the library; replaced, never changed. */
export interface State {
  /** `lost`: what is shown is old, and nothing can be done until the connection is back. */
  readonly connection: "connecting" | "live" | "lost";
  /** Whether the hub is loaded; `null` before anything was heard. */
  readonly available: boolean | null;
  readonly inbox: readonly Upload[];
  readonly queue: readonly Job[];
  readonly printers: readonly Printer[];
  readonly uploads: readonly Transfer[];
  readonly inbox_more: boolean;
  readonly stats: Stats | null;
  readonly forecast: Forecast;
  readonly targets: readonly TargetChoice[];
  readonly options: Options;
  readonly viewer: Viewer;
}

export const EMPTY: State = {
  connection: "connecting",
  available: null,
  inbox: [],
  queue: [],
  printers: [],
  uploads: [],
  inbox_more: false,
  stats: null,
  forecast: { done_at: null, free_from: {} },
  targets: [],
  options: { currency: "", undo_minutes: 0, pending_modes: false, library_away: null },
  viewer: { rights: [], sends_to_archive: false },
};

const LISTS: readonly ListTopic[] = ["inbox", "queue", "printers", "uploads"];
const VALUES = ["inbox_more", "stats", "forecast", "targets", "options"] as const;
const GIVEN = [...LISTS, ...VALUES, "viewer"] as const;

export function applySnapshot(state: State, snapshot: Snapshot): State {
  const next: Record<string, unknown> = {
    ...EMPTY,
    connection: "live",
    available: snapshot.available,
  };
  // What the panel needs for its words stays while the hub is away.
  if (!snapshot.available) next.options = state.options;
  for (const name of GIVEN) {
    if (snapshot[name] !== undefined) next[name] = snapshot[name];
  }
  return next as unknown as State;
}

export function applyDelta(state: State, delta: Delta): State {
  return delta.changes.reduce(applyChange, state);
}

function applyChange(state: State, change: Change): State {
  if (change.op === "set") return { ...state, [change.topic]: change.value };
  const list: readonly { id: string }[] = state[change.topic];
  return { ...state, [change.topic]: changed(list, change) };
}

function changed(
  list: readonly { id: string }[],
  change: Exclude<Change, { op: "set" }>,
): readonly { id: string }[] {
  switch (change.op) {
    case "remove":
      return list.filter((each) => each.id !== change.id);
    case "upsert": {
      const at = list.findIndex((each) => each.id === change.item.id);
      return at < 0 ? [...list, change.item] : list.with(at, change.item);
    }
    case "order": {
      const byId = new Map(list.map((each) => [each.id, each]));
      return change.ids.flatMap((id) => byId.get(id) ?? []);
    }
  }
}

/** A change shown before the server has said so; taken back by itself when the server says otherwise. */
type Guess = (state: State) => State;

/** Follows the library over one subscription, shared by all who listen. */
export class Store {
  private known: State = EMPTY;
  private guesses: Guess[] = [];
  private shown: State = EMPTY;
  private readonly listeners = new Set<() => void>();
  private connection?: HassConnection;
  private unsubscribe?: Promise<() => Promise<void>>;
  private rev = 0;
  private token = "";
  private round = 0;

  constructor(private readonly topics?: readonly string[]) {}

  get state(): State {
    return this.shown;
  }

  /** Be told of changes. Returns how to end that. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Follow what this connection says. */
  start(connection: HassConnection): void {
    if (this.connection === connection) return;
    this.stop();
    this.connection = connection;
    connection.addEventListener("disconnected", this.onDisconnected);
    connection.addEventListener("ready", this.onReady);
    this.subscribe();
  }

  stop(): void {
    this.connection?.removeEventListener("disconnected", this.onDisconnected);
    this.connection?.removeEventListener("ready", this.onReady);
    this.endSubscription();
    this.connection = undefined;
  }

  /** Show a change at once, until `settled` is done and the server has told what became of it. */
  guess(change: Guess, settled: Promise<unknown>): void {
    this.guesses = [...this.guesses, change];
    this.show();
    const end = () => {
      this.guesses = this.guesses.filter((each) => each !== change);
      this.show();
    };
    // Changes reach subscribers within half a second of the answer.
    settled.then(() => {
      this.show();
      setTimeout(end, 1500);
    }, end);
  }

  private readonly onDisconnected = () => {
    this.known = { ...this.known, connection: "lost" };
    this.show();
  };

  /** Of a new connection; what the old one had subscribed to is gone with it. */
  private readonly onReady = () => {
    this.unsubscribe = undefined;
    this.subscribe();
  };

  private subscribe(): void {
    const connection = this.connection;
    if (!connection) return;
    const round = ++this.round;
    this.unsubscribe = connection.subscribeMessage<Message>(
      (message) => {
        if (round === this.round) this.take(message);
      },
      {
        type: "bambu_virtual_printer/subscribe",
        ...(this.topics ? { topics: this.topics } : {}),
      },
      // While Home Assistant starts, it may not know the command yet; the frontend's library would try only once.
      { resubscribe: false },
    );
    this.unsubscribe.catch(() => {
      if (round !== this.round) return;
      // The integration is not there: it does not answer such commands.
      this.known = { ...EMPTY, connection: "live", available: false };
      this.show();
      setTimeout(() => round === this.round && this.subscribe(), 5000);
    });
  }

  private endSubscription(): void {
    this.round++;
    // A subscription that failed, or whose connection is gone, needs no end.
    this.unsubscribe?.then((end) => end()).catch(() => undefined);
    this.unsubscribe = undefined;
  }

  private take(message: Message): void {
    if (message.type === "snapshot") {
      this.token = message.subscription;
      this.known = applySnapshot(this.known, message);
    } else if (message.rev === this.rev + 1) {
      this.known = applyDelta(this.known, message);
    } else {
      this.endSubscription();
      this.subscribe();
      return;
    }
    this.rev = message.rev;
    if (message.type === "delta" && message.ack) this.acknowledge(message.rev);
    this.show();
  }

  private acknowledge(rev: number): void {
    void this.connection
      ?.sendMessagePromise?.({
        type: "bambu_virtual_printer/ack",
        subscription: this.token,
        rev,
      })
      .catch(() => undefined);
  }

  private show(): void {
    this.shown = this.guesses.reduce((state, guess) => guess(state), this.known);
    for (const listener of [...this.listeners]) listener();
  }
}
