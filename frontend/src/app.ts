import type { Client } from "./api/client";
import type { CameraView } from "./cameras";
import type { Text, ApiError } from "./api/types";
import type { Format } from "./format";
import type { Key, Translate } from "./i18n";
import type { Store } from "./store";

export const TABS = ["inbox", "queue", "archive", "printers", "stats"] as const;
export type Tab = (typeof TABS)[number];

/** Where one is: a tab, an item of it, and what stands behind the question mark. */
export interface Route {
  readonly tab: Tab;
  readonly id: string | null;
  readonly query: URLSearchParams;
}

export interface Toast {
  message: string;
  action?: { text: string; run: () => void };
  /** In milliseconds. */
  duration?: number;
}

/** What every screen gets: what to do things with, and how to say them. It is another one when words or formats change. */
export interface App {
  readonly api: Client;
  readonly store: Store;
  readonly t: Translate;
  readonly format: Format;
  readonly isAdmin: boolean;
  readonly shortcuts: boolean;
  /** Say a text object of the API. */
  say(text: Text): string;
  /** Say what went wrong. */
  sayError(error: unknown): string;
  toast(toast: Toast | string): void;
  /** Go to a place of the panel. */
  go(tab: Tab, id?: string | null, query?: Record<string, string>, replace?: boolean): void;
  url(tab: Tab, id?: string | null, query?: Record<string, string>): string;
  /** Open a place of Home Assistant itself. */
  visit(path: string): void;
  /** Do something; what goes wrong is shown as a toast. Returns undefined then. */
  attempt<T>(work: Promise<T>): Promise<T | undefined>;
  /** Have something read out. */
  announce(message: string): void;
  /** What the user may take a picture of now. */
  cameras(): readonly CameraView[];
  /** What Home Assistant's recorder keeps of a sensor of the hub, by the first days of periods. */
  recorded(
    sensor: string,
    first: string,
    period: "day" | "week" | "month",
  ): Promise<ReadonlyMap<string, number>>;
  /** Send files, to a virtual printer or straight to the archive. */
  upload(files: readonly File[], printerId?: string): void;
}

export function isApiError(error: unknown): error is ApiError {
  return typeof error === "object" && error !== null && "code" in error;
}

const ERROR_KEYS: Record<string, Key> = {
  not_loaded: "error.not_loaded",
  unauthorized: "error.unauthorized",
  not_found: "error.not_found",
};

/** The number that home-assistant-js-websocket gives what was under way when the connection was lost. */
const CONNECTION_LOST = 3;

function isConnectionLost(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return error === CONNECTION_LOST;
  const { code, error: inner } = error as { code?: unknown; error?: unknown };
  return code === CONNECTION_LOST || isConnectionLost(inner ?? null);
}

/** The panel's own words for an error that brings none of the integration's. */
export function errorKey(error: unknown): Key {
  if (isConnectionLost(error)) return "connection.lost";
  return (isApiError(error) && ERROR_KEYS[error.code]) || "error.unknown";
}

/** Await something; what goes wrong is told to `onError`. Returns undefined then. */
export async function attempt<T>(
  work: Promise<T>,
  onError: (error: unknown) => void,
): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    onError(error);
    return undefined;
  }
}
