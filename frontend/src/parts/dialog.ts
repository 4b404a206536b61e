import { css, html, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { iconButton } from "../ha";
import { closeByBack } from "./back";
import { BvpElement } from "./element";
import { focused } from "./focus";
import { shared } from "../styles";

/**
 * A dialog; a sheet from below on phones. Slots: the content, and `actions` at its foot. It is open while it is in the
 * document, and asks to be removed with `closed`: by its button, Esc, Back, or a tap beside it. While it is open nothing else
 * has the focus, and afterwards what had it before.
 *
 * Home Assistant's own `ha-adaptive-dialog` (frontend 20261028) would have to have a fallback that does all of this anyway, and
 * gives nothing beyond it: Back is no part of it but of how Home Assistant opens its own dialogs, which others cannot use; it has
 * to stay in the document until it has faded out; and it tells that by a `closed` that bubbles out of every shadow root, as the
 * menus and lists inside it do.
 */
@customElement("bvp-dialog")
export class BvpDialog extends BvpElement {
  static override styles = [
    shared,
    css`
      dialog {
        display: flex;
        flex-direction: column;
        width: min(var(--bvp-dialog-width, 560px), calc(100vw - 32px));
        max-height: calc(100dvh - 64px);
        padding: 0;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        background: var(--ha-dialog-surface-background, var(--card-background-color));
        color: var(--primary-text-color);
        box-shadow: var(--ha-box-shadow-l, 0 8px 32px rgb(0 0 0 / 40%));
      }
      dialog::backdrop {
        background: var(--ha-dialog-scrim-color, rgb(0 0 0 / 32%));
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 12px 12px 4px;
        padding-inline-start: 24px;
      }
      h2 {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
      }
      .content {
        flex: 1;
        overflow: auto;
        padding: 8px 24px;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 24px 20px;
      }
      ::slotted([slot="actions"]) {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 8px;
      }
      @media (max-width: 600px) {
        dialog {
          width: 100vw;
          max-width: 100vw;
          max-height: 92dvh;
          margin: auto 0 0;
          border-radius: var(--ha-dialog-border-radius, 24px) var(--ha-dialog-border-radius, 24px) 0 0;
        }
        .content {
          padding: 8px 16px;
        }
        footer {
          padding: 12px 16px calc(16px + var(--safe-area-inset-bottom, env(safe-area-inset-bottom, 0px)));
        }
      }
    `,
  ];

  @property() heading = "";
  /** Whether it has an address of its own, so that Back closes it anyway. */
  @property({ type: Boolean }) addressed = false;
  @query("dialog") private dialog!: HTMLDialogElement;

  private opener: HTMLElement | null = null;
  private release?: () => void;

  protected override firstUpdated(): void {
    this.opener = focused();
    this.dialog.showModal();
    if (!this.addressed) this.release = closeByBack(() => this.close());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release?.();
    // Browsers give the focus back where a dialog is closed, not where it is taken out of the document.
    const { opener } = this;
    if (opener?.isConnected && !focused()) opener.focus({ preventScroll: true });
  }

  close(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  private onClick(event: MouseEvent): void {
    // On the backdrop: the dialog itself is what was hit, outside of its box.
    if (event.target !== this.dialog) return;
    const box = this.dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) this.close();
  }

  protected override render() {
    return html`<dialog
      aria-labelledby="heading"
      @cancel=${(event: Event) => {
        event.preventDefault();
        this.close();
      }}
      @click=${this.onClick}
      @keydown=${(event: Event) => event.stopPropagation()}
    >
      <header>
        <h2 id="heading">${this.heading || nothing}</h2>
        ${iconButton({
          label: this.t("common.close"),
          icon: "mdi:close",
          onClick: () => this.close(),
        })}
      </header>
      <div class="content" tabindex="0"><slot></slot></div>
      <footer><slot name="actions"></slot></footer>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-dialog": BvpDialog;
  }
}
