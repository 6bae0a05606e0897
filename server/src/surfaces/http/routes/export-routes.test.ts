import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { incidentDetailSchema } from "@culprit/contract";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../../../../test/cli/run-command.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { plainSignal } from "../../../../../test/scenario/plain-signal.ts";
import { type CreatedProject, createProject, KeyRing } from "../../../domains/access/index.ts";
import { prepareSignal, storeSignals } from "../../../domains/incident/index.ts";
import { newId, toPublicId } from "../../../platform/ids/ids.ts";
import { createLog } from "../../../platform/log/log.ts";
import { readPdf } from "../../../platform/pdf/read-pdf.fixture.ts";
import { exportCommand } from "../../cli/commands/export.ts";
import { replyWithErrors } from "../error-reply.ts";
import { registerExportRoutes } from "./export-routes.ts";

let own: TestDatabase;
let app: FastifyInstance;
let project: CreatedProject;
let incidentId: string;
const hostile = "x <script>alert(1)</script> ![a](http://evil.example/p.png) [b](javascript:alert(1)) `c` 中";
const patch =
  "--- a/src/cart.ts\n+++ b/src/cart.ts\n@@ -1 +1 @@\n-  return cart.items;\n+  return cart?.items ?? [];\n";

beforeAll(async () => {
  own = await createTestDatabase();
  const { database } = own;
  app = Fastify();
  replyWithErrors(app, createLog("silent"), 1_000_000);
  await app.register(fastifyCookie);
  const git = { open: async () => Promise.reject(new Error("no git here")) };
  registerExportRoutes(app, {
    ...{ database, keys: new KeyRing(database.db), publicUrl: () => "http://culprit.test" },
    git: git as never,
  });
  project = await createProject(database.db, { name: "shop" });
  const signal = plainSignal({
    title: `TypeError: ${hostile}`,
    exceptions: [{ type: "TypeError", message: hostile, frames: [] }],
    stackText: `TypeError: ${hostile}\n    at total (/app/src/cart.ts:12:3)\n\`\`\`\n# not a heading`,
  });
  const item = prepareSignal(project.id, signal, new Date());
  const { stored } = await database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 5 }));
  const key = stored[0]?.incidentId ?? "";
  incidentId = toPublicId("inc", key);
  const run = newId();
  await own.database.pool.query(
    `insert into autopsy_runs (id, project_id, incident_id, revision, proposer, patch_kind, base_commit, patch_diff, patch_applies, test_path, test_diff,
       proof, proof_reason, proof_steps, isolation, duration_ms)
     values ($1, $2, $3, 1, 'null-guard', 'mitigation', $4, $5, true, 'test/cart.test.ts', $6, 'green', 'It passes now.', $7, 'bwrap', 10)`,
    [
      ...[
        run,
        project.id,
        key,
        "a".repeat(40),
        patch,
        "--- /dev/null\n+++ b/test/cart.test.ts\n@@ -0,0 +1 @@\n+test();\n",
      ],
      JSON.stringify([
        {
          name: "the test fails before",
          command: "node --test",
          exit_code: 1,
          duration_ms: 1200,
          outcome: "passed",
          log: "",
        },
        { name: "lint", command: "lint", exit_code: 2, duration_ms: 10, outcome: "failed", log: "no-undef" },
      ]),
    ],
  );
  await own.database.pool.query(
    `insert into autopsy_results (project_id, incident_id, root_cause, patch_diff, ai_fix_prompt, manual_steps, confidence_score, autopsy_run_id)
     values ($1, $2, 'The cart is null.', $3, $4, $5, 0.8, $6)`,
    [
      project.id,
      key,
      patch,
      `Mend cart.ts. ${hostile}`,
      JSON.stringify(["Open src/cart.ts", `Beware of ${hostile}`]),
      run,
    ],
  );
  const evidence = newId();
  await own.database.pool.query(
    `insert into evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
     values ($4, $1, $2, 'git_diff', 'git', 'git:abc', $3)`,
    [project.id, key, JSON.stringify({ title: "The change", snapshot: "diff --git a/x b/x\n+1" }), evidence],
  );
  await own.database.pool.query(
    `insert into incident_reports (report_id, project_id, incident_id, verdict, confidence, summary, report_markdown, evidence_ids)
     values (gen_random_uuid(), $1, $2, 'likely', 0.7, 'a commit did it', $3, array[$4::uuid])`,
    [project.id, key, "# Its own title\n\n## What happened\n\n```\n## code\n```\n", evidence],
  );
});
afterAll(async () => {
  await app.close();
  await own.drop();
});

const get = (query: string, key = project.apiKey) =>
  app.inject({
    method: "GET",
    url: `/api/incidents/${incidentId}/export${query}`,
    headers: { authorization: `Bearer ${key}` },
  });

test("the Markdown holds cause, stack, patch, proof, prompt, steps and evidence, and nothing in it is markup of a sender", async () => {
  const reply = await get("?format=md");
  expect(reply.statusCode).toBe(200);
  expect(reply.headers["content-type"]).toBe("text/markdown; charset=utf-8");
  expect(reply.headers["content-disposition"]).toBe(`attachment; filename="${incidentId}.md"`);
  const text = reply.body;
  const headings = text.match(/^#+ .*/gm)?.filter((line) => line !== "# not a heading");
  expect(headings?.map((line) => line.replace(/TypeError.*/, "…"))).toEqual([
    ...[
      "# …",
      "## Verdict",
      "## Root cause",
      "## Stack",
      "## Report",
      "### What happened",
      "## code",
      "## Patch",
      "### Regression test test/cart.test.ts",
      "### Proof",
    ],
    ...["## What a person can do", "## Prompt for a coding tool", "## Decisions", "## Evidence", "### The change"],
  ]);
  expect(text).toContain(patch.trimEnd());
  expect(text).toContain("A mitigation by null-guard on aaaa");
  expect(text).toContain("no-undef");
  expect(text).toMatch(/````\nTypeError/);
});

test("the page calls nobody, runs nothing, and shows what a sender wrote as text", async () => {
  const { headers, body } = await get("?format=html");
  expect(headers["content-security-policy"]).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
  expect(body).not.toMatch(/<(script|img|a|iframe|link|object)\b/i);
  expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(body).toContain("<h2>Patch</h2>");
});

test("the JSON is the incident as the API shows it, with the autopsy in the document's words", async () => {
  const { incident, autopsy_result: answer, format } = (await get("?format=json")).json();
  expect(format).toBe("culprit-incident/1");
  expect(incidentDetailSchema.parse(incident)).toMatchObject({ id: incidentId, autopsy: { proof: "green" } });
  expect(answer).toMatchObject({
    root_cause: "The cart is null.",
    confidence_score: 0.8,
    manual_steps: ["Open src/cart.ts", expect.any(String)],
  });
});

test("the PDF can be read: its headings, patch and evidence, and the whole Markdown is attached", async () => {
  const reply = await get("?format=pdf");
  expect(reply.headers["content-type"]).toBe("application/pdf");
  const pdf = await readPdf(reply.rawPayload);
  const lines = pdf.pages.flatMap((page) => page.lines);
  expect(pdf.outline.map((line) => line.trim())).toEqual(
    expect.arrayContaining(["Verdict", "Patch", "Evidence", "The change"]),
  );
  for (const line of ["+ return cart?.items ?? [];", "The cart is null.", "+test();"]) expect(lines).toContain(line);
  const drawn = pdf.pages.flatMap((page) => page.drawn);
  expect(drawn.find(({ str }) => str.includes("cart?.items"))?.fontFamily).toBe("monospace");
  expect(pdf.attachments[0]?.name).toBe(`${incidentId}.md`);
  expect(pdf.attachments[0]?.content.toString()).toContain("中");
});

test("a format that there is none of is refused with those that there are, and another project's incident is not found", async () => {
  const refused = await get("?format=docx");
  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain("markdown");
  const other = await createProject(own.database.db, { name: "other" });
  expect((await get("?format=pdf", other.apiKey)).statusCode).toBe(404);
});

test("culprit export writes the same to a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "culprit-export-"));
  try {
    const to = join(folder, "incident.md");
    const openDatabase = async () => own.database;
    const { code, printed } = await runCommand(exportCommand, { words: [incidentId], flags: { to }, openDatabase });
    expect(code).toBe(0);
    expect(printed[0]).toContain(`wrote ${to}`);
    expect(await readFile(to, "utf8")).toContain("## Patch");
    await expect(
      runCommand(exportCommand, { words: [incidentId], flags: { to: join(folder, "no/such/dir.md") }, openDatabase }),
    ).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
