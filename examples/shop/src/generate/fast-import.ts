import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Person } from "./people.ts";

/** A commit as it is written. `parents` and the keys of the result are labels, each used once. */
export interface PlannedCommit {
  readonly label: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly at: Date;
  readonly message: string;
  /** Files that differ from the first parent; null removes. */
  readonly changes: ReadonlyMap<string, Buffer | null>;
  readonly tag?: string | undefined;
}

/** Where an import remembers its labels between calls; never inside the repository, because labels tell the truth. */
export interface ImportState {
  readonly labels: string[];
  readonly marksFile: string;
}

/**
 * Makes (or goes on with) the branch `main` of a bare repository with these commits and resolves to the commit id of
 * every label so far. One process of real git for any number of commits.
 */
export async function fastImport(
  repository: string,
  commits: readonly PlannedCommit[],
  state: ImportState,
): Promise<Map<string, string>> {
  state.labels.push(...commits.map((commit) => commit.label));
  const markOf = new Map(state.labels.map((label, index) => [label, index + 1]));

  const parts: Buffer[] = [];
  const line = (text: string) => parts.push(Buffer.from(`${text}\n`));
  const data = (content: Buffer) => parts.push(Buffer.from(`data ${content.length}\n`), content, Buffer.from("\n"));
  for (const commit of commits) {
    const who = `${commit.author.name} <${commit.author.email}> ${stamp(commit.at, commit.author.offsetMinutes)}`;
    const mark = `:${markOf.get(commit.label)}`;
    line(`commit refs/heads/main\nmark ${mark}\nauthor ${who}\ncommitter ${who}`);
    data(Buffer.from(`${commit.message}\n`));
    commit.parents.forEach((parent, index) => {
      line(`${index === 0 ? "from" : "merge"} :${markOf.get(parent)}`);
    });
    for (const [path, content] of commit.changes) {
      if (content === null) line(`D ${path}`);
      else {
        line(`M 100644 inline ${path}`);
        data(content);
      }
    }
    if (commit.tag) line(`reset refs/tags/${commit.tag}\nfrom ${mark}\n`);
  }

  const options = [`--export-marks=${state.marksFile}`, `--import-marks-if-exists=${state.marksFile}`];
  await runGit(["-C", repository, "fast-import", "--quiet", "--force", ...options], {
    input: Buffer.concat(parts),
  });
  const shas = new Map<string, string>();
  for (const row of (await readFile(state.marksFile, "utf8")).split("\n")) {
    const [mark, sha] = row.split(" ");
    const label = state.labels[Number(mark?.slice(1)) - 1];
    if (label && sha) shas.set(label, sha);
  }
  return shas;
}

function stamp(at: Date, offsetMinutes: number): string {
  const size = Math.abs(offsetMinutes);
  const clock = String(Math.floor(size / 60)).padStart(2, "0") + String(size % 60).padStart(2, "0");
  return `${Math.floor(at.getTime() / 1000)} ${offsetMinutes < 0 ? "-" : "+"}${clock}`;
}

/** Runs git and resolves to what it printed; rejects with its complaint. */
export function runGit(
  args: readonly string[],
  { input, environment }: { readonly input?: Buffer; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { stdio: ["pipe", "pipe", "pipe"], env: { ...gitEnvironment(), ...environment } });
    const out: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
    child.stdin.on("error", () => undefined);
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`git ${args.join(" ")} ended with ${code}: ${Buffer.concat(complaints).toString()}`));
    });
    child.stdin.end(input);
  });
}

/** The user's own git settings (signing, hooks, templates) must not change the history. */
function gitEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
}
