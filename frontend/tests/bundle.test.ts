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

describe("what browsers load", () => {
  it("is a loader of at most 3 kB", () => {
    expect(size("panel.js")).toBeLessThanOrEqual(3_000);
  });

  it("is a panel of at most 60 kB, languages apart", () => {
    const panel = files.filter((name) => !isLanguage(name));
    expect(panel.reduce((sum, name) => sum + size(name), 0)).toBeLessThanOrEqual(60_000);
  });

  it("is a language of at most 12 kB", () => {
    for (const name of files.filter(isLanguage)) expect(size(name)).toBeLessThanOrEqual(12_000);
  });

  it("has a hash in each name but the one that Home Assistant knows, for it is cached for good", () => {
    for (const name of files) expect(name).toMatch(/^panel\.js$|-[\w-]{8}\.js$/);
  });

  it("imports the loader from nowhere: it would be a module of its own, for its address carries a version", () => {
    for (const name of files)
      expect(readFileSync(join(BUILT, name), "utf8")).not.toMatch(/["'`]\.\/panel\.js["'`]/);
  });
});
