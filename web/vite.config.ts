import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Browsers that know `light-dark()`, nesting and `:has()`: the page has no second code path for older ones. */
const browsers = ["chrome123", "edge123", "firefox121", "safari17.5"];

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: { target: browsers, cssTarget: browsers, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": "http://127.0.0.1:4318", "/login": "http://127.0.0.1:4318" } },
});
