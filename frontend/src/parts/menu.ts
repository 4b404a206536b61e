import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { ifDefined } from "lit/directives/if-defined.js";
import { icon, iconButton } from "../ha";
import { shared } from "../styles";
import { BvpElement } from "./element";

export interface MenuItem {
  label: string;
  icon?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Why it cannot be chosen; it can be read all the same, with the keyboard too. */
  refused?: string;
  /** Whether it is what holds now, of several of which one does. */
  checked?: boolean;
  /** A link instead of something to do. */
  href?: string;
  download?: boolean;
  /** What opens in its place. */
  items?: readonly MenuItem[];
  /** Gets the menu, which is where the person is. */
  onClick?: (menu: HTMLElement) => void;
}

/** A button that opens a list of things to do, some of which open further ones. Falsy items are left out. */
@customElement("bvp-menu")
export class BvpMenu extends BvpElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
      }
      .menu {
        position: fixed;
        inset: auto;
        min-width: 200px;
        max-width: min(320px, calc(100vw - 16px));
        max-height: calc(100dvh - 16px);
        margin: 0;
        padding: 8px 0;
        overflow: auto;
        border: 1px solid var(--divider-color);
        border-radius: var(--ha-border-radius-lg, 12px);
        background: var(--card-background-color);
        color: var(--primary-text-color);
        box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
      }
      .item {
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        min-height: 44px;
        padding: 4px 16px;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        text-decoration: none;
        cursor: pointer;
      }
      .item .icon {
        color: var(--secondary-text-color);
      }
      .item:hover,
      .item:focus-visible {
        background: color-mix(in srgb, currentColor 8%, transparent);
        outline-offset: -2px;
      }
      .item.danger,
      .item.danger .icon {
        color: var(--ha-color-on-danger-normal, var(--error-color));
      }
      .item:disabled,
      .item[aria-disabled="true"] {
        opacity: 0.5;
        cursor: default;
      }
      .item > span {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .item small {
        display: block;
      }
      /* They show where a menu opens, and where it came from. */
      .back > .icon:dir(rtl),
      [aria-haspopup="menu"] > span ~ .icon:dir(rtl) {
        transform: scaleX(-1);
      }
      .item.back {
        border-bottom: 1px solid var(--divider-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
    `,
  ];

  @property() label = "";
  @property() icon = "mdi:dots-vertical";
  /** Shown as a button with its label instead of an icon alone. */
  @property({ type: Boolean }) text = false;
  @property({ type: Boolean }) disabled = false;
  @property({ attribute: false }) items: (MenuItem | false | null | undefined)[] = [];
  @query(".menu") private menu!: HTMLElement;
  private isOpen = false;
  /** The name of the item whose own items are shown. */
  private inside = "";

  private toggle(event: Event): void {
    event.stopPropagation();
    if (this.isOpen) this.menu.hidePopover();
    else this.menu.showPopover();
  }

  private onToggle(event: Event): void {
    this.isOpen = (event as ToggleEvent).newState === "open";
    this.inside = "";
    this.requestUpdate();
    if (!this.isOpen) return;
    this.place();
    this.focusables[0]?.focus();
  }

  /** Beside the button, as a whole inside the window. */
  private place(): void {
    const anchor = this.renderRoot.querySelector("button")!.getBoundingClientRect();
    const box = this.menu.getBoundingClientRect();
    const below = anchor.bottom + box.height + 8 <= window.innerHeight;
    const top = below ? anchor.bottom + 4 : Math.max(8, anchor.top - box.height - 4);
    const isRtl = getComputedStyle(this).direction === "rtl";
    const wanted = isRtl ? anchor.left : anchor.right - box.width;
    const left = Math.min(Math.max(8, wanted), window.innerWidth - box.width - 8);
    this.menu.style.top = `${top}px`;
    this.menu.style.left = `${left}px`;
  }

  /** Show what an item opens, or all again. */
  private async go(inside: string): Promise<void> {
    const from = this.inside;
    this.inside = inside;
    this.requestUpdate();
    await this.updateComplete;
    this.place();
    const items = this.focusables;
    const opener = items.find((each) => from && each.dataset.opens === from);
    (opener ?? items[inside ? 1 : 0] ?? items[0])?.focus();
  }

  private get focusables(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>(".item:not(:disabled)")];
  }

  private onKey(event: KeyboardEvent): void {
    event.stopPropagation();
    const items = this.focusables;
    const focused = this.shadowRoot!.activeElement as HTMLElement;
    const at = items.indexOf(focused);
    const isRtl = getComputedStyle(this).direction === "rtl";
    const opens = focused?.dataset?.opens;
    if (this.inside && ["Escape", isRtl ? "ArrowRight" : "ArrowLeft"].includes(event.key)) {
      event.preventDefault();
      void this.go("");
    } else if (opens && event.key === (isRtl ? "ArrowLeft" : "ArrowRight")) {
      event.preventDefault();
      void this.go(opens);
    }
    const to = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items[to]?.focus();
  }

  private choose(item: MenuItem): void {
    if (item.refused) return;
    if (item.items) return void this.go(item.label);
    this.menu.hidePopover();
    item.onClick?.(this);
  }

  private item(item: MenuItem) {
    const content = html`${item.icon ? icon(item.icon) : nothing}<span
        >${item.label}${item.refused ? html`<small>${item.refused}</small>` : nothing}</span
      >${item.items ? icon("mdi:chevron-right") : item.checked ? icon("mdi:check") : nothing}`;
    return item.href
      ? html`<a
          class="item"
          role="menuitem"
          href=${item.href}
          ?download=${item.download ?? false}
          target=${item.download ? nothing : "_blank"}
          rel="noreferrer noopener"
          @click=${() => this.choose(item)}
          >${content}</a
        >`
      : html`<button
          type="button"
          class="item ${item.danger ? "danger" : ""}"
          role=${item.checked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked=${ifDefined(item.checked)}
          aria-haspopup=${item.items ? "menu" : nothing}
          aria-disabled=${item.refused ? "true" : nothing}
          data-opens=${item.items ? item.label : nothing}
          ?disabled=${item.disabled ?? false}
          @click=${() => this.choose(item)}
        >
          ${content}
        </button>`;
  }

  private shown() {
    const items = this.items.filter((each): each is MenuItem => Boolean(each));
    const opened = items.find((each) => each.label === this.inside);
    if (!opened?.items) return items.map((item) => this.item(item));
    return html`<button
        type="button"
        class="item back"
        role="menuitem"
        aria-label=${`${this.t("common.back")}: ${opened.label}`}
        @click=${() => void this.go("")}
      >
        ${icon("mdi:chevron-left")}<span>${opened.label}</span>
      </button>
      ${opened.items.map((item) => this.item(item))}`;
  }

  protected override render() {
    return html`${this.text
        ? html`<button
            type="button"
            class="button outlined"
            aria-haspopup="menu"
            aria-expanded=${this.isOpen}
            ?disabled=${this.disabled}
            @click=${this.toggle}
          >
            ${icon(this.icon)}<span>${this.label}</span>
          </button>`
        : iconButton({
            label: this.label,
            icon: this.icon,
            expanded: this.isOpen,
            disabled: this.disabled,
            onClick: (event) => this.toggle(event),
          })}
      <div
        class="menu"
        role="menu"
        popover="auto"
        tabindex="-1"
        aria-label=${this.label}
        @toggle=${this.onToggle}
        @keydown=${this.onKey}
      >
        ${this.shown()}
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-menu": BvpMenu;
  }
}
