import { readJsonObject } from "../fixers/read-json-object.ts";
import type { TestReport } from "./test-report.ts";

/** Reads `go test -json`: one event a line, of a test with its package or of a package alone. */
export function readGoTest(text: string): TestReport {
  const passing: string[] = [];
  const failed = new Set<string>();
  const said = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { Action: action, Package: of, Test: test, Output: output } = readJsonObject(line);
    if (typeof of !== "string" || typeof test !== "string") continue;
    const name = `${of}.${test}`;
    if (action === "pass") passing.push(name);
    else if (action === "fail") failed.add(name);
    else if (action === "output" && typeof output === "string") said.set(name, (said.get(name) ?? "") + output);
  }
  return { passing, failing: [...failed].map((name) => ({ name, text: said.get(name) ?? "" })) };
}

/** What the run printed, as `go test` without `-json` would show it: all of it but the tests that passed. */
export function goTestLog(text: string): string {
  const { failing } = readGoTest(text);
  const rest: string[] = [];
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) {
      rest.push(`${line}\n`);
      continue;
    }
    const { Test: test, Output: output } = readJsonObject(line);
    if (test === undefined && typeof output === "string") rest.push(output);
  }
  return [...failing.map((test) => test.text), ...rest].join("");
}
