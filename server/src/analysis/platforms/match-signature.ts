import type { PlatformSignature } from "./signature.ts";

/** What is known of a repository, as plain data. Every text is hostile: it is only searched. */
export interface RepositoryFacts {
  /** Every path, with forward slashes, from the root of the workspace. */
  readonly files: readonly string[];
  readonly commitMessages: readonly string[];
  /** The text of `package.json`, where there is one. */
  readonly packageJson: string | null;
  readonly readme: string;
  /** Environment examples, joined. */
  readonly env: string;
  readonly dockerfile: string;
}

/** What of a signature was found, by its parts. */
export interface SignatureMatch {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly dependencies: readonly string[];
  readonly scripts: readonly string[];
  readonly commits: readonly string[];
  readonly content: readonly string[];
  readonly hints: readonly ("readme" | "env" | "dockerfile")[];
}

/** The facts in the form that many signatures are held against: lower case, package.json read once. */
export interface SearchableFacts {
  readonly paths: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly dependencies: readonly string[];
  readonly scripts: readonly string[];
  readonly commits: readonly string[];
  readonly readme: string;
  readonly env: string;
  readonly dockerfile: string;
  readonly content: string;
}

const commitsMax = 500;
const textMax = 200_000;

/** Prepares facts for `matchSignature`. A `package.json` that is no object counts as absent. */
export function searchable(facts: RepositoryFacts): SearchableFacts {
  const lower = (text: string) => text.slice(0, textMax).toLowerCase();
  const paths = new Set(facts.files.map((path) => path.toLowerCase()));
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
  }
  const manifest = readObject(facts.packageJson ?? "");
  const names = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"].flatMap((key) =>
    namesOf(manifest[key]),
  );
  const [readme, env, dockerfile] = [lower(facts.readme), lower(facts.env), lower(facts.dockerfile)];
  return {
    paths,
    folders,
    dependencies: names.map((name) => name.toLowerCase()),
    scripts: namesOf(manifest.scripts).map((name) => name.toLowerCase()),
    commits: facts.commitMessages.slice(0, commitsMax).map((message) => message.slice(0, 2000).toLowerCase()),
    readme,
    env,
    dockerfile,
    content: [readme, env, dockerfile, lower(facts.packageJson ?? "")].join("\n"),
  };
}

/** Finds which marks of a platform a repository bears. */
export function matchSignature(signature: PlatformSignature, facts: SearchableFacts): SignatureMatch {
  const has = (text: string, marks: readonly string[]) => marks.some((mark) => text.includes(mark.toLowerCase()));
  return {
    files: signature.files.filter((pattern) => hasPath(facts.paths, pattern)),
    folders: signature.folders.filter((pattern) => hasPath(facts.folders, pattern)),
    dependencies: signature.dependencies.filter((name) =>
      facts.dependencies.some((known) => (name.endsWith("/") ? known.startsWith(name) : known === name)),
    ),
    scripts: signature.scripts.filter((name) => facts.scripts.includes(name)),
    commits: signature.commits.filter((mark) => facts.commits.some((message) => message.includes(mark))),
    content: signature.content.filter((mark) => facts.content.includes(mark)),
    hints: [
      ...(has(facts.readme, signature.content) ? (["readme"] as const) : []),
      ...(has(facts.env, signature.env) ? (["env"] as const) : []),
      ...(has(facts.dockerfile, signature.content) ? (["dockerfile"] as const) : []),
    ],
  };
}

function hasPath(paths: ReadonlySet<string>, pattern: string): boolean {
  if (!pattern.includes("*")) return paths.has(pattern);
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join("[^/]*")}$`);
  return [...paths].some((path) => expression.test(path));
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function namesOf(value: unknown): string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
