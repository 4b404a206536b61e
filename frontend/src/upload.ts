import type { App } from "./app";
import type { Hass } from "./hass";

/**
 * Send files one after another, as they are picked or dropped; how far they are comes with the subscription. Bytes are
 * streamed by the browser, whatever their number.
 */
export async function sendFiles(
  app: App,
  hass: Hass,
  files: readonly File[],
  printerId?: string,
): Promise<void> {
  let done = 0;
  for (const file of files) {
    const query = new URLSearchParams({
      name: file.name,
      ...(printerId ? { printer_id: printerId } : {}),
    });
    try {
      const response = await hass.fetchWithAuth(`/api/bambu_virtual_printer/upload?${query}`, {
        method: "POST",
        body: file,
        headers: { "Content-Type": "application/octet-stream" },
      });
      if (!response.ok) throw await response.json();
      done++;
    } catch (error) {
      app.toast({
        message: app.t("upload.failed", { name: file.name, reason: app.sayError(error) }),
        duration: 8000,
      });
    }
  }
  if (!done) return;
  const printer = app.store.state.printers.find((each) => each.id === printerId);
  app.toast(
    printer
      ? app.t("upload.done_printer", { count: done, printer: printer.name })
      : app.t("upload.done_archive", { count: done }),
  );
}
