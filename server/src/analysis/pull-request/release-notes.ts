import { asPlainText } from "./plain-text.ts";

export interface MergedChange {
  readonly number: number | null;
  readonly title: string;
  readonly author: string;
  readonly sha: string;
  readonly labels: readonly string[];
}

const sections = [
  { id: "breaking", title: "Breaking changes" },
  { id: "feature", title: "New" },
  { id: "fix", title: "Mended" },
  { id: "performance", title: "Faster" },
  { id: "documentation", title: "Documentation" },
  { id: "other", title: "Other" },
] as const;
type SectionId = (typeof sections)[number]["id"];

/**
 * Release notes as Markdown, by section: what is breaking, new, mended, faster, documentation, other; told by labels first, then by
 * the prefix of Conventional Commits 1.0. Bots' dependency updates are one line at the end.
 */
export function releaseNotes(
  changes: readonly MergedChange[],
  range: { readonly from: string | null; readonly to: string },
): string {
  const bumps = changes.filter(isBump);
  const bySection = new Map<SectionId, MergedChange[]>();
  for (const change of changes) {
    if (isBump(change)) continue;
    const id = sectionOf(change);
    bySection.set(id, [...(bySection.get(id) ?? []), change]);
  }
  const lines = sections.flatMap(({ id, title }) => {
    const found = bySection.get(id) ?? [];
    return found.length === 0 ? [] : [`## ${title}`, "", ...found.map(lineOf), ""];
  });
  const people = [...new Set(changes.filter((change) => !isBump(change)).map(({ author }) => author))].filter(
    (name) => name !== "",
  );
  return [
    ...(lines.length === 0 && bumps.length === 0 ? ["Nothing was merged.", ""] : lines),
    ...(bumps.length > 0 ? [`${bumps.length} ${bumps.length === 1 ? "update" : "updates"} of dependencies.`, ""] : []),
    ...(people.length > 0 ? [`By ${people.map((name) => asPlainText(name, 60)).join(", ")}.`, ""] : []),
    `${range.from === null ? "Everything up to" : `${asPlainText(range.from, 100)} …`} ${asPlainText(range.to, 100)}`,
  ].join("\n");
}

function sectionOf({ title, labels }: MergedChange): SectionId {
  const named = labels.map((label) => label.toLowerCase());
  const has = (pattern: RegExp) => named.some((label) => pattern.test(label));
  if (has(/breaking/) || /^[a-z]+(?:\([^)]*\))?!:/i.test(title) || /BREAKING CHANGE/.test(title)) return "breaking";
  if (has(/^(?:feature|enhancement|type: feature)$/)) return "feature";
  if (has(/^(?:bug|bugfix|fix|regression|security)$/)) return "fix";
  if (has(/^(?:documentation|docs)$/)) return "documentation";
  if (has(/^performance$/)) return "performance";
  const prefix = /^([a-z]+)(?:\([^)]*\))?:/i.exec(title)?.[1]?.toLowerCase();
  const byPrefix: Readonly<Record<string, SectionId>> = {
    feat: "feature",
    fix: "fix",
    perf: "performance",
    docs: "documentation",
  };
  return byPrefix[prefix ?? ""] ?? "other";
}

function isBump({ author, title }: MergedChange): boolean {
  return /^(?:dependabot|renovate)(?:\[bot\])?$/i.test(author) || /^(?:build|chore)\(deps(?:-dev)?\):/i.test(title);
}

function lineOf({ title, number, sha, author }: MergedChange): string {
  const text = asPlainText(title.replace(/^[a-z]+(?:\([^)]*\))?!?:\s*/i, ""));
  const ref = number === null ? sha.slice(0, 12) : `#${number}`;
  return `- ${text} (${ref}${author === "" ? "" : `, ${asPlainText(author, 60)}`})`;
}
