import { expect, test } from "vitest";
import { formatStyles, reformat } from "./reformat.ts";

const source = `import { a } from "./a.js";\n\nexport function b(x) {\n  if (!x) return "none";\n  return a(x);\n}\n`;

test.each(formatStyles)("%s changes the layout and not the program", (style) => {
  const other = reformat(source, style);
  const plain = (text: string) =>
    text
      .replaceAll("'", '"')
      .replace(/\s/g, "")
      .replace(/\{return"none";\}/, 'return"none";');
  expect(other).not.toBe(source);
  expect(plain(other)).toBe(plain(source));
});

test("the wide style gives a one-line if its braces", () => {
  expect(reformat(source, "wide")).toContain('    if (!x) {\n        return "none";\n    }\n');
});
