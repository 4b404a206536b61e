import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { NoteFields, Right, Upload, UploadDetails, Verdict } from "../api/types";
import { alert, button, icon, iconButton } from "../ha";
import { chip, chipStyles, factStyles } from "../parts/chip";
import { copyLink } from "../parts/copy";
import { BvpElement } from "../parts/element";
import { fileFacts } from "../parts/file-facts";
import { keepFocus } from "../parts/focus";
import "../parts/menu";
import "../parts/notes-dialog";
import "../parts/plates";
import { QrLink } from "../parts/qr";
import { sourceOf } from "../parts/sender";
import { swatch, swatchStyles } from "../parts/swatches";
import "../parts/written";
import { may } from "../rights";
import { shared } from "../styles";
import { modelName, targetName } from "../targets";

const ALREADY = Symbol("already processed");

/**
 * All about one pending upload. Events: `decide` with a verdict, `queue-for` with a target, `plan` to choose how it is
 * queued, `back` (phones).
 */
@customElement("bvp-upload")
export class BvpUpload extends BvpElement {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    swatchStyles,
    css`
      :host {
        display: block;
      }
      .panel {
        display: flex;
        flex-direction: column;
        max-height: calc(100dvh - var(--bvp-header, 56px) - 32px);
        overflow: clip;
      }
      /* What is done stays in sight, and covers nothing. */
      .scroll {
        flex: 1;
        min-height: 0;
        overflow: auto;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 16px;
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        justify-content: flex-end;
        gap: 0 4px;
      }
      :host([narrow]) .title {
        flex-wrap: nowrap;
      }
      .title h2 {
        flex: 1 1 160px;
        min-width: 0;
        padding-top: 8px;
        overflow-wrap: anywhere;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        line-height: 1.4;
      }
      .filaments {
        display: grid;
        gap: 4px;
      }
      .filaments li {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        flex: none;
        gap: 8px;
        padding: 12px 16px;
        border-top: 1px solid var(--divider-color);
        background: var(--card-background-color);
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
      }
      .split {
        display: inline-flex;
        align-items: center;
      }
      .spacer {
        flex: 1;
      }
      :host([narrow]) .panel {
        flex: 1;
        min-height: 0;
        max-height: none;
        border: 0;
        border-radius: 0;
      }
      :host([narrow]) {
        display: flex;
        flex-direction: column;
        height: calc(100dvh - var(--bvp-header, 56px) - var(--bvp-bar, 0px));
        background: var(--card-background-color);
        --bvp-plates-height: 240px;
      }
      :host([narrow]) .actions {
        flex-wrap: nowrap;
        padding: 8px;
      }
      :host([narrow]) .actions .button .icon {
        display: none;
      }
      :host([narrow]) .actions > .button,
      :host([narrow]) .split {
        flex: 1;
        min-width: 0;
      }
      :host([narrow]) .split {
        flex-grow: 1.7;
      }
      :host([narrow]) .split > .button {
        flex: 1;
        min-width: 0;
      }
      :host([narrow]) .button {
        padding: 4px 10px;
      }
      :host([narrow]) .actions .button span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];

  @property({ attribute: false }) upload!: Upload;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ type: Boolean }) canAct = true;
  @state() private details: UploadDetails | null = null;
  @state() private writing = false;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("upload")) return;
    if (this.details?.id !== this.upload.id) this.details = null;
    const id = this.upload.id;
    // The list knows its items in short; a failure shows in what is missing.
    void this.app.api.upload(id).then(
      (details) => {
        if (this.upload.id === id) this.details = details;
      },
      () => undefined,
    );
  }

  protected override firstUpdated(): void {
    if (this.narrow) void keepFocus(this, "h2");
  }

  private decide(verb: Verdict): void {
    this.dispatchEvent(new CustomEvent<Verdict>("decide", { detail: verb }));
  }

  /** Keep what was written, and show it at once. Whether it is kept. */
  private readonly edit = async (fields: NoteFields): Promise<boolean> => {
    this.writing = false;
    if (!Object.keys(fields).length) return true;
    const { id } = this.upload;
    const { api, store } = this.app;
    const work = api.editUpload(id, fields).then(({ results: [result] }) => {
      if (result?.error) throw result.error;
      if (result?.result === "already_processed") throw ALREADY;
      return true;
    });
    store.guess(
      (state) => ({
        ...state,
        inbox: state.inbox.map((each) => (each.id === id ? { ...each, ...fields } : each)),
      }),
      work,
    );
    return work.catch((error: unknown) => {
      this.app.toast(error === ALREADY ? this.t("decided.already") : this.app.sayError(error));
      return false;
    });
  };

  private readonly qr = new QrLink(this);

  private may(right: Right): boolean {
    return may(right, [this.upload]);
  }

  private facts() {
    return html`<div class="facts">${fileFacts(this.app, this.upload, this.details)}</div>`;
  }

  private filaments() {
    const { upload, details } = this;
    const known = details?.filaments ?? [];
    const { format } = this.app;
    const rows = known.length
      ? known.map(
          (each) =>
            html`<li>
              ${swatch(each.color)}<span
                >${each.profile || each.type}${each.used_g
                  ? ` · ${format.weight(each.used_g)}`
                  : ""}</span
              >
            </li>`,
        )
      : upload.filament_types.map(
          (type, at) =>
            html`<li>${swatch(upload.filament_colors[at] ?? null)}<span>${type}</span></li>`,
        );
    return rows.length
      ? html`<ul class="filaments" aria-label=${this.t("fact.filament")}>
          ${rows}
        </ul>`
      : nothing;
  }

  private warnings() {
    const { upload } = this;
    const { format } = this.app;
    return html`${upload.wrong_model
      ? alert("warning", this.app.say(upload.wrong_model), this.otherModel())
      : nothing}
    ${upload.not_queueable && this.may("decide")
      ? alert("info", this.app.say(upload.not_queueable))
      : nothing}
    ${upload.duplicate_of
      ? alert(
          upload.last_failure ? "warning" : "info",
          upload.last_failure
            ? this.t("known.failed", { reason: this.app.say(upload.last_failure) })
            : upload.print_count && upload.last_printed_at
              ? this.t("known.printed", {
                  count: upload.print_count,
                  date: format.date(upload.last_printed_at),
                })
              : this.t("known.archived"),
          button({
            label: this.t("common.show"),
            look: "plain",
            onClick: () => this.app.go("archive", upload.duplicate_of),
          }),
        )
      : nothing}`;
  }

  /** What one may do with a file that was sliced for another model than that of the printer it was sent to. */
  private otherModel() {
    const { upload } = this;
    if (!this.may("decide")) return nothing;
    const model = this.app.store.state.targets.find(
      (each) => each.kind === "model" && each.sliced_for === upload.sliced_for,
    );
    return html`<span class="answers"
      >${model && !upload.not_queueable
        ? button({
            label: this.t("inbox.queue_for_any", { model: modelName(model.sliced_for) }),
            look: "plain",
            disabled: !this.canAct,
            onClick: () =>
              this.dispatchEvent(new CustomEvent<string>("queue-for", { detail: model.id })),
          })
        : nothing}
      ${button({
        label: this.t("verb.send_back_dots"),
        look: "plain",
        disabled: !this.canAct,
        onClick: () => this.decide("send_back"),
      })}</span
    >`;
  }

  private actions() {
    const { upload } = this;
    const isRefused = Boolean(upload.not_queueable);
    const queueFirst = upload.print_requested && !isRefused;
    const disabled = !this.canAct;
    const archive = button({
      label: this.t("verb.archive"),
      icon: "mdi:archive-arrow-down",
      look: queueFirst ? "outlined" : "primary",
      disabled,
      onClick: () => this.decide("archive"),
    });
    const queue = html`<span class="split"
      >${button({
        label: this.t("verb.queue"),
        icon: "mdi:playlist-plus",
        look: queueFirst ? "primary" : "outlined",
        disabled: disabled || isRefused,
        onClick: () => this.decide("queue"),
      })}${iconButton({
        label: this.t("verb.queue_dots"),
        icon: "mdi:tune-variant",
        disabled: disabled || isRefused,
        onClick: () => this.dispatchEvent(new CustomEvent("plan")),
      })}</span
    >`;
    const sendBack = iconButton({
      label: this.t("verb.send_back_dots"),
      icon: "mdi:undo-variant",
      disabled,
      onClick: () => this.decide("send_back"),
    });
    const discard = button({
      label: this.t("verb.discard"),
      icon: "mdi:delete-outline",
      look: "outlined",
      disabled,
      onClick: () => this.decide("discard"),
    });
    const mayDecide = this.may("decide");
    const deciding = mayDecide ? (queueFirst ? [queue, archive] : [archive, queue]) : [];
    const discarding = this.may("work") ? discard : nothing;
    return html`<div class="actions">
      ${this.narrow
        ? [discarding, mayDecide ? [archive, queue] : nothing]
        : [
            deciding,
            html`<span class="spacer"></span>`,
            mayDecide ? sendBack : nothing,
            discarding,
          ]}
    </div>`;
  }

  /** What is one tap away where there is room, and in the menu too. */
  private quick() {
    const { upload } = this;
    const download = this.t("common.download");
    return html`${upload.download === null
      ? nothing
      : html`<a
          class="icon-button"
          href=${upload.download}
          download
          aria-label=${download}
          title=${download}
          >${icon("mdi:download")}</a
        >`}`;
  }

  private menu() {
    const { upload } = this;
    return html`<bvp-menu
      .app=${this.app}
      .label=${this.t("common.more")}
      .items=${[
        this.narrow && this.may("decide") && {
          label: this.t("verb.send_back_dots"),
          icon: "mdi:undo-variant",
          disabled: !this.canAct,
          onClick: () => this.decide("send_back"),
        },
        this.may("work") && {
          label: this.t("notes.title"),
          icon: "mdi:pencil-outline",
          disabled: !this.canAct,
          onClick: () => (this.writing = true),
        },
        upload.download !== null && {
          label: this.t("common.download"),
          icon: "mdi:download",
          href: upload.download,
          download: true,
        },
        {
          label: this.t("common.copy_link"),
          icon: "mdi:link-variant",
          onClick: () => void copyLink(this.app, this, this.app.url("inbox", this.upload.id)),
        },
        this.qr.item(this.app, () => this.app.url("inbox", this.upload.id)),
      ]}
    ></bvp-menu>`;
  }

  protected override render() {
    const { upload } = this;
    const { format } = this.app;
    return html`<article class="panel card" aria-label=${upload.name}>
        <div class="scroll">
          <bvp-plates
            .app=${this.app}
            .cover=${upload.picture}
            .name=${upload.name}
            .plates=${this.details?.plates ?? []}
          ></bvp-plates>
          ${this.qr.render(this.app)}
          <div class="body">
            <div class="title">
              ${this.narrow
                ? iconButton({
                    label: this.t("common.back"),
                    icon: "mdi:arrow-left",
                    onClick: () => this.dispatchEvent(new CustomEvent("back")),
                  })
                : nothing}
              <h2 tabindex="-1">${upload.name}</h2>
              ${iconButton({
                label: this.t("fact.favourite"),
                icon: upload.favourite ? "mdi:star" : "mdi:star-outline",
                pressed: upload.favourite,
                disabled: !this.canAct || !this.may("work"),
                onClick: () => void this.edit({ favourite: !upload.favourite }),
              })}
              ${this.narrow ? nothing : this.quick()} ${this.menu()}
            </div>
            <p class="secondary">
              ${this.t(sourceOf(upload) ? "inbox.sent_by" : "inbox.uploaded", {
                source: sourceOf(upload),
                printer: upload.printer,
              })}
              · ${format.ago(upload.received_at)}
            </p>
            ${this.facts()} ${this.filaments()} ${this.warnings()}
            ${upload.print_requested
              ? html`<p>
                  ${chip("mdi:play-circle-outline", this.t("inbox.print_requested"), "active")}
                </p>`
              : nothing}
            ${upload.sliced_for && !upload.wrong_model
              ? html`<p class="fact">
                  ${icon("mdi:check")}<span
                    >${this.t("inbox.sliced_for", { model: modelName(upload.sliced_for) })}</span
                  >
                </p>`
              : nothing}
            <p class="fact">
              ${icon("mdi:playlist-play")}<span
                >${this.t("inbox.goes_to", {
                  target: targetName(
                    this.app,
                    this.app.store.state.targets,
                    upload.plan.target,
                    upload.plan.target_name,
                  ),
                })}</span
              >
            </p>
            <bvp-written
              .app=${this.app}
              .file=${upload}
              .canAct=${this.canAct}
              .save=${this.edit}
            ></bvp-written>
          </div>
        </div>
        ${this.narrow ? nothing : this.actions()}
      </article>
      ${this.narrow ? this.actions() : nothing}
      ${this.writing
        ? html`<bvp-notes-dialog
            .app=${this.app}
            .item=${upload}
            @save=${(event: CustomEvent<NoteFields>) => void this.edit(event.detail)}
            @closed=${() => (this.writing = false)}
          ></bvp-notes-dialog>`
        : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-upload": BvpUpload;
  }
}
