import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { button } from "../ha";
import type { Key } from "../i18n";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";

const KEYS: readonly (readonly [string, Key])[] = [
  ["g i", "tab.inbox"],
  ["g q", "tab.queue"],
  ["g a", "tab.archive"],
  ["g p", "tab.printers"],
  ["g s", "tab.stats"],
  ["j ↓", "keys.next"],
  ["k ↑", "keys.previous"],
  ["a", "verb.archive"],
  ["u", "verb.queue"],
  ["Delete", "verb.discard"],
  ["x", "common.select"],
  ["/", "archive.search"],
  ["s", "queue.verb_start"],
  ["d", "queue.verb_complete"],
  ["f", "queue.verb_fail"],
];

/** Which keys do what. Event: `closed`. */
@customElement("bvp-keys-dialog")
export class BvpKeysDialog extends BvpElement {
  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 8px 24px;
        margin: 0;
      }
      dd {
        margin: 0;
      }
      kbd {
        padding: 2px 8px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 4px;
        font: inherit;
      }
    `,
  ];

  private close(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("keys.title")}
      @closed=${this.close}
    >
      <dl>
        ${KEYS.map(
          ([keys, word]) =>
            html`<dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt>
              <dd>${this.t(word)}</dd>`,
        )}
      </dl>
      <span slot="actions">
        ${button({ label: this.t("common.close"), look: "plain", onClick: () => this.close() })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-keys-dialog": BvpKeysDialog;
  }
}
