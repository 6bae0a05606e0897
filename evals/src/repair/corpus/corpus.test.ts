import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { playFailure } from "../play/play-failure.ts";
import { runOracle, runSuite, writeTree } from "../play/run-tree.ts";
import { type Bug, repairedTree, type Tree, treeAt } from "./bug.ts";
import { loadBugs } from "./load-bugs.ts";

const bugs = loadBugs();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-bugs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the corpus", () => {
  test("has at least forty bugs in twelve styles, and about half of them are kept for measuring", () => {
    expect(bugs.length).toBeGreaterThanOrEqual(40);
    expect(new Set(bugs.map((bug) => bug.style)).size).toBeGreaterThanOrEqual(12);
    const kept = bugs.filter((bug) => bug.split === "kept").length;
    expect(Math.abs(kept / bugs.length - 0.5)).toBeLessThan(0.1);
  });

  test("has each class of error at least twice, and in both halves", () => {
    const classes = new Set(bugs.map((bug) => bug.errorClass));
    expect(classes.size).toBeGreaterThanOrEqual(17);
    for (const name of classes) {
      const halves = bugs.filter((bug) => bug.errorClass === name).map((bug) => bug.split);
      expect([name, halves.includes("dev"), halves.includes("kept")]).toEqual([name, true, true]);
    }
  });

  test("tells a history of four to eight commits by several people, with real work after the culprit", () => {
    for (const { name, commits, culprit } of bugs) {
      expect([name, commits.length >= 4 && commits.length <= 8]).toEqual([name, true]);
      expect([name, new Set(commits.map((commit) => commit.author)).size >= 3]).toEqual([name, true]);
      expect([name, culprit > 0 && culprit < commits.length - 1]).toEqual([name, true]);
    }
  });
});

describe.each(bugs.map((bug) => [bug.name, bug] as const))("%s", (name, bug) => {
  test("passes its own tests at each of its commits and when repaired", async () => {
    const trees = bug.commits.map((_, at) => treeAt(bug.commits, at));
    for (const tree of [...trees, repairedTree(bug)]) expect(await suiteOf(name, tree)).toMatch(/^0$/);
  });

  test("fails in production at the deployed commit, not before the culprit and not when repaired", async () => {
    const played = async (tree: Tree) => {
      await writeTree(tree, join(folder, name, "app"));
      return playFailure(bug, { folder: join(folder, name) });
    };
    expect(await played(treeAt(bug.commits))).toMatchObject({ isFailed: true });
    expect(await played(repairedTree(bug))).toMatchObject({ isFailed: false });
    if (!bug.isNew) expect(await played(treeAt(bug.commits, bug.culprit - 1))).toMatchObject({ isFailed: false });
  });

  test("has an oracle that refuses the deployed tree and accepts the repaired one", async () => {
    expect(await oracleOf(bug, treeAt(bug.commits))).not.toBe("0");
    expect(await oracleOf(bug, repairedTree(bug))).toBe("0");
  });
});

const suites = new Map<string, Promise<string>>();

/** `0`, or what the project's tests said. Bugs of one project share their first commits. */
function suiteOf(name: string, tree: Tree): Promise<string> {
  const key = JSON.stringify([...tree]);
  const known = suites.get(key) ?? runSuiteOf(join(folder, name, "suite"), tree);
  suites.set(key, known);
  return known;
}

async function runSuiteOf(target: string, tree: Tree): Promise<string> {
  await writeTree(tree, target);
  const { exitCode, output } = await runSuite(target, tree.get("package.json") ?? "{}");
  const count = Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? /^ℹ pass (\d+)$/m.exec(output)?.[1] ?? 0);
  return exitCode === 0 && count >= 3 ? "0" : `${exitCode}, ${count} pass: ${output}`;
}

async function oracleOf(bug: Bug, tree: Tree): Promise<string> {
  const target = join(folder, bug.name, "oracle");
  await writeTree(tree, join(target, "app"));
  const { exitCode, output } = await runOracle(bug, target);
  return exitCode === 0 ? "0" : output;
}
