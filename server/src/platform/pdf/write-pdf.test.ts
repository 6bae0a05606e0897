import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PdfBlock } from "./lay-out.ts";
import { widthOf } from "./pdf-fonts.ts";
import { readPdf } from "./read-pdf.fixture.ts";
import { toWinAnsi } from "./to-win-ansi.ts";
import { writePdf } from "./write-pdf.ts";

const write = (blocks: readonly PdfBlock[], more: Partial<Parameters<typeof writePdf>[0]> = {}) =>
  writePdf({ title: "A title – 中", footer: "foot", createdAt: new Date("2026-11-21T16:00:00Z"), blocks, ...more });
const text = (words: string): PdfBlock => ({ kind: "text", runs: [{ text: words, font: "regular" }] });
const hasPdftotext = spawnSync("pdftotext", ["-v"]).status === 0;

test("every object is where the table says, every reference leads to one, and the text comes out as it went in", () => {
  const pdf = readPdf(
    write([
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
    ]),
  );
  expect(pdf.pages).toHaveLength(1);
  const lines = pdf.pages[0]?.lines ?? [];
  expect(lines).toEqual(
    expect.arrayContaining([
      "Cannot read (name)",
      "It failed \\ in “café”, 3 × – naïve.",
      "+  return x ?? null;",
      "bold mono",
    ]),
  );
  expect(pdf.outline).toEqual(["Cannot read (name)"]);
  expect(pdf.info.Title).toBe("A title – 中");
});

test("what is long goes on over pages, each with its number, and no line runs over the margin", () => {
  const words = Array.from({ length: 2_000 }, (_, at) => `word${at}`).join(" ");
  const blocks = [
    text(words),
    { kind: "code", text: `${"x".repeat(1_000)}\n`.repeat(20) } as const,
    text("y".repeat(900)),
  ];
  const { pages } = readPdf(write(blocks));
  expect(pages.length).toBeGreaterThan(3);
  const all = pages.flatMap(({ lines }) => lines);
  expect(all.filter((line) => line.startsWith("word")).join(" ")).toBe(words);
  expect(all.filter((line) => /^x+$/.test(line)).join("")).toHaveLength(20_000);
  for (const [at, page] of pages.entries()) {
    expect(page.lines).toContain(`${at + 1} / ${pages.length}`);
    for (const { x, text: shown, font, size } of page.drawn)
      expect(x + widthOf(toWinAnsi(shown), font, size)).toBeLessThanOrEqual(595 - 54 + 0.5);
  }
});

test("what the standard fonts lack stands as its code point, and the attachment has it as it was", () => {
  const content = Buffer.from("中文 →");
  const pdf = readPdf(write([text("中 → 👍")], { attachment: { name: "a.md", mime: "text/markdown", content } }));
  expect(pdf.pages[0]?.lines).toContain("\\u{4e2d} -> \\u{1f44d}");
  expect(pdf.attachments).toEqual([{ name: "a.md", content }]);
});

test("any text makes a file that can be read", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 200 }), { maxLength: 8 }), (texts) => {
      const blocks = texts.flatMap((one): PdfBlock[] => [
        { kind: "heading", level: 2, text: one },
        text(one),
        { kind: "code", text: one },
      ]);
      expect(readPdf(write(blocks)).pages.length).toBeGreaterThan(0);
    }),
    { numRuns: 60 },
  );
});

test.skipIf(!hasPdftotext)("pdftotext reads what was written", () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-pdf-"));
  try {
    const path = join(folder, "a.pdf");
    writeFileSync(
      path,
      write([{ kind: "heading", level: 1, text: "Head" }, text("a (b) c – d"), { kind: "code", text: "+ x" }]),
    );
    const read = execFileSync("pdftotext", ["-layout", path, "-"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(read).toContain("Head");
    expect(read).toContain("a (b) c – d");
    expect(read).toContain("+ x");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
