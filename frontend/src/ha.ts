/**
 * Home Assistant's own elements: the one place that names them. Each has a fallback of plain HTML, for they are no public
 * interface and may be gone in a later version.
 */

import { html, nothing, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import type { Hass } from "./hass";

/** All that are used; a test looks whether the newest frontend has them. */
export const USED_ELEMENTS = [
  "ha-menu-button",
  "ha-icon",
  "ha-icon-button",
  "ha-button",
  "ha-alert",
  "ha-sortable",
  "ha-markdown",
] as const;

function has(tag: (typeof USED_ELEMENTS)[number]): boolean {
  return customElements.get(tag) !== undefined;
}

export function menuButton(hass: Hass | undefined, narrow: boolean): TemplateResult | typeof nothing {
  return has("ha-menu-button")
    ? html`<ha-menu-button .hass=${hass} .narrow=${narrow}></ha-menu-button>`
    : nothing;
}

/** An icon by its name (`mdi:…`); it says nothing to screen readers. */
export function icon(name: string): TemplateResult {
  return has("ha-icon")
    ? html`<ha-icon class="icon" .icon=${name} aria-hidden="true"></ha-icon>`
    : html`<span class="icon" aria-hidden="true"></span>`;
}

export interface ButtonOptions {
  label: string;
  icon?: string;
  /** The one thing that most people do here is `primary`. */
  look?: "primary" | "plain" | "outlined" | "danger" | undefined;
  disabled?: boolean;
  /** What is said of it where a pointer rests on it. */
  title?: string | undefined;
  onClick: (event: Event) => void;
  id?: string;
  class?: string;
}

export function button(options: ButtonOptions): TemplateResult {
  const { label, look = "outlined", disabled = false } = options;
  return html`<button
    type="button"
    id=${ifDefined(options.id)}
    class="button ${look} ${options.class ?? ""}"
    title=${ifDefined(options.title)}
    ?disabled=${disabled}
    @click=${options.onClick}
  >
    ${options.icon ? icon(options.icon) : nothing}<span>${label}</span>
  </button>`;
}

export interface IconButtonOptions {
  label: string;
  icon: string;
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  class?: string;
  onClick: (event: Event) => void;
}

export function iconButton(options: IconButtonOptions): TemplateResult {
  return html`<button
    type="button"
    class="icon-button ${options.class ?? ""}"
    aria-label=${options.label}
    title=${options.label}
    aria-pressed=${ifDefined(options.pressed === undefined ? undefined : String(options.pressed))}
    aria-expanded=${ifDefined(
      options.expanded === undefined ? undefined : String(options.expanded),
    )}
    ?disabled=${options.disabled ?? false}
    @click=${options.onClick}
  >
    ${icon(options.icon)}
  </button>`;
}

/** A box that says something, with buttons. */
export function alert(
  kind: "info" | "warning" | "error" | "success",
  text: string,
  actions: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return has("ha-alert")
    ? html`<ha-alert alert-type=${kind}>${text}${actions}</ha-alert>`
    : html`<div class="alert ${kind}" role="status">${text}${actions}</div>`;
}

/** What a person wrote, with Markdown; Home Assistant's element leaves out what could do something. */
export function markdown(text: string): TemplateResult {
  return has("ha-markdown")
    ? html`<ha-markdown class="notes" .content=${text} .breaks=${true}></ha-markdown>`
    : html`<p class="notes plain">${text}</p>`;
}

/** Ask the frontend to show a toast. */
export function showToast(
  from: EventTarget,
  detail: { message: string; duration?: number; action?: { text: string; action: () => void } },
): void {
  from.dispatchEvent(
    new CustomEvent("hass-notification", { detail, bubbles: true, composed: true }),
  );
}

/** A list whose items can be dragged; `onMove` gets the old and the new place. */
export function sortable(
  list: TemplateResult,
  options: {
    disabled: boolean;
    handle: string;
    item: string;
    onMove: (from: number, to: number) => void;
  },
): TemplateResult {
  return has("ha-sortable")
    ? html`<ha-sortable
        .disabled=${options.disabled}
        .handleSelector=${options.handle}
        .draggableSelector=${options.item}
        @item-moved=${(event: CustomEvent<{ oldIndex: number; newIndex: number }>) => {
          event.stopPropagation();
          options.onMove(event.detail.oldIndex, event.detail.newIndex);
        }}
        >${list}</ha-sortable
      >`
    : list;
}
