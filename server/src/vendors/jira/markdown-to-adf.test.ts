import { expect, test } from "vitest";
import { markdownToAdf } from "./markdown-to-adf.ts";

const contentOf = (text: string) => markdownToAdf(text).content;

test("headings, lists, code, quotes and marks keep their meaning", () => {
  expect(contentOf("# Cause\n\nCommit `1a2b` **removed** a [check](https://x.example/c).")).toEqual([
    { type: "heading", attrs: { level: 1 }, content: [{ type: "text", text: "Cause" }] },
    {
      type: "paragraph",
      content: [
        { type: "text", text: "Commit " },
        { type: "text", text: "1a2b", marks: [{ type: "code" }] },
        { type: "text", text: " " },
        { type: "text", text: "removed", marks: [{ type: "strong" }] },
        { type: "text", text: " a " },
        { type: "text", text: "check", marks: [{ type: "link", attrs: { href: "https://x.example/c" } }] },
        { type: "text", text: "." },
      ],
    },
  ]);
  expect(contentOf("- a\n- b")).toEqual([
    {
      type: "bulletList",
      content: ["a", "b"].map((text) => ({
        type: "listItem",
        content: [{ type: "paragraph", content: [{ type: "text", text }] }],
      })),
    },
  ]);
  expect(contentOf("```ts\nx();\n```")).toEqual([
    { type: "codeBlock", attrs: { language: "ts" }, content: [{ type: "text", text: "x();" }] },
  ]);
  expect(contentOf("> quoted\n\n---")).toMatchObject([{ type: "blockquote" }, { type: "rule" }]);
});

test("a hostile text becomes text: no HTML, no script's address, no mention, no address that links by itself", () => {
  const text = "<script>alert(1)</script> [x](javascript:alert(1)) [~accountid:1] @everyone https://evil.example";
  const types = new Set<unknown>();
  JSON.stringify(contentOf(text), (key, value: unknown) => {
    if (key === "type") types.add(value);
    return value;
  });
  expect(types).toEqual(new Set(["paragraph", "text"]));
  expect(contentOf("")).toEqual([{ type: "paragraph", content: [] }]);
});
