import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CheckReport, Printer } from "../api/types";
import { alert, button, icon } from "../ha";
import "../parts/dialog";
import { BvpElement } from "../parts/element";
import { shared } from "../styles";

const OUTCOMES = {
  ok: { icon: "mdi:check-circle", tone: "good" },
  warning: { icon: "mdi:alert", tone: "warning" },
  problem: { icon: "mdi:close-circle", tone: "bad" },
  not_checked: { icon: "mdi:help-circle-outline", tone: "" },
} as const;

/** The setup check of a printer, made when it opens. Events: `connect` to connect a slicer, `closed`. */
@customElement("bvp-check-dialog")
export class BvpCheckDialog extends BvpElement {
  static override styles = [
    shared,
    css`
      li {
        display: flex;
        gap: 12px;
        padding: 8px 0;
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--divider-color);
      }
      .good .icon {
        color: var(--success-color);
      }
      .warning .icon {
        color: var(--warning-color);
      }
      .bad .icon {
        color: var(--error-color);
      }
      .remedy {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
      }
      .wait {
        padding: 24px 0;
        text-align: center;
      }
      .summary {
        margin-bottom: 8px;
      }
    `,
  ];

  @property({ attribute: false }) printer!: Printer;
  @state() private report?: CheckReport;
  @state() private error?: unknown;
  @state() private isRunning = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    this.error = undefined;
    try {
      this.report = await this.app.api.check(this.printer.id);
    } catch (error) {
      this.error = error;
    }
    this.isRunning = false;
  }

  private summary(report: CheckReport): TemplateResult {
    const of = (...outcomes: string[]) =>
      report.checks.filter((check) => outcomes.includes(check.outcome)).length;
    const bad = of("problem", "warning");
    const time = this.app.format.time(report.checked_at);
    return html`<p class="summary" role="status">
      ${bad
        ? this.t("printers.check_bad", { count: bad, time })
        : of("not_checked")
          ? this.t("printers.check_as_far", { time })
          : this.t("printers.check_good", { count: report.checks.length, time })}
    </p>`;
  }

  /** What one can do about it: where it is read, and for what a slicer refuses the dialog that connects one. */
  private remedy({ text_key, link }: CheckReport["checks"][number]) {
    if (!link) return nothing;
    const isOfSlicers = /trust|wrong_code/.test(text_key);
    return html`<span class="remedy"
      ><a href=${link} target="_blank" rel="noreferrer noopener"
        >${this.t("printers.check_remedy")}</a
      >${isOfSlicers && this.app.isAdmin
        ? button({
            label: this.t("printers.connect"),
            look: "plain",
            onClick: () => this.dispatchEvent(new CustomEvent("connect")),
          })
        : nothing}</span
    >`;
  }

  private content() {
    if (this.error) return alert("error", this.app.sayError(this.error));
    if (!this.report || this.isRunning)
      return html`<p class="wait secondary" role="status">${this.t("printers.check_running")}</p>`;
    // What needs a person comes first.
    const order = ["problem", "warning", "not_checked", "ok"];
    const checks = [...this.report.checks].sort(
      (a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome),
    );
    return html`${this.summary(this.report)}
      <ul>
        ${checks.map((check) => {
          const outcome = OUTCOMES[check.outcome];
          return html`<li class=${outcome.tone}>
            ${icon(outcome.icon)}<span
              ><span class="visually-hidden">${this.t(`printers.outcome_${check.outcome}`)}: </span
              >${this.app.say(check)}
              ${this.remedy(check)}</span
            >
          </li>`;
        })}
      </ul>`;
  }

  protected override render() {
    return html`<bvp-dialog
      .app=${this.app}
      heading=${this.t("printers.check_heading", { printer: this.printer.name })}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${this.content()}
      <div slot="actions">
        ${this.isRunning
          ? nothing
          : button({
              label: this.t("printers.check_again"),
              icon: "mdi:refresh",
              onClick: () => void this.run(),
            })}
      </div>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-check-dialog": BvpCheckDialog;
  }
}
