import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import type { Printer } from "../api/types";
import type { App } from "../app";
import { iconButton } from "../ha";
import { copy } from "./copy";

const HIDDEN_CODE = "••••••••";
const CODE_SHOWN_MS = 30_000;

/** The access code of a virtual printer: asked for when somebody wants to see it, and hidden again. */
export class AccessCode implements ReactiveController {
  private code: string | null = null;
  private timer?: ReturnType<typeof setTimeout>;

  constructor(
    private readonly host: ReactiveControllerHost &
      HTMLElement & { readonly app: App; readonly printer: Printer },
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.hide();
  }

  hide(): void {
    clearTimeout(this.timer);
    this.code = null;
    this.host.requestUpdate();
  }

  private async secret(): Promise<string | undefined> {
    const { app, printer } = this.host;
    return this.code ?? (await app.attempt(app.api.secret(printer.id)))?.access_code;
  }

  private async reveal(): Promise<void> {
    if (this.code !== null) {
      this.hide();
      return;
    }
    const { printer } = this.host;
    const code = (await this.secret()) ?? null;
    // The host may be another printer's by now, or gone.
    if (printer.id !== this.host.printer.id || !this.host.isConnected) return;
    this.code = code;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), CODE_SHOWN_MS);
    this.host.requestUpdate();
  }

  private async copy(): Promise<void> {
    const code = await this.secret();
    if (code !== undefined) await copy(this.host.app, this.host, code);
  }

  /** A row of a list of facts, for administrators. */
  row(disabled = false) {
    const { app, printer } = this.host;
    if (!app.isAdmin || printer.kind !== "virtual") return nothing;
    const isShown = this.code !== null;
    return html`<dt>${app.t("printers.code")}</dt>
      <dd>
        <code
          aria-label=${isShown ? nothing : app.t("printers.code_hidden")}
          role=${isShown ? nothing : "img"}
          >${this.code ?? HIDDEN_CODE}</code
        >
        ${iconButton({
          label: app.t(isShown ? "printers.code_hide" : "printers.code_show"),
          icon: isShown ? "mdi:eye-off" : "mdi:eye",
          disabled,
          onClick: () => void this.reveal(),
        })}
        ${iconButton({
          label: app.t("printers.code_copy"),
          icon: "mdi:content-copy",
          disabled,
          onClick: () => void this.copy(),
        })}
      </dd>`;
  }
}
