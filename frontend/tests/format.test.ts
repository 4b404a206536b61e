import { describe, expect, it } from "vitest";
import { Format } from "../src/format";
import { ENGLISH, localeOf, spoken, translate } from "../src/i18n";

const locale = (language: string, changes = {}) => ({
  language,
  number_format: "language",
  time_format: "language",
  date_format: "language",
  time_zone: "server",
  ...changes,
});
const config = (mass = "g") => ({ time_zone: "Europe/Berlin", unit_system: { mass } });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formats", () => {
  it("are those of the language", () => {
    const en = new Format(locale("en"), config(), "EUR");
    const de = new Format(locale("de"), config(), "EUR");
    expect(plain(en.duration(74_220))).toBe("20 hr 37 min");
    expect(plain(de.duration(74_220))).toBe("20 Std. 37 Min.");
    expect(plain(en.weight(1660))).toBe("1.66 kg");
    expect(plain(de.weight(1660))).toBe("1,66 kg");
    expect(plain(de.money(41.53))).toBe("41,53 €");
    expect(en.money(41.53)).toBe("€41.53");
    expect(plain(de.percent(62))).toBe("62 %");
  });

  it("are those a person chose in the profile", () => {
    const format = new Format(
      locale("en", { number_format: "decimal_comma", time_format: "24" }),
      config(),
      "EUR",
    );
    expect(plain(format.weight(1660))).toBe("1,66 kg");
    expect(format.time("2026-11-28T22:05:00Z")).toBe("23:05");
  });

  it("weigh in ounces where Home Assistant does", () => {
    const format = new Format(locale("en"), config("lb"), "USD");
    expect(format.weight(17)).toBe("0.6 oz");
    expect(format.weight(1660)).toBe("3.66 lb");
  });

  it("say a moment of another day with the day", () => {
    const format = new Format(locale("en", { time_format: "24" }), config(), "");
    expect(format.moment("2020-02-03T22:30:00Z")).toBe("Feb 3, 2020, 23:30");
  });

  it("name a day without a time the same in every time zone, and its year where it is another one", () => {
    const there = (time_zone: string, date_format = "language") =>
      new Format(locale("en", { date_format }), { time_zone, unit_system: { mass: "g" } }, "");
    const year = new Date().getFullYear();
    for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]) {
      expect(there(zone).day("2020-03-29")).toBe("Mar 29, 2020");
      expect(there(zone).day(`${year}-06-15`)).toBe("Jun 15");
      expect(there(zone, "DMY").day("2020-03-01")).toBe("1/3/2020");
      expect(there(zone).month("2020-03-01")).toBe("Mar 20");
    }
    expect(there("Pacific/Kiritimati").countedDay("2026-10-31T10:00:00Z")).toBe("2026-11-01");
    expect(there("Pacific/Pago_Pago").countedDay("2026-10-31T10:00:00Z")).toBe("2026-10-30");
  });

  it("say how long ago something was", () => {
    const format = new Format(locale("en"), config(), "");
    const now = Date.parse("2026-11-29T12:00:00Z");
    expect(format.ago("2026-11-29T11:58:00Z", now)).toBe("2 minutes ago");
    expect(format.ago("2026-11-28T10:00:00Z", now)).toBe("yesterday");
  });
});

describe("texts", () => {
  const format = new Format(locale("pl"), config(), "");
  const words = { file_one: "{count} plik", file_few: "{count} pliki", file_many: "{count} plików", file_other: "x" };

  it("have the plural form of their language", () => {
    const say = (count: number) => translate(words, "pl", format, "file", { count });
    expect([say(1), say(3), say(5), say(22)]).toEqual(["1 plik", "3 pliki", "5 plików", "22 pliki"]);
  });

  it("never say one of nothing, where a language has one form for both", () => {
    const french = {
      printed_one: "Imprimé une fois",
      printed_other: "Imprimé {count} fois",
      plates_one: "{count} plateau",
      plates_other: "{count} plateaux",
    };
    const say = (key: string, count: number) => translate(french, "fr", format, key, { count });
    expect([say("printed", 0), say("printed", 1)]).toEqual(["Imprimé 0 fois", "Imprimé une fois"]);
    expect([say("plates", 0), say("plates", 2)]).toEqual(["0 plateau", "2 plateaux"]);
  });

  it("show what files say as it is, with no value filled into it", () => {
    expect(translate({ a: "{name}!" }, "en", format, "a", { name: "{count} <b>" })).toBe("{count} <b>!");
  });
});

describe("fields for dates", () => {
  const there = (time_zone: string) =>
    new Format(locale("en"), { time_zone, unit_system: { mass: "g" } }, "EUR");
  /** As it stands in a field, and what comes of that. */
  const taken = (zone: string, moment: string) => {
    const field = there(zone).toField(moment);
    return [field, there(zone).fromField(field)];
  };

  it("read and write in the time zone that all else is shown in", () => {
    expect(taken("Europe/Berlin", "2026-11-28T22:05:00Z")).toEqual(["2026-11-28T23:05", "2026-11-28T22:05:00.000Z"]);
    expect(taken("America/St_Johns", "2026-07-01T00:00:00Z")).toEqual(["2026-06-30T21:30", "2026-07-01T00:00:00.000Z"]);
    expect(taken("Pacific/Kiritimati", "2026-12-31T10:00:00Z")).toEqual(["2027-01-01T00:00", "2026-12-31T10:00:00.000Z"]);
    expect([there("Asia/Tokyo").toField(null), there("Asia/Tokyo").fromField("")]).toEqual(["", null]);
  });

  it("are the browser's where the person chose that", () => {
    const here = new Format(locale("en", { time_zone: "local" }), config(), "EUR");
    expect(here.fromField("2026-11-28T23:05")).toBe(new Date("2026-11-28T23:05").toISOString());
  });

  it("have the hours around which clocks change", () => {
    const berlin = (field: string) => there("Europe/Berlin").fromField(field);
    const fields = ["2026-03-29T01:59", "2026-03-29T03:00", "2026-10-25T01:59", "2026-10-25T03:00"];
    expect(fields.map(berlin)).toEqual([
      "2026-03-29T00:59:00.000Z", "2026-03-29T01:00:00.000Z", "2026-10-24T23:59:00.000Z", "2026-10-25T02:00:00.000Z",
    ]);
    // An hour that is left out is the one after it; of two alike it is the first.
    expect(berlin("2026-03-29T02:30")).toBe("2026-03-29T01:30:00.000Z");
    expect(berlin("2026-10-25T02:30")).toBe("2026-10-25T00:30:00.000Z");
  });

  it("bear a year that is being typed", () => {
    const at = there("Europe/Berlin").fromField("0002-01-01T10:00");
    expect(Date.parse(at!)).toBeLessThan(0);
    expect(there("Europe/Berlin").fromField("12026-01-01T10:00")).toBeNull();
  });
});

describe("English words", () => {
  const format = new Format(locale("ar"), config(), "EUR");

  it("keep their order on pages that are read from right to left", () => {
    expect(translate(ENGLISH, "ar", format, "tab.inbox")).toBe("\u2068Inbox\u2069");
    expect(translate(ENGLISH, "en", format, "tab.inbox")).toBe("Inbox");
    expect(translate({ "tab.inbox": "صندوق" }, "ar", format, "tab.inbox")).toBe("صندوق");
  });

  it("have English numbers, dates and plural forms around them", () => {
    const czech = localeOf(locale("cs"), ENGLISH);
    const english = new Format(czech, config(), "EUR");
    expect(plain(english.weight(1660))).toBe("1.66 kg");
    expect(english.money(1234.5)).toBe("€1,234.50");
    expect(translate(ENGLISH, "ja", english, "inbox.title", { count: 1 })).toBe("1 file is waiting for you");
    // What a person chose in the profile stays, and so does their own English.
    const chosen = new Format(localeOf(locale("cs", { number_format: "decimal_comma" }), ENGLISH), config(), "");
    expect(plain(chosen.weight(1660))).toBe("1,66 kg");
    expect(localeOf(locale("en-GB"), ENGLISH).language).toBe("en-GB");
    expect(localeOf(locale("de"), { ...ENGLISH }).language).toBe("de");
    expect([spoken("cs"), spoken("de-CH"), spoken("pt")]).toEqual(["en", "de", "pt-BR"]);
  });
});
