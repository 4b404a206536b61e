import { TABS, type Route, type Tab } from "./app";

export const BASE = "/bambu-prints";
const LAST_TAB = "bvp-panel-tab";

function isTab(name: string | undefined): name is Tab {
  return (TABS as readonly string[]).includes(name ?? "");
}

/** Where an address leads; without a tab, to the one that was open last. */
export function parseRoute(pathname: string, search: string): Route {
  const [tab, id] = pathname.slice(BASE.length).split("/").filter(Boolean);
  return {
    tab: isTab(tab) ? tab : lastTab(),
    id: id ? decode(id) : null,
    query: new URLSearchParams(search),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function routeUrl(tab: Tab, id?: string | null, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(
    Object.entries(query).filter(([, value]) => value !== ""),
  ).toString();
  return `${BASE}/${tab}${id ? `/${encodeURIComponent(id)}` : ""}${search ? `?${search}` : ""}`;
}

/** How a page is left, with whether the entry of the history that is there is replaced. */
type Leave = (replace: boolean, go: (replace: boolean) => void) => void;
let leave: Leave = (replace, go) => go(replace);

/** Have pages left otherwise: something may be open over them. */
export function leaveBy(other: Leave): void {
  leave = other;
}

/** Go there as Home Assistant's own pages do. */
export function navigate(url: string, replace = false): void {
  leave(replace, (replacing) => {
    if (replacing) history.replaceState(history.state?.root ? { root: true } : null, "", url);
    else history.pushState(null, "", url);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
  });
}

/** Follow a link of the panel without a new page, unless the browser is to open it otherwise. */
export function follow(event: MouseEvent, go: () => void): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  event.stopPropagation();
  go();
}

function lastTab(): Tab {
  const name = read(LAST_TAB);
  return isTab(name) ? name : "inbox";
}

export function rememberTab(tab: Tab): void {
  write(LAST_TAB, tab);
}

/** What this browser remembers; nothing where it may not. */
export function read(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Private windows may have no storage.
  }
}
