import { knownWords, SHOWS } from "./card-app";
import type { CardConfig } from "./cards/config";

/** The form of a card's editor. Printers are chosen by their devices, whose ids are known to Home Assistant. */
export function configForm(kind: "prints" | "printer") {
  const device = { device: { filter: [{ integration: "bambu_virtual_printer" }] } };
  const toggle = (name: string) => ({ name, selector: { boolean: {} } });
  const word = (name: string) => knownWords()[`card.${name}`] ?? name;
  const schedule: ReturnType<typeof toggle> & { default?: boolean } = toggle("schedule");
  return {
    schema:
      kind === "printer"
        ? [
            { name: "printer", selector: device },
            toggle("camera"),
            schedule,
            toggle("compact"),
          ]
        : [
            {
              name: "show",
              selector: {
                select: {
                  mode: "dropdown",
                  options: SHOWS.map((value) => ({ value, label: word(`show_${value}`) })),
                },
              },
            },
            { name: "title", selector: { text: {} } },
            { name: "limit", selector: { number: { min: 1, max: 50, mode: "box" } } },
            {
              name: "printers",
              selector: { device: { ...device.device, multiple: true } },
            },
            toggle("collapsible"),
            schedule,
            toggle("compact"),
          ],
    /** Called before each time that a configuration is shown: where nothing is said of it, a wall has it, and others have not. */
    assertConfig: ({ show }: Partial<CardConfig>) => {
      schedule.default = show === "wall";
    },
    computeLabel: (field: { name: string }) => word(field.name),
  };
}
