import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import type { Archive, ArchiveDetails, Plate } from "../api/types";
import { alert, button, iconButton } from "../ha";
import { isTyping } from "../keys";
import { keepFocus } from "../parts/focus";
import { empty } from "../parts/empty";
import { Screen } from "../parts/element";
import "../parts/menu";
import "../parts/picture";
import "../parts/queue-dialog";
import type { QueueAsked, Subject } from "../parts/queue-dialog";
import { swatchStyles } from "../parts/swatches";
import { skeleton, skeletonStyles } from "../parts/skeleton";
import "../parts/text-dialog";
import { viewChoice, viewOf, viewStyles } from "../parts/view-choice";
import { follow, write } from "../router";
import { may } from "../rights";
import { shared } from "../styles";
import { deleteArchives, queueArchives, setFavourite, setProject, tagArchives } from "./archive-actions";
import "./archive-calendar";
import { isMonth } from "./archive-days";
import "./archive-delete";
import "./archive-detail";
import "./archive-filters";
import type { BvpArchiveFilters } from "./archive-filters";
import { ArchivePages } from "./archive-pages";
import {
  addressOf,
  isFiltered,
  parseFilters,
  queryOf,
  withoutFilters,
  type Filters,
} from "./archive-query";
import { table, tableStyles } from "./archive-table";
import { tile, tileStyles, type TileOptions } from "./archive-tile";
import { layoutOf, layoutOfRows, shownOf, type Layout, type Shown } from "./archive-window";

const VIEWS = [
  { id: "grid", icon: "mdi:view-grid-outline", label: "archive.view_grid" },
  { id: "list", icon: "mdi:format-list-bulleted", label: "archive.view_list" },
  { id: "calendar", icon: "mdi:calendar-month-outline", label: "archive.view_calendar" },
] as const;
type View = (typeof VIEWS)[number]["id"];
const VIEW = "bvp-archive-view";

type Dialog =
  | { kind: "queue"; archives: readonly Archive[]; plate: Plate | null; details: ArchiveDetails | null }
  | { kind: "delete" | "tag" | "project"; archives: readonly Archive[] };

/** The files that are kept. */
@customElement("bvp-archive")
export class BvpArchive extends Screen {
  static override styles = [
    shared,
    swatchStyles,
    tileStyles,
    tableStyles,
    viewStyles,
    skeletonStyles,
    css`
      :host {
        display: block;
      }
      .page {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 24px;
        max-width: calc(1200px + 2 * var(--bvp-gutter));
        margin: 0 auto;
        padding: 16px var(--bvp-gutter) 32px;
      }
      .page.open {
        grid-template-columns: minmax(0, 1fr) minmax(360px, 440px);
        max-width: 1560px;
      }
      .detail {
        position: sticky;
        top: 16px;
        align-self: start;
        max-height: calc(100dvh - var(--bvp-header) - 32px);
        overflow: auto;
      }
      :host([narrow]) .page {
        padding: 8px var(--bvp-gutter) 24px;
      }
      .count {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-height: 56px;
      }
      .count .text {
        flex: 1;
      }
      .bulk {
        position: sticky;
        top: 0;
        z-index: 2;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
        padding: 8px 0;
        background: var(--primary-background-color);
      }
      .bulk .text {
        flex: 1 0 auto;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      :host([narrow]) .acts {
        flex: 1 0 100%;
        justify-content: space-between;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
        gap: 16px;
      }
      :host([narrow]) .grid {
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 12px;
      }
      .skeleton {
        padding-inline: 0;
      }
      .end {
        display: grid;
        justify-items: center;
        padding: 16px;
      }
    `,
  ];

  @state() private filters: Filters = parseFilters(new URLSearchParams());
  @state() private selected: ReadonlySet<string> | null = null;
  @state() private dialog: Dialog | null = null;
  /** Why what the form asked for was refused. */
  @state() private problem = "";
  @state() private isSending = false;
  @state() private version = 0;
  private readonly pages = new ArchivePages(
    () => this.app.api,
    () => this.requestUpdate(),
  );
  /** Of the tiles that are drawn now. */
  private shown: Shown = shownOf(0, null, 0, 0);
  private layout: Layout | null = null;
  private view: View = "grid";
  /** Of the list, in pixels. */
  private width = 0;
  private watched: HTMLElement | null = null;
  private isMeasuring = false;
  private asked = "";
  private stats = "";
  private listTop = 0;
  private openId: string | null = null;
  private readonly sentinel =
    typeof IntersectionObserver === "undefined"
      ? null
      : new IntersectionObserver(
          (entries) => {
            if (entries.some((entry) => entry.isIntersecting)) void this.pages.more();
          },
          { rootMargin: "800px" },
        );

  private readonly resized =
    typeof ResizeObserver === "undefined" ? null : new ResizeObserver(() => this.measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.watched = this.parentElement;
    this.watched?.addEventListener("scroll", this.measure, { passive: true });
    this.resized?.observe(this);
    document.addEventListener("keydown", this.onKey);
    // What was loaded before one was elsewhere may be old.
    if (this.pages.isKnown) void this.pages.reload();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onKey);
    this.sentinel?.disconnect();
    this.resized?.disconnect();
    this.watched?.removeEventListener("scroll", this.measure);
    this.watched = null;
  }

  /** Draw the tiles that are in sight, once a frame. */
  private readonly measure = () => {
    if (this.isMeasuring) return;
    this.isMeasuring = true;
    requestAnimationFrame(() => {
      this.isMeasuring = false;
      const grid = this.renderRoot.querySelector<HTMLElement>(".known");
      const view = this.scroller;
      if (!grid || !view) return;
      this.layout = (grid.matches("tbody") ? layoutOfRows(grid) : layoutOf(grid)) ?? this.layout;
      const width = Math.round(grid.getBoundingClientRect().width);
      if (width !== this.width) {
        this.width = width;
        this.requestUpdate();
      }
      const shown = this.shownNow(grid, view);
      if (shown.from !== this.shown.from || shown.to !== this.shown.to) this.requestUpdate();
    });
  };

  private shownNow(grid: HTMLElement | null, view: HTMLElement | null): Shown {
    const top =
      grid && view ? view.getBoundingClientRect().top - grid.getBoundingClientRect().top : 0;
    return shownOf(this.pages.items.length, this.layout, top, view?.clientHeight ?? 0);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("route")) {
      const view = viewOf(VIEWS, this.route, VIEW);
      if (view !== this.view) {
        this.view = view;
        this.layout = null;
        if (view === "calendar") this.selected = null;
      }
      this.filters = parseFilters(this.route.query);
      const query = queryOf(this.filters, this.app.format);
      const asked = JSON.stringify(query);
      if (asked !== this.asked) {
        this.asked = asked;
        void this.pages.load(query);
      }
    }
    if (changed.has("state")) this.followLibrary();
    const grid = this.hasUpdated ? this.renderRoot.querySelector<HTMLElement>(".known") : null;
    this.shown = this.shownNow(grid, this.scroller);
  }

  /** The list is no topic of its own: its numbers tell when something came or went, or was printed. */
  private followLibrary(): void {
    const { stats, connection } = this.state;
    if (!stats || connection !== "live") return;
    const now = JSON.stringify([stats.archives, stats.ever_archived, stats.printed]);
    if (this.stats && now !== this.stats) {
      this.version++;
      if (this.pages.isKnown) void this.pages.reload();
    }
    this.stats = now;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.sentinel?.disconnect();
    const end = this.renderRoot.querySelector(".end");
    if (end) this.sentinel?.observe(end);
    this.measure();
    const id = this.route.id;
    if (id === this.openId) return;
    const before = this.openId;
    this.openId = id;
    this.onOpened(before, id);
  }

  /** On phones a file takes the place of the list; back there, one is where one was. */
  private onOpened(before: string | null, id: string | null): void {
    if (id && this.narrow && this.scroller) this.scroller.scrollTop = 0;
    if (!id && before) {
      const link = this.renderRoot.querySelector<HTMLElement>(`#tile-${CSS.escape(before)} .link`);
      link?.focus({ preventScroll: true });
      // The list has its height once its parts are drawn.
      if (this.narrow)
        requestAnimationFrame(() => {
          if (this.scroller) this.scroller.scrollTop = this.listTop;
        });
    }
  }

  private get scroller(): HTMLElement | null {
    return this.parentElement;
  }

  private get canAct(): boolean {
    return this.state.connection === "live";
  }

  private get chosen(): Archive[] {
    return this.pages.items.filter((each) => this.selected?.has(each.id));
  }

  /** Whether there is a search to write into now, which has the focus then. */
  focusSearch(): boolean {
    const filters = this.renderRoot.querySelector<BvpArchiveFilters>("bvp-archive-filters");
    return filters?.focusSearch() ?? false;
  }

  // --- where one goes ---

  /** What stands behind the question mark of an address. */
  private address(changes: Record<string, string> = {}, filters = this.filters) {
    const kept = [...this.route.query].filter(([name]) => name === "view" || name === "month");
    return { ...addressOf(filters), ...Object.fromEntries(kept), ...changes };
  }

  private lookAs(view: View): void {
    write(VIEW, view);
    this.app.go("archive", this.narrow ? null : this.route.id, this.address({ view }), true);
  }

  private get month(): string {
    const wanted = this.route.query.get("month") ?? "";
    return isMonth(wanted) ? wanted : this.app.format.dayKey(new Date()).slice(0, 7);
  }

  private async export(format: "csv" | "xlsx"): Promise<void> {
    const answer = await this.app.attempt(
      this.app.api.exportArchives(queryOf(this.filters, this.app.format), format),
    );
    if (!answer) return;
    const link = Object.assign(document.createElement("a"), { href: answer.url, download: "" });
    link.click();
  }

  private open(id: string | null): void {
    if (id && !this.route.id) this.listTop = this.scroller?.scrollTop ?? 0;
    // From one file to the next beside the list is no step to go back.
    const replace = !this.narrow && id !== null && this.route.id !== null;
    this.app.go("archive", id, this.address(), replace);
  }

  private look(filters: Filters, replace: boolean): void {
    this.app.go("archive", this.narrow ? null : this.route.id, this.address({}, filters), replace);
  }

  private readonly onKey = (event: KeyboardEvent) => {
    if (!this.app?.shortcuts || isTyping(event)) return;
    if (!this.onShortcut(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private onShortcut(key: string): boolean {
    const root = this.renderRoot as ShadowRoot;
    const links = [...root.querySelectorAll<HTMLElement>(".link")];
    const at = links.indexOf(root.activeElement as HTMLElement);
    const columns = this.layout?.columns ?? 1;
    const aside = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const steps: Record<string, number> = { j: 1, k: -1 };
    // The page scrolls by arrows until one is among the files.
    if (at >= 0)
      Object.assign(steps, {
        ArrowDown: columns,
        ArrowUp: -columns,
        ArrowRight: aside,
        ArrowLeft: -aside,
      });
    const step = steps[key];
    if (step !== undefined) {
      links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
      return true;
    }
    switch (key) {
      case "x": {
        const archive = this.pages.items[this.shown.from + at];
        if (at >= 0 && archive) this.select(archive.id, !this.selected?.has(archive.id));
        return at >= 0;
      }
      case "u": {
        const archive =
          (at >= 0 ? this.pages.items[this.shown.from + at] : undefined) ??
          this.pages.items.find((each) => each.id === this.route.id);
        if (archive && this.canAct && may("decide", [archive])) void this.plan([archive]);
        return Boolean(archive);
      }
      case "Escape":
        if (this.selected) this.selected = null;
        else if (this.route.id) this.open(null);
        else return false;
        return true;
      default:
        return false;
    }
  }

  // --- what is done ---

  private select(id: string, on: boolean): void {
    const selected = new Set(this.selected ?? []);
    if (on) selected.add(id);
    else selected.delete(id);
    this.selected = selected;
  }

  private selectAll(): void {
    const all = this.pages.items.map((each) => each.id);
    this.selected = new Set(this.selected?.size === all.length ? [] : all);
  }

  private async plan(archives: readonly Archive[], plate: Plate | null = null): Promise<void> {
    const dialog: Dialog = { kind: "queue", archives, plate, details: null };
    this.dialog = dialog;
    this.problem = "";
    const [only] = archives;
    if (!only || archives.length > 1) return;
    const details = await this.app.attempt(this.app.api.archive(only.id));
    if (details && this.dialog === dialog) this.dialog = { ...dialog, details };
  }

  private async queue(dialog: Dialog & { kind: "queue" }, { plan, ids }: QueueAsked): Promise<void> {
    const { plate } = dialog;
    const archives =
      dialog.archives.length > 1 ? dialog.archives.filter(({ id }) => ids.includes(id)) : dialog.archives;
    this.problem = "";
    this.isSending = true;
    const left = await queueArchives(
      this.app,
      archives,
      plate ? { ...plan, plates: [plate.number] } : plan,
      (why) => (this.problem = why),
    );
    this.isSending = false;
    this.version++;
    if (this.dialog !== dialog) return;
    if (left.length) this.dialog = { ...dialog, archives: left };
    else this.done();
  }

  private async delete(archives: readonly Archive[], purge: boolean): Promise<void> {
    this.done();
    const deleted = await deleteArchives(this.app, archives, purge);
    this.pages.remove(deleted);
    if (this.route.id && deleted.includes(this.route.id))
      this.app.go("archive", null, this.address(), true);
    void keepFocus(this, ".link", ".count > button");
  }

  private async change(work: Promise<readonly Archive[]>): Promise<void> {
    this.done();
    void keepFocus(this, ".count > button");
    this.pages.replace(await work);
    this.version++;
  }

  private done(): void {
    this.dialog = null;
    this.selected = null;
  }

  // --- what is shown ---

  private subject(dialog: Dialog & { kind: "queue" }): Subject {
    const { archives, plate, details } = dialog;
    const [first] = archives;
    if (archives.length > 1) {
      return {
        name: this.t("archive.files", { count: archives.length }),
        files: archives,
        of: "archive_ids",
        sliced_for: "",
        print_time_s: null,
        filament_g: null,
        cost: null,
        plates: [],
        plan: null,
      };
    }
    if (plate)
      return {
        name: plate.name || first!.name,
        sliced_for: first!.sliced_for,
        print_time_s: plate.print_time_s,
        filament_g: plate.filament_g,
        cost: null,
        plates: [],
        plan: null,
        not_queueable: details?.not_queueable ?? null,
        file: { archive_id: first!.id },
        only: [plate.number],
      };
    return {
      ...(details ?? first!),
      plates: details?.plates ?? [],
      plan: null,
      file: { archive_id: first!.id },
    };
  }

  private dialogs() {
    const { dialog, app } = this;
    const closed = () => (this.dialog = null);
    switch (dialog?.kind) {
      case "queue":
        return html`<bvp-queue-dialog
          .app=${app}
          .targets=${this.state.targets}
          .subject=${this.subject(dialog)}
          .problem=${this.problem}
          .busy=${this.isSending}
          @closed=${closed}
          @queue=${(event: CustomEvent<QueueAsked>) => void this.queue(dialog, event.detail)}
        ></bvp-queue-dialog>`;
      case "delete":
        return html`<bvp-archive-delete
          .app=${app}
          .archives=${dialog.archives}
          @closed=${closed}
          @delete=${(event: CustomEvent<boolean>) =>
            void this.delete(dialog.archives, event.detail)}
        ></bvp-archive-delete>`;
      case "tag":
      case "project": {
        const isTag = dialog.kind === "tag";
        const known = this.pages.facets?.[isTag ? "tags" : "projects"] ?? [];
        return html`<bvp-text-dialog
          .app=${app}
          .heading=${this.t(isTag ? "archive.tag_add" : "archive.project_set")}
          .label=${this.t(isTag ? "archive.tag" : "archive.project")}
          .confirm=${this.t("common.save")}
          .suggestions=${known.slice(0, 12).map((each) => each.value)}
          @closed=${closed}
          @done=${(event: CustomEvent<string>) =>
            void this.change(
              (isTag ? tagArchives : setProject)(app, dialog.archives, event.detail),
            )}
        ></bvp-text-dialog>`;
      }
      default:
        return nothing;
    }
  }

  private bulk() {
    const chosen = this.chosen;
    const disabled = !this.canAct || !chosen.length;
    const ask = (kind: "delete" | "tag" | "project") => () =>
      (this.dialog = { kind, archives: chosen });
    const allFavourite = chosen.length > 0 && chosen.every((each) => each.favourite);
    const act = (label: string, icon: string, onClick: () => void) =>
      this.narrow
        ? iconButton({ label, icon, disabled, onClick })
        : button({ label, icon, disabled, onClick });
    return html`<div class="bulk" role="toolbar" aria-label=${this.t("common.select")}>
      ${iconButton({
        label: this.t("common.close"),
        icon: "mdi:close",
        onClick: () => (this.selected = null),
      })}
      <span class="text" role="status">${this.t("archive.chosen", { count: chosen.length })}</span>
      ${button({
        label: this.t(
          this.selected?.size === this.pages.items.length
            ? "common.select_none"
            : "common.select_all",
        ),
        look: "plain",
        onClick: () => this.selectAll(),
      })}
      <span class="acts">
        ${may("decide", chosen)
          ? act(this.t("verb.queue_dots"), "mdi:playlist-plus", () => void this.plan(chosen))
          : nothing}
        ${may("work", chosen)
          ? [
              act(this.t("archive.tag"), "mdi:tag-plus-outline", ask("tag")),
              act(this.t("archive.project"), "mdi:folder-outline", ask("project")),
              act(
                this.t(allFavourite ? "archive.unfavourite" : "fact.favourite"),
                allFavourite ? "mdi:star-off-outline" : "mdi:star-outline",
                () => void this.change(setFavourite(this.app, chosen, !allFavourite)),
              ),
            ]
          : nothing}
        ${may("delete", chosen)
          ? act(this.t("archive.delete"), "mdi:delete-outline", ask("delete"))
          : nothing}
      </span>
    </div>`;
  }

  private options(archive: Archive): TileOptions {
    return {
      canAct: this.canAct,
      isCurrent: archive.id === this.route.id,
      selected: this.selected ? this.selected.has(archive.id) : null,
      href: this.app.url("archive", archive.id, this.address()),
      onOpen: (event) =>
        follow(event, () =>
          this.selected
            ? this.select(archive.id, !this.selected.has(archive.id))
            : this.open(archive.id),
        ),
      onSelect: (on) => this.select(archive.id, on),
      onFavourite: () =>
        void setFavourite(this.app, [archive], !archive.favourite).then((found) =>
          this.pages.replace(found),
        ),
      onAgain: () => void this.plan([archive]),
    };
  }

  private calendar() {
    return html`<bvp-archive-calendar
      .app=${this.app}
      .query=${queryOf({ ...this.filters, from: "", to: "" }, this.app.format)}
      .month=${this.month}
      .version=${this.version}
      .narrow=${this.narrow}
      .href=${(id: string) => this.app.url("archive", id, this.address())}
      @open=${(event: CustomEvent<string>) => this.open(event.detail)}
      @month=${(event: CustomEvent<string>) =>
        this.app.go("archive", null, this.address({ month: event.detail }), true)}
      @day=${({ detail: day }: CustomEvent<string>) =>
        this.app.go(
          "archive",
          null,
          this.address({ view: "grid" }, { ...this.filters, from: day, to: day }),
        )}
    ></bvp-archive-calendar>`;
  }

  private nothingFound() {
    return isFiltered(this.filters)
      ? empty(
          "mdi:archive-search-outline",
          this.t("archive.empty"),
          button({
            label: this.t("archive.clear"),
            icon: "mdi:filter-remove",
            onClick: () => this.look(withoutFilters(this.filters), false),
          }),
        )
      : empty("mdi:archive-outline", this.t("archive.empty_library"));
  }

  private found() {
    const { pages } = this;
    if (this.view === "calendar") return this.calendar();
    if (pages.error && !pages.items.length)
      return alert(
        "error",
        this.app.sayError(pages.error),
        button({ label: this.t("archive.retry"), look: "plain", onClick: () => void pages.reload() }),
      );
    if (!pages.isKnown) return skeleton("archive", this.view === "list" ? "rows" : "");
    if (!pages.items.length) return this.nothingFound();
    return html`${this.view === "list" ? this.table() : this.tiles()}
      ${pages.hasMore
        ? html`<div class="end">
            ${button({
              label: this.t("archive.more"),
              disabled: pages.isLoading,
              onClick: () => void pages.more(),
            })}
          </div>`
        : nothing}`;
  }

  private table() {
    return table(this.app, this.pages.items, this.shown, {
      width: this.width || this.clientWidth,
      sort: this.filters.sort,
      onSort: (sort) => this.look({ ...this.filters, sort }, false),
      of: (archive) => this.options(archive),
    });
  }

  private tiles() {
    const { from, to, before, after } = this.shown;
    return html`<ul class="grid known" style="padding-block:${before}px ${after}px">
        ${repeat(
          this.pages.items.slice(from, to),
          (archive) => archive.id,
          (archive) =>
            html`<li
              id="tile-${archive.id}"
              class="tile card ${this.selected?.has(archive.id) || archive.id === this.route.id
                ? "selected"
                : ""}"
            >
              ${guard(
                // Among thousands only the few that changed are drawn anew.
                [archive, this.app, this.canAct, this.filters, archive.id === this.route.id, this.selected?.has(archive.id)],
                () => tile(this.app, archive, this.options(archive)),
              )}
            </li>`,
        )}
      </ul>`;
  }

  private list() {
    const { pages } = this;
    const bytes = this.state.stats?.archive_bytes;
    const sum = [
      pages.isTotalExact
        ? this.t("archive.files", { count: pages.total })
        : this.t("archive.files_more", { count: this.app.format.number(pages.total) }),
      bytes && !isFiltered(this.filters) ? this.app.format.bytes(bytes) : "",
    ].filter(Boolean);
    return html`<section aria-label=${this.t("tab.archive")}>
      <bvp-archive-filters
        .app=${this.app}
        .filters=${this.filters}
        .facets=${pages.facets}
        @change-filters=${(event: CustomEvent<{ filters: Filters; replace: boolean }>) =>
          this.look(event.detail.filters, event.detail.replace)}
      ></bvp-archive-filters>
      ${this.selected
        ? this.bulk()
        : html`<div class="count">
            <span class="text secondary" role="status"
              >${pages.isKnown ? sum.join(" · ") : ""}</span
            >
            ${pages.items.length
              ? html`<bvp-menu
                  .app=${this.app}
                  .label=${this.t("archive.export")}
                  icon="mdi:table-arrow-down"
                  .items=${(["csv", "xlsx"] as const).map((format) => ({
                    label: this.t(`archive.export_${format}`),
                    icon: format === "csv" ? "mdi:file-delimited-outline" : "mdi:file-table-outline",
                    onClick: () => void this.export(format),
                  }))}
                ></bvp-menu>`
              : nothing}
            ${pages.items.length && this.view !== "calendar"
              ? (this.narrow ? iconButton : button)({
                  label: this.t("common.select"),
                  icon: "mdi:checkbox-multiple-marked-outline",
                  look: "plain",
                  onClick: () => (this.selected = new Set()),
                })
              : nothing}
            ${viewChoice(this.app, VIEWS, this.view, (view) => this.lookAs(view))}
          </div>`}
      ${this.found()}
    </section>`;
  }

  private detail(id: string) {
    return html`<bvp-archive-detail
      class=${this.narrow ? "" : "detail card"}
      .app=${this.app}
      .archiveId=${id}
      .known=${this.pages.items.find((each) => each.id === id)}
      .version=${this.version}
      .narrow=${this.narrow}
      .canAct=${this.canAct}
      @back=${() => this.open(null)}
      @changed=${(event: CustomEvent<Archive>) => this.pages.replace([event.detail])}
      @again=${(event: CustomEvent<{ archive: Archive; plate: Plate | null }>) =>
        void this.plan([event.detail.archive], event.detail.plate)}
      @remove=${(event: CustomEvent<Archive>) =>
        (this.dialog = { kind: "delete", archives: [event.detail] })}
    ></bvp-archive-detail>`;
  }

  protected override render() {
    const id = this.route.id;
    if (id && this.narrow) return html`${this.detail(id)} ${this.dialogs()}`;
    return html`<div class="page ${id ? "open" : ""}">
        ${this.list()} ${id ? this.detail(id) : nothing}
      </div>
      ${this.dialogs()}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-archive": BvpArchive;
  }
}
