import { existsSync, readdirSync } from "node:fs";

/**
 * `node evals/src/main.ts [NAME [args]]`: runs `evals/src/<name>/main.ts`, which exports `main(args)` → exit code. Without a name everything that
 * says how accurate Culprit is; `scenarios` and the public sets by their names are parts of `diagnosis`.
 */
const folder = new URL("./", import.meta.url);
const diagnosed = ["scenarios", "petshop", "sockshop", "nezha"];
const [name = "accuracy", ...args] = process.argv.slice(2);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/main.ts`, folder)))
  .map((entry) => entry.name);
const isPart = diagnosed.includes(name);

if (!isPart && !names.includes(name)) {
  process.stderr.write(
    `npm run eval -- [NAME [options]], where NAME is one of: ${[...new Set([...names, ...diagnosed])].join(", ")}\n`,
  );
  process.exitCode = 2;
} else {
  const module: { main: (args: readonly string[]) => Promise<number> } = await import(
    new URL(`${isPart ? "diagnosis" : name}/main.ts`, folder).href
  );
  process.exitCode = await module.main(isPart ? [name, ...args] : args);
}
