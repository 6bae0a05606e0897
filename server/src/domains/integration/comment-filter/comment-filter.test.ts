import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { addCommenter } from "./add-commenter.ts";
import { changeCommentFilter, loadCommentFilter } from "./change-comment-filter.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

async function newIntegration(config: object = {}) {
  const { id: projectId } = await createProject(own.database.db, { name: `p${randomBytes(6).toString("hex")}` });
  const integrationId = newId();
  await sql`INSERT INTO integrations (id, project_id, name, type, config)
    VALUES (${integrationId}, ${projectId}, 'gh', 'github', ${JSON.stringify(config)}::jsonb)`.execute(own.database.db);
  const add = (login: string) =>
    own.database.transaction((tx) => addCommenter(tx, { integrationId, projectId, login }));
  return { projectId, integrationId, add, filter: () => loadCommentFilter(own.database, integrationId) };
}
const who = { type: "user", id: null, name: "ada" } as const;

test("a newcomer is added once, into settings that knew no filter too, and two at once are both there", async () => {
  const { add, filter } = await newIntegration({ repositories: ["acme/shop"] });
  await Promise.all([add("ann"), add("bob"), add("ann")]);
  expect([...(await filter()).allow].sort()).toEqual(["ann", "bob"]);
});

test("a filter is changed as a whole, with its row in the audit log, and only by who sees the project", async () => {
  const { projectId, integrationId, filter } = await newIntegration();
  const wanted = { ...(await filter()), deny: ["eve"], auto_add: true };
  await changeCommentFilter(own.database.asTenant({ userId: null, projectId }), who, { integrationId, filter: wanted });
  expect(await filter()).toEqual(wanted);
  const { rows } = await sql<{ action: string }>`SELECT action FROM audit_log WHERE project_id = ${projectId}`.execute(
    own.database.db,
  );
  expect(rows).toEqual([{ action: "integration.comment_filter_changed" }]);
  const { projectId: other } = await newIntegration();
  const stranger = own.database.asTenant({ userId: null, projectId: other });
  await expect(changeCommentFilter(stranger, who, { integrationId, filter: wanted })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});
