import { parseDiff } from "../diff/parse-diff.ts";

export interface RemovedTest {
  readonly path: string;
  readonly name: string;
}

const namedMax = 8;
const nameCharactersMax = 120;

/** The tests that a patch takes away: declared on its removed lines, and not again on those it adds, in whatever file. */
export function removedTests(diff: string): readonly RemovedTest[] {
  const files = parseDiff(diff).map(({ oldPath, newPath, hunks }) => {
    const lines = hunks.flatMap((hunk) => hunk.lines);
    const named = (left: "added" | "removed"): string[] =>
      testNames(
        lines.filter(({ kind }) => kind !== left).map(({ kind, text }) => ({ text, counts: kind !== "context" })),
      );
    return { path: oldPath ?? newPath ?? "", before: named("added"), after: named("removed") };
  });
  const back = files.flatMap(({ after }) => after);
  return files.flatMap(({ path, before }) =>
    before.flatMap((name) => {
      const at = back.indexOf(name);
      if (at < 0) return [{ path, name }];
      back.splice(at, 1);
      return [];
    }),
  );
}

const declarations = [
  /^\s*(?:await\s+)?(?:t\.)?(?:test|it|specify)\b(?:\.\w+)*(?:\(.*\))?\s*\(\s*(?<quote>["'`])(?<name>(?:\\.|(?!\k<quote>).)*)\k<quote>/,
  /^\s*(?:test|it|specify)\s+(?<quote>["'])(?<name>(?:\\.|(?!\k<quote>).)*)\k<quote>.*\bdo\b/,
  /^\s*(?:async\s+)?def\s+(?<name>test\w*)/,
  /^func\s+(?<name>(?:Test|Fuzz)\w*)\s*\(/,
];
/** The name of what these announce stands on the next line, or on one soon after. */
const announced = [
  {
    by: /^\s*(?:test|it|specify)\b(?:\.\w+)*\(\s*$/,
    name: /^\s*(?<quote>["'`])(?<name>(?:\\.|(?!\k<quote>).)*)\k<quote>/,
  },
  { by: /^\s*#\[(?:\w+::)*test\b/, name: /\bfn\s+(?<name>\w+)/ },
  { by: /^\s*@(?:Parameterized)?Test\b/, name: /\b(?:void|fun)\s+(?<name>`[^`]+`|\w+)\s*\(/ },
];
const announcedLinesMax = 4;

function testNames(lines: readonly { readonly text: string; readonly counts: boolean }[]): string[] {
  return lines.flatMap(({ text, counts }, at) => {
    if (!counts) return [];
    const here = declarations.flatMap((pattern) => pattern.exec(text)?.groups?.name ?? []);
    const [announcer] = announced.filter(({ by }) => by.test(text));
    const next = lines.slice(at + 1, at + 1 + announcedLinesMax);
    const later =
      announcer === undefined ? [] : next.flatMap((line) => announcer.name.exec(line.text)?.groups?.name ?? []);
    return [...here, ...later].slice(0, 1);
  });
}

/** What a patch takes away of the tests, in a sentence; empty where it is nothing. */
export function describeRemovedTests(tests: readonly RemovedTest[]): string {
  if (tests.length === 0) return "";
  const named = tests
    .slice(0, namedMax)
    .map(({ path, name }) => `'${name.slice(0, nameCharactersMax).replace(/\s+/g, " ")}' in ${path}`);
  const more = tests.length > namedMax ? ` and ${tests.length - namedMax} more` : "";
  return `It removes ${tests.length === 1 ? "the test" : `${tests.length} tests:`} ${named.join(", ")}${more}.`;
}
