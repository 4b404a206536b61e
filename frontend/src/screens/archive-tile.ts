import { css, html, nothing, type TemplateResult } from "lit";
import type { Archive } from "../api/types";
import type { App } from "../app";
import { icon, iconButton } from "../ha";
import { swatches } from "../parts/swatches";
import { may } from "../rights";
import { modelName } from "../targets";

export const tileStyles = css`
  .tile {
    position: relative;
    display: flex;
    flex-direction: column;
    overflow: hidden;
  }
  .tile.selected {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  .tile bvp-picture {
    --bvp-picture-radius: 0;
  }
  .tile .link {
    display: flex;
    flex: 1;
    flex-direction: column;
    color: inherit;
    text-decoration: none;
  }
  .tile .link:focus-visible {
    outline-offset: -3px;
  }
  .tile .text {
    display: grid;
    gap: 2px;
    padding: 8px 12px;
  }
  .tile .name {
    overflow: hidden;
    font-weight: var(--ha-font-weight-medium, 500);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  /* All tiles are of one height: the list is drawn in part. */
  .tile .line {
    min-height: 1lh;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tile .swatches {
    flex-wrap: nowrap;
  }
  .badges {
    position: absolute;
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    inset-block-start: 8px;
    inset-inline: 8px 48px;
  }
  .badge {
    --mdc-icon-size: 14px;
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 0 8px;
    border: 1px solid var(--divider-color);
    border-radius: 10px;
    background: var(--card-background-color);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 20px;
  }
  .badge .icon {
    width: 14px;
    height: 14px;
  }
  .tile .star,
  .tile .again {
    position: absolute;
    inset-inline-end: 4px;
  }
  .tile .star {
    display: flex;
    inset-block-start: 4px;
    border-radius: 50%;
    background: var(--card-background-color);
  }
  .tile .star .icon-button {
    width: 36px;
    height: 36px;
  }
  @media (pointer: coarse) {
    .tile .star .icon-button {
      width: 44px;
      height: 44px;
    }
  }
  .tile .again {
    inset-block-end: 0;
  }
  .tile .last {
    padding-inline-end: 40px;
  }
  .tile > input[type="checkbox"] {
    position: absolute;
    width: 24px;
    height: 24px;
    inset-block-start: 12px;
    inset-inline-end: 12px;
  }
`;

export interface TileOptions {
  canAct: boolean;
  isCurrent: boolean;
  /** Whether it is chosen; null while nothing is being chosen. */
  selected: boolean | null;
  href: string;
  onOpen: (event: MouseEvent) => void;
  onSelect: (on: boolean) => void;
  onFavourite: () => void;
  onAgain: () => void;
}

/** What became of the newest print of a file; null where nothing was printed. */
export function resultOf(archive: Archive): "printed" | "failed" | null {
  const failed = archive.last_failed_at;
  if (failed && (!archive.last_printed_at || failed > archive.last_printed_at)) return "failed";
  return archive.print_count ? "printed" : null;
}

/** Why the newest print failed, in words. */
export function failureText(app: App, archive: Archive): string {
  return archive.last_failure
    ? app.t("known.failed", { reason: app.say(archive.last_failure) })
    : app.t("archive.failed");
}

/** An archive as a picture with what one looks for. */
export function tile(app: App, archive: Archive, options: TileOptions): TemplateResult {
  const { format, t } = app;
  const amounts = [
    archive.print_time_s === null ? "" : format.duration(archive.print_time_s),
    archive.filament_g === null ? "" : format.weight(archive.filament_g),
  ]
    .filter(Boolean)
    .join(" · ");
  const origin = [
    format.date(archive.received_at),
    archive.sender,
    archive.instance,
    archive.sliced_for ? modelName(archive.sliced_for) : "",
  ]
    .filter(Boolean)
    .join(" · ");
  return html`<a
      class="link"
      href=${options.href}
      aria-current=${options.isCurrent ? "true" : nothing}
      @click=${options.onOpen}
    >
      <bvp-picture .src=${archive.picture_small}></bvp-picture>
      <span class="text">
        <span class="name" title=${archive.name}>${archive.name}</span>
        <span class="line">${amounts}</span>
        <span class="line">${swatches(archive.filament_colors, archive.filament_types)}</span>
        <span class="line last secondary">${origin}</span>
      </span>
      <span class="badges">
        ${archive.plate_count > 1
          ? badge("mdi:layers-outline", `${archive.plate_count}`, t("fact.plates", { count: archive.plate_count }))
          : nothing}
        ${archive.photo_count
          ? badge("mdi:camera-outline", `${archive.photo_count}`, t("fact.photos", { count: archive.photo_count }))
          : nothing}
        ${archive.print_count
          ? badge("mdi:check", format.number(archive.print_count), t("archive.printed_times", { count: archive.print_count }))
          : nothing}
        ${resultOf(archive) === "failed"
          ? badge("mdi:close-circle-outline", "", failureText(app, archive))
          : nothing}
        ${archive.judged_failed
          ? badge("mdi:thumb-down-outline", format.number(archive.judged_failed), t("stats.judged_failed"))
          : nothing}
      </span>
    </a>
    ${options.selected === null
      ? html`<span class="star"
            >${iconButton({
              label: t("archive.favourite_named", { name: archive.name }),
              icon: archive.favourite ? "mdi:star" : "mdi:star-outline",
              pressed: archive.favourite,
              disabled: !options.canAct || !may("work", [archive]),
              onClick: options.onFavourite,
            })}</span
          >${may("decide", [archive])
            ? html`<span class="again"
                >${iconButton({
                  label: t("archive.again_named", { name: archive.name }),
                  icon: "mdi:playlist-plus",
                  disabled: !options.canAct,
                  onClick: options.onAgain,
                })}</span
              >`
            : nothing}`
      : html`<input
          type="checkbox"
          aria-label=${t("archive.select_named", { name: archive.name })}
          .checked=${options.selected}
          @change=${(event: Event) => options.onSelect((event.target as HTMLInputElement).checked)}
        />`}`;
}

function badge(iconName: string, text: string, label: string) {
  return html`<span class="badge" title=${label}
    >${icon(iconName)}${text ? html`<span aria-hidden="true">${text}</span>` : nothing}<span class="visually-hidden">${label}</span></span
  >`;
}
