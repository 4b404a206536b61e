import { defineConfig, type Plugin } from "vite";

/** Everything is built into the integration, which serves it below `/bambu_virtual_printer_static/`. */
const OUTPUT = "../custom_components/bambu_virtual_printer/frontend";

/** What cards and all screens have; one file is smaller than many. */
const SHARED = /\/src\/(styles|rights|targets|parts\/(chip|picture|progress|swatches)|screens\/queue-rows)\.ts$/;

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

export default defineConfig(({ mode }) => ({
  plugins: mode === "development" ? [] : [dense],
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
        manualChunks: (id) =>
          id.endsWith("/translations/en.json") ? "en" : SHARED.test(id) ? "shared" : undefined,
        // Home Assistant asks for these names; what they import carries a hash, for it is cached for good.
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
}));
