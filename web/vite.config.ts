import { readFile } from "node:fs/promises";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Browsers that know `light-dark()`, nesting and `:has()`: the page has no second code path for older ones. */
const browsers = ["chrome123", "edge123", "firefox121", "safari17.5"];

/**
 * Leaves zod's JSON Schema writer out of the page, which only parses with it: every schema refers to the writer, so tree
 * shaking keeps it (7 of 185 KB gzipped, and the page is to stay under 180).
 */
function withoutJsonSchemaWriter(): Plugin {
  return {
    name: "without-json-schema-writer",
    apply: "build",
    enforce: "pre",
    async load(id) {
      if (!/\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/.test(id)) return null;
      const source = await readFile(id, "utf8");
      const names = [...source.matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map((match) => match[1]);
      return `const unused = () => undefined;\nexport { ${names.map((name) => `unused as ${name}`).join(", ")} };`;
    },
  };
}

export default defineConfig(({ command }) => {
  // A shell or test runner that says otherwise would get React's development build, 70 KB more and slower.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    plugins: [withoutJsonSchemaWriter(), react(), tailwindcss()],
    build: {
      target: browsers,
      cssTarget: browsers,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        // zod and what sets it up stand in one file, which runs before any file with schemas in it does.
        output: { codeSplitting: { groups: [{ name: "zod", test: /node_modules\/zod\/|zod-without-eval/ }] } },
      },
    },
    server: { proxy: { "/api": "http://127.0.0.1:4318", "/login": "http://127.0.0.1:4318" } },
  };
});
