import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { createProject } from "../../server/src/domains/access/index.ts";
import {
  changeWorkflow,
  expressionFunctions,
  loadExecution,
  parseDefinition,
  Runner,
  startManually,
  workflowJsonSchema,
} from "../../server/src/domains/workflow/index.ts";
import { culpritItself } from "../../server/src/platform/db/audit-log.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import { openSecretBox } from "../../server/src/platform/secrets/open-secret-box.ts";
import type { ActionServices } from "../../server/src/surfaces/actions/action-services.ts";
import { loadCatalogue } from "../../server/src/surfaces/actions/load-catalogue.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { recordingQueue } from "../queue/recording-queue.ts";

const page = readFileSync(new URL("../../docs/workflows.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
const named = examples.map((text) => [String((parse(text) as { name: string }).name), text] as const);

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

test.each(named)("the documented workflow `%s` has no problem", async (_, text) => {
  expect(parseDefinition(text, { actions: await loadCatalogue(), others: new Map() }).problems).toEqual([]);
});

test("the schema for editors takes every documented and every shipped workflow, and refuses what the check refuses", async () => {
  const folder = new URL("../../server/workflows/", import.meta.url);
  const shipped = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yml"))
    .map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);
  const schema = workflowJsonSchema(await loadCatalogue());
  const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  for (const [name, text] of [...named, ...shipped]) {
    isValid(parse(text));
    expect(isValid.errors, name).toBeNull();
  }
  const text = named[0]?.[1] ?? "";
  for (const wrong of [
    text.replace("uses: notify", "uses: notfy"),
    text.replace("steps:", "step:"),
    text.replace("text:", "txt:"),
  ])
    expect(isValid(parse(wrong)), wrong).toBe(false);
});

test("the page names every function of templates, in the words of the code", () => {
  for (const [name, gives] of Object.entries(expressionFunctions)) expect(page).toContain(`| \`${name}\` | ${gives} |`);
});

test("the documented steps run, and give what the page says", async () => {
  const { database } = own;
  const catalogue = await loadCatalogue();
  const { id: projectId } = await createProject(database.db, { name: "docs" });
  const text = named.find(([name]) => name === "steps that steer others")?.[1] ?? "";
  const { workflowId } = await changeWorkflow(database, catalogue, { projectId, written: { text }, by: culpritItself });
  const queue = recordingQueue();
  const runner = new Runner<ActionServices>({
    database,
    queue,
    log: createLog("silent"),
    catalogue,
    // Its steps are all of those that steer: no action runs.
    services: {} as ActionServices,
    secretBox: openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" }),
    publicUrl: () => "http://culprit.test",
    now: () => new Date(),
    heavyMax: 1,
  });
  const request = {
    projectId,
    workflow: { id: workflowId },
    inputs: { numbers: [4, 5] },
    incidentId: null,
    by: "docs",
  };
  const executionId = await startManually(database, queue, request);
  try {
    let execution = await loadExecution(database.db, executionId);
    for (let looks = 0; looks < 1000 && ["pending", "running"].includes(execution.status); looks += 1) {
      await runner.take([executionId]);
      await delay(10);
      execution = await loadExecution(database.db, executionId);
    }
    expect(execution.error_message).toBeNull();
    expect(execution).toMatchObject({
      status: "completed",
      outputs: { count: 2, right: "skipped", said: "2 numbers, the first is 4" },
    });
    expect(execution.steps.map(({ path }) => path).sort()).toEqual(
      ["both", "both.left", "both.right", "each", "each[0].wait", "each[1].wait", "end"].sort(),
    );
  } finally {
    await runner.close(5000);
  }
});
