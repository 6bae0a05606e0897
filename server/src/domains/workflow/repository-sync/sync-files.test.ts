import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../access/index.ts";
import { testActions as actions } from "../definition/test-actions.fixture.ts";
import { changeWorkflow } from "../store/change-workflow.ts";
import { syncRepositoryFiles } from "./sync-files.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

const file = (name: string, text = "hello") =>
  `name: ${name}\non: [push]\nsteps:\n  - { id: tell, uses: notify, with: { to: [slack], text: ${text} } }\n`;
const calls = (name: string, other: string) =>
  `name: ${name}\non: [push]\nsteps:\n  - { id: call, uses: run_workflow, with: { workflow: ${other} } }\n`;
const at = (name: string) => `.culprit/workflows/${name}.yml`;

async function newRepository() {
  const { id: projectId } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  let commits = 0;
  const push = async (files: Readonly<Record<string, string | null>>) => {
    commits += 1;
    const commit = String(commits).padStart(40, "0");
    const all = new Map(Object.entries(files));
    const found = await syncRepositoryFiles(own.database, actions, { projectId, commit, files: all });
    return Object.fromEntries(found.map((one) => [one.path, one]));
  };
  const standing = async () => {
    const { rows } = await sql<Record<string, unknown>>`
      SELECT name, status, version, source, source_path, source_commit FROM workflows WHERE project_id = ${projectId} ORDER BY name`.execute(
      own.database.db,
    );
    return rows;
  };
  return { projectId, push, standing };
}

test("a file becomes a workflow with its place and commit; the same again makes no version, another text one", async () => {
  const { push, standing } = await newRepository();
  expect((await push({ [at("a")]: file("a") }))[at("a")]).toMatchObject({ outcome: "created", workflow: "a" });
  expect((await push({ [at("a")]: file("a") }))[at("a")]).toMatchObject({ outcome: "unchanged" });
  expect((await push({ [at("a")]: file("a", "bye") }))[at("a")]).toMatchObject({ outcome: "changed" });
  expect(await standing()).toEqual([
    {
      name: "a",
      status: "active",
      version: 2,
      source: "repository",
      source_path: at("a"),
      source_commit: "0000000000000000000000000000000000000003",
    },
  ]);
});

test("a broken file keeps the last good version, and its problem is told by line and field", async () => {
  const { push, standing } = await newRepository();
  await push({ [at("a")]: file("a") });
  const before = await standing();
  const wrong = file("a").replace("notify", "shout");
  expect((await push({ [at("a")]: wrong }))[at("a")]).toMatchObject({
    outcome: "broken",
    workflow: "a",
    problems: [expect.objectContaining({ line: 4, field: "steps[0].uses", severity: "error" })],
  });
  expect((await push({ [at("a")]: "name: [" }))[at("a")]).toMatchObject({ outcome: "broken", workflow: null });
  expect((await push({ [at("a")]: null }))[at("a")]?.problems[0]?.message).toContain("no text");
  expect(await standing()).toEqual(before);
});

test("a file that is gone archives its workflow; one that comes back stands again", async () => {
  const { push, standing } = await newRepository();
  await push({ [at("a")]: file("a"), [at("b")]: file("b") });
  expect((await push({ [at("b")]: file("b") }))[at("a")]).toMatchObject({ outcome: "archived", workflow: "a" });
  expect((await standing()).map(({ status }) => status)).toEqual(["archived", "active"]);
  expect((await push({ [at("a")]: file("a"), [at("b")]: file("b") }))[at("a")]).toMatchObject({ outcome: "changed" });
  expect((await standing()).map(({ status }) => status)).toEqual(["active", "active"]);
});

test("a moved file is the same workflow, and a file that gives it another name renames it", async () => {
  const { push, standing } = await newRepository();
  await push({ [at("a")]: file("a") });
  await push({ [at("moved")]: file("a") });
  await push({ [at("moved")]: file("better") });
  expect(await standing()).toMatchObject([{ name: "better", status: "active", source_path: at("moved") }]);
});

test("of two files with one name the second is broken, and says where the first is", async () => {
  const { push, standing } = await newRepository();
  const found = await push({ [at("a")]: file("same"), [at("b")]: file("same", "other") });
  expect(found[at("a")]?.outcome).toBe("created");
  expect(found[at("b")]?.problems[0]?.message).toContain(`kept in ${at("a")} already`);
  expect(await standing()).toHaveLength(1);
});

test("a workflow may run one that stands in a later file", async () => {
  const { push } = await newRepository();
  const found = await push({ [at("a")]: calls("a", "z"), [at("z")]: file("z") });
  expect(Object.values(found).map(({ outcome }) => outcome)).toEqual(["created", "created"]);
});

test("a workflow of the API is taken over by a file of its name, and changed in the repository from then on", async () => {
  const { projectId, push, standing } = await newRepository();
  const by = { type: "user", id: null, name: "ada" } as const;
  const save = () => changeWorkflow(own.database, actions, { projectId, written: { text: file("a", "mine") }, by });
  await save();
  await push({ [at("a")]: file("a") });
  expect(await standing()).toMatchObject([{ name: "a", source: "repository", version: 2 }]);
  await expect(save()).rejects.toThrow("kept in the repository");
});
