import { textsOf } from "./card-app";
import type { Hass } from "./hass";

interface Config {
  [key: string]: unknown;
}

const PATHS = { inbox: "inbox", queue: "queue", printers: "printers" } as const;

/** The dashboard "3D prints": what waits for a person, the queue and the printers side by side, and one view for a wall. */
export async function generate(_config: Config, hass: Hass) {
  const { words } = await textsOf(hass);
  const word = (key: string) => words[key] ?? key;
  const section = (show: keyof typeof PATHS, limit: number) => ({
    type: "grid",
    cards: [
      {
        type: "heading",
        heading: word(`tab.${show}`),
        tap_action: { action: "navigate", navigation_path: `/bambu-prints/${PATHS[show]}` },
      },
      { type: "custom:bvp-prints-card", show, limit },
    ],
  });
  return {
    title: word("title"),
    views: [
      {
        title: word("title"),
        path: "prints",
        icon: "mdi:printer-3d",
        type: "sections",
        max_columns: 3,
        sections: [section("inbox", 8), section("queue", 8), section("printers", 20)],
      },
      {
        title: word("card.show_wall"),
        path: "wall",
        icon: "mdi:tablet-dashboard",
        type: "panel",
        cards: [{ type: "custom:bvp-prints-card", show: "wall", limit: 6 }],
      },
    ],
  };
}
