import { afterAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../../../../test/database/create-test-database.ts";
import { makeProject } from "../../../../../../test/database/make-project.ts";
import { Projector } from "../../../../platform/engines/projector.ts";
import { newId } from "../../../../platform/ids/ids.ts";
import { createLog } from "../../../../platform/log/log.ts";
import type { GitRepository } from "../../../change/index.ts";
import { createRetrieval } from "../create-retrieval.ts";
import { advanceModel } from "../embedding-models.ts";
import { exactVectors } from "../exact-vectors.ts";
import { HASHING_MODEL, hashingEmbedder } from "../hashing-embedder.ts";
import { chunkDiff } from "./chunk-diff.ts";
import { chunkMarkdown } from "./chunk-markdown.ts";
import { indexProjection } from "./index-projection.ts";
import { listRunbooks, removeRunbook, saveRunbook } from "./runbooks.ts";
import { readRunbook, syncRunbooks } from "./sync-runbooks.ts";

const testDatabase = await createTestDatabase();
afterAll(() => testDatabase.drop());
const { database } = testDatabase;
const { db, owner } = database;
const index = exactVectors(database);
const retrieval = createRetrieval({ database, index, embedders: () => hashingEmbedder(), localModel: HASHING_MODEL });
while (
  (await advanceModel({ database, embedder: hashingEmbedder(), index, isIndexComplete: async () => true })) !== "done"
);

const synced: string[] = [];
const projection = indexProjection({
  database,
  retrieval,
  syncRunbooks: async (projectId) => void synced.push(projectId),
});
const projector = new Projector({ database, projection, log: createLog("silent") });
const deps = { db, retrieval };
const searched = async (
  projectId: string,
  collection: "git_diff_chunks" | "runbooks" | "incident_summaries",
  text: string,
) => (await retrieval.search({ projectId, collection, text, limit: 10 })).hits.map(({ point }) => point);

const diff =
  "@@ -1,2 +1,2 @@ export function total() {\n-  return 1;\n+  return price.amount;\n@@ -9,1 +9,1 @@\n-const timeoutMs = 100;\n+const timeoutMs = 5;\n";

async function storeCommit(projectId: string, files: Record<string, string>): Promise<string> {
  const sha = newId().replaceAll("-", "").padEnd(40, "0");
  const repositoryId = newId();
  await owner
    .insertInto("repositories")
    .values({ id: repositoryId, project_id: projectId, url: `https://git.example.com/${repositoryId}.git` })
    .execute();
  await owner
    .insertInto("commits")
    .values({
      commit_sha: sha,
      repo: "https://git.example.com/shop.git",
      message: "Prices are objects",
      authored_at: new Date("2026-05-01T00:00:00Z"),
    })
    .execute();
  await owner
    .insertInto("repository_commits")
    .values({ repository_id: repositoryId, project_id: projectId, commit_sha: sha })
    .execute();
  await owner
    .insertInto("commit_files")
    .values(
      Object.entries(files).map(([file_path, diff_text]) => ({
        id: newId(),
        commit_sha: sha,
        file_path,
        change_type: "other",
        diff_text,
      })),
    )
    .execute();
  return sha;
}

test("hunks of a commit are found by what they change, with the documented payload, by the project that has the commit and no other", async () => {
  const [projectId, other] = [await makeProject(database), await makeProject(database)];
  await projector.catchUp();
  const sha = await storeCommit(projectId, { "src/cart.ts": diff, "docs/runbooks/cart.md": diff });
  await projector.catchUp();
  const [hit] = (await searched(projectId, "git_diff_chunks", "timeoutMs in cart.ts")).filter(
    ({ payload }) => payload.path === "src/cart.ts",
  );
  expect(hit?.payload).toEqual({
    ...{
      repo: "https://git.example.com/shop.git",
      sha,
      path: "src/cart.ts",
      hunk_id: "2",
      authored_at: "2026-05-01T00:00:00.000Z",
    },
  });
  expect(hit?.content).toContain("+const timeoutMs = 5;");
  expect(await searched(other, "git_diff_chunks", "timeoutMs in cart.ts")).toEqual([]);
  // It changes a runbook, so the repository's are read again.
  expect(synced).toEqual([projectId]);
});

test("an incident is found once it was diagnosed, and tells how it ended once it was resolved", async () => {
  const projectId = await makeProject(database);
  await projector.catchUp();
  const [id, at] = [newId(), new Date("2026-05-01T00:00:00Z")];
  await owner
    .insertInto("incidents")
    .values({
      ...{
        id,
        incident_id: `inc_${id}`,
        project_id: projectId,
        source: "ingest",
        severity: "high",
        title: "Checkout fails",
        detector: "exception",
      },
      ...{
        error_type: "TypeError",
        error_message: "price of undefined",
        stack_trace: "at a:1",
        trace_id: id,
        environment: "production",
      },
      ...{ occurred_at: at, window_start: at, window_end: at },
    })
    .execute();
  await projector.catchUp();
  expect(await searched(projectId, "incident_summaries", "checkout fails")).toEqual([]);
  await owner
    .updateTable("incidents")
    .set({ status: "diagnosed", verdict_summary: "The release of cart broke prices." })
    .where("id", "=", id)
    .execute();
  await projector.catchUp();
  const [point] = await searched(projectId, "incident_summaries", "cart release broke prices");
  expect(point).toMatchObject({ id, payload: { service_key: null, started_at: at.toISOString(), resolved_at: null } });
  expect(point?.payload.incident_id).toMatch(/^inc_/);
  await owner
    .updateTable("incidents")
    .set({ status: "resolved", resolution_summary: "Rolled back by Kim." })
    .where("id", "=", id)
    .execute();
  await projector.catchUp();
  expect((await searched(projectId, "incident_summaries", "rolled back"))[0]?.content).toContain("Rolled back by Kim.");
});

test("a runbook is kept once, found by its sections, replaced by a newer one of its title, and gone when it is removed", async () => {
  const projectId = await makeProject(database);
  const runbook = {
    title: "Pool exhausted",
    serviceKey: "default/production/orders",
    tags: ["db"],
    sourceUrl: "https://wiki.example.com/pool",
    repositoryPath: null,
  };
  const first = await saveRunbook(deps, {
    projectId,
    runbook: { ...runbook, content: "# Look\nCount the connections.\n# Act\nRaise max_connections." },
  });
  const [hit] = await searched(projectId, "runbooks", "raise max connections");
  expect(hit?.payload).toEqual({
    ...{
      title: "Pool exhausted",
      service_key: "default/production/orders",
      tags: ["db"],
      source_url: "https://wiki.example.com/pool",
    },
    ...{ runbook_id: first, section: "Act" },
  });
  const second = await saveRunbook(deps, {
    projectId,
    runbook: { ...runbook, content: "# Look\nCount the sessions." },
  });
  expect(second).toBe(first);
  expect(
    (await searched(projectId, "runbooks", "raise max connections")).map(({ payload }) => payload.section),
  ).not.toContain("Act");
  expect((await listRunbooks(db, projectId, { limit: 10 })).map(({ title }) => title)).toEqual(["Pool exhausted"]);
  await removeRunbook(deps, { projectId, id: first });
  expect(await searched(projectId, "runbooks", "sessions")).toEqual([]);
  await expect(removeRunbook(deps, { projectId, id: first })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a repository's runbooks follow its files", async () => {
  const projectId = await makeProject(database);
  const files = new Map<string, string | null>([
    [
      "docs/runbooks/pool.md",
      "---\ntitle: Pool\nservice: orders\ntags: [db, pool]\nurl: https://wiki.example.com\n---\n# One\ntext",
    ],
    ["runbooks/cache.md", "# The cache is cold\nWarm it."],
    ["README.md", "# no runbook"],
  ]);
  // Only the two reads that the verb makes.
  const git = { listFiles: async () => [...files.keys()], readFiles: async () => files } as unknown as GitRepository;
  expect(await syncRunbooks(deps, { projectId, git, commit: "c" })).toBe(2);
  const titles = async () =>
    (await listRunbooks(db, projectId, { limit: 10 })).map(({ title, repositoryPath }) => `${title} ${repositoryPath}`);
  expect(await titles()).toEqual(["Pool docs/runbooks/pool.md", "The cache is cold runbooks/cache.md"]);
  files.delete("runbooks/cache.md");
  await syncRunbooks(deps, { projectId, git, commit: "d" });
  expect(await titles()).toEqual(["Pool docs/runbooks/pool.md"]);
});

test("a file's front matter names what it is about; one that can't be read stays text", () => {
  expect(readRunbook("runbooks/a.md", "---\ntitle: A\ntags: x, y\n---\nbody")).toMatchObject({
    title: "A",
    tags: ["x", "y"],
    content: "body",
  });
  expect(readRunbook("runbooks/on-call.md", "---\n: [\n---\nbody")).toMatchObject({
    title: "on-call",
    content: "---\n: [\n---\nbody",
  });
});

test("hunks are chunks, a long one in parts that lose nothing", () => {
  expect(chunkDiff(diff).map(({ hunkId }) => hunkId)).toEqual(["1", "2"]);
  const long = `@@ -1 +1 @@\n${Array.from({ length: 400 }, (_, n) => `+line ${n} ${"x".repeat(20)}`).join("\n")}`;
  const parts = chunkDiff(long);
  expect(parts.map(({ hunkId }) => hunkId)).toEqual(["1.1", "1.2", "1.3", "1.4"]);
  expect(parts.map(({ text }) => text).join("\n")).toBe(long);
  expect(chunkDiff("Binary files differ")).toEqual([]);
});

test("Markdown is cut at its headings, which a comment in a code block is not", () => {
  const sections = chunkMarkdown("intro\n# A\ntext\n## B\n```sh\n# no heading\n```\n# C\nend");
  expect(sections.map(({ heading, text }) => `${heading}: ${text.split("\n").at(-1)}`)).toEqual([
    ": intro",
    "A: text",
    "A > B: ```",
    "C: end",
  ]);
});
