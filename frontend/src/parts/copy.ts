/** Put a text on the clipboard. Returns whether that was possible: without HTTPS browsers only know the old way. */
export async function copyText(text: string, from: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, from);
  }
}

function copyBySelection(text: string, from: HTMLElement): boolean {
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
  }
}
