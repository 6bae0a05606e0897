import MarkdownIt from "markdown-it";
import type { PdfBlock, PdfFont, PdfRun } from "../../platform/pdf/pdf-blocks.ts";

const markdown = new MarkdownIt("commonmark", { html: false });
type Token = ReturnType<typeof markdown.parse>[number];

/** A Markdown document as blocks of a PDF. What it links to stays text. */
export function markdownToBlocks(text: string): PdfBlock[] {
  const blocks: PdfBlock[] = [];
  const lists: { count: number | null }[] = [];
  let mark: string | undefined;
  let level = 0;
  for (const token of markdown.parse(text, {})) {
    const indent = lists.length;
    switch (token.type) {
      case "heading_open":
        level = Number(token.tag.slice(1));
        break;
      case "heading_close":
        level = 0;
        break;
      case "bullet_list_open":
        lists.push({ count: null });
        break;
      case "ordered_list_open":
        lists.push({ count: Number(token.attrGet("start") ?? 1) });
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        lists.pop();
        break;
      case "list_item_open": {
        const list = lists.at(-1);
        if (list === undefined) break;
        mark = list.count === null ? "•" : `${list.count}.`;
        if (list.count !== null) list.count += 1;
        break;
      }
      case "inline":
        if (level > 0) blocks.push({ kind: "heading", level, text: plainOf(token) });
        else blocks.push({ kind: "text", runs: runsOf(token), indent, mark });
        mark = undefined;
        break;
      case "fence":
      case "code_block":
        blocks.push({ kind: "code", text: token.content, indent });
        break;
      case "hr":
        blocks.push({ kind: "rule" });
        break;
    }
  }
  return blocks;
}

function plainOf(token: Token): string {
  return (token.children ?? [])
    .map(({ type, content }) => (type === "softbreak" || type === "hardbreak" ? " " : content))
    .join("");
}

function runsOf(token: Token): PdfRun[] {
  const runs: PdfRun[] = [];
  let strong = 0;
  let emphasis = 0;
  for (const child of token.children ?? []) {
    const font: PdfFont = strong > 0 ? "bold" : emphasis > 0 ? "italic" : "regular";
    if (child.type === "strong_open") strong += 1;
    else if (child.type === "strong_close") strong -= 1;
    else if (child.type === "em_open") emphasis += 1;
    else if (child.type === "em_close") emphasis -= 1;
    else if (child.type === "softbreak") runs.push({ text: " ", font });
    else if (child.type === "hardbreak") runs.push({ text: "\n", font });
    else if (child.type === "code_inline") runs.push({ text: child.content, font: "mono" });
    else if (child.content !== "") runs.push({ text: child.content, font });
  }
  return runs;
}
