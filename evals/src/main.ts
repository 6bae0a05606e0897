import { existsSync, readdirSync } from "node:fs";

/** `node evals/src/main.ts NAME [args]`: runs `evals/src/<name>/main.ts`, which exports `main(args)` → exit code. */
const folder = new URL("./", import.meta.url);
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/main.ts`, folder)))
  .map((entry) => entry.name);

if (!name || !names.includes(name)) {
  process.stderr.write(`npm run eval -- NAME [options], where NAME is one of: ${names.join(", ")}\n`);
  process.exitCode = 2;
} else {
  const module: { main: (args: readonly string[]) => Promise<number> } = await import(
    new URL(`${name}/main.ts`, folder).href
  );
  process.exitCode = await module.main(args);
}
