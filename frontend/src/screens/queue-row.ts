import { css, html, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Job } from "../api/types";
import { icon, iconButton } from "../ha";
import { chipStyles, factStyles } from "../parts/chip";
import { BvpElement } from "../parts/element";
import "../parts/menu";
import "../parts/picture";
import { progressStyles } from "../parts/progress";
import { swatchStyles } from "../parts/swatches";
import { follow } from "../router";
import { shared } from "../styles";
import type { QueueActions } from "./queue-actions";
import { buttons, factsPart, menuItems, queueStyles, statusPart } from "./queue-parts";
import { jobTitle } from "./queue-rows";

/** A job of the queue, or plates of one file in one row. */
@customElement("bvp-queue-row")
export class BvpQueueRow extends BvpElement {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    swatchStyles,
    progressStyles,
    queueStyles,
    css`
      :host {
        display: block;
        /* How wide it is tells the list, one container for all of its rows: hundreds of them cost while scrolling. */
      }
      .row {
        display: grid;
        grid-template-columns: 64px minmax(0, 1fr) auto auto;
        grid-template-areas: "picture main buttons menu";
        align-items: center;
        gap: 4px 16px;
        padding: 8px 4px 8px 8px;
      }
      bvp-picture {
        grid-area: picture;
        align-self: start;
        width: 64px;
      }
      .main {
        display: grid;
        grid-area: main;
        gap: 4px;
        min-width: 0;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        min-width: 0;
      }
      .title a {
        overflow: hidden;
        color: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: none;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .title a:hover {
        text-decoration: underline;
      }
      .target {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
        color: var(--secondary-text-color);
      }
      .target .icon {
        --mdc-icon-size: 16px;
        width: 16px;
        height: 16px;
      }
      .act {
        grid-area: buttons;
        justify-content: flex-end;
      }
      .menu {
        display: flex;
        grid-area: menu;
        align-items: center;
      }
      @container (max-width: 680px) {
        .row {
          grid-template-columns: 56px minmax(0, 1fr) auto;
          grid-template-areas:
            "picture title menu"
            "picture facts facts"
            "status status status"
            "buttons buttons buttons";
          gap: 4px 12px;
        }
        .main {
          display: contents;
        }
        .title {
          grid-area: title;
        }
        .main > .facts {
          grid-area: facts;
        }
        .main > :is(.status, .progress, .question) {
          grid-area: status;
        }
        .facts {
          gap: 2px 12px;
        }
        bvp-picture {
          width: 56px;
        }
        .menu {
          align-self: start;
        }
        .act {
          justify-content: flex-start;
          padding-bottom: 4px;
        }
        .act:not(:has(button)) {
          display: none;
        }
        .title a {
          white-space: normal;
          overflow-wrap: anywhere;
        }
      }
      @container (max-width: 320px) {
        .row {
          grid-template-areas:
            "picture title menu"
            "facts facts facts"
            "status status status"
            "buttons buttons buttons";
          grid-template-columns: 44px minmax(0, 1fr) auto;
          gap: 4px 8px;
        }
        bvp-picture {
          width: 44px;
        }
        .title a {
          hyphens: auto;
        }
        .menu {
          flex-direction: column-reverse;
        }
      }
    `,
  ];

  @property({ attribute: false }) jobs: readonly Job[] = [];
  @property({ attribute: false }) actions!: QueueActions;
  /** Where it is meant to be printed, in words. */
  @property() target = "";
  @property({ type: Boolean }) expanded = false;
  @property({ type: Boolean }) disabled = false;
  /** Whether it is a plate of a row that is open: it need not repeat the file's name and target. */
  @property({ type: Boolean }) inner = false;

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("a")?.focus();
  }

  private get name(): string {
    const job = this.jobs[0]!;
    if (this.jobs.length > 1) return job.name;
    if (!this.inner) return jobTitle(this.app, job);
    const plate = this.t("queue.plate", { plate: job.plate });
    return job.plate_name ? `${plate}: ${job.plate_name}` : plate;
  }

  private open(event: MouseEvent): void {
    follow(event, () => this.dispatchEvent(new CustomEvent("open")));
  }

  protected override render() {
    const { app, actions, jobs, disabled } = this;
    const [job] = jobs;
    if (!job) return nothing;
    return html`<div class="row">
      <bvp-picture .src=${job.picture_small}></bvp-picture>
      <div class="main">
        <div class="title">
          <a class="touch" href=${app.url("queue", job.id)} @click=${this.open}>${this.name}</a>
          ${this.inner || !this.target
            ? nothing
            : html`<span class="target" title=${this.t("queue.target")}
                >${icon("mdi:printer-3d")}<span>${this.target}</span></span
              >`}
        </div>
        ${factsPart(app, jobs)} ${statusPart(app, actions, jobs, disabled)}
      </div>
      <div class="act buttons">${buttons(app, actions, jobs, disabled)}</div>
      <div class="menu">
        ${jobs.length > 1
          ? iconButton({
              label: this.t(this.expanded ? "queue.hide_plates" : "queue.show_plates", {
                name: job.name,
              }),
              icon: this.expanded ? "mdi:chevron-up" : "mdi:chevron-down",
              expanded: this.expanded,
              onClick: () => this.dispatchEvent(new CustomEvent("expand")),
            })
          : nothing}
        <bvp-menu
          .app=${app}
          .label=${this.t("queue.more", { name: this.name })}
          .items=${menuItems(app, actions, jobs, disabled)}
        ></bvp-menu>
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-queue-row": BvpQueueRow;
  }
}
