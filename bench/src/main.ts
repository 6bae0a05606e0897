import { existsSync, readdirSync } from "node:fs";

/** `npm run bench -- NAME [flags]`: loads `bench/src/<name>/main.ts`, whose `run` answers with the exit code. */

const [name = "", ...flags] = process.argv.slice(2);
const here = new URL(".", import.meta.url);
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/main.ts`, here)))
  .map((entry) => entry.name)
  .sort();

if (names.includes(name)) {
  const bench = (await import(`./${name}/main.ts`)) as { run(flags: readonly string[]): Promise<number> };
  process.exitCode = await bench.run(flags);
} else {
  if (name !== "") process.stderr.write(`There is no bench ${JSON.stringify(name)}.\n`);
  process.stderr.write(`npm run bench -- NAME, where NAME is one of: ${names.join(", ")}. See bench/README.md.\n`);
  process.exitCode = 2;
}
