import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkMigrationNames } from "../server/src/platform/db/migrations/check-migration-names.ts";
import { findDeadPaths } from "./check-docs.ts";
import { outdatedDocuments } from "./generate-docs.ts";
import { findBreaches } from "./house-rules.ts";

/** Everything that can be checked without a database, in one go: format, lint, types, rooms, documents, migrations. */
const root = fileURLToPath(new URL("..", import.meta.url));
const startedAtMs = performance.now();

const checks: readonly (readonly [string, () => Promise<string[]> | string[]])[] = [
  ["format and lint", () => run("biome", ["check", "--error-on-warnings", "."])],
  ["types", () => run("tsc", ["-p", "."])],
  ["types of the page", () => run("tsc", ["-p", "web"])],
  ["rooms", () => findBreaches(root).map(({ file, rule, remedy }) => `${file}: ${rule}. ${remedy}`)],
  [
    "documents",
    () => [
      ...findDeadPaths(root),
      ...outdatedDocuments({ write: false }).map(
        (file) => `${file} is not up to date: run node scripts/generate-docs.ts`,
      ),
    ],
  ],
  ["migrations", () => checkMigrationNames(readdirSync(join(root, "server/migrations")))],
];

const results = await Promise.all(checks.map(async ([name, check]) => [name, await check()] as const));
for (const [name, problems] of results) {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const problem of problems) console.log(`     ${problem.replaceAll("\n", "\n     ")}`);
}
console.log(`${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
process.exitCode = results.some(([, problems]) => problems.length > 0) ? 1 : 0;

/** The output of a tool when it fails, else nothing. */
function run(command: string, args: readonly string[]): Promise<string[]> {
  const child = spawn(join(root, "node_modules/.bin", command), args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve([error.message]));
    child.on("close", (code) =>
      resolve(code === 0 ? [] : [output.trim().slice(-8000) || `${command} ended with ${code}`]),
    );
  });
}
