import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { App } from "../app";
import type { NoteFields, Sent } from "../api/types";
import { button, icon, iconButton, markdown } from "../ha";
import { isWebLink } from "../links";
import { may } from "../rights";
import { shared } from "../styles";
import { chip, chipStyles, factStyles } from "./chip";
import { BvpElement } from "./element";

export type WrittenFile = Required<Omit<NoteFields, "name" | "favourite">> &
  Pick<Sent, "rights"> & { id: string };

/** Tags and projects that files of the library have, the most frequent first. */
interface Known {
  readonly tags: readonly string[];
  readonly projects: readonly string[];
}

const NOTHING: Known = { tags: [], projects: [] };
const KNOWN_MS = 60_000;
const NEW = "\n";
let asked: { api: App["api"]; at: number; answer: Promise<Known> } | null = null;

/** Ask for them, unless that was done lately. Without an answer there are none. */
function known({ api }: App): Promise<Known> {
  if (asked?.api !== api || Date.now() - asked.at > KNOWN_MS)
    asked = {
      api,
      at: Date.now(),
      answer: api.facets().then(
        (facets) => ({
          tags: facets?.tags.map((each) => each.value) ?? [],
          projects: facets?.projects.map((each) => each.value) ?? [],
        }),
        () => NOTHING,
      ),
    };
  return asked.answer;
}

/** What people wrote about a file: notes, project, tags, and a link. Who may change them does so in place, but for the link. */
@customElement("bvp-written")
export class BvpWritten extends BvpElement {
  static override styles = [
    shared,
    chipStyles,
    factStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 24px;
      }
      .whole {
        flex: 1 0 100%;
        min-width: 0;
      }
      .facts {
        align-items: center;
        gap: 4px 8px;
      }
      .label {
        color: var(--secondary-text-color);
      }
      .chip {
        min-height: 32px;
        border-radius: 16px;
      }
      .chip .icon-button {
        --mdc-icon-size: 16px;
        /* As large as a finger without the chip being so. */
        width: 32px;
        margin: -6px -10px -6px -6px;
      }
      .notes {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .notes.plain {
        white-space: pre-wrap;
      }
      .note {
        display: flex;
        align-items: start;
        justify-content: space-between;
      }
      .answers {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
        margin-top: 8px;
      }
      input.short,
      select.short {
        width: auto;
        min-width: 0;
        max-width: 100%;
      }
      input.short {
        flex: 0 1 180px;
      }
    `,
  ];

  @property({ attribute: false }) file!: WrittenFile;
  @property({ type: Boolean }) canAct = true;
  /** Keeps what was changed. Whether that is done; what was in the way was said then. */
  @property({ attribute: false }) save!: (fields: NoteFields) => Promise<boolean>;
  @state() private writing: "notes" | "tag" | "project" | null = null;
  @state() private text = "";
  @state() private known: Known = NOTHING;

  private get canWrite(): boolean {
    return may("work", [this.file]);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("file") || changed.get("file")?.id === this.file.id) return;
    // What was being written was meant for another file.
    this.writing = null;
    if (this.canWrite) void known(this.app).then((words) => (this.known = words));
  }

  private begin(what: typeof this.writing, text = ""): void {
    this.writing = what;
    this.text = text;
    this.focusOn("textarea, input");
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(".answers")?.scrollIntoView({ block: "nearest" }),
    );
  }

  private end(focus: string): void {
    this.writing = null;
    this.focusOn(focus);
  }

  private focusOn(selector: string): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(selector)?.focus(),
    );
  }

  private readonly onInput = (event: Event) => {
    this.text = (event.target as HTMLInputElement).value;
  };

  // --- tags ---

  private addTag(): void {
    const { file } = this;
    const added = this.text.split(",").map((tag) => tag.trim());
    const tags = [...new Set([...file.tags, ...added])].filter(Boolean);
    this.text = "";
    if (tags.length > file.tags.length) void this.save({ tags });
  }

  private removeTag(tag: string): void {
    this.focusOn(".add");
    void this.save({ tags: this.file.tags.filter((each) => each !== tag) });
  }

  private onTagKey(event: KeyboardEvent): void {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const isDone = event.key === "Escape" || !this.text.trim();
    if (event.key === "Enter") this.addTag();
    this.text = "";
    if (isDone) this.end(".add");
  }

  /** Who goes on elsewhere has meant what stands there. */
  private onTagLeft(): void {
    this.addTag();
    if (this.writing === "tag") this.writing = null;
  }

  private tags() {
    const { file, canAct, known } = this;
    return html`<div class="facts" role="group" aria-label=${this.t("notes.tags")}>
      <span class="label">${this.t("notes.tags")}</span>
      ${file.tags.map(
        (tag) =>
          html`<span class="chip"
            >${icon("mdi:tag-outline")}<span>${tag}</span>${iconButton({
              label: this.t("written.tag_remove", { tag }),
              icon: "mdi:close",
              disabled: !canAct,
              onClick: () => this.removeTag(tag),
            })}</span
          >`,
      )}
      ${this.writing === "tag"
        ? html`<input
              class="short"
              list="tags"
              aria-label=${this.t("archive.tag_add")}
              maxlength="100"
              autocapitalize="off"
              enterkeyhint="done"
              .value=${this.text}
              @input=${this.onInput}
              @keydown=${this.onTagKey}
              @blur=${this.onTagLeft}
            /><datalist id="tags">
              ${known.tags
                .filter((tag) => !file.tags.includes(tag))
                .map((tag) => html`<option value=${tag}></option>`)}
            </datalist>`
        : iconButton({
            label: this.t("archive.tag_add"),
            icon: "mdi:plus",
            class: "add",
            disabled: !canAct,
            onClick: () => this.begin("tag"),
          })}
    </div>`;
  }

  // --- project ---

  private async setProject(project: string): Promise<void> {
    if (project === this.file.project || (await this.save({ project }))) return;
    // Where it was not shown at once, the list still shows what was chosen.
    const list = this.renderRoot.querySelector("select");
    if (list) list.value = this.file.project;
  }

  private onProjectKey(event: KeyboardEvent): void {
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.text = "";
    this.onProjectLeft();
    this.focusOn("select");
  }

  private onProjectLeft(): void {
    if (this.writing !== "project") return;
    this.writing = null;
    const project = this.text.trim();
    if (project) void this.setProject(project);
  }

  private project() {
    const { file } = this;
    const label = this.t("notes.project");
    const choices = [...new Set([file.project, ...this.known.projects])].filter(Boolean);
    return html`<div class="facts">
      <span class="label">${label}</span>
      ${this.writing === "project"
        ? html`<input
            class="short"
            aria-label=${label}
            maxlength="200"
            enterkeyhint="done"
            .value=${this.text}
            @input=${this.onInput}
            @keydown=${this.onProjectKey}
            @blur=${this.onProjectLeft}
          />`
        : html`<select
            class="short"
            aria-label=${label}
            ?disabled=${!this.canAct}
            @change=${(event: Event) => {
              const { value } = event.target as HTMLSelectElement;
              if (value === NEW) this.begin("project");
              else void this.setProject(value);
            }}
          >
            <option value="" .selected=${!file.project}>—</option>
            ${choices.map(
              (each) =>
                html`<option value=${each} .selected=${each === file.project}>${each}</option>`,
            )}
            <option value=${NEW}>${this.t("written.project_new")}</option>
          </select>`}
    </div>`;
  }

  // --- notes ---

  private async saveNotes(): Promise<void> {
    const { file, text } = this;
    const notes = text.trim();
    this.end(".edit");
    if (notes === file.notes || (await this.save({ notes })) || this.file.id !== file.id) return;
    // It is not lost by what was in the way.
    this.begin("notes", text);
  }

  private onNotesKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.saveNotes();
    else if (event.key === "Escape" && this.text === this.file.notes) this.end(".edit");
  }

  private notes() {
    const { notes } = this.file;
    const disabled = !this.canAct;
    const begin = () => this.begin("notes", notes);
    if (this.writing === "notes")
      return html`<div class="whole">
        <textarea
          rows="4"
          aria-label=${this.t("notes.notes")}
          .value=${this.text}
          @input=${this.onInput}
          @keydown=${this.onNotesKey}
        ></textarea>
        <div class="answers">
          ${button({
            label: this.t("common.cancel"),
            look: "plain",
            onClick: () => this.end(".edit"),
          })}
          ${button({
            label: this.t("common.save"),
            look: "primary",
            disabled,
            onClick: () => void this.saveNotes(),
          })}
        </div>
      </div>`;
    return notes
      ? html`<div class="whole note">
          ${markdown(notes)}${iconButton({
            label: this.t("written.note_edit"),
            icon: "mdi:pencil-outline",
            class: "edit",
            disabled,
            onClick: begin,
          })}
        </div>`
      : button({
          label: this.t("written.note_add"),
          icon: "mdi:note-plus-outline",
          look: "plain",
          class: "edit",
          disabled,
          onClick: begin,
        });
  }

  /** For those who may only read it. */
  private read() {
    const { notes, project, tags } = this.file;
    return html`${notes ? html`<div class="whole">${markdown(notes)}</div>` : nothing}
    ${tags.length || project
      ? html`<p class="facts">
          ${project ? chip("mdi:folder-outline", project) : nothing}
          ${tags.map((tag) => chip("mdi:tag-outline", tag))}
        </p>`
      : nothing}`;
  }

  protected override render() {
    const { link } = this.file;
    return html`${this.canWrite
      ? html`${this.tags()} ${this.project()} ${this.notes()}`
      : this.read()}
    ${isWebLink(link)
      ? html`<p class="whole">
          <a href=${link} target="_blank" rel="noreferrer noopener">${link}</a>
        </p>`
      : nothing}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-written": BvpWritten;
  }
}
