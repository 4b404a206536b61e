/**
 * Whether keys go into a field, a menu or a dialog just now, or are meant for the browser. One that is held down only
 * moves: what it decides again would be about the next thing.
 */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.repeat && !/^(j|k|Arrow.*)$/.test(event.key)) return true;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return event.composedPath().some((target) => {
    if (!(target instanceof HTMLElement)) return false;
    return (
      target.isContentEditable ||
      ["INPUT", "TEXTAREA", "SELECT", "DIALOG"].includes(target.tagName) ||
      target.getAttribute("role") === "menu"
    );
  });
}
