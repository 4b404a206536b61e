import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Printer, Upload, UploadDetails, Verdict } from "../api/types";
import { decide, whyNotQueued } from "../deciding";
import { button, icon, iconButton } from "../ha";
import type { Route } from "../app";
import type { Key } from "../i18n";
import { isTyping } from "../keys";
import { INTEGRATION } from "../links";
import { chip, chipStyles, factStyles } from "../parts/chip";
import { Screen } from "../parts/element";
import { empty } from "../parts/empty";
import { printFacts } from "../parts/file-facts";
import { keepFocus } from "../parts/focus";
import { instanceChoice, ofInstance } from "../parts/instance-choice";
import "../parts/menu";
import "../parts/picture";
import "../parts/queue-dialog";
import type { QueueAsked } from "../parts/queue-dialog";
import { swatches, swatchStyles } from "../parts/swatches";
import "../parts/text-dialog";
import { may } from "../rights";
import { follow, read, write } from "../router";
import { shared } from "../styles";
import { ORDERS, inOrder, orderName, orderOf, type Order } from "./inbox-sort";
import "./upload";

const ORDER = "bvp-inbox-order";
/** What is said of what became of a file. */
const FATES: Record<string, Key> = {
  archived: "decided.archive",
  queued: "decided.queue",
  discarded: "decided.discard",
  sent_back: "decided.send_back",
  expired: "inbox.expired",
};

/** The files that wait for a person. */
@customElement("bvp-inbox")
export class BvpInbox extends Screen {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    swatchStyles,
    css`
      :host {
        display: flex;
        flex: 1 0 auto;
        flex-direction: column;
      }
      :host([narrow]) .detail {
        position: static;
      }
      .page {
        display: grid;
        grid-template-columns: minmax(240px, 400px) minmax(340px, 1fr);
        gap: 24px;
        align-items: start;
        width: 100%;
        max-width: 1248px;
        margin: 0 auto;
        padding: 16px var(--bvp-gutter) 24px;
      }
      :host([narrow]) .page {
        display: block;
        padding: 8px var(--bvp-gutter) 16px;
      }
      .detail {
        position: sticky;
        top: 16px;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 48px;
        padding-bottom: 8px;
      }
      .top h2 {
        flex: 1;
        line-height: 1.3;
      }
      .top select {
        width: auto;
        min-width: 0;
        max-width: 45%;
      }
      .where {
        padding-bottom: 8px;
      }
      .where select {
        width: auto;
        max-width: 100%;
      }
      .bulk {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        padding-bottom: 8px;
      }
      .list {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
      }
      .item {
        position: relative;
        display: flex;
        align-items: center;
      }
      .item.selected {
        outline: 2px solid var(--primary-color);
        outline-offset: -1px;
      }
      .item > input {
        flex: none;
        margin-inline-start: 12px;
      }
      .row {
        display: grid;
        flex: 1;
        grid-template-columns: 72px minmax(0, 1fr);
        min-width: 0;
        gap: 12px;
        padding: 8px;
        border-radius: inherit;
        color: inherit;
        text-decoration: none;
        touch-action: pan-y;
      }
      .row bvp-picture {
        align-self: center;
      }
      .text {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 2px;
        align-content: center;
      }
      .head {
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      .name {
        flex: 1;
        min-width: 0;
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        font-weight: var(--ha-font-weight-medium, 500);
        overflow-wrap: anywhere;
      }
      .welcome {
        display: grid;
        justify-items: center;
        gap: 16px;
        max-width: 640px;
        margin: 24px auto;
        padding: 24px;
      }
      .welcome > .icon {
        --mdc-icon-size: 64px;
        width: 64px;
        height: 64px;
        color: var(--secondary-text-color);
      }
      .welcome ol {
        display: grid;
        gap: 16px;
        width: 100%;
      }
      .welcome li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 8px 12px;
        min-height: 44px;
      }
      .line {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  @state() private selecting = false;
  @state() private selected = new Set<string>();
  @state() private dialog: "queue" | "send_back" | "discard" | null = null;
  /**
   * What stays beside the list, where the address names nothing, until the person goes on: the first, once there is one;
   * `null` for nothing until the list is another one.
   */
  private kept: string | null | undefined;
  /** The list as it was when what is shown was in it last. */
  private line: readonly Upload[] = [];
  /** What is known of what is shown and no longer in the list; of which it was asked for. */
  @state() private lost: UploadDetails | null = null;
  private asked = "";
  /** What a dialog is about. */
  private about: readonly Upload[] = [];
  private details: UploadDetails | null = null;
  private touch: { id: string; x: number; y: number } | null = null;
  @state() private order: Order = orderOf(read(ORDER) ?? null);
  /** Why what the form asked for was refused. */
  @state() private problem = "";
  @state() private isSending = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onKey);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("route") as Route | undefined;
    const { id, query } = this.route;
    const hasMoved = before && (before.id !== id || `${before.query}` !== `${query}`);
    if (hasMoved || this.narrow || changed.has("order") || (this.kept === null && changed.has("state")))
      this.kept = undefined;
    if (this.kept === undefined && !this.narrow) this.kept = this.inbox[0]?.id;
    const { shown } = this;
    if (!shown || this.state.inbox.some((each) => each.id === shown)) {
      this.line = this.inbox;
      this.lost = null;
      this.asked = "";
    } else if (this.asked !== shown && this.canAct && !this.isSending) {
      this.asked = shown;
      void this.ask(shown);
    }
  }

  /** Find out what became of a file that is not in the list, or no longer. */
  private async ask(id: string): Promise<void> {
    void keepFocus(this, ".empty button", ".row");
    const found = await this.app.api.upload(id).catch(() => null);
    if (this.asked !== id) return;
    // On its way into the archive, it tells where it went with the next change.
    if (found?.state === "archiving") this.asked = "";
    else {
      this.lost = found;
      if (!this.current) this.app.announce(this.told);
    }
  }

  /** What the keys or a link lead to is in sight. */
  protected override updated(changed: PropertyValues): void {
    if (!changed.has("route")) return;
    const { id } = this.route;
    const before = (changed.get("route") as Route | undefined)?.id;
    if (id) this.renderRoot.querySelector(".item.selected")?.scrollIntoView({ block: "nearest" });
    // On phones a file takes the place of the list, and the list that of a file.
    else if (before) void keepFocus(this, `.row[href*="inbox/${CSS.escape(before)}"]`, ".row");
  }

  /** The uploads as they are shown. */
  private get inbox(): readonly Upload[] {
    return inOrder(ofInstance(this.state.inbox, this.instance), this.order, this.app.format);
  }

  /** Where it came in of several Home Assistants; "" for everywhere. */
  private get instance(): string {
    return this.route.query.get("instance") ?? "";
  }

  /** Show a file, or the list alone; the filter stays. */
  private go(id: string | null, replace: boolean): void {
    this.kept = id ?? undefined;
    this.requestUpdate();
    this.app.go("inbox", id, this.query, replace);
  }

  private get query(): Record<string, string> {
    return Object.fromEntries(this.route.query);
  }

  /** What the address names, else what stays beside the list. */
  private get shown(): string | null | undefined {
    return this.route.id ?? (this.narrow ? null : this.kept);
  }

  /** The file itself, and nothing in its place where it no longer waits. Old ones are not in long lists. */
  private get current(): Upload | undefined {
    const { lost, shown } = this;
    return (
      this.state.inbox.find((each) => each.id === shown) ??
      (lost?.id === shown && lost?.state === "pending" ? lost : undefined)
    );
  }

  /** What of those that wait comes after these. */
  private following(gone: ReadonlySet<unknown>): Upload | undefined {
    const { inbox, line } = this;
    const waits = ({ id }: Upload) => !gone.has(id) && inbox.some((each) => each.id === id);
    const at = line.findIndex((each) => gone.has(each.id));
    return line.slice(Math.max(0, at)).find(waits) ?? line.findLast(waits) ?? inbox.find(waits);
  }

  private get next(): Upload | undefined {
    return this.following(new Set([this.shown]));
  }

  private get canAct(): boolean {
    return this.state.connection === "live";
  }

  // --- what is done ---

  private async decide(uploads: readonly Upload[], verb: Verdict, fields = {}): Promise<void> {
    this.closeDialog();
    this.moveOn(uploads);
    void keepFocus(this, ".row[aria-current]", ".row");
    await decide(this.app, uploads, verb, fields);
  }

  /** Queue as the form says. What is refused is said there. */
  private async queueAsAsked({ plan, ids }: QueueAsked): Promise<void> {
    const { about } = this;
    const going = about.length > 1 ? about.filter(({ id }) => ids.includes(id)) : about;
    this.problem = "";
    this.isSending = true;
    const left = await decide(this.app, going, "queue", plan, (why, id) => {
      const file = going.length > 1 && going.find((each) => each.id === id);
      this.problem = file ? this.t("queue_dialog.refused", { name: file.name, why }) : why;
    });
    this.isSending = false;
    if (this.about !== about) return;
    if (left.length) this.about = left;
    else this.closeDialog();
    this.moveOn(going.filter((each) => !left.includes(each)));
  }

  /** Show what comes after those that are decided. */
  private moveOn(uploads: readonly Upload[]): void {
    const gone = new Set<unknown>(uploads.map((each) => each.id));
    const left = this.following(gone)?.id ?? null;
    this.endSelecting();
    if (!gone.has(this.shown)) return;
    if (this.route.id) this.go(this.narrow ? null : left, true);
    else this.kept = left;
  }

  private act(verb: Verdict, uploads: readonly Upload[]): void {
    if (!uploads.length || !this.canAct || !this.may(verb, uploads)) return;
    const why = verb === "queue" ? whyNotQueued(uploads) : null;
    if (why) this.app.toast({ message: this.app.say(why) });
    else if (verb === "send_back") this.openDialog("send_back", uploads);
    // Without a grace period nothing brings it back.
    else if (verb === "discard" && !this.state.options.undo_minutes)
      this.openDialog("discard", uploads);
    else void this.decide(uploads, verb);
  }

  /** Whether the user may decide so about files; everybody discards what is theirs. */
  private may(verb: Verdict, uploads: readonly Upload[]): boolean {
    return may(verb === "discard" ? "work" : "decide", uploads);
  }

  private openDialog(dialog: typeof this.dialog, uploads: readonly Upload[]): void {
    this.about = uploads;
    this.dialog = dialog;
    this.problem = "";
    this.details = null;
    const [only] = uploads;
    if (dialog === "queue" && only && uploads.length === 1)
      void this.app.attempt(this.app.api.upload(only.id)).then((details) => {
        if (details && this.about[0]?.id === details.id) {
          this.details = details;
          this.requestUpdate();
        }
      });
  }

  private closeDialog(): void {
    this.dialog = null;
    this.about = [];
  }

  private endSelecting(): void {
    this.selecting = false;
    this.selected = new Set();
  }

  private select(id: string, on: boolean): void {
    const selected = new Set(this.selected);
    if (on) selected.add(id);
    else selected.delete(id);
    this.selected = selected;
  }

  private get chosen(): readonly Upload[] {
    return this.inbox.filter((each) => this.selected.has(each.id));
  }

  // --- keys and touch ---

  private readonly onKey = (event: KeyboardEvent) => {
    if (!this.app.shortcuts || isTyping(event) || this.dialog) return;
    const { inbox } = this;
    const current = this.current;
    const { id } = current ?? this.next ?? {};
    const at = inbox.findIndex((each) => each.id === id);
    const show = (upload: Upload | undefined) =>
      upload && this.go(upload.id, true);
    const { chosen } = this;
    const about = chosen.length ? chosen : current ? [current] : [];
    switch (event.key) {
      case "j":
      case "ArrowDown":
        show(inbox[current ? at + 1 : at]);
        break;
      case "k":
      case "ArrowUp":
        show(inbox[at - 1]);
        break;
      case "a":
        this.act("archive", about);
        break;
      case "u":
        this.act("queue", about);
        break;
      case "x":
        if (current) {
          this.selecting = true;
          this.select(current.id, !this.selected.has(current.id));
        }
        break;
      case "Delete":
        this.act("discard", about);
        break;
      case "Escape":
        if (!this.selecting) return;
        this.endSelecting();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  private onTouchStart(event: TouchEvent, upload: Upload): void {
    const [at] = event.touches;
    this.touch = at ? { id: upload.id, x: at.clientX, y: at.clientY } : null;
  }

  /** A long stroke to the end archives, one to the start discards. */
  private onTouchEnd(event: TouchEvent, upload: Upload): void {
    const begin = this.touch;
    const [end] = event.changedTouches;
    this.touch = null;
    if (!begin || !end || begin.id !== upload.id || this.selecting) return;
    const x = end.clientX - begin.x;
    if (Math.abs(x) < 120 || Math.abs(end.clientY - begin.y) > 40) return;
    event.preventDefault();
    const isRtl = getComputedStyle(this).direction === "rtl";
    this.act(x > 0 !== isRtl ? "archive" : "discard", [upload]);
  }

  // --- what is shown ---

  private item(upload: Upload) {
    const { format } = this.app;
    const isCurrent = !this.narrow && this.current?.id === upload.id;
    return html`<li class="item card ${isCurrent ? "selected" : ""}">
      ${this.selecting
        ? html`<input
            type="checkbox"
            aria-label=${upload.name}
            .checked=${this.selected.has(upload.id)}
            @change=${(event: Event) =>
              this.select(upload.id, (event.target as HTMLInputElement).checked)}
          />`
        : nothing}
      <a
        class="row"
        href=${this.app.url("inbox", upload.id, this.query)}
        aria-current=${isCurrent ? "true" : nothing}
        @click=${(event: MouseEvent) =>
          follow(event, () => {
            if (this.selecting) this.select(upload.id, !this.selected.has(upload.id));
            else this.go(upload.id, !this.narrow);
          })}
        @touchstart=${{
          handleEvent: (event: TouchEvent) => this.onTouchStart(event, upload),
          passive: true,
        }}
        @touchend=${(event: TouchEvent) => this.onTouchEnd(event, upload)}
      >
        <bvp-picture .src=${upload.picture_small}></bvp-picture>
        <span class="text">
          <span class="head"
            ><span class="name">${upload.name}</span
            ><span class="secondary small">${format.ago(upload.received_at)}</span></span
          >
          <span class="facts">
            ${printFacts(this.app, upload)}
            ${swatches(upload.filament_colors, upload.filament_types)}
          </span>
          <span class="secondary line"
            >${[
              upload.sender,
              upload.instance,
              upload.printer,
              upload.plate_count > 1 ? this.t("fact.plates", { count: upload.plate_count }) : "",
            ]
              .filter(Boolean)
              .join(" · ")}</span
          >
          <span class="facts">${this.hints(upload)}</span>
        </span>
      </a>
    </li>`;
  }

  private hints(upload: Upload) {
    return [
      upload.print_requested
        ? chip("mdi:play-circle-outline", this.t("inbox.print_requested"), "active")
        : nothing,
      upload.wrong_model ? chip("mdi:alert", this.t("inbox.wrong_model"), "warning") : nothing,
      upload.not_queueable
        ? chip("mdi:playlist-remove", this.t("inbox.not_queueable"), "warning")
        : nothing,
      knownChip(this, upload),
    ];
  }

  /** Whether nothing has ever come. */
  private get isNew(): boolean {
    const { printers, stats } = this.state;
    return (
      stats?.ever_archived === 0 &&
      stats.pending === 0 &&
      !printers.some((each) => each.uploads_received)
    );
  }

  /** What is to be done before the first file comes; done is ticked as soon as it is. */
  private welcome(own: Printer | undefined) {
    const { app, state } = this;
    const hasSlicer = state.printers.some((each) => each.slicers?.length);
    const step = (done: boolean, text: string, action: TemplateResult | typeof nothing = nothing) =>
      html`<li>
        ${icon(done ? "mdi:check-circle" : "mdi:circle-outline")}<span
          >${text}${done ? html` <span class="visually-hidden">${this.t("welcome.done")}</span>` : nothing}</span
        >${done ? nothing : action}
      </li>`;
    const go = (label: Key, onClick: () => void) =>
      button({ label: this.t(label), look: "primary", onClick });
    return html`<div class="welcome card">
      ${icon("mdi:printer-3d")}
      <h2>${this.t("welcome.heading")}</h2>
      <ol>
        ${step(
          own !== undefined,
          this.t("inbox.no_printer"),
          app.isAdmin ? go("welcome.add", () => app.visit(INTEGRATION)) : nothing,
        )}
        ${step(
          own !== undefined && hasSlicer,
          this.t("welcome.connect"),
          own ? go("printers.connect", () => app.go("printers", own.id)) : nothing,
        )}
        ${step(false, own ? this.t("welcome.send", { printer: own.name }) : this.t("welcome.send_any"))}
      </ol>
    </div>`;
  }

  private nothing() {
    const { printers, options } = this.state;
    // Nobody knows whether there is anything.
    if (options.library_away) return nothing;
    const asks = printers.find((each) => each.kind === "virtual" && each.mode === "review");
    const own = printers.find((each) => each.kind === "virtual");
    if (!own || this.isNew) return this.welcome(own);
    if (asks || options.pending_modes)
      return empty(
        "mdi:inbox-outline",
        asks ? this.t("inbox.empty_send", { printer: asks.name }) : this.t("inbox.empty"),
      );
    return empty(
      "mdi:inbox-outline",
      this.t("inbox.nobody_asks"),
      button({ label: this.t("inbox.to_printers"), onClick: () => this.app.go("printers") }),
    );
  }

  private orderPart() {
    return html`<select
      aria-label=${this.t("archive.sort")}
      @change=${(event: Event) => {
        this.order = orderOf((event.target as HTMLSelectElement).value);
        write(ORDER, this.order);
      }}
    >
      ${ORDERS.map(
        (order) =>
          html`<option value=${order} ?selected=${order === this.order}>
            ${this.t(orderName(order))}
          </option>`,
      )}
    </select>`;
  }

  private instancePart() {
    const choice = instanceChoice(this.app, this.state.options, this.instance, (instance) =>
      this.app.go("inbox", null, { ...this.query, instance }, true),
    );
    return choice === nothing ? nothing : html`<div class="where">${choice}</div>`;
  }

  private list() {
    const { inbox } = this;
    return html`<section>
      <div class="top">
        <h2>${this.t("inbox.title", { count: inbox.length })}</h2>
        ${inbox.length > 1 ? this.orderPart() : nothing}
        ${iconButton({
          label: this.t("common.select"),
          icon: "mdi:checkbox-multiple-marked-outline",
          pressed: this.selecting,
          onClick: () => {
            if (this.selecting) this.endSelecting();
            else this.selecting = true;
          },
        })}
      </div>
      ${this.instancePart()} ${this.selecting ? this.bulk() : nothing}
      <ul class="list">
        ${repeat(
          inbox,
          (upload) => upload.id,
          (upload) => this.item(upload),
        )}
      </ul>
      ${inbox.length ? nothing : empty("mdi:inbox-outline", this.t("inbox.empty_filter"))}
      ${this.state.inbox_more
        ? html`<p class="secondary">${this.t("inbox.more")}</p>`
        : nothing}
    </section>`;
  }

  private bulk() {
    const chosen = this.chosen;
    const disabled = !chosen.length || !this.canAct;
    return html`<div class="bulk" role="group" aria-label=${this.t("common.select")}>
      ${button({
        label:
          chosen.length === this.inbox.length
            ? this.t("common.select_none")
            : this.t("common.select_all"),
        look: "plain",
        onClick: () =>
          (this.selected = new Set(
            chosen.length === this.inbox.length
              ? []
              : this.inbox.map((each) => each.id),
          )),
      })}
      ${this.may("archive", chosen)
        ? [
            button({
              label: this.t("verb.archive"),
              icon: "mdi:archive-arrow-down",
              disabled,
              onClick: () => this.act("archive", chosen),
            }),
            button({
              label: this.t("verb.queue_dots"),
              icon: "mdi:playlist-plus",
              disabled,
              onClick: () => this.openDialog("queue", chosen),
            }),
          ]
        : nothing}
      ${this.may("discard", chosen)
        ? button({
            label: this.t("verb.discard"),
            icon: "mdi:delete-outline",
            disabled,
            onClick: () => this.act("discard", chosen),
          })
        : nothing}
    </div>`;
  }

  private dialogPart() {
    const about = this.about;
    const [first] = about;
    if (!this.dialog || !first) return nothing;
    const names = about.length === 1 ? first.name : this.t("inbox.files", { count: about.length });
    const closed = () => this.closeDialog();
    switch (this.dialog) {
      case "queue":
        return html`<bvp-queue-dialog
          .app=${this.app}
          .targets=${this.state.targets}
          .subject=${{
            ...(this.details ?? first),
            name: names,
            plates: this.details?.plates ?? [],
            ...(about.length === 1
              ? { file: { upload_id: first.id } }
              : { plan: null, not_queueable: null, files: about, of: "upload_ids" as const }),
          }}
          .problem=${this.problem}
          .busy=${this.isSending}
          @closed=${closed}
          @queue=${(event: CustomEvent<QueueAsked>) => void this.queueAsAsked(event.detail)}
        ></bvp-queue-dialog>`;
      case "send_back":
        return html`<bvp-text-dialog
          .app=${this.app}
          .heading=${this.t("send_back.title", { name: names })}
          .question=${this.t("send_back.text")}
          .label=${this.t("send_back.note")}
          .confirm=${this.t("verb.send_back")}
          @closed=${closed}
          @done=${(event: CustomEvent<string>) =>
            void this.decide(about, "send_back", { note: event.detail })}
        ></bvp-text-dialog>`;
      case "discard":
        return html`<bvp-text-dialog
          .app=${this.app}
          danger
          .heading=${this.t("discard.title", { name: names })}
          .question=${this.t("discard.text")}
          .confirm=${this.t("verb.discard")}
          @closed=${closed}
          @done=${() => void this.decide(about, "discard")}
        ></bvp-text-dialog>`;
    }
  }

  private detail(upload: Upload) {
    return html`<bvp-upload
      class="detail"
      .app=${this.app}
      .upload=${upload}
      .narrow=${this.narrow}
      .canAct=${this.canAct}
      @decide=${(event: CustomEvent<Verdict>) => this.act(event.detail, [upload])}
      @plan=${() => this.openDialog("queue", [upload])}
      @queue-for=${(event: CustomEvent<string>) =>
        void this.decide([upload], "queue", { target: event.detail })}
      @back=${() => this.go(null, true)}
    ></bvp-upload>`;
  }

  /** That what is shown no longer waits, and what became of it. */
  private get told(): string {
    const { lost } = this;
    const fate = lost && FATES[lost.state];
    const told = this.t("inbox.gone");
    return fate ? `${told} ${this.t(fate, { count: 1, name: lost.name })}` : told;
  }

  /** The file that is shown, or that it no longer waits: none takes its place before the person goes on. */
  private one() {
    const { current, lost, next } = this;
    if (current) return this.detail(current);
    // What the person decided just now is about to be told.
    if (!this.shown || this.isSending) return nothing;
    const go = (label: Key, onClick: () => void, look?: "primary") =>
      button({ label: this.t(label), onClick, look });
    return empty(
      "mdi:check-circle-outline",
      this.told,
      html`${next ? go("inbox.next", () => this.go(next.id, true), "primary") : nothing}
      ${lost?.state === "archived" || lost?.state === "queued"
        ? go("common.show", () => this.app.go("archive", lost.id))
        : nothing}
      ${this.narrow || !next ? go("tab.inbox", () => this.go(null, true)) : nothing}`,
    );
  }

  protected override render() {
    const { inbox } = this.state;
    if (this.shown && (this.narrow || !inbox.length))
      return html`${this.one()} ${this.dialogPart()}`;
    if (!inbox.length) return this.nothing();
    return html`<div class="page">${this.list()} ${this.one()}</div>
      ${this.dialogPart()}`;
  }
}

/** What is known of a file that was there before. */
export function knownChip(screen: { app: Screen["app"] }, upload: Upload) {
  const { t, format } = screen.app;
  if (upload.last_failure)
    return chip("mdi:alert-outline", t("known.failed", { reason: screen.app.say(upload.last_failure) }), "warning");
  if (upload.print_count && upload.last_printed_at)
    return chip(
      "mdi:check",
      t("known.printed", {
        count: upload.print_count,
        date: format.date(upload.last_printed_at),
      }),
      "good",
    );
  return upload.duplicate_of ? chip("mdi:content-duplicate", t("known.archived")) : nothing;
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-inbox": BvpInbox;
  }
}
