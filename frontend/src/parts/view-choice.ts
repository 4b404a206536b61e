import { css, html, type TemplateResult } from "lit";
import type { App, Route } from "../app";
import { iconButton } from "../ha";
import type { Key } from "../i18n";
import { read } from "../router";

export interface View<Id extends string> {
  readonly id: Id;
  readonly icon: string;
  readonly label: Key;
}

export const viewStyles = css`
  .views {
    display: inline-flex;
    border: 1px solid var(--ha-color-border-neutral-normal, var(--divider-color));
    border-radius: var(--ha-border-radius-pill, 9999px);
  }
  .views .icon-button[aria-pressed="true"] {
    background: color-mix(in srgb, var(--primary-color) 24%, transparent);
  }
`;

/** How a screen is looked at: as the address says, else as this browser did last, else the first way. */
export function viewOf<Id extends string>(
  views: readonly View<Id>[],
  route: Route,
  remembered: string,
): Id {
  const wanted = route.query.get("view") ?? read(remembered);
  return (views.find((view) => view.id === wanted) ?? views[0]!).id;
}

/** Buttons of which one is pressed. */
export function viewChoice<Id extends string>(
  app: App,
  views: readonly View<Id>[],
  current: Id,
  onChoose: (id: Id) => void,
): TemplateResult {
  return html`<div class="views" role="group" aria-label=${app.t("common.view")}>
    ${views.map((view) =>
      iconButton({
        label: app.t(view.label),
        icon: view.icon,
        pressed: view.id === current,
        onClick: () => onChoose(view.id),
      }),
    )}
  </div>`;
}
