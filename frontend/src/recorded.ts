import type { Hass } from "./hass";

const DOMAIN = "bambu_virtual_printer";

/** What Home Assistant's recorder keeps of a sensor of the hub: the greatest value of each period, by its first day. */
export async function recordedOf(
  hass: Hass,
  sensor: string,
  first: string,
  period: "day" | "week" | "month",
): Promise<ReadonlyMap<string, number>> {
  const found = Object.entries(hass.entities ?? {}).find(
    ([id, entity]) =>
      id.startsWith("sensor.") &&
      entity?.platform === DOMAIN &&
      entity.translation_key === sensor,
  );
  if (!found) return new Map();
  const [id] = found;
  // Periods are those of the household's clock.
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: hass.config.time_zone });
  try {
    const kept = await hass.callWS<Record<string, { start: number; max?: number | null }[]>>({
      type: "recorder/statistics_during_period",
      // Without a time zone it is the household's as well.
      start_time: `${first}T00:00:00`,
      statistic_ids: [id],
      period,
      types: ["max"],
      units: { information: "B" },
    });
    return new Map(
      (kept[id] ?? []).flatMap(({ start, max }) =>
        typeof max === "number" ? [[day.format(new Date(start)), max] as const] : [],
      ),
    );
  } catch {
    // Not every household has a recorder.
    return new Map();
  }
}
