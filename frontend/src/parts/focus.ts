/** What has the focus, inside of whatever; nothing where that is the page itself. */
export function focused(): HTMLElement | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found === document.body ? null : (found as HTMLElement | null);
}
