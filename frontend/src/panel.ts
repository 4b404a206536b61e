// Home Assistant loads this file by its fixed name. It is kept apart so that no other file imports it: browsers would take
// it for a second module, for the address that Home Assistant uses names the version.
await import("./shell");

export {};
