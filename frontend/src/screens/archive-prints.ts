import { css, html, nothing, type TemplateResult } from "lit";
import type { Archive, Job, JobState } from "../api/types";
import type { App } from "../app";
import { button, icon, iconButton } from "../ha";
import { follow } from "../router";
import { isJudgeable, isOffered, type Judging } from "../parts/judging";

export const printsStyles = css`
  .prints li {
    display: flex;
    align-items: start;
    gap: 8px;
    padding: 4px 0;
  }
  .prints a {
    color: inherit;
  }
  .prints .icon {
    --mdc-icon-size: 18px;
    width: 18px;
    height: 18px;
    margin-top: 2px;
    color: var(--secondary-text-color);
  }
  .prints .completed > .icon {
    color: var(--success-color);
  }
  .prints .failed > .icon {
    color: var(--error-color);
  }
  .prints li > :nth-child(2) {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .prints li > button,
  .prints .judge {
    flex: none;
    margin-block: -8px;
  }
  .prints .judge .icon {
    margin: 0;
    color: inherit;
  }
  .prints .judged {
    display: inline-flex;
    align-items: start;
    gap: 4px;
  }
  .others {
    display: grid;
    gap: 4px;
  }
  .others a {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 44px;
    color: inherit;
    text-decoration: none;
  }
  .others bvp-picture {
    flex: none;
    width: 40px;
  }
`;

const ICONS: Record<JobState, string> = {
  pending: "mdi:playlist-play",
  staged: "mdi:pause-circle-outline",
  waiting: "mdi:playlist-play",
  dispatching: "mdi:upload-network",
  printing: "mdi:printer-3d-nozzle",
  completed: "mdi:check-circle",
  failed: "mdi:close-circle",
  skipped: "mdi:skip-next-circle-outline",
  cancelled: "mdi:cancel",
};
const ENDED: readonly JobState[] = ["completed", "failed", "skipped", "cancelled"];

/** The jobs of a file: how they ended, or where they are, and what can still be said of them. */
export function prints(
  app: App,
  jobs: readonly Job[],
  judging: Judging,
  disabled: boolean,
): TemplateResult {
  return html`<ul class="prints">
    ${jobs.map((job) => {
      const at = job.finished_at ?? job.started_at;
      const rest = [
        job.plate_count > 1 ? app.t("archive.plate", { plate: job.plate }) : "",
        job.printed_on ?? "",
        at ? app.format.moment(at) : "",
        typeof job.energy_kwh === "number" ? app.format.energy(job.energy_kwh) : "",
        job.energy_cost ? app.format.money(job.energy_cost) : "",
      ]
        .filter(Boolean)
        .join(" · ");
      const what = app.say(job.status);
      return html`<li class=${job.verdict === "failed" ? "failed" : job.state}>
        ${icon(ICONS[job.verdict === "failed" ? "failed" : job.state])}<span
          >${ENDED.includes(job.state)
            ? what
            : html`<a
                href=${app.url("queue", job.id)}
                @click=${(event: MouseEvent) => follow(event, () => app.go("queue", job.id))}
                >${what}</a
              >`}
          ${job.error && job.state === "failed" ? html`: ${job.error}` : nothing}
          ${judged(app, job)} <span class="secondary">${rest}</span></span
        >
        ${judge(app, job, judging, disabled)}
      </li>`;
    })}
  </ul>`;
}

/** What somebody said of the last copy, apart from how the printer ended it. */
export function judged(app: App, job: Job): TemplateResult | typeof nothing {
  if (!job.verdict) return nothing;
  const said = app.t(job.verdict === "good" ? "prints.good" : "prints.failed");
  const words = [job.verdict_reason ? `${said}: ${job.verdict_reason}` : said, job.verdict_by];
  return html`<span class="judged"
    >${icon(job.verdict === "good" ? "mdi:thumb-up-outline" : "mdi:thumb-down-outline")}${words
      .filter(Boolean)
      .join(" · ")}</span
  >`;
}

/** What asks how the last copy came out, and whether a failed one is printed again. */
function judge(app: App, job: Job, judging: Judging, disabled: boolean) {
  if (isOffered(job))
    return button({
      label: app.t("printers.again_heading"),
      icon: "mdi:repeat",
      look: "plain",
      disabled,
      onClick: () => judging.offer(job),
    });
  if (!isJudgeable(job)) return nothing;
  return html`<span class="judge">
    ${iconButton({
      label: app.t("prints.judge_good"),
      icon: "mdi:thumb-up-outline",
      disabled,
      onClick: () => void judging.good(judging.of(job)),
    })}
    ${iconButton({
      label: app.t("prints.judge_failed"),
      icon: "mdi:thumb-down-outline",
      disabled,
      onClick: () => judging.failed(judging.of(job)),
    })}
  </span>`;
}

/** Other files, each with a link. */
export function others(app: App, archives: readonly Archive[]): TemplateResult {
  return html`<ul class="others">
    ${archives.map(
      (each) =>
        html`<li>
          <a
            href=${app.url("archive", each.id)}
            @click=${(event: MouseEvent) => follow(event, () => app.go("archive", each.id))}
          >
            <bvp-picture .src=${each.picture_small}></bvp-picture>
            <span
              >${each.name}<br /><span class="secondary"
                >${app.format.moment(each.received_at)}</span
              ></span
            >
          </a>
        </li>`,
    )}
  </ul>`;
}
