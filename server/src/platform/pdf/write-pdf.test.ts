import fc from "fast-check";
import { expect, test } from "vitest";
import type { PdfBlock } from "./pdf-blocks.ts";
import { readPdf } from "./read-pdf.fixture.ts";
import { writePdf } from "./write-pdf.ts";

const write = async (blocks: readonly PdfBlock[], more: Partial<Parameters<typeof writePdf>[0]> = {}) =>
  readPdf(
    await writePdf({
      ...{ title: "A title – 中", footer: "foot", createdAt: new Date("2026-11-21T16:00:00Z"), blocks },
      ...more,
    }),
  );
const text = (words: string): PdfBlock => ({ kind: "text", runs: [{ text: words, font: "regular" }] });

test("the text comes out as it went in, with its headings beside the pages", async () => {
  const pdf = await write([
    { kind: "heading", level: 1, text: "Cannot read (name)" },
    text("It failed \\ in “café”, 3 × – naïve."),
    { kind: "code", text: "--- a/src/a.ts\n+++ b/src/a.ts\n-  return x;\n+  return x ?? null;\n" },
    { kind: "rule" },
    {
      kind: "text",
      indent: 1,
      mark: "•",
      runs: [
        { text: "bold ", font: "bold" },
        { text: "mono", font: "mono" },
      ],
    },
  ]);
  expect(pdf.pages).toHaveLength(1);
  expect(pdf.pages[0]?.lines).toEqual(
    expect.arrayContaining([
      "Cannot read (name)",
      "It failed \\ in “café”, 3 × – naïve.",
      "+ return x ?? null;",
      expect.stringMatching(/^• ?bold mono$/),
      expect.stringMatching(/^foot ?1 \/ 1$/),
    ]),
  );
  expect(pdf.outline).toEqual(["Cannot read (name)"]);
  expect(pdf.title).toBe("A title – 中");
});

test("what is long goes on over pages, each with its number, and no line runs over the margin", async () => {
  const words = Array.from({ length: 2_000 }, (_, at) => `word${at}`).join(" ");
  const { pages } = await write([
    text(words),
    { kind: "code", text: `${"x".repeat(1_000)}\n`.repeat(20) },
    text("y".repeat(900)),
  ]);
  expect(pages.length).toBeGreaterThan(3);
  const all = pages.flatMap(({ lines }) => lines);
  const ofWords = all.filter((line) => line.startsWith("word"));
  expect(ofWords.join(" ").replace(/ +/g, " ").trim()).toBe(words);
  expect(all.filter((line) => /^x+$/.test(line)).join("")).toHaveLength(20_000);
  expect(all.filter((line) => /^y+$/.test(line)).join("")).toHaveLength(900);
  for (const [at, { lines, drawn }] of pages.entries()) {
    expect(lines.some((line) => line.endsWith(`${at + 1} / ${pages.length}`))).toBe(true);
    for (const { x, width, str } of drawn)
      expect(x + (str.trim() === "" ? 0 : width)).toBeLessThanOrEqual(595 - 54 + 1);
  }
});

test("what the standard fonts lack stands as its code point, and the attachment has it as it was", async () => {
  const content = Buffer.from("中文 →");
  const pdf = await write([text("中 → 👍")], { attachment: { name: "a.md", mime: "text/markdown", content } });
  expect(pdf.pages[0]?.lines).toContain("\\u{4e2d} -> \\u{1f44d}");
  expect(pdf.attachments).toEqual([{ name: "a.md", content }]);
});

test("any text makes a file that can be read", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary", maxLength: 200 }), { maxLength: 8 }), async (texts) => {
      const blocks = texts.flatMap((one): PdfBlock[] => [
        { kind: "heading", level: 2, text: one },
        text(one),
        { kind: "code", text: one },
      ]);
      expect((await write(blocks)).pages.length).toBeGreaterThan(0);
    }),
    { numRuns: 25 },
  );
});
