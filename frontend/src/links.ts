/** Where Home Assistant adds and changes printers: their forms are its own. */
export const INTEGRATION = "/config/integrations/integration/bambu_virtual_printer";
