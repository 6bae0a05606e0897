import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { type FilledProject, fillProject, makeOldLogPartitions } from "./fill-every-table.ts";
import { printed } from "./printed-statements.ts";
import { withinSchema } from "./within-schema.ts";

let own: TestDatabase;
let alpha: FilledProject;
beforeAll(async () => {
  own = await createTestDatabase();
  await makeOldLogPartitions(own.database.pool);
  alpha = await fillProject(own.database.pool, "alpha");
  await fillProject(own.database.pool, "beta");
});
afterAll(() => own.drop());

test("the open incidents of a project are found under tracking, with the project's id in place of the question mark", async () => {
  const statement = printed("5-tracking", "Query Patterns: most common").replace("?", "$1");
  const { rows } = await withinSchema(own.database.pool, "tracking", (client) =>
    client.query(statement, [alpha.projectId]),
  );
  const open = alpha.incidents.filter(({ status }) => status !== "resolved" && status !== "suppressed");
  expect(rows.map(({ incident_id }) => incident_id).toSorted()).toEqual(
    open.map(({ publicId }) => publicId).toSorted(),
  );
  expect(rows.find(({ incident_id }) => incident_id === "inc_alpha_open")).toMatchObject({
    ...{ project_id: alpha.projectId, error_type: "TypeError", error_message: "open failed", file_path: "src/cart.ts" },
    ...{ line_number: 13, environment: "production", deployment_id: "dpl_alpha", status: "open", metadata: {} },
  });
  expect(Object.keys(rows[0] ?? {})).toEqual([
    ...["id", "incident_id", "project_id", "error_message", "error_type", "stack_trace", "file_path", "line_number"],
    ...["column_number", "commit_sha", "deployment_id", "environment", "status", "occurred_at", "created_at"],
    ...["resolved_at", "metadata"],
  ]);
});

test("the document's way from a repository to its open incidents works under its names", async () => {
  const { rows } = await withinSchema(own.database.pool, "tracking", (client) =>
    client.query(
      `SELECT p.project_id, u.github_login, count(*)::int AS open, k.usage_count FROM projects p JOIN users u ON u.id = p.owner_id
       JOIN incidents i ON i.project_id = p.id JOIN api_key_usage k ON k.project_id = p.id
       WHERE p.repo_full_name = 'alpha/shop' AND i.status = 'open' GROUP BY 1, 2, 4`,
    ),
  );
  expect(rows).toEqual([{ project_id: "proj_alpha", github_login: alpha.ownerId, open: 7, usage_count: 7 }]);
});
