// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const BUILT = join(__dirname, "../../custom_components/bambu_virtual_printer/frontend");
const LANGUAGES = new Set(
  readdirSync(join(__dirname, "../src/translations")).map((name) => name.replace(".json", "")),
);
const files = readdirSync(BUILT).filter((name) => name.endsWith(".js"));
const size = (name: string) => gzipSync(readFileSync(join(BUILT, name))).length;
const isLanguage = (name: string) => LANGUAGES.has(name.replace(/-[\w-]{8}\.js$/, ""));

const named = (name: string) => files.find((file) => file.startsWith(`${name}-`))!;
// `card-` begins another name as well: the whole name is meant.
const cardFile = (name: string) =>
  files.find((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file))!;
const sum = (names: ReadonlySet<string>) =>
  [...names].filter((name) => !isLanguage(name)).reduce((total, name) => total + size(name), 0);

/** Files, and what browsers fetch with them. */
function loadedWith(...names: string[]): Set<string> {
  const loaded = new Set<string>();
  const load = (name: string) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    const code = readFileSync(join(BUILT, name), "utf8");
    for (const [, other] of code.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+)["'`]/g)) load(other!);
  };
  names.forEach(load);
  return loaded;
}

describe("what browsers load", () => {
  it("is a loader of at most 3 kB", () => {
    expect(size("panel.js")).toBeLessThanOrEqual(3_000);
  });

  it("is at most 60 kB when the panel opens with any of its screens, languages apart", () => {
    const shell = named("shell");
    for (const screen of ["inbox", "queue", "archive", "printers", "stats"])
      expect(sum(loadedWith("panel.js", shell, named(screen))), screen).toBeLessThanOrEqual(60_000);
  });

  it("is a loader of cards of at most 3 kB, with all that it needs to begin", () => {
    expect(sum(loadedWith("cards.js"))).toBeLessThanOrEqual(3_000);
  });

  it("is at most 25 kB when a card or a tile's feature is shown or the dashboard is made, languages apart", () => {
    for (const shown of ["card", "feature", "strategy"])
      expect(sum(loadedWith("cards.js", cardFile(shown))), shown).toBeLessThanOrEqual(25_000);
  });

  it("is at most 98 kB when every screen was looked at", () => {
    const others = ["card", "card-form", "feature", "follower", "strategy", "card-app", "job-verbs", "schedule", "qr-dialog", "camera-dialog", "keys-dialog"];
    const apart = ["cards.js", ...others.map(cardFile)];
    const panel = files.filter((name) => !apart.includes(name));
    expect(sum(loadedWith(...panel))).toBeLessThanOrEqual(98_000);
  });

  it("is at most 8 kB more when a link is shown as a code", () => {
    expect(size(cardFile("qr-dialog"))).toBeLessThanOrEqual(8_000);
  });

  it("is a language of at most 12 kB", () => {
    for (const name of files.filter(isLanguage)) expect(size(name)).toBeLessThanOrEqual(12_000);
  });

  it("has a hash in each name but the one that Home Assistant knows, for it is cached for good", () => {
    for (const name of files) expect(name).toMatch(/^(panel|cards)\.js$|-[\w-]{8}\.js$/);
  });

  it("imports the loaders from nowhere: they would be modules of their own, for their addresses carry a version", () => {
    for (const name of files)
      expect(readFileSync(join(BUILT, name), "utf8")).not.toMatch(/["'`]\.\/(panel|cards)\.js["'`]/);
  });
});
