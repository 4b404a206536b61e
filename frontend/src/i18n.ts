import en from "./translations/en.json";
import type { ApiError, Text, Value } from "./api/types";
import type { Format } from "./format";
import type { Hass } from "./hass";

export type Words = Record<string, string>;
type Base<K extends string> = K extends `${infer B}_other` ? B : never;
/** The name of a text; of one with plural forms, without its ending. */
export type Key = keyof typeof en | Base<keyof typeof en>;
export type Translate = (key: Key, values?: Record<string, string | number>) => string;

const DOMAIN = "bambu_virtual_printer";
const loaders = import.meta.glob<{ default: Words }>([
  "./translations/*.json",
  "!./translations/en.json",
]);

/** The file of a language: its own, else that of its base (`de-CH` → `de`), else none. */
export function fileOf(language: string, files: readonly string[]): string | null {
  const exact = files.find((file) => file.toLowerCase() === language.toLowerCase());
  if (exact) return exact;
  const base = language.split("-")[0]!.toLowerCase();
  return (
    files.find((file) => file.toLowerCase() === base) ??
    files.find((file) => file.split("-")[0]!.toLowerCase() === base) ??
    null
  );
}

const FILES = ["en", ...Object.keys(loaders).map((path) => path.replace(/^.*\/(.*)\.json$/, "$1"))];

/** The language in which somebody is spoken to: English where the panel does not speak theirs. */
export function spoken(language: string): string {
  return fileOf(language, FILES) ?? "en";
}

/** The panel's words in a language; what is missing is English. */
export async function loadWords(language: string): Promise<Words> {
  const paths = new Map(
    Object.keys(loaders).map((path) => [path.replace(/^.*\/(.*)\.json$/, "$1"), path]),
  );
  const file = fileOf(language, ["en", ...paths.keys()]);
  const path = file === null ? undefined : paths.get(file);
  if (!path) return en;
  try {
    return { ...en, ...(await loaders[path]!()).default };
  } catch {
    return en;
  }
}

export const ENGLISH: Words = en;

/** Languages that are read from right to left, and that the panel does not speak yet. */
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

/** Keep English words in their order on a page that is read from right to left. */
function isolated(text: string, words: Words, language: string): string {
  return words === en && RIGHT_TO_LEFT.has(language.split("-")[0]!)
    ? FIRST_STRONG_ISOLATE + text + POP_ISOLATE
    : text;
}

/** The language that words are in: English is read instead of what the panel does not speak. */
export function languageOf(words: Words, language: string): string {
  return words === en ? "en" : language;
}

/** How somebody writes numbers and times, in the language of the words around them. */
export function localeOf<L extends { language: string }>(locale: L, words: Words): L {
  return words === en && locale.language.split("-")[0] !== "en"
    ? { ...locale, language: "en" }
    : locale;
}

/** The text for a count. Some languages say one of nothing too: not where that is said in words. */
function counted(words: Words, language: string, key: string, count: number): string | undefined {
  const other = words[`${key}_other`];
  const text = words[`${key}_${new Intl.PluralRules(language).select(count)}`] ?? other;
  const isOfOne = text !== undefined && text === words[`${key}_one`] && !text.includes("{count}");
  return isOfOne && count !== 1 ? other : text;
}

/** Return the text of a key, with the plural form of `count` where there is one. */
export function translate(
  words: Words,
  language: string,
  format: Format,
  key: string,
  values: Record<string, string | number> = {},
): string {
  let text = words[key];
  if (typeof values.count === "number") {
    text = counted(words, languageOf(words, language), key, values.count) ?? text;
  }
  const filled = fill(text ?? key, (name) => {
    const value = values[name];
    return typeof value === "number" ? format.number(value, 2) : value;
  });
  return isolated(filled, words, language);
}

function fill(text: string, value: (name: string) => string | undefined): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => value(name) ?? whole);
}

/** The integration's own texts, in the language of the frontend. */
export class BackendTexts {
  private constructor(
    private readonly resources: Words,
    private readonly language: string,
    private readonly format: Format,
  ) {}

  static none(language: string, format: Format): BackendTexts {
    return new BackendTexts({}, language, format);
  }

  static async load(hass: Hass, language: string, format: Format): Promise<BackendTexts> {
    const parts = await Promise.all(
      ["common", "exceptions"].map((category) =>
        hass
          .callWS<{ resources: Words }>({
            type: "frontend/get_translations",
            language,
            category,
            integration: [DOMAIN],
          })
          .then((answer) => answer.resources)
          .catch(() => ({})),
      ),
    );
    return new BackendTexts(Object.assign({}, ...parts), language, format);
  }

  with(format: Format): BackendTexts {
    return new BackendTexts(this.resources, this.language, format);
  }

  /** Say a text object. */
  say(text: Text): string {
    const name = `component.${DOMAIN}.common.${text.text_key}`;
    let found = this.resources[name];
    if (typeof text.count === "number") {
      found = counted(this.resources, spoken(this.language), name, text.count) ?? found;
    }
    // Before the texts are loaded there is nothing to say; a key tells at least which is missing.
    if (found === undefined) return Object.keys(this.resources).length ? text.text_key : "";
    const values: Record<string, Value> =
      typeof text.count === "number" ? { count: text.count, ...text.values } : text.values;
    return fill(found, (key) => {
      const value = values[key];
      return value === undefined || value === null ? undefined : this.value(value);
    });
  }

  private value(value: Value): string {
    if (typeof value === "string") return value;
    if (typeof value === "number") return this.format.number(value, 2);
    if (Array.isArray(value)) return value
        .map((each) => this.say(each))
        .join(this.resources[`component.${DOMAIN}.common.sentence_separator`] ?? "; ");
    if ("time" in value) return this.format.moment(value.time);
    if ("day" in value) return this.format.date(value.day);
    if ("grams" in value) return this.format.weight(value.grams);
    return this.say(value);
  }

  /** Say what went wrong; null when only Home Assistant knows, in English. */
  error(error: Partial<ApiError> | null | undefined): string | null {
    if (error?.translation_key) {
      const domain = error.translation_domain ?? DOMAIN;
      const found =
        this.resources[`component.${domain}.exceptions.${error.translation_key}.message`];
      if (found)
        return fill(found, (key) => error.translation_placeholders?.[key] ?? undefined);
    }
    return null;
  }
}
