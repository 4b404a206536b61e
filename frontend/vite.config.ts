import { defineConfig, type Plugin } from "vite";

/** Everything is built into the integration, which serves it below `/bambu_virtual_printer_static/`. */
const OUTPUT = "../custom_components/bambu_virtual_printer/frontend";

/** What cards and all screens have, and what most screens have besides; one file is smaller than many. */
const SHARED = /\/src\/(styles|rights|targets|router|deciding|store|format|i18n|app|ha|api\/client|parts\/(chip|element|picture|progress|swatches)|screens\/queue-rows)\.ts$/;
const PARTS =
  /\/src\/(keys|links|parts\/(copies-field|copy|dialog|empty|focus|form|instance-choice|judging|menu|pick-files|sender|skeleton|text-dialog|view-choice))\.ts$/;

/** Takes the indentation out of templates and styles, which minifiers leave as they are. */
const dense: Plugin = {
  name: "dense-templates",
  apply: "build",
  enforce: "pre",
  transform(code, id) {
    if (!/\/src\/.*\.ts$/.test(id)) return null;
    return code
      .replace(/\bcss`[^`]*`/g, (style) =>
        style
          .replace(/\/\*[^]*?\*\//g, "")
          .replace(/\s*([{};,])\s*/g, "$1")
          .replace(/:\s+/g, ":")
          .replace(/;}/g, "}"),
      )
      .replace(/\n\s+/g, "\n");
  },
};

/** Imports that wait are plain ones: what Vite puts around them fetches styles and other files beforehand, of which there are none. */
const plainImports: Plugin = {
  name: "plain-imports",
  apply: "build",
  enforce: "pre",
  load: (id) =>
    id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null,
};

export default defineConfig(({ mode }) => ({
  plugins: mode === "development" ? [] : [dense, plainImports],
  base: "./",
  publicDir: false,
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    target: "es2022",
    minify: mode !== "development",
    sourcemap: false,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: { panel: "src/panel.ts", cards: "src/loader.ts" },
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        codeSplitting: {
          groups: [
            // Loaders need it at once, and nothing else.
            { name: "preload-helper", test: /vite\/preload-helper/, priority: 4 },
            { name: "en", test: /\/translations\/en\.json$/, priority: 3 },
            { name: "shared", test: SHARED, priority: 2 },
            { name: "parts", test: PARTS, priority: 1 },
          ],
        },
        // Home Assistant asks for these names; what they import carries a hash, for it is cached for good.
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
}));
