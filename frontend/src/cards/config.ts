import type { SHOWS } from "../card-app";

export type Show = (typeof SHOWS)[number];

/** What a card is told. `collapsible` gives its list a heading that opens and closes it, as a title does. */
export interface CardConfig {
  type: string;
  show?: Show;
  printers?: string | string[];
  printer?: string;
  limit?: number;
  title?: string;
  compact?: boolean;
  collapsible?: boolean;
  schedule?: boolean;
  /** Of a card of one printer: whether it shows what the camera sees. */
  camera?: boolean;
}
