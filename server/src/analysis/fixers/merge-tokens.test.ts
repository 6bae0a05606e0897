import fc from "fast-check";
import { expect, test } from "vitest";
import { mergeTokens } from "./merge-tokens.ts";

const base = 'const tax = { normal: 19, reduced: 7 };\nreturn sum(rows, "a") + tax.normal;\n';

test("two changes of one line are both made", () => {
  const ours = base.replace("reduced: 7", "reduced: 8");
  const theirs = base.replace("normal: 19", "normal: 20");
  expect(mergeTokens(base, ours, theirs)).toBe(base.replace("19", "20").replace(": 7", ": 8"));
});

test("what both changed alike is changed once", () => {
  const changed = base.replace("19", "20");
  expect(mergeTokens(base, changed, changed)).toBe(changed);
});

test("two changes of the same word are a conflict, and so are two insertions at one place", () => {
  expect(mergeTokens(base, base.replace("19", "20"), base.replace("19", "21"))).toBeNull();
  expect(mergeTokens("a b", "a x b", "a y b")).toBeNull();
});

test("a deletion wins over what ours changed inside of it only when asked to", () => {
  const [ours, theirs] = ["one\ntwo 2\nthree\n", "one\nthree\n"];
  expect(mergeTokens("one\ntwo 1\nthree\n", ours, theirs)).toBeNull();
  expect(mergeTokens("one\ntwo 1\nthree\n", ours, theirs, { deletionWins: true })).toBe(theirs);
});

test("one-sided changes of any text come out as they are", () => {
  const text = fc.array(fc.constantFrom("a", "b", " ", "\n", "(", ")", "7", "ä", "🙂")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(mergeTokens(before, after, before)).toBe(after);
      expect(mergeTokens(before, before, after)).toBe(after);
    }),
  );
});

test("a line that one side changed and the other undid merges beside a function that goes", () => {
  const tail = "}\n\nexports.f = f;\n";
  const before = `  return sum((total) => total + Number(a ?? ""), 0);\n${tail}`;
  const changed = `  return sum((total) => total + read(a ?? "0"), 0);\n}\n\nfunction read(text) {\n  return Number(/x/.exec(text)[1], 0);\n${tail}`;
  const now = changed
    .replace("  return sum((total)", "  const all = sum((total)")
    .replace("0);\n}", "0);\n  return round(all);\n}");
  expect(mergeTokens(changed, now, before)).toBe(
    `  const all = sum((total) => total + Number(a ?? ""), 0);\n  return round(all);\n${tail}`,
  );
});
