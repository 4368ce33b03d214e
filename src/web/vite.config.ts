import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Builds the application into `dist/web`, from where the gateway serves it below `/.app/`. */
export default defineConfig({
  base: "/.app/",
  plugins: [react()],
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    target: "es2023",
    // Nothing inline: the content security policy lets only files of our own run.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    reportCompressedSize: false,
  },
});
