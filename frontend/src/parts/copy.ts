import type { App } from "../app";
import type { Key } from "../i18n";
import { focused } from "./focus";

/** Put a text on the clipboard, and say so, or that one has to do it oneself. `from` is where the person is. */
export async function copy(
  app: App,
  from: HTMLElement,
  text: string,
  said: Key = "printers.copied",
): Promise<void> {
  app.toast(app.t((await copyText(text, from)) ? said : "printers.not_copied"));
}

/** Copy the whole address of a place of the panel. */
export function copyLink(app: App, from: HTMLElement, url: string): Promise<void> {
  return copy(app, from, location.origin + url, "common.link_copied");
}

/** Returns whether that was possible: without HTTPS browsers only know the old way. */
async function copyText(text: string, from: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, from);
  }
}

function copyBySelection(text: string, from: HTMLElement): boolean {
  const before = focused();
  const area = document.createElement("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;opacity:0";
  // Inside of an open dialog only what belongs to it can be selected.
  const root = from.shadowRoot ?? from;
  root.append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    before?.focus();
  }
}
