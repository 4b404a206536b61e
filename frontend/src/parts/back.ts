/**
 * Has Back close what is open over a page, as Home Assistant has it for its own dialogs: while something is open, the
 * history has one entry more for it, with the same address.
 */

import { leaveBy } from "../router";

const KEY = "bvpOpen";

/** What is open, the newest last: how each is closed. */
const open: (() => void)[] = [];
let isSettling = false;
/** Whether the history is on its way back because something was closed otherwise. */
let isReturning = false;
/** What is to be done once it is there. */
let next: (() => void) | null = null;

/** How many entries of what is open lie between the page and where the history is now. */
function depth(): number {
  const state = history.state as Record<string, unknown> | null;
  return Number(state?.[KEY] ?? 0);
}

function goBack(entries: number): void {
  isReturning = true;
  history.go(-entries);
}

/** Let Back call `close`, until what is returned is called. */
export function closeByBack(close: () => void): () => void {
  open.push(close);
  settle();
  return () => {
    const at = open.indexOf(close);
    if (at < 0) return;
    open.splice(at, 1);
    settle();
  };
}

/** Leave the page: nobody is to come back to what is open on it. Calls `go` with whether the entry that is there is to be replaced. */
export function leave(replace: boolean, go: (replace: boolean) => void): void {
  const entries = depth();
  if (isReturning) next = () => go(replace);
  else if (!entries) go(replace);
  else if (entries === 1 && !replace) go(true);
  else {
    next = () => go(replace);
    goBack(entries);
  }
}

/** Have as many entries as there is open: a moment later, for one dialog often follows another. */
function settle(): void {
  if (isSettling) return;
  isSettling = true;
  setTimeout(() => {
    isSettling = false;
    if (isReturning) return;
    for (let now = depth(); now < open.length; now++) history.pushState({ [KEY]: now + 1 }, "");
    if (depth() > open.length) goBack(depth() - open.length);
  });
}

window.addEventListener("popstate", () => {
  if (isReturning) {
    isReturning = false;
    next?.();
    next = null;
  } else for (const close of open.splice(depth())) close();
  // Forward, or a reload, leads to entries of what is not open any more.
  settle();
});
leaveBy(leave);
if (depth()) settle();
