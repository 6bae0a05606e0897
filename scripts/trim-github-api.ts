import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { githubOperations } from "../test/fakes/github/operations.ts";

/**
 * Cuts out of GitHub's published API description what Culprit calls, for the fake in `test/fakes/github`:
 * `node scripts/trim-github-api.ts`. The package is 385 MB unpacked, so it is no dependency: it is fetched into a
 * temporary folder and gone afterwards.
 */
const PACKAGE = "@octokit/openapi@23.0.2";
const prose = new Set(["description", "example", "examples", "externalDocs", "tags", "summary", "title", "deprecated"]);
const target = fileURLToPath(new URL("../test/fakes/github/api.json", import.meta.url));

interface Description {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const folder = mkdtempSync(join(tmpdir(), "github-api-"));
try {
  const stdio = ["ignore", "ignore", "inherit"] as const;
  execFileSync("npm", ["pack", PACKAGE, "--pack-destination", folder, "--silent"], { stdio: [...stdio] });
  const inside = "package/generated/api.github.com.json";
  execFileSync("sh", ["-c", `tar xzf ./*.tgz ${inside}`], { cwd: folder, stdio: [...stdio] });
  const whole = JSON.parse(readFileSync(join(folder, inside), "utf8")) as Description;
  writeFileSync(target, `${JSON.stringify(trim(whole))}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The operations that are used, with every component that they name, without examples and prose. */
function trim(whole: Description): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of githubOperations) {
    const [method = "", path = ""] = operation.split(" ");
    const found = whole.paths[path]?.[method.toLowerCase()];
    if (found === undefined) throw new Error(`GitHub's description knows no ${operation}`);
    paths[path] = { ...paths[path], [method.toLowerCase()]: bare(found) };
  }
  const components: Record<string, Record<string, unknown>> = {};
  const waiting = referencesIn(paths);
  for (let reference = waiting.pop(); reference !== undefined; reference = waiting.pop()) {
    const [kind = "", name = ""] = reference.replace("#/components/", "").split("/");
    if (components[kind]?.[name] !== undefined) continue;
    const found = bare(whole.components[kind]?.[name]);
    components[kind] = { ...components[kind], [name]: found };
    waiting.push(...referencesIn(found));
  }
  return {
    package: PACKAGE,
    info: { title: "GitHub v3 REST API, an excerpt", version: whole.info.version },
    paths,
    components,
  };
}

/** Without what no check needs. Below `properties` every name is a property's, even `description`. */
function bare(value: unknown, areNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => bare(item));
  if (typeof value !== "object" || value === null) return value;
  const left = Object.entries(value).filter(([name]) => areNames || !(prose.has(name) || name.startsWith("x-")));
  return Object.fromEntries(left.map(([name, inner]) => [name, bare(inner, !areNames && name === "properties")]));
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "$ref" && typeof inner === "string" ? [inner] : referencesIn(inner),
  );
}
