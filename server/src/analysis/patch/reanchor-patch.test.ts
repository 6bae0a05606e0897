import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lines } from "../../../../test/repair/git-project.ts";
import { reanchorPatch } from "./reanchor-patch.ts";

const cart = lines(
  "export function total(cart) {",
  "  let sum = 0;",
  "  for (const item of cart.items) {",
  "    sum += item.price;",
  "  }",
  "  return sum;",
  "}",
);
const wanted = cart.replace("item.price", "item.price ?? 0");
const hunk = lines(
  "@@ -2,5 +2,5 @@",
  "   let sum = 0;",
  "   for (const item of cart.items) {",
  "-    sum += item.price;",
  "+    sum += item.price ?? 0;",
  "   }",
  "   return sum;",
);
const headers = lines("--- a/src/cart.js", "+++ b/src/cart.js");
const tree = (files: Readonly<Record<string, string>> = { "src/cart.js": cart }, likelyPaths: string[] = []) => ({
  paths: Object.keys(files),
  read: (path: string) => files[path] ?? null,
  likelyPaths,
});
const textOf = (patch: string, of = tree(), path = "src/cart.js"): string | null | undefined => {
  const result = reanchorPatch(patch, of);
  if ("reason" in result) throw new Error(result.reason);
  return result.files.find((file) => file.path === path)?.text;
};
const reasonOf = (patch: string, of = tree()): string => {
  const result = reanchorPatch(patch, of);
  return "reason" in result ? result.reason : `it was placed: ${JSON.stringify(result.files)}`;
};

describe("a near-miss patch still does what it meant:", () => {
  test.each([
    ["wrong line numbers", headers + hunk.replace("-2,5 +2,5", "-40,5 +41,5")],
    ["wrong counts", headers + hunk.replace("-2,5 +2,5", "-2,99 +2,1")],
    ["a hunk header without numbers", headers + hunk.replace("@@ -2,5 +2,5 @@", "@@")],
    ["no hunk header", headers + hunk.replace("@@ -2,5 +2,5 @@\n", "")],
    ["carriage returns", (headers + hunk).replaceAll("\n", "\r\n")],
    [
      "a code fence and prose",
      `Here is the fix:\n\n\`\`\`diff\n${headers}${hunk}\`\`\`\n\nIt treats a missing price as 0.`,
    ],
    ["a fence that never ends", `\`\`\`\n${headers}${hunk}`],
    ["no a/ and b/", headers.replace("a/src", "src").replace("b/src", "src") + hunk],
    ["a path on another machine", headers.replaceAll(/[ab]\/src/g, "/app/src") + hunk],
    ["a folder above the repository", headers.replaceAll(/[ab]\/src/g, "shop/src") + hunk],
    ["only git's header", `diff --git a/src/cart.js b/src/cart.js\n${hunk}`],
    ["context that lost its space", headers + hunk.replaceAll(/^ {3}/gm, "  ")],
    [
      "indentation by tabs",
      headers + hunk.replaceAll(/^([ +-])((?: {2})+)/gm, (_, sign, indent) => sign + "\t".repeat(indent.length / 2)),
    ],
    ["white space at the end", headers + hunk.replace("let sum = 0;", "let sum = 0;   ")],
    ["a last context line that is not there", `${headers + hunk} // nothing like it\n`],
    [
      "the envelope of an editing tool",
      `*** Begin Patch\n*** Update File: src/cart.js\n@@\n${hunk.split("\n").slice(1).join("\n")}*** End Patch\n`,
    ],
  ])("%s", (_, patch) => {
    expect(textOf(patch)).toBe(wanted);
  });

  test("no file name at all, where one file of the failing stack fits", () => {
    const files = { "src/cart.js": cart, "src/other.js": "export const other = 1;\n" };
    expect(textOf(hunk, tree(files, ["src/other.js", "src/cart.js"]))).toBe(wanted);
    expect(reasonOf(hunk, tree({ ...files, "src/copy.js": cart }, ["src/cart.js", "src/copy.js"]))).toContain(
      "2 files",
    );
  });

  test("a path that lacks the folder of its package", () => {
    expect(textOf(headers + hunk, tree({ "packages/shop/src/cart.js": cart }), "packages/shop/src/cart.js")).toBe(
      wanted,
    );
  });

  test("a file with carriage returns keeps them, added lines get them too", () => {
    const crlf = cart.replaceAll("\n", "\r\n");
    expect(textOf(headers + hunk, tree({ "src/cart.js": crlf }))).toBe(wanted.replaceAll("\n", "\r\n"));
  });

  test("a file without a last line break keeps being without", () => {
    const source = "one\ntwo";
    const patch = "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n";
    expect(textOf(patch, tree({ "a.txt": source }), "a.txt")).toBe("one\nthree");
  });

  test("files that come and go", () => {
    const patch =
      "--- /dev/null\n+++ b/src/new.js\n@@ -0,0 +1,2 @@\n+one\n+two\n--- a/src/cart.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
    expect(reanchorPatch(patch, tree())).toMatchObject({
      files: [
        { path: "src/new.js", text: "one\ntwo\n" },
        { path: "src/cart.js", text: null },
      ],
    });
  });
});

describe("what can't be placed for certain is given up with its reason:", () => {
  test.each([
    ["nothing", "", "no change"],
    ["prose", "I would look at the price.", "no change"],
    ["another file", headers.replaceAll("cart", "basket") + hunk, "there is no"],
    ["a path outside", headers.replaceAll("src/", "../../") + hunk, "outside the repository"],
    ["other text", headers + hunk.replace("item.price;", "row.cost;"), "no place holds"],
    ["no line to find it by", `${headers}@@ -1,0 +2,1 @@\n+  let more;\n`, "names no line"],
    ["a binary file", "diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n", "binary"],
  ])("%s", (_, patch, reason) => {
    expect(reasonOf(patch)).toContain(reason);
  });

  test("several places alike and no line number", () => {
    const source = `${cart}\n${cart.replace("total", "again")}`;
    const patch = headers + hunk.replace("@@ -2,5 +2,5 @@", "@@");
    expect(reasonOf(patch, tree({ "src/cart.js": source }))).toContain("2 places");
    const second = headers + hunk.replace("-2,5 +2,5", "-11,5 +11,5");
    expect(textOf(second, tree({ "src/cart.js": source }))).toBe(`${cart}\n${wanted.replace("total", "again")}`);
  });
});

test("the change that a patch makes of any text is the one that was meant, wherever its hunk says it is", () => {
  const word = fc.constantFrom("alpha", "beta", "gamma", "delta", "", "  one", "  two");
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 12 }),
      fc.array(word, { maxLength: 12 }),
      fc.nat(99),
      (above, below, at) => {
        const source = lines(...above, "here it is", ...below);
        const around = [above.at(-1), below[0]];
        const patch = lines(
          "--- a/a.txt",
          "+++ b/a.txt",
          `@@ -${at + 1},3 +${at + 1},3 @@`,
          ...(around[0] === undefined ? [] : [` ${around[0]}`]),
          "-here it is",
          "+there it was",
          ...(around[1] === undefined ? [] : [` ${around[1]}`]),
        );
        expect(textOf(patch, tree({ "a.txt": source }), "a.txt")).toBe(source.replace("here it is", "there it was"));
      },
    ),
    { numRuns: 500 },
  );
});

test("no text makes it fail", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...(headers + hunk).split("\n"),
      "```",
      "*** Update File: src/cart.js",
      "@@",
      "\\ No newline at end of file",
    ),
    fc.string({ unit: "binary", maxLength: 40 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const result = reanchorPatch(pieces.join("\n"), tree());
      expect("reason" in result ? result.reason.length : result.files.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
