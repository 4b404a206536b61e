/** The orders in which pending uploads are shown. */

import type { Upload } from "../api/types";
import type { Format } from "../format";
import type { Key } from "../i18n";

export const ORDERS = ["newest", "oldest", "name", "print_time", "filament"] as const;
export type Order = (typeof ORDERS)[number];

/** They are called as those of the archive. */
export function orderName(order: Order): Key {
  return `archive.sort_${order}`;
}

export function orderOf(text: string | null): Order {
  return ORDERS.find((each) => each === text) ?? "newest";
}

const most = (a: number | null, b: number | null) => (b ?? -1) - (a ?? -1);

/** Uploads, that come newest first, in another order; of equal ones the newer is first. */
export function inOrder(
  uploads: readonly Upload[],
  order: Order,
  format: Pick<Format, "compare">,
): readonly Upload[] {
  switch (order) {
    case "newest":
      return uploads;
    case "oldest":
      return [...uploads].reverse();
    case "name":
      return [...uploads].sort((a, b) => format.compare(a.name, b.name));
    case "print_time":
      return [...uploads].sort((a, b) => most(a.print_time_s, b.print_time_s));
    case "filament":
      return [...uploads].sort((a, b) => most(a.filament_g, b.filament_g));
  }
}
