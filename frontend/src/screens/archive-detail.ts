import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Archive, ArchiveDetails, NoteFields, Photo, Plate } from "../api/types";
import { alert, button, icon, iconButton } from "../ha";
import { pickFiles } from "../parts/pick-files";
import { chipStyles, fact, factStyles } from "../parts/chip";
import { copyLink } from "../parts/copy";
import { BvpElement } from "../parts/element";
import { fileFacts } from "../parts/file-facts";
import { keepFocus } from "../parts/focus";
import { Judging } from "../parts/judging";
import "../parts/menu";
import "../parts/notes-dialog";
import "../parts/picture";
import "../parts/plates";
import { QrLink } from "../parts/qr";
import { sentFacts, sourceOf } from "../parts/sender";
import { swatch, swatches, swatchStyles } from "../parts/swatches";
import "../parts/text-dialog";
import { energyOf, verdicts } from "../parts/verdicts";
import "../parts/written";
import { may } from "../rights";
import { shared } from "../styles";
import { modelName } from "../targets";
import { others, prints, printsStyles } from "./archive-prints";

/**
 * All about one archive. Events: `back`; `again` with the archive and the plate to queue, or null for all; `remove` and
 * `changed` with the archive.
 */
@customElement("bvp-archive-detail")
export class BvpArchiveDetail extends BvpElement {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    swatchStyles,
    printsStyles,
    css`
      :host {
        display: block;
        --bvp-plates-height: 260px;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 16px;
      }
      .title {
        display: flex;
        align-items: start;
        gap: 4px;
      }
      .title h2 {
        flex: 1;
        min-width: 0;
        padding-top: 8px;
        overflow-wrap: anywhere;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        line-height: 1.4;
      }
      h3 {
        margin-bottom: 4px;
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      a {
        color: inherit;
        overflow-wrap: anywhere;
      }
      a.button {
        text-decoration: none;
      }
      .rows li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 48px;
      }
      .rows bvp-picture {
        flex: none;
        width: 48px;
      }
      .rows .text {
        flex: 1;
        min-width: 0;
      }
      .filaments li {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .photos {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 8px;
      }
      .photos li {
        position: relative;
      }
      .photos a {
        display: block;
      }
      .photos .icon-button {
        position: absolute;
        inset-block-start: 0;
        inset-inline-end: 0;
        border-radius: 50%;
        background: var(--card-background-color);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 4px 16px;
        margin: 8px 0 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      summary {
        min-height: 44px;
        padding: 10px 0;
        cursor: pointer;
      }
    `,
  ];

  @property() archiveId = "";
  /** What the list knows of it, until everything is here. */
  @property({ attribute: false }) known?: Archive;
  /** A number that grows when something may have changed on the server. */
  @property({ type: Number }) version = 0;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ type: Boolean }) canAct = true;
  @state() private details: ArchiveDetails | null = null;
  @state() private error: unknown = null;
  @state() private writing = false;
  @state() private leaving: Photo | null = null;
  @state() private isSending = false;
  /** Whether a camera is being chosen. */
  @state() private isShooting = false;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("archiveId") && this.details?.id !== this.archiveId) {
      this.details = null;
      this.error = null;
    }
    if (changed.has("archiveId") || changed.has("version")) void this.load();
  }

  protected override firstUpdated(): void {
    if (this.narrow) void keepFocus(this, "h2", "button");
  }

  private async load(): Promise<void> {
    const id = this.archiveId;
    try {
      const details = await this.app.api.archive(id);
      if (id === this.archiveId) this.details = details;
    } catch (error) {
      if (id === this.archiveId) this.error = error;
    }
  }

  private get archive(): Archive | undefined {
    const known = this.known?.id === this.archiveId ? this.known : undefined;
    return this.details ?? known;
  }

  /** Keep what was written, and show it at once. Whether it is kept. */
  private readonly edit = async (fields: NoteFields): Promise<boolean> => {
    this.writing = false;
    if (!Object.keys(fields).length) return true;
    const id = this.archiveId;
    const before = this.details;
    this.take(before && { ...before, ...fields });
    const answer = await this.app.attempt(this.app.api.updateArchives([id], fields));
    const failed = answer?.failed[0];
    if (failed) this.app.toast(this.app.sayError(failed.error));
    const [archive] = answer?.archives ?? [];
    if (!archive && before && this.details?.id === id) {
      const old = Object.fromEntries(
        Object.keys(fields).map((name) => [name, before[name as keyof NoteFields]]),
      );
      this.take({ ...this.details, ...old });
    } else if (archive && this.details?.id === id) this.take({ ...this.details, ...archive });
    else if (archive) this.tell(archive);
    return archive !== undefined;
  };

  /** Show it so, here and in the list beside it. */
  private take(details: ArchiveDetails | null): void {
    if (!details) return;
    this.details = details;
    this.tell(details);
  }

  private tell(archive: Archive): void {
    this.dispatchEvent(new CustomEvent<Archive>("changed", { detail: archive }));
  }

  private pickPhoto(): void {
    // Phones offer their camera for these.
    pickFiles({ accept: "image/jpeg,image/png,image/webp" }, ([file]) => {
      if (file) void this.addPhoto(file);
    });
  }

  private async addPhoto(file: Blob): Promise<void> {
    await this.keep(this.app.api.addPhoto(this.archiveId, file));
  }

  /** What draws the dialog is loaded when somebody asks for it. */
  private async chooseCamera(): Promise<void> {
    await import("../parts/camera-dialog");
    this.isShooting = true;
  }

  private async takePhoto(camera: string): Promise<void> {
    this.isShooting = false;
    await this.keep(this.app.api.takePhoto(this.archiveId, camera));
  }

  private async keep(photo: Promise<unknown>): Promise<void> {
    this.isSending = true;
    await this.app.attempt(photo);
    this.isSending = false;
    await this.showPhotos();
  }

  /** The camera of the printer that has printed it last. */
  private get likelyCamera(): string {
    const machine = this.details?.prints.find((job) => job.machine_id)?.machine_id;
    const { printers } = this.app.store.state;
    const device = printers.find((each) => each.id === machine)?.device_id;
    return this.app.cameras().find((each) => device && each.device === device)?.id ?? "";
  }

  private async removePhoto(photo: Photo): Promise<void> {
    this.leaving = null;
    await this.app.attempt(this.app.api.removePhoto(this.archiveId, photo.photo_id));
    await this.showPhotos();
  }

  /** Here, and how many there are in the list beside it. */
  private async showPhotos(): Promise<void> {
    await this.load();
    if (this.details) this.tell(this.details);
  }

  private readonly qr = new QrLink(this);
  private readonly judging = new Judging(this, () => void this.load());

  private again(plate: Plate | null): void {
    const { archive } = this;
    this.dispatchEvent(new CustomEvent("again", { detail: { archive, plate } }));
  }

  // --- what is shown ---

  private menu(archive: Archive) {
    return html`<bvp-menu
      .app=${this.app}
      .label=${this.t("common.more")}
      .items=${[
        may("work", [archive]) && {
          label: this.t("notes.title"),
          icon: "mdi:pencil-outline",
          disabled: !this.canAct,
          onClick: () => (this.writing = true),
        },
        {
          label: this.t("common.copy_link"),
          icon: "mdi:link-variant",
          onClick: () => void copyLink(this.app, this, this.app.url("archive", this.archiveId)),
        },
        this.qr.item(this.app, () => this.app.url("archive", this.archiveId)),
        may("delete", [archive]) && {
          label: this.t("archive.delete_dots"),
          icon: "mdi:delete-outline",
          danger: true,
          disabled: !this.canAct,
          onClick: () => this.dispatchEvent(new CustomEvent<Archive>("remove", { detail: archive })),
        },
      ]}
    ></bvp-menu>`;
  }

  private facts(archive: Archive) {
    return html`<div class="facts">
      ${fileFacts(this.app, archive, this.details)} ${sentFacts(this.app, archive)}
      ${archive.judged_good || archive.judged_failed
        ? fact(
            "mdi:thumbs-up-down-outline",
            this.t("stats.judged"),
            verdicts(this.app, archive.judged_good ?? 0, archive.judged_failed ?? 0),
          )
        : nothing}
      ${fact(
        "mdi:lightning-bolt-outline",
        this.t("stats.energy_kwh"),
        energyOf(this.app, this.details?.prints ?? []),
      )}
      ${archive.print_count
        ? fact(
            "mdi:check",
            this.t("archive.printed"),
            this.t("archive.printed_times", { count: archive.print_count }),
          )
        : nothing}
    </div>`;
  }

  private actions(archive: Archive) {
    return html`<div class="actions">
      ${may("decide", [archive])
        ? button({
            label: this.t("archive.again"),
            icon: "mdi:playlist-plus",
            look: "primary",
            disabled: !this.canAct || !this.details || Boolean(this.details.not_queueable),
            onClick: () => this.again(null),
          })
        : nothing}
      ${archive.download === null
        ? nothing
        : html`<a class="button outlined" href=${archive.download} download
            >${icon("mdi:download")}<span>${this.t("common.download")}</span></a
          >`}
      ${may("work", [archive])
        ? button({
            label: this.t(this.isSending ? "archive.photo_sending" : "archive.photo_add"),
            icon: "mdi:camera-plus-outline",
            disabled: !this.canAct || this.isSending,
            onClick: () => this.pickPhoto(),
          })
        : nothing}
      ${may("work", [archive]) && this.app.cameras().length
        ? iconButton({
            label: this.t("archive.photo_camera"),
            icon: "mdi:cctv",
            disabled: !this.canAct || this.isSending,
            onClick: () => void this.chooseCamera(),
          })
        : nothing}
    </div>`;
  }

  private plates(plates: readonly Plate[]) {
    if (plates.length < 2) return nothing;
    const { format } = this.app;
    return html`<section>
      <h3>${this.t("fact.plates_name")}</h3>
      <ul class="rows">
        ${plates.map((plate) => {
          const name = plate.name || this.t("archive.plate", { plate: plate.number });
          const rest = [
            plate.print_time_s ? format.duration(plate.print_time_s) : "",
            plate.filament_g ? format.weight(plate.filament_g) : "",
          ]
            .filter(Boolean)
            .join(" · ");
          return html`<li>
            <bvp-picture .src=${plate.picture_small}></bvp-picture>
            <span class="text"
              >${name}<br /><span class="secondary"
                >${rest}
                ${swatches(
                  plate.filaments.map((each) => each.color),
                  [],
                )}</span
              ></span
            >
            ${plate.printable && this.archive && may("decide", [this.archive])
              ? iconButton({
                  label: this.t("archive.again_named", { name }),
                  icon: "mdi:playlist-plus",
                  disabled: !this.canAct || Boolean(this.details?.not_queueable),
                  onClick: () => this.again(plate),
                })
              : nothing}
          </li>`;
        })}
      </ul>
    </section>`;
  }

  private filaments(details: ArchiveDetails) {
    const { format } = this.app;
    return details.filaments.length
      ? html`<section>
          <h3>${this.t("fact.filament")}</h3>
          <ul class="filaments">
            ${details.filaments.map(
              (each) =>
                html`<li>
                  ${swatch(each.color)}<span
                    >${each.profile || each.type}
                    ${each.used_g
                      ? html`<span class="secondary">· ${format.weight(each.used_g)}</span>`
                      : nothing}</span
                  >
                </li>`,
            )}
          </ul>
        </section>`
      : nothing;
  }

  private photos(photos: readonly Photo[]) {
    return photos.length
      ? html`<section>
          <h3>${this.t("archive.photos")}</h3>
          <ul class="photos">
            ${photos.map((photo) => {
              const label = this.t("archive.photo_of", {
                time: this.app.format.moment(photo.added_at),
              });
              return html`<li>
                <a href=${photo.url} target="_blank" rel="noreferrer"
                  ><bvp-picture .src=${photo.url} .alt=${label}></bvp-picture
                ></a>
                ${this.archive && may("work", [this.archive])
                  ? iconButton({
                      label: this.t("archive.photo_remove"),
                      icon: "mdi:close",
                      disabled: !this.canAct,
                      onClick: () => (this.leaving = photo),
                    })
                  : nothing}
              </li>`;
            })}
          </ul>
        </section>`
      : nothing;
  }

  private said(details: ArchiveDetails) {
    const { format } = this.app;
    const rows: [string, string | null][] = [
      [this.t("archive.file_name"), details.file_name],
      [this.t("archive.designer"), details.designer],
      [
        this.t("archive.slicer"),
        [SLICERS[details.slicer] ?? details.slicer, details.slicer_version].filter(Boolean).join(" "),
      ],
      [this.t("archive.model"), modelName(details.sliced_for)],
      [this.t("archive.printer_profile"), details.printer_profile],
      [this.t("archive.print_profile"), details.print_profile],
      [
        this.t("archive.nozzle"),
        format.list(
          details.nozzle_diameters_mm.map((each) =>
            this.t("fact.millimetres", { millimetres: each }),
          ),
        ),
      ],
      [
        this.t("archive.layers"),
        details.total_layers === null ? null : format.number(details.total_layers),
      ],
      [
        this.t("printers.nozzle"),
        details.nozzle_temperature_c === null ? null : format.celsius(details.nozzle_temperature_c),
      ],
      [
        this.t("printers.bed"),
        [
          details.bed_temperature_c === null ? "" : format.celsius(details.bed_temperature_c),
          details.bed_type,
        ]
          .filter(Boolean)
          .join(" · "),
      ],
      [
        this.t("archive.supports"),
        details.support_used === null
          ? null
          : this.t(details.support_used ? "archive.yes" : "archive.no"),
      ],
      [
        this.t("archive.objects"),
        format.list([...new Set(details.plates.flatMap((plate) => plate.objects))].slice(0, 40)),
      ],
    ];
    return html`<details>
      <summary>${this.t("archive.everything")}</summary>
      <dl>
        ${rows.map(([name, value]) =>
          value
            ? html`<dt>${name}</dt>
                <dd>${value}</dd>`
            : nothing,
        )}
      </dl>
    </details>`;
  }

  private more(details: ArchiveDetails) {
    return html`${this.photos(details.photos)} ${this.plates(details.plates)}
    ${this.filaments(details)}
    ${details.prints.length
      ? html`<section>
          <h3>${this.t("archive.prints")}</h3>
          ${prints(this.app, details.prints, this.judging, !this.canAct)}
        </section>`
      : nothing}
    ${details.exact.length
      ? html`<section>
          <h3>${this.t("archive.same")}</h3>
          ${others(this.app, details.exact)}
        </section>`
      : nothing}
    ${details.similar.length
      ? html`<section>
          <h3>${this.t("archive.similar")}</h3>
          ${others(this.app, details.similar)}
        </section>`
      : nothing}
    ${this.said(details)}`;
  }

  private dialogs(archive: Archive) {
    return html`${this.isShooting
      ? html`<bvp-camera-dialog
          .app=${this.app}
          .cameras=${this.app.cameras()}
          .chosen=${this.likelyCamera}
          @taken=${(event: CustomEvent<string>) => void this.takePhoto(event.detail)}
          @closed=${() => (this.isShooting = false)}
        ></bvp-camera-dialog>`
      : nothing}
    ${this.writing
      ? html`<bvp-notes-dialog
          .app=${this.app}
          .item=${archive}
          @save=${(event: CustomEvent<NoteFields>) => void this.edit(event.detail)}
          @closed=${() => (this.writing = false)}
        ></bvp-notes-dialog>`
      : nothing}
    ${this.leaving
      ? html`<bvp-text-dialog
          .app=${this.app}
          danger
          .heading=${this.t("archive.photo_remove")}
          .question=${this.t("archive.photo_remove_text")}
          .confirm=${this.t("archive.delete")}
          @done=${() => void this.removePhoto(this.leaving!)}
          @closed=${() => (this.leaving = null)}
        ></bvp-text-dialog>`
      : nothing}`;
  }

  protected override render() {
    const { archive, details } = this;
    const back = iconButton({
      label: this.t(this.narrow ? "common.back" : "common.close"),
      icon: this.narrow ? "mdi:arrow-left" : "mdi:close",
      onClick: () => this.dispatchEvent(new CustomEvent("back")),
    });
    if (!archive)
      return this.error
        ? html`<div class="body">
            <div class="title">${back}</div>
            ${alert("error", this.app.sayError(this.error))}
          </div>`
        : html`<div class="body"><div class="title">${back}</div></div>`;
    const from = sourceOf(archive);
    return html`<article aria-labelledby="name">
        <bvp-plates
          .app=${this.app}
          .cover=${archive.picture}
          .name=${archive.name}
          .plates=${details?.plates ?? []}
        ></bvp-plates>
        ${this.qr.render(this.app)} ${this.judging.render()}
        <div class="body">
          <div class="title">
            ${this.narrow ? back : nothing}
            <h2 id="name" tabindex="-1">${archive.name}</h2>
            ${iconButton({
              label: this.t("fact.favourite"),
              icon: archive.favourite ? "mdi:star" : "mdi:star-outline",
              pressed: archive.favourite,
              disabled: !this.canAct || !may("work", [archive]),
              onClick: () => void this.edit({ favourite: !archive.favourite }),
            })}
            ${this.menu(archive)} ${this.narrow ? nothing : back}
          </div>
          <p class="secondary">
            ${this.t(from ? "inbox.sent_by" : "archive.received_by", {
              source: from,
              printer: archive.printer,
            })}
            · ${this.app.format.moment(archive.received_at)}
          </p>
          ${this.facts(archive)}
          ${this.details?.not_queueable && may("decide", [archive])
            ? alert("info", this.app.say(this.details.not_queueable))
            : nothing}
          ${this.actions(archive)}
          <bvp-written
            .app=${this.app}
            .file=${archive}
            .canAct=${this.canAct}
            .save=${this.edit}
          ></bvp-written>
          ${this.error ? alert("error", this.app.sayError(this.error)) : nothing}
          ${details ? this.more(details) : nothing}
        </div>
      </article>
      ${this.dialogs(archive)}`;
  }
}

const SLICERS: Record<string, string> = {
  bambu_studio: "Bambu Studio",
  orca_slicer: "OrcaSlicer",
};

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive-detail": BvpArchiveDetail;
  }
}
