import MarkdownIt from "markdown-it";

// Raw HTML stays text, nothing becomes a link by itself, and an image would be a call home.
const markdown = new MarkdownIt("commonmark", { html: false, linkify: false }).disable([
  "image",
  "link",
  "autolink",
  "html_inline",
  "html_block",
]);

/** A report's Markdown as safe HTML. */
export function renderReportHtml(text: string): string {
  return markdown.render(text);
}
