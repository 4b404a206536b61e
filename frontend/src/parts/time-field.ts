/** A moment as fields for dates take it: in the browser's time. */
export function fieldTime(iso: string | null): string {
  if (!iso) return "";
  const day = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [day.getFullYear(), two(day.getMonth() + 1), two(day.getDate())].join("-");
  return `${date}T${two(day.getHours())}:${two(day.getMinutes())}`;
}

/** The moment of such a field; null when it is empty. */
export function momentOf(field: string): string | null {
  return field ? new Date(field).toISOString() : null;
}
