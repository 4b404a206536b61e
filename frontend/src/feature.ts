import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import type { Job, JobVerb, Printer, Upload } from "./api/types";
import { knownWords } from "./card-app";
import { decide } from "./deciding";
import { Follower } from "./follower";
import { icon } from "./ha";
import type { Hass } from "./hass";
import type { Key } from "./i18n";
import { orderJobs } from "./job-verbs";
import { may } from "./rights";
import { isByHand, jobTitle } from "./screens/queue-rows";
import { shared } from "./styles";

export type FeatureKind = "pending" | "job" | "plate";

interface Config {
  type: string;
  buttons?: string[];
}

interface Button {
  readonly id: string;
  readonly label: Key;
  readonly icon: string;
}

/** What each has, from the first to the last. */
const BUTTONS: Record<FeatureKind, readonly Button[]> = {
  pending: [
    { id: "archive", label: "verb.archive", icon: "mdi:archive-arrow-down" },
    { id: "queue", label: "verb.queue", icon: "mdi:playlist-plus" },
    { id: "discard", label: "verb.discard", icon: "mdi:delete-outline" },
  ],
  job: [
    { id: "start", label: "queue.verb_start", icon: "mdi:play" },
    { id: "complete", label: "queue.verb_complete", icon: "mdi:check" },
    { id: "fail", label: "queue.verb_fail", icon: "mdi:close" },
  ],
  plate: [{ id: "clear", label: "printers.plate_cleared", icon: "mdi:tray-remove" }],
};

/** The form of a feature's editor: which buttons it has. */
export function featureForm(kind: FeatureKind) {
  return {
    schema: [
      {
        name: "buttons",
        selector: {
          select: {
            multiple: true,
            mode: "list",
            options: BUTTONS[kind].map((each) => ({
              value: each.id,
              label: knownWords()[each.label] ?? each.id,
            })),
          },
        },
      },
    ],
    computeLabel: () => knownWords()["card.buttons"] ?? "buttons",
  };
}

/** Buttons on a tile, for what the tile's entity is about. */
abstract class Feature extends Follower {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        height: var(--feature-height, 42px);
      }
      .row {
        display: flex;
        gap: var(--feature-button-spacing, 12px);
        height: 100%;
      }
      button {
        --mdc-icon-size: 20px;
        display: flex;
        flex: 1 1 0;
        align-items: center;
        justify-content: center;
        gap: 8px;
        min-width: 0;
        padding: 0 8px;
        overflow: hidden;
        border: 0;
        border-radius: var(--feature-border-radius, 12px);
        background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 20%, transparent);
        color: inherit;
        font: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
        cursor: pointer;
      }
      button span:last-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      button:disabled {
        opacity: 0.5;
        cursor: default;
      }
      .row {
        container-type: inline-size;
      }
      @container (max-width: 280px) {
        .several span:last-child {
          position: absolute;
          clip-path: inset(50%);
        }
      }
    `,
  ];

  @property({ attribute: false }) config?: Config;
  /** The entity of the tile. */
  @property({ attribute: false }) entity = "";
  protected abstract readonly kind: FeatureKind;

  protected get entityAttributes(): Record<string, unknown> {
    return (this.hass as Hass | undefined)?.states?.[this.entity]?.attributes ?? {};
  }

  /** Whether a button does anything now. */
  protected abstract can(id: string): boolean;
  protected abstract do(id: string): Promise<unknown>;

  /** Why a button does nothing, or what it is about, where that is not plain. */
  protected why?(id: string, named: string): string;

  /** What the buttons are about, for those who do not see the tile. */
  protected abstract get about(): string;

  private button(each: Button): TemplateResult {
    const label = this.t(each.label);
    const named = this.about ? `${label}: ${this.about}` : label;
    return html`<button
      type="button"
      title=${this.why?.(each.id, named) || label}
      aria-label=${named}
      ?disabled=${this.library.connection !== "live" || !this.can(each.id)}
      @click=${(event: Event) => {
        event.stopPropagation();
        void this.do(each.id);
      }}
    >
      ${icon(each.icon)}<span>${label}</span>
    </button>`;
  }

  protected override render() {
    if (!this.app) return nothing;
    const wanted = this.config?.buttons;
    const shown = BUTTONS[this.kind].filter((each) => !wanted?.length || wanted.includes(each.id));
    return html`<div class="row ${shown.length > 1 ? "several" : ""}">${shown.map((each) => this.button(each))}</div>`;
  }
}

/** Decides about the pending upload of the tile's picture, else about the one that waits longest. */
class PendingFeature extends Feature {
  protected override readonly kind = "pending";

  private get upload(): Upload | undefined {
    const { inbox } = this.library;
    return inbox.find((each) => each.id === this.entityAttributes["upload_id"]) ?? inbox.at(-1);
  }

  protected override get about(): string {
    return this.upload?.name ?? "";
  }

  protected override can(id: string): boolean {
    // Without a grace period the panel asks first, and nothing brings it back.
    const { upload } = this;
    if (!upload || !may(id === "discard" ? "work" : "decide", [upload])) return false;
    if (id === "queue" && upload.not_queueable) return false;
    return id !== "discard" || this.library.options.undo_minutes > 0;
  }

  protected override why(id: string): string {
    const refused = id === "queue" && this.upload?.not_queueable;
    return refused ? this.app!.say(refused) : "";
  }

  protected override do(id: string): Promise<unknown> {
    return decide(this.app!, [this.upload!], id as "archive" | "queue" | "discard");
  }
}

/** Starts the next job, or says how it went. */
class JobFeature extends Feature {
  protected override readonly kind = "job";

  private get job(): Job | undefined {
    const { queue } = this.library;
    // One that only waits for its printer is no person's to print.
    const begun = queue.find((each) => each.state === "waiting" && isByHand(each));
    return begun ?? queue.find((each) => each.id === this.entityAttributes["job_id"]) ?? queue[0];
  }

  protected override get about(): string {
    return this.job ? jobTitle(this.app!, this.job) : "";
  }

  protected override why(_id: string, named: string): string {
    // The tile shows another one.
    return this.job?.id === this.entityAttributes["job_id"] ? "" : named;
  }

  protected override can(id: string): boolean {
    return this.job?.verbs.includes(id as JobVerb) ?? false;
  }

  protected override do(id: string): Promise<void> {
    return orderJobs(this.app!, [this.job!], id as JobVerb);
  }
}

/** Says that the plate of the tile's printer is cleared. */
class PlateFeature extends Feature {
  protected override readonly kind = "plate";

  private get printer(): Printer | undefined {
    const device = this.hass?.entities?.[this.entity]?.device_id;
    return this.library.printers.find((each) => each.kind === "real" && each.device_id === device);
  }

  protected override get about(): string {
    return this.printer?.name ?? "";
  }

  protected override can(): boolean {
    // Where another Home Assistant drives it, that is done there.
    return Boolean(this.printer?.plate_occupied) && typeof this.printer?.driven_by !== "string";
  }

  protected override do(): Promise<unknown> {
    return this.app!.attempt(this.app!.api.clearPlate(this.printer!.id));
  }
}

const FEATURES = { pending: PendingFeature, job: JobFeature, plate: PlateFeature };
// Dashboards may load this module by two addresses after an update.
for (const [kind, element] of Object.entries(FEATURES))
  if (!customElements.get(`bvp-${kind}-feature-body`))
    customElements.define(`bvp-${kind}-feature-body`, element);
