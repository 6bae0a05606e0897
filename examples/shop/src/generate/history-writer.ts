import type { PlannedCommit } from "./fast-import.ts";
import type { Message, MessageStyle } from "./messages.ts";
import type { Person } from "./people.ts";
import type { Random } from "./random.ts";
import { reformat } from "./reformat.ts";
import { applyEdits, createTree, type Edit, type SourceTree } from "./source-tree.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface CommitOptions {
  /** Names the commit for `shaOf`; made up where nobody needs it. */
  readonly label?: string;
  readonly tag?: string;
  /** Already in the shop's words and the team's style, such as a release's. */
  readonly isMessageFinal?: boolean;
}

/** Collects the commits of one history; dates are given at the end, when their number is known. */
export interface HistoryWriter {
  readonly tree: SourceTree;
  readonly commit: (message: Message, edits: readonly Edit[], options?: CommitOptions) => void;
  /** Commits so far, without their dates. */
  readonly commits: Omit<PlannedCommit, "at">[];
}

/** Starts an empty history of a team. */
export function startHistory(
  random: Random,
  vocabulary: Vocabulary,
  people: readonly Person[],
  style: MessageStyle,
  mergeShare: number,
): HistoryWriter {
  const tree = createTree();
  const commits: Omit<PlannedCommit, "at">[] = [];
  const rendered = new Map<string, Buffer>();
  const cache = new Map<string, Buffer>();

  function render(): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    for (const [path, source] of tree.files) {
      files.set(vocabulary.render(path), typeof source === "string" ? renderText(path, source) : source);
    }
    return files;
  }

  function renderText(path: string, source: string): Buffer {
    const formatStyle = tree.styles.get(path);
    const key = `${formatStyle ?? ""}\n${path}\n${source}`;
    const known = cache.get(key);
    if (known) return known;
    const text = path === "package.json" || path === "package-lock.json" ? source : vocabulary.render(source);
    const content = Buffer.from(formatStyle ? reformat(text, formatStyle) : text);
    cache.set(key, content);
    return content;
  }

  function changesNow(): Map<string, Buffer | null> {
    const now = render();
    const changes = new Map<string, Buffer | null>();
    for (const [path, content] of now) {
      if (rendered.get(path)?.equals(content)) continue;
      changes.set(path, content);
      rendered.set(path, content);
    }
    for (const path of [...rendered.keys()]) {
      if (now.has(path)) continue;
      changes.set(path, null);
      rendered.delete(path);
    }
    return changes;
  }

  function commit(message: Message, edits: readonly Edit[], options: CommitOptions = {}): void {
    applyEdits(tree, edits);
    const changes = changesNow();
    const number = commits.length + 1;
    const label = options.label ?? `commit-${number}`;
    const parents = commits.slice(-1).map((last) => last.label);
    const text = options.isMessageFinal ? message.text : vocabulary.render(style(message, number));
    commits.push({ label, parents, author: random.pick(people), message: text, changes, tag: options.tag });
    if (parents.length > 0 && !options.tag && random.chance(mergeShare)) {
      const branch = message.text
        .toLowerCase()
        .replace(/[^a-z]+/g, "-")
        .slice(0, 30)
        .replace(/-$/, "");
      commits.push({
        label: `${label}-merge`,
        parents: [...parents, label],
        author: random.pick(people),
        message: vocabulary.render(`Merge pull request #${number} from ${message.area}/${branch}`),
        changes,
      });
    }
  }

  return { tree, commit, commits };
}
