import type { Evidence } from "@culprit/contract";

/** The Markdown of a report with the title of each piece of evidence in place of its id, which says nothing elsewhere. */
export function citeInMarkdown(markdown: string, evidence: readonly Evidence[]): string {
  const titles = new Map(evidence.map(({ id, title }) => [id, title]));
  return markdown.replace(/\bevd_[0-9a-z]+\b/g, (id) => {
    const title = titles.get(id);
    return title === undefined ? id : asPlainMarkdown(title);
  });
}

/** A title came from outside: it is one line, without markup or links. */
function asPlainMarkdown(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#!|~&$@]/g, "\\$&")
    .replace(/:\/\//g, "\\://");
}
