import { textsOf } from "./card-app";
import type { Hass } from "./hass";

interface Config {
  [key: string]: unknown;
}

type Part = "inbox" | "queue" | "printers";

/** The dashboard "3D prints": what waits for a person, the queue and the printers side by side, and one view for a wall. */
export async function generate(_config: Config, hass: Hass) {
  const { words } = await textsOf(hass);
  const word = (key: string) => words[key] ?? key;
  const section = (show: Part, limit: number, more: Config = {}) => ({
    type: "grid",
    cards: [
      { type: "custom:bvp-prints-card", show, title: word(`tab.${show}`), limit, ...more },
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
        sections: [section("inbox", 8), section("queue", 8, { schedule: true }), section("printers", 20)],
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
