/** Days and months as `2026-11-29` and `2026-11`, without any time zone. */

const DAY_MS = 86_400_000;

function moved(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export const dayAfter = (day: string) => moved(day, 1);
const dayBefore = (day: string) => moved(day, -1);

export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** The month so many months later. */
export function monthAfter(month: string, months: number): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

/** The weeks that a month is part of, each from its first day on (0 for Sunday). */
export function weeksOf(month: string, firstWeekday: number): string[][] {
  const first = `${month}-01`;
  const before = (new Date(`${first}T00:00:00Z`).getUTCDay() - firstWeekday + 7) % 7;
  const weeks: string[][] = [];
  let day = moved(first, -before);
  while (day.slice(0, 7) <= month) {
    const week: string[] = [];
    for (let at = 0; at < 7; at++) {
      week.push(day);
      day = dayAfter(day);
    }
    weeks.push(week);
  }
  return weeks;
}

/** The first and the last day of a month, but none after today. */
export function daysOf(month: string, today: string): [string, string] {
  const last = dayBefore(`${monthAfter(month, 1)}-01`);
  return [`${month}-01`, last > today && month === today.slice(0, 7) ? today : last];
}
