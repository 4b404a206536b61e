import { html, nothing, type TemplateResult } from "lit";
import type { App } from "../app";
import type { Sent } from "../api/types";
import { icon } from "../ha";
import { fact } from "./chip";

/** Where it came in and who sent it, and whether that was to be printed; nothing of nobody in particular who only sent it. */
export function sentFacts(app: App, sent: Sent): TemplateResult {
  const print = app.t("fact.intent_print");
  return html`${fact("mdi:account-outline", app.t("fact.sender"), sent.sender)}
  ${fact("mdi:home-import-outline", app.t("fact.instance"), sent.instance ?? "")}
  ${sent.intent === "print"
    ? html`<span class="fact" title=${print}
        >${icon("mdi:play-circle-outline")}<span class="visually-hidden">${print}</span></span
      >`
    : nothing}`;
}

/** From where a file came, for a sentence: a person, or an address. */
export function sourceOf(file: Sent & { source_ip: string }): string {
  return file.sender || file.source_ip;
}
