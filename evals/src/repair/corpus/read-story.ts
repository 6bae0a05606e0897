/** A part of a story file: `@word rest of the line`, and the lines up to the next part. */
export interface StoryPart {
  readonly word: string;
  readonly rest: string;
  readonly text: string;
  readonly line: number;
}

const words = [
  "style",
  "split",
  "project",
  "class",
  "door",
  "new",
  "commit",
  "culprit",
  "file",
  "edit",
  "delete",
  "request",
  "run",
  "stdin",
  "script",
  "oracle",
  "repair",
];
const head = new RegExp(`^@(${words.join("|")})(?: (.*))?$`);

/**
 * Splits a story file into its parts. Stories are plain text, so that the small projects in them keep out of the way of
 * this repository's own compiler, linter and tests.
 */
export function readStory(text: string): StoryPart[] {
  const parts: { word: string; rest: string; lines: string[]; line: number }[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const match = head.exec(line);
    if (match?.[1] !== undefined)
      parts.push({ word: match[1], rest: (match[2] ?? "").trim(), lines: [], line: at + 1 });
    else if (parts.length > 0) parts.at(-1)?.lines.push(line);
    else if (line.trim() !== "" && !line.startsWith("#")) throw new Error(`line ${at + 1} stands before any part`);
  }
  return parts.map(({ word, rest, lines, line }) => ({
    word,
    rest,
    text: `${lines.join("\n").replace(/\s+$/, "")}\n`,
    line,
  }));
}

/**
 * The text after the replacements of an `@edit`: blocks of `<<<<`, the old lines, `====`, the new lines, `>>>>`. Throws
 * when a block's old lines are not found exactly once.
 */
export function applyReplacements(source: string, edit: StoryPart): string {
  let result = source;
  const blocks = [...edit.text.matchAll(/^<<<<\n([\s\S]*?)^====\n([\s\S]*?)^>>>>$/gm)];
  if (blocks.length === 0) throw new Error(`line ${edit.line}: the edit of ${edit.rest} has no block`);
  for (const [, beforeLines = "", afterLines = ""] of blocks) {
    // Parts of lines may be named too; lines that go away take their end with them.
    const [before, after] = afterLines === "" ? [beforeLines, ""] : [beforeLines.slice(0, -1), afterLines.slice(0, -1)];
    const count = result.split(before).length - 1;
    if (count !== 1)
      throw new Error(`line ${edit.line}: ${edit.rest} holds these lines ${count} times:\n${before}\nin\n${result}`);
    const at = result.indexOf(before);
    result = result.slice(0, at) + after + result.slice(at + before.length);
  }
  return result;
}
