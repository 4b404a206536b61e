import type { App } from "./app";
import type { TargetChoice, Text } from "./api/types";

/** Whether a file can be meant for a target, as far as models tell. Unknown models fit everything. */
export function fits(slicedFor: string, target: Pick<TargetChoice, "sliced_for">): boolean {
  return !slicedFor || !target.sliced_for || slicedFor === target.sliced_for;
}

/** The name of a target: a printer's, “any” of a model, or that it is to be decided later. */
export function targetName(
  app: App,
  targets: readonly TargetChoice[],
  id: string,
  name: Text | null = null,
): string {
  if (id === "none" || id === "") return app.t("target.later");
  const target = targets.find((each) => each.id === id);
  if (target?.kind === "printer") return target.name;
  // A printer that is gone has at least its name.
  return target ? app.t("target.any", { model: modelName(target.sliced_for) }) : (name ? capital(app.say(name)) : id);
}

/** In sentences models are “any A1”; alone they are not. */
function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** A model as people call it: files name the maker too. */
export function modelName(slicedFor: string): string {
  return slicedFor.replace(/^Bambu Lab /, "");
}
