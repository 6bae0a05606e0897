import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { createProject } from "../../../domains/access/index.ts";
import { loadConfig } from "../../../platform/config/load-config.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { createLog } from "../../../platform/log/log.ts";
import type { Command, CommandContext } from "../command.ts";
import { workflowApply } from "./workflow-apply.ts";
import { workflowCancel } from "./workflow-cancel.ts";
import { workflowList } from "./workflow-list.ts";
import { workflowLogs } from "./workflow-logs.ts";
import { workflowReplay } from "./workflow-replay.ts";
import { readInput, workflowRun } from "./workflow-run.ts";
import { workflowShow } from "./workflow-show.ts";
import { workflowValidate } from "./workflow-validate.ts";

let own: TestDatabase;
let folder: string;
beforeAll(async () => {
  own = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "culprit-cli-"));
  await createProject(own.database.db, { name: "shop" });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await own.drop();
});

async function run(
  command: Command,
  words: readonly string[],
  flags: Record<string, string | boolean> = {},
  hasDatabase = true,
) {
  const [printed, said]: [string[], string[]] = [[], []];
  const refuse = async () => {
    throw new Error("this command was to open nothing");
  };
  const ctx: CommandContext = {
    config: loadConfig({
      flags: {},
      env: {},
      file: { path: join(folder, "none.json"), isRequired: false },
      defaults: {},
    }),
    log: createLog("silent"),
    version: "test",
    say: (line) => void said.push(line),
    print: (line) => void printed.push(...[line].flat()),
    openDatabase: hasDatabase ? async () => own.database : refuse,
    openUnmigrated: refuse,
    openTelemetry: refuse,
    openEngines: refuse,
    findSandbox: refuse,
    readEnv: () => undefined,
    openRepository: refuse,
    openCheckout: refuse,
    serve: refuse,
  };
  const code = await command.run(ctx, { flags, words });
  return { code, printed, said };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const good =
  'name: wait\non: manual\ninputs:\n  seconds: { type: number, default: 1 }\nsteps:\n  - { id: wait, uses: delay, with: { seconds: "${{ inputs.seconds }}" } }\n';

test("validate needs no database, names each problem as file:line:column, and fails where there is an error", async () => {
  const right = write("right.yml", good);
  const wrong = write(
    "wrong.yml",
    good.replace("uses: delay", "uses: dellay").replace("inputs.seconds }}", "inputs.second }}"),
  );
  expect(await run(workflowValidate, [right], {}, false)).toMatchObject({ code: 0, printed: [`${right} is valid.`] });
  const { code, printed } = await run(workflowValidate, [right, wrong], {}, false);
  expect(code).toBe(1);
  expect(printed).toEqual([
    `${right} is valid.`,
    `${wrong}:6:23 error steps[0].uses: There is no action \`dellay\`; did you mean \`delay\`?`,
    expect.stringContaining(`${wrong}:6:48 error steps[0].with.seconds: \`inputs.second\``),
  ]);
  const json = await run(workflowValidate, [wrong], { json: true }, false);
  expect(JSON.parse(json.printed.join("")).files[0]).toMatchObject({
    is_valid: false,
    problems: [{ line: 6 }, { line: 6 }],
  });
});

test("files that run each other in a circle are found when they are given together", async () => {
  const calling = (name: string, called: string) =>
    write(
      `${name}.yml`,
      `name: ${name}\non: manual\nsteps:\n  - { id: go, uses: run_workflow, with: { workflow: ${called} } }\n`,
    );
  const { code, printed } = await run(workflowValidate, [calling("a", "b"), calling("b", "a")], {}, false);
  expect(code).toBe(1);
  expect(printed.join("\n")).toContain("a → b → a");
});

test("apply saves and says what became of each file; show prints what validate takes; list names it", async () => {
  const path = write("wait.yml", good);
  expect((await run(workflowApply, [path])).printed[0]).toMatch(/wait\.yml: wf_[0-9a-z]{26} made$/);
  expect((await run(workflowApply, [path])).printed[0]).toContain("as it was");
  write("wait.yml", good.replace("default: 1", "default: 2"));
  expect((await run(workflowApply, [path])).printed[0]).toContain("saved as version 2");
  const broken = write("broken.yml", good.replace("delay", "dely"));
  expect(await run(workflowApply, [broken])).toMatchObject({
    code: 1,
    printed: [],
    said: [expect.stringContaining(":6:23 error")],
  });
  const { printed } = await run(workflowShow, ["wait"]);
  expect((await run(workflowValidate, [write("shown.yml", printed.join("\n"))])).code).toBe(0);
  expect((await run(workflowList, [])).printed.find((line) => line.startsWith("wait "))).toMatch(
    /active +2 +api +manual/,
  );
});

test("run starts an execution with typed inputs; logs tell of it, cancel ends it, replay runs it anew", async () => {
  await run(workflowApply, [write("wait.yml", good)]);
  await expect(run(workflowRun, ["wait", "seconds=soon"])).rejects.toThrow("no JSON value");
  await expect(run(workflowRun, ["wait", "second=1"])).rejects.toThrow("no input named");
  const [execution = ""] = (await run(workflowRun, ["wait", "seconds=3"])).printed;
  expect(execution).toMatch(/^exec_[0-9a-z]{26}$/);
  expect((await run(workflowLogs, [execution])).said).toEqual([`${execution} is pending`.concat(".")]);
  await run(workflowCancel, [execution]);
  const { printed, said } = await run(workflowLogs, [execution], { follow: true });
  expect(printed[0]).toMatch(/^\d{4}-\S+ INFO +Cancelled by command line\.$/);
  expect(said).toEqual([`${execution} is cancelled: Cancelled by command line.`]);
  const [again = ""] = (await run(workflowReplay, [execution])).printed;
  const started = await own.database.db
    .selectFrom("workflow_executions")
    .select(["status", "inputs"])
    .where("execution_id", "=", again)
    .executeTakeFirst();
  expect(started).toEqual({ status: "pending", inputs: { seconds: 3 } });
});

test("inputs are read by their type, or all at once as JSON", () => {
  const declared = {
    n: { type: "number", required: false },
    s: { type: "string", required: false },
    b: { type: "boolean", required: false },
    l: { type: "array", required: false },
  } as const;
  expect(["n=5", "s=5", "b=true", "l=[1]", '{"n": 1, "x": null}'].map((text) => readInput(text, declared))).toEqual([
    { n: 5 },
    { s: "5" },
    { b: true },
    { l: [1] },
    { n: 1, x: null },
  ]);
  expect(() => readInput("alone", declared)).toThrow(CulpritError);
});

test("of several projects one has to be named", async () => {
  await createProject(own.database.db, { name: "second" });
  await expect(run(workflowList, [])).rejects.toThrow("say which with --project");
  await expect(run(workflowList, [], { project: "third" })).rejects.toThrow("There is no project");
  expect((await run(workflowList, [], { project: "shop" })).code).toBe(0);
});

test("a ready workflow is taken by its name, once, and an unknown name is answered with those that there are", async () => {
  const taken = await run(workflowApply, [], { ready: "stale-issue-closer", project: "shop" });
  expect(taken).toMatchObject({ code: 0, printed: [expect.stringMatching(/^stale-issue-closer: wf_\w+ made$/)] });
  await expect(run(workflowApply, [], { ready: "stale-issue-closer", project: "shop" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await expect(run(workflowApply, [], { ready: "x", project: "shop" })).rejects.toThrow(/There are: .*summarize-pr/);
  await expect(run(workflowApply, [], { project: "shop" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
});
