// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileOf } from "../src/i18n";

const FOLDER = join(__dirname, "../src/translations");
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const english: Record<string, string> = read(join(FOLDER, "en.json"));
/** Texts that are the same in English, by language: names, and words that languages share. */
const same: Record<string, string[]> = read(join(__dirname, "same-as-english.json"));
/** Keys that are English everywhere until somebody translates them; whoever adds a text may add its key here. */
const untranslated = new Set<string>(read(join(__dirname, "untranslated.json")));
const languages = readdirSync(FOLDER)
  .map((name) => name.replace(".json", ""))
  .filter((name) => name !== "en");

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
const bases = Object.keys(english)
  .filter((key) => key.endsWith("_other") && `${key.slice(0, -6)}_one` in english)
  .map((key) => key.slice(0, -6));
const FORMS = ["zero", "one", "two", "few", "many", "other"];
const baseOf = (key: string) =>
  bases.find((base) => FORMS.some((form) => key === `${base}_${form}`));

/** The plural forms a language has for whole numbers, and the one to fall back on. */
function forms(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 200 }, (_, number) => rules.select(number))).add("other")];
}

describe.each(languages)("%s", (language) => {
  const words: Record<string, string> = read(join(FOLDER, `${language}.json`));

  it("has every text, and none that is not used", () => {
    const wanted = Object.keys(english)
      .filter((key) => !baseOf(key))
      .concat(bases.flatMap((base) => forms(language).map((form) => `${base}_${form}`)));
    expect(Object.keys(words).filter((key) => !wanted.includes(key))).toEqual([]);
    const missing = wanted.filter((key) => !(key in words));
    expect(
      missing.filter((key) => !untranslated.has(key) && !untranslated.has(key.replace(/_\w+$/, "_other"))),
    ).toEqual([]);
  });

  it("fills in the same values", () => {
    for (const [key, text] of Object.entries(words)) {
      const base = baseOf(key);
      const model = english[key] ?? english[`${base}_other`]!;
      // “One” may say it in words.
      const optional = base && key.endsWith("_one") ? ["{count}"] : [];
      const without = (list: string[]) => list.filter((each) => !optional.includes(each));
      expect([key, ...without(placeholders(text))]).toEqual([key, ...without(placeholders(model))]);
    }
  });

  it("is not English", () => {
    const listed = new Set(same[language] ?? []);
    const equal = Object.keys(words).filter(
      (key) =>
        words[key] === english[key] && /\p{L}{3}/u.test(english[key]!.replace(/\{\w+\}/g, "")),
    );
    expect(equal.filter((key) => !listed.has(key))).toEqual([]);
    expect([...listed].filter((key) => !equal.includes(key))).toEqual([]);
  });
});

describe("languages", () => {
  it("lists as untranslated only what is there and not translated", () => {
    for (const key of untranslated) {
      expect(english).toHaveProperty([key]);
      const having = languages.filter((each) => key in read(join(FOLDER, `${each}.json`)));
      expect([key, having.length < languages.length]).toEqual([key, true]);
    }
  });

  it("say tú in Spanish, as Home Assistant does and the integration", () => {
    const polite =
      /\b(usted(es)?|(Pulse|Elija|Abra|Añada|Escriba|Introduzca|Reinicie|Ejecute|Arrastre|Suelte|Apunte|Compruebe|Seleccione|Mueva|Quite|Vuelva|Pruebe))\b/;
    const integration = join(
      __dirname,
      "../../custom_components/bambu_virtual_printer/translations/es.json",
    );
    const panel: Record<string, string> = read(join(FOLDER, "es.json"));
    expect(Object.values(panel).filter((text) => polite.test(text))).toEqual([]);
    expect(readFileSync(integration, "utf8")).not.toMatch(polite);
  });

  it("are found by the name Home Assistant has for them, or that of their base", () => {
    const files = ["en", "de", "pt-BR", "zh-Hans"];
    expect(fileOf("de", files)).toBe("de");
    expect(fileOf("de-CH", files)).toBe("de");
    expect(fileOf("zh-Hans", files)).toBe("zh-Hans");
    expect(fileOf("pt-BR", files)).toBe("pt-BR");
    expect(fileOf("pt", files)).toBe("pt-BR");
    expect(fileOf("en-GB", files)).toBe("en");
    expect(fileOf("fi", files)).toBe(null);
  });
});
