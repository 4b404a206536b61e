import type { Right, Sent } from "./api/types";

/** Whether the user may do something with all of these. */
export function may(right: Right, things: readonly Pick<Sent, "rights">[]): boolean {
  return things.every((each) => each.rights.includes(right));
}
