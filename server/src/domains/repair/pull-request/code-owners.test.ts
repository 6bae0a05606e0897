import { expect, test } from "vitest";
import { codeOwners } from "./code-owners.ts";

const file = `# who owns what
*            @acme/everybody
*.js         @ada  # the scripts
/src/pay/    @grace pay@example.org
docs/**      @linus
/build/*.log @ops
[Section][2] @nobody
/free
`;

test.each([
  ["README.md", ["acme/everybody"]],
  ["src/a.js", ["ada"]],
  ["src/pay/deep/b.js", ["grace"]],
  ["lib/src/pay/b.txt", ["acme/everybody"]],
  ["docs/a/b.md", ["linus"]],
  ["build/x.log", ["ops"]],
  ["build/deep/x.log", ["acme/everybody"]],
  ["free", []],
])("of %s the last rule that matches names the owners, addresses left out", (path, owners) => {
  expect(codeOwners(file, [path])).toEqual(owners);
});

test("owners of several files are named once", () => {
  expect(codeOwners(file, ["a.js", "b.js", "src/pay/c.ts"])).toEqual(["ada", "grace"]);
});

test("a pattern of many stars is answered at once", () => {
  const hostile = `/${"a*".repeat(60)}b @mallory\n`;
  const startedAt = performance.now();
  expect(codeOwners(hostile, [`${"a".repeat(2_000)}c`])).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
