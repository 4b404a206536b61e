import type { HassLocale } from "./hass";

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const NUMBER_LANGUAGES: Record<string, string | string[] | undefined> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
  system: undefined,
};
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;
const GRAMS_PER_OUNCE = 28.349523125;

const swedishOf = new Map<string | undefined, Intl.DateTimeFormat>();

/** How moments are written in a time zone by the letter; made once, for that takes long. */
function swedish(timeZone: string | undefined): Intl.DateTimeFormat {
  let found = swedishOf.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "short" });
    swedishOf.set(timeZone, found);
  }
  return found;
}

/** How numbers, dates and amounts look to this person: as their profile in Home Assistant says. */
export class Format {
  private readonly zone: string | undefined;
  private readonly numberLanguage: string | string[] | undefined;
  private readonly hour12: boolean | undefined;

  constructor(
    private readonly locale: HassLocale,
    private readonly config: { time_zone: string; unit_system: { mass: string } },
    private readonly currency: string,
  ) {
    this.zone = locale.time_zone === "server" ? config.time_zone : undefined;
    this.numberLanguage =
      locale.number_format in NUMBER_LANGUAGES
        ? NUMBER_LANGUAGES[locale.number_format]
        : locale.number_format === "none"
          ? "en-US"
          : locale.language;
    this.hour12 =
      locale.time_format === "12" ? true : locale.time_format === "24" ? false : undefined;
  }

  /** Which of two names comes first, as `sort` wants it; 10 comes after 9. */
  compare(a: string, b: string): number {
    return a.localeCompare(b, this.locale.language, { numeric: true });
  }

  number(value: number, digits = 0, options: Intl.NumberFormatOptions = {}): string {
    return new Intl.NumberFormat(this.numberLanguage, {
      maximumFractionDigits: digits,
      useGrouping: this.locale.number_format !== "none",
      ...options,
    }).format(value);
  }

  private unit(value: number, unit: string, digits = 0): string {
    // The unit's name is of the language, the digits as the person likes them.
    const parts = new Intl.NumberFormat(this.locale.language, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    }).formatToParts(value);
    const digitsShown = this.number(value, digits);
    let written = false;
    return parts
      .map((part) => {
        if (part.type === "unit" || part.type === "literal") return part.value;
        if (written) return "";
        written = true;
        return digitsShown;
      })
      .join("");
  }

  percent(value: number): string {
    return this.number(value / 100, 0, { style: "percent" });
  }

  /** A duration in seconds, to the minute. */
  duration(seconds: number): string {
    const minutes = Math.round(seconds / MINUTE_S);
    if (minutes === 0 && seconds > 0) return this.unit(Math.round(seconds), "second");
    const hours = Math.floor(minutes / 60);
    if (hours === 0) return this.unit(minutes, "minute");
    const rest = minutes % 60;
    return rest === 0
      ? this.unit(hours, "hour")
      : `${this.unit(hours, "hour")} ${this.unit(rest, "minute")}`;
  }

  weight(grams: number): string {
    if (this.config.unit_system.mass === "lb") {
      const ounces = grams / GRAMS_PER_OUNCE;
      return ounces >= 32
        ? this.unit(ounces / 16, "pound", 2)
        : this.unit(ounces, "ounce", ounces < 10 ? 1 : 0);
    }
    return grams >= 1000
      ? this.unit(grams / 1000, "kilogram", 2)
      : this.unit(grams, "gram", grams < 10 ? 1 : 0);
  }

  /** In kilowatt-hours, which are written alike everywhere. */
  energy(kwh: number): string {
    return `${this.number(kwh, kwh < 1 ? 3 : 2)}\u00a0kWh`;
  }

  money(amount: number): string {
    if (!this.currency) return this.number(amount, 2);
    return this.number(amount, 2, {
      style: "currency",
      currency: this.currency,
      minimumFractionDigits: undefined,
      maximumFractionDigits: undefined,
    });
  }

  bytes(bytes: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
    let at = 0;
    let value = bytes;
    while (value >= 1000 && at < units.length - 1) {
      value /= 1000;
      at++;
    }
    return this.unit(value, units[at]!, at > 0 && value < 100 ? 1 : 0).replace(" ", "\u00a0");
  }

  speed(bytesPerSecond: number): string {
    return `${this.bytes(bytesPerSecond)}/s`;
  }

  celsius(degrees: number): string {
    return this.unit(Math.round(degrees), "celsius");
  }

  time(moment: string | Date): string {
    return this.clock({ hour: "numeric", minute: "2-digit" }).format(new Date(moment));
  }

  /** The day of a moment: with the year where it is another one. */
  date(moment: string | Date, timeZone = this.zone): string {
    const day = new Date(moment);
    const sameYear = this.dayKey(day, timeZone).slice(0, 4) === this.dayKey(new Date()).slice(0, 4);
    const order = this.locale.date_format;
    if (order === "DMY" || order === "MDY" || order === "YMD")
      return this.numericDate(day, order, timeZone);
    return new Intl.DateTimeFormat(order === "system" ? undefined : this.locale.language, {
      timeZone,
      day: "numeric",
      month: "short",
      ...(sameYear ? {} : { year: "numeric" }),
    }).format(day);
  }

  /** A day without a time, such as `2026-11-29`: in every time zone that one. */
  day(day: string): string {
    return this.date(day, "UTC");
  }

  /** The month of such a day, with its year. */
  month(day: string): string {
    return new Intl.DateTimeFormat(this.locale.language, {
      timeZone: "UTC",
      month: "short",
      year: "2-digit",
    }).format(new Date(day));
  }

  private numericDate(day: Date, order: "DMY" | "MDY" | "YMD", timeZone?: string): string {
    const parts = new Intl.DateTimeFormat(this.locale.language, {
      timeZone,
      day: "numeric",
      month: "numeric",
      year: "numeric",
    }).formatToParts(day);
    const separator = parts.find((part) => part.type === "literal")?.value ?? "/";
    const value = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
    const names = { D: "day", M: "month", Y: "year" };
    return [...order].map((letter) => value(names[letter as "D"])).join(separator);
  }

  /** A moment: the time alone today, else with the day. */
  moment(moment: string | Date): string {
    const day = new Date(moment);
    return this.isToday(day) ? this.time(day) : `${this.date(day)}, ${this.time(day)}`;
  }

  private isToday(day: Date): boolean {
    return this.dayKey(day) === this.dayKey(new Date());
  }

  /** The day of a moment, as `2026-11-29`. */
  dayKey(moment: string | Date, timeZone = this.zone): string {
    return this.toField(moment, timeZone).slice(0, 10);
  }

  /** The same by the household's clock, whatever the profile says: by it the library counts. */
  countedDay(moment: string | Date = new Date()): string {
    return this.dayKey(moment, this.config.time_zone);
  }

  /** A moment as fields for dates take it, as `2026-11-29T22:05`; empty without one. */
  toField(moment: string | Date | null | undefined, timeZone = this.zone): string {
    // Swedes write it so. Years that are being typed have few digits.
    return moment
      ? swedish(timeZone).format(new Date(moment)).replace(" ", "T").padStart(16, "0")
      : "";
  }

  /**
   * The moment of such a field; null when it is empty. An hour that clocks leave out is the one after it, and of one that
   * they have twice it is the first.
   */
  fromField(field: string): string | null {
    const text = field.slice(0, 16);
    const utc = Date.parse(`${text}Z`);
    if (isNaN(utc)) return null;
    // Zones change their clocks once within a day at most.
    const [before, after] = [-DAY_S, DAY_S].map((away) => {
      const near = utc + away * 1000;
      return new Date(utc + near - Date.parse(`${this.toField(new Date(near))}Z`));
    });
    return (this.toField(after) === text && this.toField(before) !== text ? after! : before!).toISOString();
  }

  /** A month in full, of a day of it in UTC. */
  monthName(day: Date): string {
    return new Intl.DateTimeFormat(this.locale.language, {
      timeZone: "UTC",
      month: "long",
      year: "numeric",
    }).format(day);
  }

  /** A weekday, 0 for Sunday. */
  weekday(number: number): string {
    return new Intl.DateTimeFormat(this.locale.language, {
      timeZone: "UTC",
      weekday: "short",
    }).format(new Date(Date.UTC(2026, 10, 1 + number)));
  }

  /** The day that weeks begin with, 0 for Sunday. */
  get firstWeekday(): number {
    const named = WEEKDAYS.indexOf(this.locale.first_weekday ?? "");
    if (named >= 0) return named;
    const locale = new Intl.Locale(this.locale.language) as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    return ((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7;
  }

  /** How long ago, in words; the moment itself when it is over a week. */
  ago(moment: string | Date, now: number = Date.now()): string {
    const seconds = (new Date(moment).getTime() - now) / 1000;
    const past = Math.abs(seconds);
    if (past >= 7 * DAY_S) return this.date(moment);
    const words = new Intl.RelativeTimeFormat(this.locale.language, { numeric: "auto" });
    if (past < MINUTE_S) return words.format(0, "second");
    if (past < HOUR_S) return words.format(Math.trunc(seconds / MINUTE_S), "minute");
    if (past < DAY_S) return words.format(Math.trunc(seconds / HOUR_S), "hour");
    return words.format(Math.trunc(seconds / DAY_S), "day");
  }

  list(texts: readonly string[]): string {
    return new Intl.ListFormat(this.locale.language, { type: "unit", style: "short" }).format(texts);
  }

  private clock(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return new Intl.DateTimeFormat(
      this.locale.time_format === "system" ? undefined : this.locale.language,
      { timeZone: this.zone, hour12: this.hour12, ...options },
    );
  }
}
