import { objectOf, readJsonObject } from "../read-json-object.ts";

/** The runner that a project tests with, as far as Culprit can write a test for it. */
export type Runner = "node" | "vitest" | "jest" | "mocha";

/** How a test file of this project is written and where it stands. */
export interface TestStyle {
  readonly runner: Runner;
  readonly isModule: boolean;
  /** The file of the generated test. */
  readonly path: string;
  /** Words before the file's path that run one test file. */
  readonly command: readonly string[];
  /** The project's own test command, for a shell, or null where it has none. */
  readonly suite: string | null;
}

/**
 * Reads how a project tests from its `package.json` and its files. Without a known runner the test is written for
 * Node's own, which needs nothing installed.
 */
export function readTestStyle(
  manifest: string | null,
  files: readonly string[],
  aimedAt: string,
  source: string,
): TestStyle {
  const facts = readJsonObject(manifest);
  const script = textOf(objectOf(facts.scripts).test);
  const suite = script === null || /no test specified/.test(script) ? null : script;
  const installed = { ...objectOf(facts.dependencies), ...objectOf(facts.devDependencies) };
  const runner = runnerOf(suite ?? "", installed);
  const extension = /\.(?:[cm]?[jt]sx?)$/.exec(aimedAt)?.[0] ?? ".js";
  const saysModule =
    facts.type === "module" || /ts/.test(extension) || runner === "vitest" || /^\s*(?:import\s|export\s)/m.test(source);
  const isModule = /\.m[jt]s$/.test(extension) || (!/\.c[jt]s$/.test(extension) && saysModule);
  const own = extension.replace("x", "");
  return {
    runner,
    isModule,
    path: testPath(files, aimedAt, own),
    command: commandOf(runner, loaderFlags(manifest, aimedAt)),
    suite,
  };
}

function runnerOf(suite: string, installed: Readonly<Record<string, unknown>>): Runner {
  for (const runner of ["vitest", "jest", "mocha"] as const) {
    if (new RegExp(`\\b${runner}\\b`).test(suite)) return runner;
  }
  if (/\bnode\b.*--test\b/.test(suite)) return "node";
  for (const runner of ["vitest", "jest", "mocha"] as const) if (runner in installed) return runner;
  return "node";
}

/** The flags by which Node takes a file in TypeScript, where the project has something for that. */
export function loaderFlags(manifest: string | null, path: string): readonly string[] {
  const { dependencies, devDependencies } = readJsonObject(manifest);
  const installed = { ...objectOf(dependencies), ...objectOf(devDependencies) };
  return /\.[cm]?tsx?$/.test(path) && "tsx" in installed ? ["--import", "tsx"] : [];
}

function commandOf(runner: Runner, loader: readonly string[]): string[] {
  switch (runner) {
    case "vitest":
      return ["node", "node_modules/vitest/vitest.mjs", "run", "--no-color"];
    case "jest":
      return [
        "node",
        "node_modules/jest/bin/jest.js",
        "--ci",
        "--runInBand",
        "--cacheDirectory=/tmp/jest",
        "--runTestsByPath",
      ];
    case "mocha":
      return ["node", ...loader, "node_modules/mocha/bin/mocha.js"];
    case "node":
      return [
        "node",
        ...loader,
        "--test",
        // One file needs no process of its own.
        "--test-isolation=none",
        "--test-force-exit",
      ];
  }
}

const testFile = /(?:^|\/)[^/]+[.-](test|spec)\.[cm]?[jt]sx?$/;

/** Beside the tests there are: the same folder and the same ending, `.test` or `.spec`. */
function testPath(files: readonly string[], aimedAt: string, extension: string): string {
  const tests = files.filter((file) => testFile.test(file) && !file.includes("node_modules/"));
  const stem = `regression-${(aimedAt.split("/").at(-1) ?? "test").replace(/\.[^.]+$/, "").replace(/[^\w.-]/g, "-")}`;
  const shared = (file: string): number => {
    const [a, b] = [file.split("/"), aimedAt.split("/")];
    let at = 0;
    while (at < a.length - 1 && a[at] === b[at]) at += 1;
    return at;
  };
  const nearest = [...tests].sort(
    (a, b) => shared(b) - shared(a) || a.split("/").length - b.split("/").length || a.localeCompare(b),
  )[0];
  const folder = nearest === undefined ? "test/" : nearest.replace(/[^/]*$/, "");
  const mark = nearest === undefined ? "test" : (testFile.exec(nearest)?.[1] ?? "test");
  for (let count = 1; ; count += 1) {
    const path = `${folder}${stem}${count === 1 ? "" : `-${count}`}.${mark}${extension}`;
    if (!files.includes(path)) return path;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** The path from one file of a repository to another, as an import names it. */
export function relativeImport(from: string, to: string): string {
  const base = from.split("/").slice(0, -1);
  const target = to.split("/");
  let shared = 0;
  while (shared < base.length && shared < target.length - 1 && base[shared] === target[shared]) shared += 1;
  const up = base.slice(shared).map(() => "..");
  const path = [...up, ...target.slice(shared)].join("/");
  return path.startsWith("..") ? path : `./${path}`;
}
