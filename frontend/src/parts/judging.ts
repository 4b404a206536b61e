import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import type { Job, PrintVerdict, Text } from "../api/types";
import type { App } from "../app";
import type { Key } from "../i18n";
import { may } from "../rights";
import "./text-dialog";

type Said = PrintVerdict["verdict"];
/** Tells the server how a copy came out; what it says of that, or nothing where it was refused. */
export type Give = (verdict: Said, reason: string) => Promise<PrintVerdict | null | undefined>;

/** What goes wrong most. */
export const FAILURES = ["bed", "spaghetti", "clogged", "filament", "power"] as const;

/** A failed copy that may be printed again. Without `print_id` it is the last one of the job. */
interface Offer {
  readonly job_id: string;
  readonly print_id?: string;
  readonly message: Text;
}

/** Asks how a copy came out, why it failed, and whether it is printed again. */
export class Judging implements ReactiveController {
  private asking: { give: Give; confirm: Key } | Offer | null = null;

  /** `changed` is called after the server was told something. */
  constructor(
    private readonly host: ReactiveControllerHost & { readonly app: App },
    private readonly changed: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.asking = null;
  }

  async good(give: Give): Promise<void> {
    this.hear(await give("good", ""));
  }

  /** Ask why it failed. `confirm` names what the answer does. */
  failed(give: Give, confirm: Key = "prints.failed"): void {
    this.ask({ give, confirm });
  }

  /** Ask whether what is offered still is to be printed again. */
  offer(job: Job): void {
    const reason = job.verdict_reason;
    const verdict: Text = reason
      ? { text_key: "verdict_failed_because", values: { reason } }
      : { text_key: "verdict_failed", values: {} };
    this.ask({ job_id: job.id, message: { text_key: "reprint_offered", values: { verdict } } });
  }

  /** A verdict on the last copy of a job. */
  of(job: Job): Give {
    const { app } = this.host;
    return (verdict, reason) => app.attempt(app.api.judge(job.id, verdict, reason));
  }

  private ask(asking: typeof this.asking): void {
    this.asking = asking;
    this.host.requestUpdate();
  }

  private hear(said: PrintVerdict | null | undefined): void {
    const { app } = this.host;
    if (said && !said.accepted) app.toast(app.say(said.message));
    else if (said?.reprint === "offered") this.ask(said);
    if (said) this.changed();
  }

  private async reprint({ job_id, print_id }: Offer, again: boolean): Promise<void> {
    this.ask(null);
    const { app } = this.host;
    const done = await app.attempt(app.api.reprint(job_id, again, print_id));
    if (!done) return;
    app.toast(app.say(done.message));
    this.changed();
  }

  render() {
    const { asking } = this;
    const { app } = this.host;
    const closed = () => this.ask(null);
    if (!asking) return nothing;
    if ("give" in asking)
      return html`<bvp-text-dialog
        .app=${app}
        .heading=${app.t("printers.failed_heading")}
        .label=${app.t("printers.failed_why")}
        .suggestions=${FAILURES.map((each) => app.t(`queue.reason_${each}`))}
        .confirm=${app.t(asking.confirm)}
        @done=${(event: CustomEvent<string>) => {
          closed();
          void asking.give("failed", event.detail).then((said) => this.hear(said));
        }}
        @closed=${closed}
      ></bvp-text-dialog>`;
    return html`<bvp-text-dialog
      .app=${app}
      .heading=${app.t("printers.again_heading")}
      .question=${app.say(asking.message)}
      .confirm=${app.t("printers.again_confirm")}
      .refuse=${app.t("prints.not_again")}
      @done=${() => void this.reprint(asking, true)}
      @refused=${() => void this.reprint(asking, false)}
      @closed=${closed}
    ></bvp-text-dialog>`;
  }
}

/** Whether somebody can still say how the last copy came out. */
export function isJudgeable(job: Job): boolean {
  const isPrinted = ["completed", "failed"].includes(job.state) || job.copies_printed > 0;
  return isPrinted && !job.verdict && may("work", [job]);
}

/** Whether nobody has answered yet whether the failed copy is printed again. */
export function isOffered(job: Job): boolean {
  return job.reprint === "offered" && may("decide", [job]);
}
