/** A failed test as its runner printed it. */
export interface TestFailure {
  readonly title: string;
  readonly type: string;
  readonly message: string;
  /** As Node prints a stack; empty where the runner shows none. */
  readonly stack: string;
}

const frameLine = /^\s*at .+/;
const runners = [
  // Mocha: "  3) suite title:", the error and its stack below.
  { start: /^ {2}\d+\) (.+)$/, end: /^ {2}\d+\) / },
  // Jest and Vitest's default reporter: "  ● suite › title".
  { start: /^ {2}● (.+)$/, end: /^ {2}● |^(?:PASS|FAIL|Tests:|Test Suites:) / },
  // node:test's spec reporter; the second time a failure is told it has its stack.
  { start: /^\s*✖ (.+) \([\d.]+ms\)$/, end: /^\s*✖ |^test at / },
  // TAP: tape, tap.
  { start: /^\s*not ok \d+ (?:- )?(.+)$/, end: /^\s*(?:not )?ok \d+|^# / },
] as const;

/**
 * The failures in the output of Mocha, Jest, node:test or a runner that speaks TAP; a program that ended with an error of which
 * none of them is the output is one failure, titled "the run".
 */
export function readFailures(output: string, exitCode: number | null): TestFailure[] {
  const lines = output.replaceAll("\r", "").split("\n");
  for (const runner of runners) {
    const found = blocksOf(lines, runner).map(([title, block]) => ({ title, ...errorIn(block) }));
    // Mocha numbers a failure where it happens and again where it shows its stack.
    const byTitle = new Map<string, TestFailure>();
    for (const one of found) {
      const before = byTitle.get(one.title);
      if (before === undefined || before.stack === "") byTitle.set(one.title, one);
    }
    if (byTitle.size > 0) return [...byTitle.values()];
  }
  return exitCode === 0 ? [] : [{ title: "the run", ...errorIn(lines) }];
}

function blocksOf(lines: readonly string[], { start, end }: (typeof runners)[number]): [string, string[]][] {
  const blocks: [string, string[]][] = [];
  for (const [at, line] of lines.entries()) {
    const first = start.exec(line)?.[1];
    if (first === undefined) continue;
    // Mocha of today breaks a title into a line for each suite, the last of which ends with a colon.
    const more = /^ {2}\d+\) .*[^:]$/.test(line)
      ? lines.slice(at + 1, at + 6).findIndex((next) => /^ {7}.*:$/.test(next))
      : -1;
    const title = [first, ...lines.slice(at + 1, at + 2 + more)].map((part) => part.trim()).join(" ");
    const rest = lines.slice(at + 2 + more);
    const length = rest.findIndex((next) => end.test(next));
    blocks.push([title.replace(/:$/, "").trim(), rest.slice(0, length < 0 ? rest.length : length)]);
  }
  return blocks;
}

function errorIn(block: readonly string[]): Omit<TestFailure, "title"> {
  const first = block.findIndex((line) => frameLine.test(line));
  const head = block.findLastIndex((line, at) => (first < 0 || at < first) && /\b\w*(?:Error|Exception)\b/.test(line));
  const said = (head < 0 ? block.find((line) => line.trim() !== "") : block[head])?.trim() ?? "";
  const [, type = "AssertionError", message = said] =
    /\b(\w*(?:Error|Exception))\b(?: \[\w+\])?:? ?(.*)$/.exec(said) ?? [];
  const frames: string[] = [];
  for (const line of first < 0 ? [] : block.slice(first)) {
    if (frameLine.test(line)) frames.push(`    ${line.trim()}`);
    else if (frames.length > 0) break;
  }
  const words = message === "" ? said : message;
  return { type, message: words, stack: frames.length === 0 ? "" : [`${type}: ${words}`, ...frames].join("\n") };
}
