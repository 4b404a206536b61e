import type { LitElement } from "lit";

/** What has the focus, inside of whatever; nothing where that is the page itself. */
export function focused(): HTMLElement | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found === document.body ? null : (found as HTMLElement | null);
}

/** Where what had the focus is gone with a change of the page, give it to the first of these that is there. */
export async function keepFocus(host: LitElement, ...selectors: string[]): Promise<void> {
  // One change leads to the next, the address's among them.
  await new Promise((done) => setTimeout(done));
  if (focused()) return;
  const found = selectors.map((each) => host.renderRoot.querySelector<HTMLElement>(each));
  found.find(Boolean)?.focus({ preventScroll: true });
}
