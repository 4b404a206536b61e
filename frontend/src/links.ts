/** Where Home Assistant adds and changes printers: their forms are its own. */
export const INTEGRATION = "/config/integrations/integration/bambu_virtual_printer";

/** The pages about the panel. */
export const DOCUMENTATION =
  "https://github.com/bambu-virtual-printer/bambu-virtual-printer/blob/main/docs/panel.md";

/** Addresses that files, printers and people give: nothing but the web is followed. */
export function isWebLink(link: string | null | undefined): link is string {
  return typeof link === "string" && /^https?:\/\//i.test(link);
}
