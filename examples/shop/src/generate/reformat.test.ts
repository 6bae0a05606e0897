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

test("a one-line if gets its braces", () => {
  expect(reformat(source, "tabs")).toContain('\tif (!x) {\n\t\treturn "none";\n\t}\n');
});
