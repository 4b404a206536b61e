import { html } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { NoteFields } from "../api/types";
import { button } from "../ha";
import { shared } from "../styles";
import "./dialog";
import { BvpElement } from "./element";
import { formStyles } from "./form";

/** What people write about a file. Events: `save` with the fields that were changed, `closed`. */
@customElement("bvp-notes-dialog")
export class BvpNotesDialog extends BvpElement {
  static override styles = [shared, formStyles];

  @property({ attribute: false }) item!: Required<Omit<NoteFields, "favourite">>;

  private save(): void {
    const value = (id: string) =>
      this.renderRoot.querySelector<HTMLInputElement | HTMLTextAreaElement>(`#${id}`)!.value.trim();
    const fields: NoteFields = {
      name: value("name"),
      notes: value("notes"),
      project: value("project"),
      link: value("link"),
      tags: value("tags")
        .split(",")
        .map((tag) => tag.trim())
        .filter(Boolean),
    };
    const before: NoteFields = this.item;
    const changed = Object.fromEntries(
      Object.entries(fields).filter(
        ([key, now]) => JSON.stringify(now) !== JSON.stringify(before[key as keyof NoteFields]),
      ),
    );
    this.dispatchEvent(new CustomEvent<NoteFields>("save", { detail: changed }));
  }

  protected override firstUpdated(): void {
    // The dialog takes the focus first.
    requestAnimationFrame(() => this.renderRoot.querySelector<HTMLElement>("#notes")?.focus());
  }

  protected override render() {
    const { item } = this;
    const input = (id: "name" | "project" | "link", type = "text") =>
      html`<div class="field">
        <label for=${id}>${this.t(`notes.${id}`)}</label>
        <input id=${id} type=${type} .value=${item[id]} maxlength="2000" />
      </div>`;
    return html`<bvp-dialog
      .app=${this.app}
      .heading=${this.t("notes.title")}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${input("name")}
      <div class="field">
        <label for="notes">${this.t("notes.notes")}</label>
        <textarea id="notes" rows="4" .value=${item.notes}></textarea>
      </div>
      <div class="field">
        <label for="tags">${this.t("notes.tags")}</label>
        <input id="tags" .value=${item.tags.join(", ")} aria-describedby="tags-help" />
        <span id="tags-help" class="small secondary">${this.t("notes.tags_help")}</span>
      </div>
      ${input("project")} ${input("link", "url")}
      <span slot="actions">
        ${button({
          label: this.t("common.cancel"),
          look: "plain",
          onClick: () => this.dispatchEvent(new CustomEvent("closed")),
        })}
        ${button({ label: this.t("common.save"), look: "primary", onClick: () => this.save() })}
      </span>
    </bvp-dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "bvp-notes-dialog": BvpNotesDialog;
  }
}
