import { LitElement, css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import {
  TABS,
  attempt,
  errorKey,
  isApiError,
  type App,
  type Route,
  type Tab,
  type Toast,
} from "./app";
import { camerasOf } from "./cameras";
import { Client } from "./api/client";
import type { Printer, Transfer } from "./api/types";
import { Format } from "./format";
import { alert, button, icon, iconButton, menuButton, showToast } from "./ha";
import type { Hass, PanelInfo } from "./hass";
import { isTyping } from "./keys";
import {
  BackendTexts,
  ENGLISH,
  loadWords,
  localeOf,
  translate,
  type Translate,
  type Words,
} from "./i18n";
import { DOCUMENTATION, INTEGRATION } from "./links";
import { focused } from "./parts/focus";
import type { MenuItem } from "./parts/menu";
import { pickFiles } from "./parts/pick-files";
import { progressBar, progressStyles } from "./parts/progress";
import { skeleton, skeletonStyles } from "./parts/skeleton";
import "./parts/menu";
import { BASE, follow, navigate, parseRoute, rememberTab, routeUrl } from "./router";
import { Store, type State } from "./store";
import { shared } from "./styles";
import { sendFiles } from "./upload";

const ICONS: Record<Tab, string> = {
  inbox: "mdi:inbox-arrow-down",
  queue: "mdi:playlist-play",
  archive: "mdi:archive",
  printers: "mdi:printer-3d",
  stats: "mdi:chart-bar",
};
const SCREENS: Record<Tab, () => Promise<unknown>> = {
  inbox: () => import("./screens/inbox"),
  queue: () => import("./screens/queue"),
  archive: () => import("./screens/archive"),
  printers: () => import("./screens/printers"),
  stats: () => import("./screens/stats"),
};
/** Letters that lead to tabs after `g`. */
const LETTERS: Record<string, Tab> = {
  i: "inbox",
  q: "queue",
  a: "archive",
  p: "printers",
  s: "stats",
};
const TOAST_MS = 4000;
/** For how many frames the field of the search is waited for. */
const SEARCH_FRAMES = 120;

/** One for the page: cards on it follow the same subscription. */
const store = new Store();

/** The panel: its header, its tabs, and the screen that is open. */
@customElement("bvp-panel")
export class BvpPanel extends LitElement {
  static override styles = [
    shared,
    progressStyles,
    skeletonStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        background: var(--primary-background-color);
        --bvp-gutter: 24px;
        --bvp-header: calc(var(--header-height, 56px) + var(--safe-area-inset-top, 0px));
        --bvp-bar: 0px;
      }
      :host([narrow]) {
        --bvp-gutter: 16px;
        --bvp-bar: calc(56px + var(--safe-area-inset-bottom, 0px));
      }
      header {
        container-type: inline-size;
        display: flex;
        flex: none;
        align-items: center;
        gap: 8px;
        height: var(--bvp-header);
        padding: var(--safe-area-inset-top, 0px) 12px 0;
        background: var(--app-header-background-color, var(--primary-color));
        color: var(--app-header-text-color, #fff);
        border-bottom: var(--app-header-border-bottom, none);
      }
      h1 {
        flex: none;
        margin-inline: 12px 24px;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-normal, 400);
        white-space: nowrap;
      }
      :host([narrow]) h1 {
        flex: 1;
        overflow: hidden;
        margin-inline-end: 0;
        text-overflow: ellipsis;
      }
      nav {
        display: flex;
        flex: 1;
        align-self: stretch;
        min-width: 0;
      }
      nav a {
        position: relative;
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 8px;
        padding: 0 16px;
        color: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
        text-decoration: none;
      }
      nav a .icon {
        --mdc-icon-size: 20px;
      }
      nav a:focus-visible {
        outline-offset: -4px;
        outline-color: currentColor;
      }
      nav a[aria-current]::after {
        position: absolute;
        inset: auto 8px 0;
        height: 3px;
        border-radius: 3px 3px 0 0;
        background: var(--app-header-selected-color, var(--primary-color));
        content: "";
      }
      .badge {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        background: var(--primary-text-color);
        color: var(--primary-background-color);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        text-align: center;
      }
      @container (max-width: 900px) {
        nav a {
          padding: 0 10px;
        }
        header nav .icon {
          display: none;
        }
        h1 {
          flex: 0 1 auto;
          overflow: hidden;
          margin-inline: 12px;
          text-overflow: ellipsis;
        }
      }
      :host([narrow]) nav {
        flex: none;
        order: 3;
        height: var(--bvp-bar);
        padding-bottom: var(--safe-area-inset-bottom, 0px);
        border-top: 1px solid var(--divider-color);
        background: var(--sidebar-background-color, var(--card-background-color));
      }
      :host([narrow]) nav a {
        /* As wide as its name: some are long in some languages, and none is cut. */
        flex: 1 1 auto;
        flex-direction: column;
        gap: 0;
        min-width: 0;
        padding: 4px 2px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.4;
      }
      :host([narrow]) nav a .icon {
        --mdc-icon-size: 24px;
        width: 24px;
        height: 24px;
      }
      :host([narrow]) nav a span.name {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      :host([narrow]) nav a[aria-current]::after {
        inset: 0 25% auto;
        border-radius: 0 0 3px 3px;
      }
      :host([narrow]) .badge {
        position: absolute;
        inset-block-start: 2px;
        inset-inline-start: calc(50% + 6px);
        min-width: 16px;
        padding: 0 4px;
        line-height: 16px;
      }
      main {
        position: relative;
        display: flex;
        flex-direction: column;
        flex: 1;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
      }
      main > :not(.drop) {
        flex: 1 0 auto;
      }
      .strip {
        flex: none;
        padding: 8px var(--bvp-gutter);
        border-bottom: 1px solid var(--divider-color);
        background: var(--card-background-color);
      }
      .strip li {
        display: grid;
        gap: 4px;
      }
      .strip li + li {
        margin-top: 8px;
      }
      .message {
        padding: 16px var(--bvp-gutter);
      }
      .drop {
        position: absolute;
        z-index: 10;
        inset: 8px;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 8px;
        border: 3px dashed var(--primary-color);
        border-radius: var(--ha-border-radius-lg, 12px);
        background: color-mix(in srgb, var(--primary-background-color) 90%, transparent);
        font-size: var(--ha-font-size-l, 16px);
        pointer-events: none;
      }
    `,
  ];

  @property({ attribute: false }) hass?: Hass;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ attribute: false }) panel?: PanelInfo;
  /** Set by Home Assistant; where one is, is read from the address itself, for its query. */
  @property({ attribute: false }) route?: unknown;

  @state() private place: Route = parseRoute(location.pathname, location.search);
  @state() private library: State = store.state;
  @state() private words: Words = ENGLISH;
  @state() private ready = false;
  @state() private screens = new Set<Tab>();
  @state() private dragging = false;
  @state() private said = "";
  @state() private showsKeys = false;
  /** Whether a screen could not be loaded. */
  @state() private isOld = false;
  private app?: App;
  @state() private texts?: BackendTexts;
  private appFor: unknown[] = [];
  private language = "";
  private unlisten?: () => void;
  private waitsForLetter = 0;
  private readonly client = new Client(() => this.hass!);

  constructor() {
    super();
    for (const type of ["dragenter", "dragover", "dragleave", "drop"] as const)
      this.addEventListener(type, (event) => this.onDrag(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unlisten = store.listen(() => {
      this.sayWhatCame(this.library, store.state);
      this.library = store.state;
    });
    this.library = store.state;
    window.addEventListener("location-changed", this.onMoved);
    window.addEventListener("popstate", this.onMoved);
    document.addEventListener("keydown", this.onKey);
    if (this.hass) store.start(this.hass.connection);
    this.onMoved();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unlisten?.();
    this.showCount(0);
    window.removeEventListener("location-changed", this.onMoved);
    window.removeEventListener("popstate", this.onMoved);
    document.removeEventListener("keydown", this.onKey);
    store.stop();
  }

  private readonly onMoved = () => {
    if (!location.pathname.startsWith(BASE)) return;
    const place = parseRoute(location.pathname, location.search);
    this.place = place;
    rememberTab(place.tab);
    if (!this.screens.has(place.tab))
      void SCREENS[place.tab]().then(
        () => {
          this.screens = new Set([...this.screens, place.tab]);
          this.isOld = false;
        },
        // After an update the files of the version that is open are gone.
        () => {
          this.isOld = true;
        },
      );
  };

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("route")) this.onMoved();
    if (!this.hass) return;
    if (changed.has("hass")) store.start(this.hass.connection);
    if (this.hass.language !== this.language) void this.speak(this.hass.language);
    this.makeApp(this.hass);
  }

  protected override updated(): void {
    this.showCount(this.library.inbox.length);
  }

  /** Those who do not see the list hear of what is new in it, and of what is back. */
  private sayWhatCame(before: State, now: State): void {
    if (!before.available || before.inbox === now.inbox) return;
    const known = new Set(before.inbox.map((each) => each.id));
    const come = now.inbox.filter((each) => !known.has(each.id));
    if (come[0])
      this.app?.announce(
        come.length > 1
          ? this.tr("inbox.title", { count: come.length })
          : this.tr("inbox.arrived", { name: come[0].name }),
      );
  }

  /** The sidebar cannot carry a number; the title of the page can. */
  private showCount(count: number): void {
    const title = document.title.replace(/^\(\d+\) /, "");
    const wanted = count ? `(${count}) ${title}` : title;
    if (document.title !== wanted) document.title = wanted;
  }

  private async speak(language: string): Promise<void> {
    this.language = language;
    const loading = BackendTexts.load(this.hass!, language, this.format(this.hass!));
    const words = await loadWords(language);
    if (language !== this.language) return;
    this.words = words;
    this.ready = true;
    // Everything else can be seen before the sentences of the integration are there.
    const texts = await loading;
    if (language === this.language) this.texts = texts;
  }

  private format(hass: Hass): Format {
    return new Format(
      localeOf(hass.locale, this.words),
      hass.config,
      this.library.options.currency || hass.config.currency,
    );
  }

  private readonly tr: Translate = (key, values) =>
    translate(this.words, this.language, this.app?.format ?? this.format(this.hass!), key, values);

  /** What screens get; a new one only when they have to show everything anew. */
  private makeApp(hass: Hass): void {
    const made = [
      this.words,
      this.texts,
      hass.locale,
      hass.config,
      hass.user?.is_admin,
      hass.enableShortcuts,
      this.library.options.currency,
    ];
    if (this.app && made.every((each, at) => each === this.appFor[at])) return;
    this.appFor = made;
    const format = this.format(hass);
    const words = this.words;
    const language = this.language;
    const texts = this.texts?.with(format) ?? BackendTexts.none(language, format);
    const t: Translate = (key, values) => translate(words, language, format, key, values);
    this.app = {
      api: this.client,
      store,
      t,
      format,
      isAdmin: hass.user?.is_admin ?? false,
      shortcuts: hass.enableShortcuts !== false,
      say: (text) => texts.say(text),
      sayError: (error) =>
        (isApiError(error) ? texts.error(error) : null) ?? t(errorKey(error)),
      toast: (toast) => this.toast(toast),
      go: (tab, id, query, replace) => navigate(routeUrl(tab, id, query), replace),
      url: routeUrl,
      visit: (path) => navigate(path),
      attempt: (work) => attempt(work, (error) => this.toast(this.app!.sayError(error))),
      announce: (message) => {
        // The same once more is read out as well.
        this.said = message === this.said ? `${message}\u00a0` : message;
      },
      cameras: () => camerasOf(this.hass!),
      recorded: async (sensor, first, period) =>
        (await import("./recorded")).recordedOf(this.hass!, sensor, first, period),
      upload: (files, printerId) => void sendFiles(this.app!, this.hass!, files, printerId),
    };
  }

  private toast(toast: Toast | string): void {
    const { message, action, duration = TOAST_MS } =
      typeof toast === "string" ? ({ message: toast } as Toast) : toast;
    const before = focused();
    const act = () => {
      action!.run();
      // The toast, which had it, is gone.
      const screen = this.renderRoot.querySelector("main > *")?.shadowRoot;
      const there = before?.isConnected ? before : (screen?.querySelector(".row") ?? screen?.querySelector("button"));
      (there as HTMLElement | null)?.focus();
    };
    showToast(this, { message, duration, ...(action && { action: { text: action.text, action: act } }) });
  }

  /** What shows the keys is loaded when somebody asks. */
  private async explainKeys(): Promise<void> {
    await import("./parts/keys-dialog");
    this.showsKeys = true;
  }

  /** Go to where the archive is searched; on phones a file of it gives way to the list. */
  private async search(): Promise<void> {
    const { tab, id, query } = this.place;
    if (tab !== "archive") this.app!.go("archive");
    else if (id && this.narrow) this.app!.go("archive", null, Object.fromEntries(query));
    await SCREENS.archive().catch(() => undefined);
    // The list may take its time.
    for (let frames = 0; frames < SEARCH_FRAMES; frames++) {
      const archive = this.renderRoot.querySelector("bvp-archive");
      if (this.place.tab !== "archive" || archive?.focusSearch()) return;
      await new Promise(requestAnimationFrame);
    }
  }

  private readonly onKey = (event: KeyboardEvent) => {
    if (!this.app?.shortcuts || isTyping(event)) return;
    const was = this.waitsForLetter;
    this.waitsForLetter = 0;
    if (event.key === "g") this.waitsForLetter = Date.now();
    else if (event.key === "?") void this.explainKeys();
    else if (event.key === "/") void this.search();
    else if (was && Date.now() - was < 1500 && LETTERS[event.key])
      this.app.go(LETTERS[event.key]!);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // --- files ---

  /** Files over any part of the panel, for browsers would open in its place what is dropped beside. */
  private onDrag(event: DragEvent): void {
    const { dataTransfer, type } = event;
    if (!dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const takes = this.takesFiles && this.isLive;
    if (!takes) dataTransfer.dropEffect = "none";
    this.dragging = takes && (type === "dragover" || type === "dragenter");
    if (takes && type === "drop")
      this.app!.upload([...dataTransfer.files], this.defaultPrinter?.id);
  }

  private get isLive(): boolean {
    return this.library.connection === "live" && this.library.available === true;
  }

  private get takers(): readonly Printer[] {
    return this.library.printers.filter((each) => each.kind === "virtual" && each.enabled);
  }

  /** Whether there is a place to send files to for who is here. */
  private get takesFiles(): boolean {
    const { rights, sends_to_archive: toArchive } = this.library.viewer;
    return rights.includes("work") && (toArchive || this.takers.length > 0);
  }

  /** What is dropped goes where a file of a slicer would wait for a person, if there is such a printer. */
  private get defaultPrinter() {
    const asks = this.takers.find((each) => each.mode === "review");
    return asks ?? (this.library.viewer.sends_to_archive ? undefined : this.takers[0]);
  }

  private pick(printerId?: string): void {
    pickFiles({ accept: ".3mf,.gcode", multiple: true }, (files) =>
      this.app!.upload(files, printerId),
    );
  }

  // --- what is shown ---

  private count(tab: Tab): number {
    if (tab === "inbox") return this.library.inbox.length;
    return tab === "queue" ? this.library.queue.length : 0;
  }

  private tab(tab: Tab) {
    const count = this.count(tab);
    return html`<a
      href=${routeUrl(tab)}
      aria-current=${this.place.tab === tab ? "page" : nothing}
      @click=${(event: MouseEvent) => follow(event, () => this.app!.go(tab))}
    >
      ${icon(ICONS[tab])}<span class="name">${this.tr(`tab.${tab}`)}</span>
      ${count ? html`<span class="badge">${this.app!.format.number(count)}</span>` : nothing}
    </a>`;
  }

  private nav() {
    return html`<nav aria-label=${this.tr("title")}>${TABS.map((tab) => this.tab(tab))}</nav>`;
  }

  /** Where files of this browser go. On phones they stand among other things, and say so. */
  private uploadItems(disabled: boolean): MenuItem[] {
    if (!this.takesFiles) return [];
    const named = (name: string) => (this.narrow ? `${this.tr("upload.button")}: ${name}` : name);
    const items = this.takers.map((printer) => ({
      label: named(printer.name),
      icon: this.narrow ? "mdi:upload" : "mdi:printer-3d",
      disabled,
      onClick: () => this.pick(printer.id),
    }));
    if (this.library.viewer.sends_to_archive)
      items.push({
        label: named(this.tr("upload.to_archive")),
        icon: "mdi:archive-arrow-down",
        disabled,
        onClick: () => this.pick(),
      });
    return items;
  }

  /** What is at the end of the header, on every tab. */
  private tools() {
    const { app, library, narrow } = this;
    const disabled = !this.isLive;
    const uploads = this.uploadItems(disabled);
    return html`${iconButton({
        label: this.tr("archive.search"),
        icon: "mdi:magnify",
        disabled: !library.available,
        onClick: () => void this.search(),
      })}
      ${narrow || !uploads.length
        ? nothing
        : html`<bvp-menu
            .app=${app!}
            .label=${this.tr("upload.button")}
            icon="mdi:upload"
            .disabled=${disabled}
            .items=${uploads}
          ></bvp-menu>`}
      <bvp-menu
        .app=${app!}
        .label=${this.tr("common.more")}
        .items=${[
          ...(narrow ? uploads : []),
          app!.shortcuts && {
            label: this.tr("keys.title"),
            icon: "mdi:keyboard-outline",
            onClick: () => void this.explainKeys(),
          },
          app!.isAdmin && {
            label: this.tr("error.open_integration"),
            icon: "mdi:cog-outline",
            onClick: () => app!.visit(INTEGRATION),
          },
          {
            label: this.tr("header.documentation"),
            icon: "mdi:help-circle-outline",
            href: DOCUMENTATION,
          },
        ]}
      ></bvp-menu>`;
  }

  private strip() {
    const transfers = this.library.uploads;
    return transfers.length
      ? html`<ul class="strip">
          ${transfers.map((transfer) => html`<li>${this.transfer(transfer)}</li>`)}
        </ul>`
      : nothing;
  }

  private transfer(transfer: Transfer) {
    const { format } = this.app!;
    const total = transfer.total_bytes;
    const percent = total ? Math.min(100, (transfer.received_bytes / total) * 100) : null;
    const title = transfer.name
      ? this.tr(transfer.via === "browser" ? "transfer.sending" : "transfer.receiving", {
          name: transfer.name,
        })
      : this.tr("transfer.receiving_unnamed");
    const amount = total
      ? this.tr("transfer.progress", {
          received: format.bytes(transfer.received_bytes),
          total: format.bytes(total),
        })
      : format.bytes(transfer.received_bytes);
    const rest = [amount, format.speed(transfer.bytes_per_second), transfer.printer, transfer.source_ip];
    const text = rest.filter(Boolean).join(" · ");
    return html`<span><strong>${title}</strong> <span class="secondary">${text}</span></span>
      ${progressBar(percent, title, text)}`;
  }

  private screen() {
    const { app, library, place, narrow } = this;
    if (!this.screens.has(place.tab) && this.isOld)
      return html`<div class="message">
        ${alert(
          "warning",
          this.tr("error.screen"),
          button({ label: this.tr("common.reload"), onClick: () => location.reload() }),
        )}
      </div>`;
    if (!this.screens.has(place.tab) || library.available === null) return skeleton(place.tab);
    if (library.available === false)
      return html`<div class="message">
        ${alert(
          "error",
          this.tr("error.not_loaded"),
          app!.isAdmin
            ? button({
                label: this.tr("error.open_integration"),
                onClick: () => app!.visit(INTEGRATION),
              })
            : nothing,
        )}
      </div>`;
    switch (place.tab) {
      case "inbox":
        return html`<bvp-inbox .app=${app!} .state=${library} .route=${place} .narrow=${narrow}></bvp-inbox>`;
      case "queue":
        return html`<bvp-queue .app=${app!} .state=${library} .route=${place} .narrow=${narrow}></bvp-queue>`;
      case "archive":
        return html`<bvp-archive .app=${app!} .state=${library} .route=${place} .narrow=${narrow}></bvp-archive>`;
      case "printers":
        return html`<bvp-printers .app=${app!} .state=${library} .route=${place} .narrow=${narrow}></bvp-printers>`;
      case "stats":
        return html`<bvp-stats .app=${app!} .state=${library} .route=${place} .narrow=${narrow}></bvp-stats>`;
    }
  }

  protected override render() {
    if (!this.hass || !this.app || !this.ready) return nothing;
    return html`<header>
        ${menuButton(this.hass, this.narrow)}
        <h1>${this.narrow ? this.tr(`tab.${this.place.tab}`) : this.tr("title")}</h1>
        ${this.narrow ? nothing : this.nav()} ${this.tools()}
      </header>
      ${this.strip()}
      ${this.library.available && this.library.options.library_away
        ? html`<div class="message">
            ${alert("warning", this.tr("error.library_away", { reason: this.app.say(this.library.options.library_away) }))}
          </div>`
        : nothing}
      ${this.library.connection === "lost"
        ? html`<div class="message">${alert("warning", this.tr("connection.lost"))}</div>`
        : nothing}
      <main>
        ${this.screen()}
        ${this.dragging
          ? html`<div class="drop">
              ${icon("mdi:upload")}<span>${this.tr("upload.drop")}</span>
              <span class="secondary"
                >${this.defaultPrinter?.name ?? this.tr("upload.to_archive")}</span
              >
            </div>`
          : nothing}
      </main>
      ${this.narrow ? this.nav() : nothing}
      ${this.showsKeys
        ? html`<bvp-keys-dialog
            .app=${this.app}
            @closed=${() => (this.showsKeys = false)}
          ></bvp-keys-dialog>`
        : nothing}
      <div class="visually-hidden" role="status">${this.said}</div>`;
  }
}

export { store };

declare global {
  interface HTMLElementTagNameMap {
    "bvp-panel": BvpPanel;
  }
}
