import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Options } from "../api/types";

/** A choice between the Home Assistants that share the library; nothing where there are not several. */
export function instanceChoice(
  app: App,
  options: Options,
  chosen: string,
  set: (instance: string) => void,
): TemplateResult | typeof nothing {
  const instances = options.instances ?? [];
  if (!instances.length && !chosen) return nothing;
  // What is in the address is shown, also where nobody knows of it any more.
  const known = instances.some(({ id }) => id === chosen) || !chosen;
  const all = known ? instances : [...instances, { id: chosen, value: "…" }];
  return html`<select
    aria-label=${app.t("archive.instance")}
    @change=${(event: Event) => set((event.target as HTMLSelectElement).value)}
  >
    <option value="" ?selected=${!chosen}>${app.t("common.all_instances")}</option>
    ${all.map(
      ({ id, value }) => html`<option value=${id} ?selected=${id === chosen}>${value}</option>`,
    )}
  </select>`;
}

/** The things that came in at one of several Home Assistants; all of them without one. */
export function ofInstance<T extends { instance_id?: string | null }>(
  things: readonly T[],
  instance: string,
): readonly T[] {
  return instance ? things.filter((each) => each.instance_id === instance) : things;
}
