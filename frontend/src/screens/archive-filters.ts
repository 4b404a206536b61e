import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Count, Facets } from "../api/types";
import { button, icon, iconButton } from "../ha";
import type { Key } from "../i18n";
import { BvpElement } from "../parts/element";
import { formStyles } from "../parts/form";
import { cssColor, swatch, swatchStyles } from "../parts/swatches";
import { shared } from "../styles";
import { modelName } from "../targets";
import { SORTS, countFilters, withoutFilters, type Filters } from "./archive-query";

const TYPING_MS = 250;
const MAX_MATERIALS = 6;
const MAX_COLOURS = 16;

/** A material as it is written on spools; the search keeps it in small letters. */
const materialName = (material: string) => material.toUpperCase();

/** What is looked for. Events: `change-filters` with the new ones; `replace` says that it is still being typed. */
@customElement("bvp-archive-filters")
export class BvpArchiveFilters extends BvpElement {
  static override styles = [
    shared,
    formStyles,
    swatchStyles,
    css`
      :host {
        display: block;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      .search {
        position: relative;
        flex: 1 1 240px;
      }
      .search .icon {
        position: absolute;
        inset-block-start: 12px;
        inset-inline-start: 12px;
        color: var(--secondary-text-color);
        pointer-events: none;
      }
      .search input {
        padding-inline-start: 40px;
      }
      .top select {
        flex: 0 1 auto;
        width: auto;
      }
      .filters {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(130px, 1fr));
        gap: 0 16px;
        padding: 16px 16px 0;
        margin-top: 8px;
      }
      .quick {
        display: flex;
        align-items: center;
        gap: 4px;
        margin-top: 4px;
        overflow-x: auto;
        scrollbar-width: none;
      }
      .material {
        flex: none;
        min-height: 44px;
        padding: 0 12px;
        border: 1px solid transparent;
        border-radius: 22px;
        background: none;
        color: var(--primary-text-color);
        font: inherit;
        cursor: pointer;
      }
      .material[aria-pressed="true"] {
        border-color: var(--primary-text-color);
      }
      .quick .colour {
        flex: none;
      }
      .colour {
        display: grid;
        place-items: center;
        width: 44px;
        height: 44px;
        padding: 0;
        border: 2px solid transparent;
        border-radius: 50%;
        background: none;
        cursor: pointer;
      }
      .colour[aria-pressed="true"] {
        border-color: var(--primary-text-color);
      }
      .colour .swatch {
        width: 28px;
        height: 28px;
      }
      .clear {
        grid-column: 1 / -1;
        margin-bottom: 16px;
      }
    `,
  ];

  @property({ attribute: false }) filters!: Filters;
  @property({ attribute: false }) facets: Facets | null = null;
  @state() private isOpen = false;
  /** What is in the field: ahead of what is looked for while somebody types. */
  @state() private typed = "";
  private told = "";
  private typing?: ReturnType<typeof setTimeout>;

  protected override willUpdate(): void {
    if (this.filters.q === this.told) return;
    this.told = this.filters.q;
    this.typed = this.filters.q;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  /** Go to the field that is typed into. */
  /** Whether there was a field to focus. */
  focusSearch(): boolean {
    const field = this.renderRoot.querySelector<HTMLInputElement>("#search");
    field?.focus();
    return field !== null;
  }

  private set(changes: Partial<Filters>, replace = false): void {
    clearTimeout(this.typing);
    const filters = { ...this.filters, q: this.typed, ...changes };
    this.dispatchEvent(
      new CustomEvent("change-filters", { detail: { filters, replace } }),
    );
  }

  private onType(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.told = this.typed;
      this.set({}, true);
    }, TYPING_MS);
  }

  private choice(
    name: "tag" | "material" | "printer" | "model" | "project" | "person" | "instance" | "printed",
    label: Key,
    options: readonly { value: string; label: string }[],
  ) {
    const value = this.filters[name];
    // What is in the address is shown, also where the library knows nothing of it any more.
    const all = !value || options.some((each) => each.value === value)
      ? options
      : [...options, { value, label: value }];
    if (!all.length) return nothing;
    return html`<div class="field">
      <label for=${name}>${this.t(label)}</label>
      <select
        id=${name}
        .value=${live(value)}
        @change=${(event: Event) => this.set({ [name]: (event.target as HTMLSelectElement).value })}
      >
        <option value="" ?selected=${!value}>${this.t("archive.any")}</option>
        ${all.map(
          (each) =>
            html`<option value=${each.value} ?selected=${each.value === value}>
              ${each.label}
            </option>`,
        )}
      </select>
    </div>`;
  }

  private counted(counts: readonly Count[] | undefined, name = (value: string) => value) {
    return (counts ?? []).filter((each) => each.value).map(({ value, count }) => ({
      value,
      label: this.t("archive.option", { name: name(value), number: count }),
    }));
  }

  private colours() {
    const { colour } = this.filters;
    const known = (this.facets?.colours ?? [])
      .map((each) => each.value)
      .filter((each) => /^#[0-9a-f]{6}$/i.test(each));
    const all = [...new Set([...known.slice(0, MAX_COLOURS), ...(colour ? [colour] : [])])];
    return all.map(
      (each) =>
        html`<button
          type="button"
          class="colour"
          aria-pressed=${each.toLowerCase() === colour.toLowerCase()}
          aria-label=${this.t("archive.colour_named", { colour: each })}
          title=${cssColor(each) ?? nothing}
          @click=${() =>
            this.set({ colour: each.toLowerCase() === colour.toLowerCase() ? "" : each })}
        >
          ${swatch(each)}
        </button>`,
    );
  }

  private materials() {
    const { material } = this.filters;
    const known = (this.facets?.materials ?? []).map((each) => each.value).filter(Boolean);
    const all = [...new Set([...known.slice(0, MAX_MATERIALS), ...(material ? [material] : [])])];
    return all.map(
      (each) =>
        html`<button
          type="button"
          class="material"
          aria-pressed=${each === material}
          @click=${() => this.set({ material: each === material ? "" : each })}
        >
          ${materialName(each)}
        </button>`,
    );
  }

  /** What people look for most, one tap away; nothing where there is nothing to choose from. */
  private quick() {
    const { materials, colours } = this.facets ?? {};
    const { material, colour } = this.filters;
    if (!material && !colour && (materials?.length ?? 0) < 2 && (colours?.length ?? 0) < 2)
      return nothing;
    return html`<div
      class="quick"
      role="group"
      aria-label="${this.t("archive.material")}, ${this.t("archive.colour")}"
    >
      ${this.materials()} ${this.colours()}
    </div>`;
  }

  private day(name: "from" | "to", label: Key) {
    return html`<div class="field">
      <label for=${name}>${this.t(label)}</label>
      <input
        id=${name}
        type="date"
        .value=${live(this.filters[name])}
        @change=${(event: Event) => this.set({ [name]: (event.target as HTMLInputElement).value })}
      />
    </div>`;
  }

  private more() {
    const { facets } = this;
    // What came by browser has no printer to ask for.
    const known = (counts: readonly (Count & { id: string })[] | undefined) =>
      (counts ?? [])
        .filter((each) => each.id)
        .map((each) => ({
          value: each.id,
          label: this.t("archive.option", { name: each.value, number: each.count }),
        }));
    return html`<div class="filters card" id="filters">
      ${this.choice("material", "archive.material", this.counted(facets?.materials, materialName))}
      ${this.choice("printer", "archive.printer", known(facets?.printers))}
      ${this.choice("model", "archive.model", this.counted(facets?.sliced_for, modelName))}
      ${this.choice("tag", "archive.tag", this.counted(facets?.tags))}
      ${this.choice("project", "archive.project", this.counted(facets?.projects))}
      ${this.choice("person", "common.person", known(facets?.people))}
      ${this.choice(
        "instance",
        "archive.instance",
        (facets?.instances ?? []).map(({ id, value }) => ({ value: id, label: value })),
      )}
      ${this.choice("printed", "archive.printed", [
        { value: "yes", label: this.t("archive.printed_yes") },
        { value: "no", label: this.t("archive.printed_no") },
      ])}
      ${this.day("from", "archive.from")} ${this.day("to", "archive.to")}
      ${countFilters(this.filters)
        ? html`<div class="clear">
            ${button({
              label: this.t("archive.clear"),
              icon: "mdi:filter-remove",
              onClick: () => this.set(withoutFilters(this.filters)),
            })}
          </div>`
        : nothing}
    </div>`;
  }

  protected override render() {
    const { filters } = this;
    const count = countFilters(filters);
    return html`<search>
      <div class="top">
        <div class="search">
          ${icon("mdi:magnify")}
          <input
            id="search"
            type="search"
            aria-label=${this.t("archive.search")}
            placeholder=${this.t("archive.search")}
            .value=${live(this.typed)}
            @input=${this.onType}
          />
        </div>
        ${iconButton({
          label: this.t("archive.favourites"),
          icon: filters.fav ? "mdi:star" : "mdi:star-outline",
          pressed: filters.fav === "1",
          onClick: () => this.set({ fav: filters.fav ? "" : "1" }),
        })}
        <button
          type="button"
          class="button outlined"
          aria-expanded=${this.isOpen}
          aria-controls="filters"
          @click=${() => (this.isOpen = !this.isOpen)}
        >
          ${icon(count ? "mdi:filter-check" : "mdi:filter-variant")}<span
            >${count
              ? this.t("archive.filters_count", { number: count })
              : this.t("archive.filters")}</span
          >
        </button>
        <select
          aria-label=${this.t("archive.sort")}
          .value=${live(filters.sort)}
          @change=${(event: Event) =>
            this.set({ sort: (event.target as HTMLSelectElement).value as Filters["sort"] })}
        >
          ${SORTS.map(
            (sort) =>
              html`<option value=${sort} ?selected=${sort === filters.sort}>
                ${this.t(`archive.sort_${sort}`)}
              </option>`,
          )}
        </select>
      </div>
      ${this.quick()} ${this.isOpen ? this.more() : nothing}
    </search>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive-filters": BvpArchiveFilters;
  }
}
