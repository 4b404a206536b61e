/** Whether keys go into a field, a menu or a dialog just now, or are meant for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
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
