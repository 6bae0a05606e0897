import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fastImport, runGit } from "../../../../examples/shop/src/generate/fast-import.ts";
import type { Bug } from "./bug.ts";

const people = new Map([
  ["mara", { name: "Mara Lindt", email: "mara.lindt@example.com", offsetMinutes: 60 }],
  ["jonas", { name: "Jonas Weber", email: "jonas@example.com", offsetMinutes: 120 }],
  ["priya", { name: "Priya Natarajan", email: "priya.n@example.org", offsetMinutes: 330 }],
  ["tom", { name: "Tom O'Hara", email: "tom@ohara.example", offsetMinutes: 0 }],
  ["ines", { name: "Inês Carvalho", email: "ines.carvalho@example.com", offsetMinutes: 0 }],
  ["wei", { name: "Wei Zhang", email: "wei@example.net", offsetMinutes: 480 }],
]);
const stepMs = 5 * 3_600_000 + 17 * 60_000;

/** Where a bug's history went: the commit ids in the order of its commits, and their times. */
export interface WrittenRepository {
  readonly folder: string;
  readonly shas: readonly string[];
  readonly times: readonly Date[];
}

/** Writes a bug's history to a bare repository in `folder`; the last commit is 25 minutes old. */
export async function writeRepository(bug: Bug, folder: string, now: Date): Promise<WrittenRepository> {
  const repository = join(folder, "origin.git");
  await mkdir(repository, { recursive: true });
  await runGit(["init", "--quiet", "--bare", "--initial-branch=main", repository]);
  const times = bug.commits.map(
    (_, at) => new Date(now.getTime() - 25 * 60_000 - (bug.commits.length - 1 - at) * stepMs),
  );
  const shas = await fastImport(
    repository,
    bug.commits.map((commit, at) => {
      const author = people.get(commit.author);
      if (author === undefined) throw new Error(`${bug.name}: nobody is called ${commit.author}`);
      return {
        label: String(at),
        parents: at === 0 ? [] : [String(at - 1)],
        author,
        at: times[at] ?? now,
        message: commit.message,
        changes: new Map(
          [...commit.changes].map(([path, text]) => [path, text === null ? null : Buffer.from(text)] as const),
        ),
      };
    }),
    { labels: [], marksFile: join(folder, "marks") },
  );
  return { folder: repository, shas: bug.commits.map((_, at) => shas.get(String(at)) ?? ""), times };
}
