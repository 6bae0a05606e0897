import { expect, test } from "vitest";
import { failingFile, linesAfter } from "../../../../test/repair/failing-file.ts";
import { proposeMovedImports, readMissingModule } from "./follow-moved-file.ts";

const files = ["src/app.js", "src/people/badges.js", "src/text.js", "lib/mail.js", "test/mail.js"];

test("an import of a moved file gets its new path, in the words of the old one", () => {
  const source = 'import { a } from "./text.js";\nconst b = await import("./badges.js");\n';
  const file = failingFile(source, "badges", "src/app.js");
  expect(linesAfter(proposeMovedImports(file, files, ""), file)).toEqual([
    'const b = await import("./people/badges.js");',
  ]);
  const common = failingFile("const { badges } = require('./badges');\n", "badges", "src/app.js");
  expect(linesAfter(proposeMovedImports(common, files, ""), common)).toEqual([
    "const { badges } = require('./people/badges');",
  ]);
});

test("where two files have the name, only the change that moved one tells which it is", () => {
  const file = failingFile('const mail = require("./mail.js");\n', "mail", "src/app.js");
  expect(proposeMovedImports(file, files, "")).toEqual([]);
  const gone =
    "diff --git a/src/mail.js b/src/mail.js\ndeleted file mode 100644\n--- a/src/mail.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-1;\n";
  const come =
    "diff --git a/lib/mail.js b/lib/mail.js\nnew file mode 100644\n--- /dev/null\n+++ b/lib/mail.js\n@@ -0,0 +1 @@\n+1;\n";
  expect(linesAfter(proposeMovedImports(file, files, gone + come), file)).toEqual([
    'const mail = require("../lib/mail.js");',
  ]);
});

test("an error about a missing module tells who asked for it, in both kinds of modules", () => {
  expect(readMissingModule("Cannot find module '/srv/src/badges.js' imported from /srv/src/app.js")).toEqual({
    missing: "/srv/src/badges.js",
    importer: "/srv/src/app.js",
  });
  expect(readMissingModule("Cannot find module './badges'\nRequire stack:\n- /srv/src/app.js\n- /srv/main.js")).toEqual(
    {
      missing: "./badges",
      importer: "/srv/src/app.js",
    },
  );
  expect(readMissingModule("Cannot read properties of undefined (reading 'module')")).toBeNull();
});
