import { css, html, nothing, type TemplateResult } from "lit";
import type { NoteFields } from "../api/types";
import { markdown } from "../ha";
import { isWebLink } from "../links";
import { chip } from "./chip";

export const writtenStyles = css`
  .notes {
    overflow-wrap: anywhere;
  }
  .notes.plain {
    white-space: pre-wrap;
  }
`;

/** What people wrote about a file: notes, project and tags, a link. */
export function written(file: Required<Omit<NoteFields, "name" | "favourite">>): TemplateResult {
  const { notes, project, tags, link } = file;
  return html`${notes ? markdown(notes) : nothing}
  ${tags.length || project
    ? html`<p class="facts">
        ${project ? chip("mdi:folder-outline", project) : nothing}
        ${tags.map((tag) => chip("mdi:tag-outline", tag))}
      </p>`
    : nothing}
  ${isWebLink(link)
    ? html`<p>
        <a href=${link} target="_blank" rel="noreferrer noopener">${link}</a>
      </p>`
    : nothing}`;
}
