import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";

const main = fileURLToPath(new URL("../../server/src/culprit.js", import.meta.url));
const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const MOMENT = "2026-11-21T04:10:00Z";

let folder: string;
let yours: TestDatabase;
beforeAll(async () => {
  // For root the server is another user, who must be able to enter.
  folder = mkdtempSync("/tmp/culprit-documented-");
  chmodSync(folder, 0o711);
  yours = await createTestDatabase({ isEmpty: true });
});
afterAll(async () => {
  await yours.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function culprit(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...process.env, CULPRIT_DATA_DIR: join(folder, "data"), CULPRIT_LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = await once(child, "close");
  return { code: code as number, stdout, stderr };
}

/** The words of a line of the page, with this test's folders, database and moment in place of the example's. */
function wordsOf(line: string, moment: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .map((word) =>
      word
        .replace(/^\/(backups|srv)\//, `${folder}/$1/`)
        .replace("$YOUR_DATABASE_URL", yours.url)
        .replace(MOMENT, moment),
    );
}

test("every command of docs/operations.md does what the page says, in its order", { timeout: 600_000 }, async () => {
  const created = await culprit(["project", "create", "shop", "--json"]);
  expect(created).toMatchObject({ code: 0 });
  const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(12);
  let moment = "";
  const said: Record<string, string> = {};
  for (const line of lines) {
    if (line.endsWith("--flush")) {
      moment = new Date().toISOString();
      expect(await culprit(["project", "create", "later"])).toMatchObject({ code: 0 });
    }
    const [program, ...words] = wordsOf(line, moment);
    const { code, stdout, stderr } = await culprit(words);
    expect({ line, program, code, stderr: code === 0 ? "" : stderr }).toEqual({
      line,
      program: "culprit",
      code: 0,
      stderr: "",
    });
    said[line] = stdout;
  }
  expect(said["culprit db stats"]).toMatch(/^database +culprit, PostgreSQL 18.*\n.*connections +1 of 300/);
  expect(said["culprit db grant-readonly grafana"]).toMatch(/Password, shown this once: \S{32}\nConnect: psql "host=/);

  const projectsOf = async (...where: string[]) =>
    JSON.parse((await culprit(["project", "list", "--json", ...where])).stdout).projects.map(
      ({ name }: { name: string }) => name,
    );
  expect(await projectsOf()).toEqual(expect.arrayContaining(["shop", "later"]));
  expect(await projectsOf("--data-dir", join(folder, "srv/culprit-copy"))).toEqual(["shop"]);
  expect(await projectsOf("--database-url", yours.url)).toEqual(["shop"]);
  // The moment lies between the two.
  expect(await projectsOf("--data-dir", join(folder, "srv/culprit-at"))).toEqual(["shop"]);
});

test("each fault says which value, why, and what to do, and changes nothing", { timeout: 300_000 }, async () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ["db vacuum nonsense", /no table "nonsense"/],
    ["db grant-readonly Gra%ana", /"Gra%ana" will not do/],
    ["db grant-readonly reader --password-env NOT_SET", /NOT_SET is not set/],
    ["archive --older-than 0.01h", /--older-than is "0\.01h"; it must be a whole number/],
    ["archive --older-than soon", /--older-than is "soon".*90d/],
    [`backup ${folder}`, /is not empty/],
    ["restore /nowhere", /\/nowhere is no backup/],
    [`restore ${folder}/backups/monday`, /not empty.*--replace/],
    [`restore ${folder}/backups/monday --at ${MOMENT}`, /--at needs a base backup/],
    [`restore ${folder}/backups/base`, /--to DIR/],
    [`restore ${folder}/backups/base --to ${folder}/x --at yesterday`, /"yesterday".*with its zone/],
    [`restore ${folder}/backups/base --to ${folder}/srv/culprit-at`, /holds a database/],
    [`backup ${folder}/y --base --database-url ${yours.url}`, /does not archive its log.*archive_mode = on/],
    [`db wal-archive ${folder}/z --database-url ${yours.url}`, /whose settings are yours/],
  ];
  for (const [line, words] of faults) {
    const { code, stderr, stdout } = await culprit(line.split(" "));
    expect({ line, code, stdout }).toEqual({
      line,
      code: expect.toSatisfy((one) => one === 1 || one === 2),
      stdout: "",
    });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/\n +at /);
  }
});

test("the help of each command names its words and flags", { timeout: 120_000 }, async () => {
  for (const name of [
    "db stats",
    "db maintain",
    "db vacuum",
    "db grant-readonly",
    "db wal-archive",
    "archive",
    "backup",
    "restore",
  ]) {
    const { stdout, code } = await culprit([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`culprit ${name}`);
    expect(stdout).toContain("--json");
  }
});
