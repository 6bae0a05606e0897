import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = resolve(import.meta.dirname, "../../../main.ts");
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(
  args: readonly string[],
  input = "",
  nodeFlags: readonly string[] = [],
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [...nodeFlags, main, "templates", ...args], (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

const log = ["root", "ann", "bob", "eve", "kim", "joe"]
  .flatMap((user, at) => [`2026-11-21 10:00:0${at} INFO login of user ${user} took ${at}ms`, ""])
  .join("\n");

test("each line gets the id that its template has when the log has been read", async () => {
  const file = join(folder, "app.log");
  await writeFile(file, `${log}\n`);
  const { code, stdout } = await run([file, "--json"]);
  const rows: { line: number; template_id: string; template: string }[] = stdout
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  expect(code).toBe(0);
  expect(rows.map((row) => row.line)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
  expect(new Set(rows.filter((_, at) => at % 2 === 0).map((row) => row.template_id)).size).toBe(1);
  expect(rows[0]?.template).toBe("login of user <*> took <*>");
  expect(rows[1]?.template).toBe("");
});

test("without --json the templates are told with their counts, from standard input too", async () => {
  const { code, stdout } = await run(["-"], log);
  expect(code).toBe(0);
  expect(stdout.split("\n")[0]).toMatch(/^ {4}6 {2}[0-9a-f]{16} {2}login of user <\*> took <\*>$/);
});

test("a file that is not there is told as such", async () => {
  const { code, stderr } = await run([join(folder, "none.log")]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("none.log can't be read");
});

test("a folder is told as such", async () => {
  const { code, stderr } = await run([folder]);
  expect(code).not.toBe(0);
  expect(stderr).toContain("is a folder");
  expect(stderr).not.toContain("EISDIR");
});

test("lines that are too long to be looked at whole are marked, and counted on standard error, with the templates of the others as they are", async () => {
  const file = join(folder, "long.log");
  const long = `stack dumped ${"deep ".repeat(900)}`;
  await writeFile(file, `login of user 7\n${long}\n${Array.from({ length: 30 }, () => "a b c d e f g h").join(" ")}\n`);
  const json = await run([file, "--json"]);
  const rows: { cut?: boolean }[] = json.stdout
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  expect(rows.map(({ cut }) => cut)).toEqual([undefined, true, true]);
  const told = "culprit: 2 lines are longer than 4000 characters or 200 words; what is beyond was not looked at.\n";
  expect([json.code, json.stderr]).toEqual([0, told]);
  const text = await run([file]);
  expect([text.code, text.stderr]).toEqual([0, told]);
  expect((await run(["-"], log)).stderr).toBe("");
});

test("a packed log is read as the plain one is, and one that breaks off is refused", async () => {
  const [plain, packed, broken] = ["plain.log", "packed.log.gz", "broken.log.gz"].map((name) => join(folder, name));
  const bytes = gzipSync(log);
  await Promise.all([
    writeFile(plain ?? "", log),
    writeFile(packed ?? "", bytes),
    writeFile(broken ?? "", bytes.subarray(0, bytes.length - 12)),
  ]);
  expect((await run([packed ?? ""])).stdout).toBe((await run([plain ?? ""])).stdout);
  expect(await run([broken ?? ""])).toMatchObject({ code: 1, stderr: expect.stringContaining("can't be unpacked") });
});

test("a small packed file with a line of hundreds of megabytes takes no memory for it, and lines end at line feeds alone", async () => {
  const file = join(folder, "bomb.log.gz");
  const huge = gzipSync(Buffer.alloc(200 * 1024 * 1024, "x"), { level: 1 });
  const end = gzipSync("\ndisk\u2028full\rtwice\nlast");
  await writeFile(file, Buffer.concat([huge, end]));
  const { code, stdout } = await run([file, "--json"], "", ["--max-old-space-size=128"]);
  const rows: { line: number; cut?: boolean }[] = stdout
    .trim()
    .split("\n")
    .map((row) => JSON.parse(row));
  expect([code, rows.map(({ cut }) => cut ?? false)]).toEqual([0, [true, false, false]]);
});

test("what a terminal would obey in a log is shown", async () => {
  const { stdout } = await run(["-"], "disk \u001b[31mfull\u009b2J\n");
  expect(stdout).toContain("full\\u009b");
  for (const obeyed of ["\u001b", "\u009b"]) expect(stdout).not.toContain(obeyed);
});
