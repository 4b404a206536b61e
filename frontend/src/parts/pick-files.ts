/**
 * Let the person choose files. Call it while a tap is handled: browsers open no dialog by themselves.
 *
 * `accept` are media types, or extensions. Those are left out where fingers point: phones and tablets of Apple grey out
 * files whose extension they do not know, as .3mf (mainsail #1117), and Home Assistant looks at every file itself.
 */
export function pickFiles(
  options: { accept: string; multiple?: boolean },
  chosen: (files: File[]) => void,
): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = options.multiple ?? false;
  const knowsExtensions = !matchMedia("(pointer: coarse)").matches;
  if (knowsExtensions || !options.accept.includes(".")) input.accept = options.accept;
  // Safari tells only what is chosen in an element that is in the page.
  input.hidden = true;
  document.body.append(input);
  input.addEventListener("change", () => {
    input.remove();
    chosen([...(input.files ?? [])]);
  });
  input.addEventListener("cancel", () => input.remove());
  input.click();
}
