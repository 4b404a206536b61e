import { defineConfig } from "vite";

/** Everything is built into the integration, which serves it below `/bambu_virtual_printer_static/`. */
const OUTPUT = "../custom_components/bambu_virtual_printer/frontend";

export default defineConfig(({ mode }) => ({
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
      input: { panel: "src/panel.ts" },
      preserveEntrySignatures: "strict",
      output: {
        format: "es",
        // Home Assistant asks for this name; what it imports carries a hash, for it is cached for good.
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
}));
