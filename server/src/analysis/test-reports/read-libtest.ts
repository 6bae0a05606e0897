import type { FailedTest, TestReport } from "./test-report.ts";

const result = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED)$/;

/**
 * Reads what `cargo test` prints (libtest's plain format). A name is told with the crate's file, as several may have one of that name.
 * What a failing test printed comes in a section of its own after all the results.
 */
export function readLibtest(text: string): TestReport {
  const passing: string[] = [];
  const failing: FailedTest[] = [];
  let crate = "";
  let section: string | null = null;
  const said = new Map<string, string>();
  for (const line of text.split("\n")) {
    const running = /^\s+(?:Running (?:unittests )?(\S+)|Doc-tests (\S+))/.exec(line);
    if (running !== null) {
      crate = running[1] ?? `doc-tests ${running[2] ?? ""}`;
      section = null;
      continue;
    }
    const opened = /^---- (.+) stdout ----$/.exec(line)?.[1];
    if (opened !== undefined) section = `${crate} ${opened}`;
    else if (line === "failures:" || line.startsWith("test result:")) section = null;
    else if (section !== null) said.set(section, `${said.get(section) ?? ""}${line}\n`);
    const [, name, outcome] = result.exec(line) ?? [];
    if (name === undefined) continue;
    if (outcome === "ok") passing.push(`${crate} ${name}`);
    else failing.push({ name: `${crate} ${name}`, text: "" });
  }
  return { passing, failing: failing.map(({ name }) => ({ name, text: said.get(name) ?? "" })) };
}
