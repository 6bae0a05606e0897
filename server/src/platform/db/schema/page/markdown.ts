/** Text that stands in Markdown as it is: nothing in it is taken for a tag or a cell's end. */
export function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll("*", "\\*");
}

/** Text as code, within a table or outside. */
export function code(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.includes("`") ? `\`\` ${flat} \`\`` : `\`${flat}\``;
}

/** A table; its cells are Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A heading's anchor as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** The heading of a table or view: its kind keeps it apart from a part of the page that is called the same. */
export function headingOf({ kind = "table", name }: { readonly kind?: string; readonly name: string }): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`;
}

/** A link to the part of the page about a table or view. */
export function linkTo(relation: { readonly kind?: string; readonly name: string }): string {
  return `[${relation.name}](#${anchorOf(headingOf(relation))})`;
}

/** What opens at a click. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
