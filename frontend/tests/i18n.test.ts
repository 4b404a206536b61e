import { describe, expect, it, vi } from "vitest";

import type { Hass } from "../src/hass";
import { Format } from "../src/format";
import { BackendTexts } from "../src/i18n";

const TEXTS = {
  "component.bambu_virtual_printer.common.left": "{weight} left until {day}",
};

async function texts(mass: string) {
  const locale = {
    language: "en", number_format: "language", time_format: "24", date_format: "DMY", time_zone: "server",
  } as const;
  const format = new Format(locale, { time_zone: "Europe/Berlin", unit_system: { mass } }, "EUR");
  const hass = { callWS: vi.fn(async () => ({ resources: TEXTS })) } as unknown as Hass;
  return BackendTexts.load(hass, "en", format);
}

describe("what the household's texts are filled with", () => {
  it("has weights and days as whoever looks writes them", async () => {
    const left = {
      text_key: "left",
      values: { weight: { grams: 14.2 }, day: { day: "2031-05-04T22:30:00+00:00" } },
    };
    expect((await texts("g")).say(left)).toMatch(/^14\sg left until .*5\D.*2031$/);
    expect((await texts("lb")).say(left)).toMatch(/^0\.5\soz left/);
  });
});
