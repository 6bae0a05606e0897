import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CaseName, caseNames, releaseFaults } from "./episode.ts";
import { runGit } from "./fast-import.ts";
import { type GeneratedShop, generateShop, type Truth } from "./generate-shop.ts";

const now = new Date("2026-05-20T12:00:00Z");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shop-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let made = 0;
async function generate(caseName: CaseName, seed: number): Promise<{ shop: GeneratedShop; truth: Truth }> {
  made += 1;
  const truthFile = join(folder, "truth", `${made}.json`);
  const shop = await generateShop({ caseName, seed, repository: join(folder, `${made}.git`), truthFile, now });
  return { shop, truth: JSON.parse(await readFile(truthFile, "utf8")) as Truth };
}

async function git(shop: GeneratedShop, ...args: string[]): Promise<string[]> {
  const output = await runGit([`--git-dir=${shop.repository}`, ...args]);
  return output.split("\n").filter((line) => line !== "");
}

/** The commit that plain `git blame` names for the line that throws at the last deployed revision. */
async function blameFailingLine(shop: GeneratedShop, thrownAt: { file: string; text: string }): Promise<string> {
  const revision = shop.deployments[2].commit;
  // A reformatting commit may have changed quotes and blanks.
  const plain = (text: string) => text.replaceAll("'", '"').replace(/\s/g, "");
  for (const path of await git(shop, "ls-tree", "-r", "--name-only", revision, "src")) {
    const source = await runGit([`--git-dir=${shop.repository}`, "show", `${revision}:${path}`]);
    const index = source.split("\n").findIndex((line) => plain(line).includes(plain(thrownAt.text)));
    if (index < 0) continue;
    const [line] = await git(shop, "blame", "-l", "--porcelain", `-L${index + 1},${index + 1}`, revision, "--", path);
    return line?.split(" ")[0] ?? "";
  }
  throw new Error(`no file holds ${thrownAt.text}`);
}

const everyCase = caseNames.flatMap((caseName) => [1, 2, 3].map((seed) => ({ caseName, seed })));

test.each(everyCase)(
  "$caseName, seed $seed: a history of at least 40 commits by several people over weeks",
  async (which) => {
    const { shop } = await generate(which.caseName, which.seed);
    const commits = await git(shop, "log", "--format=%an|%at", "main");
    const times = commits.map((line) => Number(line.split("|")[1]));
    expect(commits.length).toBeGreaterThanOrEqual(40);
    expect(new Set(commits.map((line) => line.split("|")[0])).size).toBeGreaterThanOrEqual(5);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(30 * 86_400);
    expect(Math.max(...times) * 1000).toBeLessThanOrEqual(now.getTime());
    expect(times).toEqual([...times].sort((a, b) => b - a));
  },
);

test.each(everyCase)(
  "$caseName, seed $seed: three deployed revisions with tags, one after the other",
  async (which) => {
    const { shop } = await generate(which.caseName, which.seed);
    const [first, second, third] = shop.deployments;
    for (const { tag, commit } of shop.deployments)
      expect(await git(shop, "rev-parse", `${tag}^{commit}`)).toEqual([commit]);
    await git(shop, "merge-base", "--is-ancestor", first.commit, second.commit);
    await git(shop, "merge-base", "--is-ancestor", second.commit, third.commit);
    expect(first.startedAt.getTime()).toBeLessThan(second.startedAt.getTime());
    expect(third.startedAt).toEqual(now);
  },
);

test("the same seed makes the same commits, another seed does not", async () => {
  const head = async (seed: number) => git((await generate("bad-release", seed)).shop, "rev-parse", "main");
  const [once, again, other] = [await head(5), await head(5), await head(6)];
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});

test("the truth lies outside the repository, and no file or message of the repository tells it", async () => {
  const { shop, truth } = await generate("bad-release", 4);
  expect(relative(shop.repository, join(folder, "truth"))).toMatch(/^\.\./);
  expect(JSON.stringify(shop)).not.toContain(truth.culprit_commit);
  const words = await runGit([`--git-dir=${shop.repository}`, "log", "-p", "--all"]);
  expect(/guilty|culprit|planted|\bfault/i.exec(words)?.[0] ?? "nothing").toBe("nothing");
});

test.each([
  ...releaseFaults.map((_, seed) => ({ caseName: "bad-release" as const, seed })),
  ...[0, 2, 4, 6].map((seed) => ({ caseName: "config" as const, seed })),
  ...[0, 1, 2, 3].map((seed) => ({ caseName: "dependency" as const, seed })),
])("$caseName, seed $seed: the culprit was deployed last, and an innocent commit came after it", async (which) => {
  const { shop, truth } = await generate(which.caseName, which.seed);
  const [, second, third] = shop.deployments;
  const range = await git(shop, "rev-list", `${second.commit}..${third.commit}`);
  const labelled = (label: string) => truth.commits[label] ?? "";
  expect(range).toContain(truth.culprit_commit);
  expect(range.length).toBeGreaterThanOrEqual(8);
  for (const label of ["innocent", "move", "reformat"]) expect(range).toContain(labelled(label));
  await git(shop, "merge-base", "--is-ancestor", labelled("guilty"), labelled("innocent"));
  if (which.caseName === "bad-release") {
    const touched = (commit: string) => git(shop, "show", "--format=", "--name-only", commit);
    const guiltyFiles = await touched(labelled("guilty"));
    expect((await touched(labelled("innocent"))).some((file) => guiltyFiles.includes(file))).toBe(true);
  }
});

test("blaming the failing line is wrong for every fault that lies elsewhere, and often names another new commit", async () => {
  const wrong = new Map<string, string>();
  for (const [seed, fault] of releaseFaults.entries()) {
    const { shop, truth } = await generate("bad-release", seed);
    const blamed = await blameFailingLine(shop, truth.thrown_at ?? fault.thrownAt);
    if (truth.is_failing_line_older) expect(blamed).not.toBe(truth.culprit_commit);
    if (blamed === truth.culprit_commit) continue;
    const [, second, third] = shop.deployments;
    const isNew = (await git(shop, "rev-list", `${second.commit}..${third.commit}`)).includes(blamed);
    wrong.set(truth.fault, isNew ? "new" : "old");
  }
  expect(wrong.size).toBeGreaterThanOrEqual(6);
  expect([...wrong.values()].filter((age) => age === "new").length).toBeGreaterThanOrEqual(2);
});

test("no commit is guilty where the code did nothing", async () => {
  for (const caseName of ["healthy", "red-herring"] as const) {
    expect((await generate(caseName, 2)).truth.culprit_commit).toBeNull();
  }
  const outside = await generate("config", 3);
  expect(outside.truth.culprit_commit).toBeNull();
  expect(outside.truth.change_names).toEqual([outside.shop.setting?.variable]);
});

test("a history is made within three seconds", async () => {
  const startedAtMs = performance.now();
  await generate("bad-release", 77);
  expect(performance.now() - startedAtMs).toBeLessThan(3000);
});
