import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import type { Job, PrintVerdict, Text } from "../api/types";
import type { App } from "../app";
import type { Key } from "../i18n";
import { may } from "../rights";
import "./text-dialog";

type Said = PrintVerdict["verdict"];
/** Tells the server how a copy came out; what it says of that, or nothing where it was refused. */
export type Give = (
  verdict: Said,
  reason: string,
  reprint?: boolean,
) => Promise<PrintVerdict | null | undefined>;

/** What goes wrong most. */
export const FAILURES = ["bed", "spaghetti", "clogged", "filament", "power"] as const;

/** A failed copy that may be printed again. Without `print_id` it is the last one of the job. */
interface Offer {
  readonly job_id: string;
  readonly print_id?: string;
  readonly message: Text;
}

/** What is told with one decision: why a copy failed, and whether it is printed again. */
interface Decision {
  readonly give: Give;
  readonly reason: string;
  readonly message: Text;
}

/** Asks how a copy came out, why it failed, and whether it is printed again. */
export class Judging implements ReactiveController {
  private asking: { give: Give; confirm: Key; then?: "decide" } | Offer | Decision | null = null;

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

  /** Ask why it failed and whether it is printed again, and tell both at once: the copy is in line before anything else begins. */
  failedAndAgain(give: Give): void {
    this.ask({ give, confirm: "prints.failed", then: "decide" });
  }

  /** Ask whether what is offered still is to be printed again. */
  offer(job: Job): void {
    this.ask({ job_id: job.id, message: offered(job.verdict_reason ?? "") });
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

  private async decide({ give, reason }: Decision, again: boolean): Promise<void> {
    this.ask(null);
    const said = await give("failed", reason, again);
    if (said) this.host.app.toast(this.host.app.say(said.message));
    this.hear(said && { ...said, accepted: true });
  }

  render() {
    const { asking } = this;
    const { app } = this.host;
    const closed = () => this.ask(null);
    if (!asking) return nothing;
    if ("confirm" in asking)
      return html`<bvp-text-dialog
        .app=${app}
        .heading=${app.t("printers.failed_heading")}
        .label=${app.t("printers.failed_why")}
        .suggestions=${FAILURES.map((each) => app.t(`queue.reason_${each}`))}
        .confirm=${app.t(asking.confirm)}
        @done=${(event: CustomEvent<string>) => {
          const { give, then } = asking;
          const reason = event.detail;
          if (then) return this.ask({ give, reason, message: offered(reason) });
          closed();
          void give("failed", reason).then((said) => this.hear(said));
        }}
        @closed=${closed}
      ></bvp-text-dialog>`;
    const answer = (again: boolean) =>
      void ("give" in asking ? this.decide(asking, again) : this.reprint(asking, again));
    return html`<bvp-text-dialog
      .app=${app}
      .heading=${app.t("printers.again_heading")}
      .question=${app.say(asking.message)}
      .confirm=${app.t("printers.again_confirm")}
      .refuse=${app.t("prints.not_again")}
      @done=${() => answer(true)}
      @refused=${() => answer(false)}
      @closed=${closed}
    ></bvp-text-dialog>`;
  }
}

/** What asks whether a copy that failed for this reason is printed again. */
function offered(reason: string): Text {
  const verdict: Text = reason
    ? { text_key: "verdict_failed_because", values: { reason } }
    : { text_key: "verdict_failed", values: {} };
  return { text_key: "reprint_offered", values: { verdict } };
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
