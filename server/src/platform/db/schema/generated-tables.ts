import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The text of `tables.generated.ts` for the migrated database behind `url`: its tables as Kysely sees them, with the
 * value types that `valueParsers` gives. Formatted like the rest of the code.
 */
export async function generatedTables(url: string): Promise<string> {
  const { stdout } = await run(process.execPath, [
    programOf("kysely-codegen", "dist/cli/bin.js"),
    ...["--dialect", "postgres", "--url", url, "--print", "--log-level", "silent"],
    ...["--numeric-parser", "number", "--date-parser", "string", "--default-schema", "public"],
    ...["--type-mapping", JSON.stringify({ int8: "number", jsonb: "Jsonb" })],
  ]);
  // kysely-codegen drops a custom import that only a type mapping names.
  return format(stdout.replace("import type", 'import type { Jsonb } from "./jsonb.ts";\nimport type'));
}

async function format(code: string): Promise<string> {
  const biome = run(process.execPath, [
    programOf("@biomejs/biome", "bin/biome"),
    ...["check", "--write", "--stdin-file-path=server/src/platform/db/tables.generated.ts"],
  ]);
  biome.child.stdin?.end(code);
  return (await biome).stdout;
}

/** The path of a package's program; `package.json` is what every package lets one resolve. */
function programOf(name: string, program: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), program);
}
