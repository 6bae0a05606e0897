import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { newId } from "../../../platform/ids/ids.ts";
import { createProject } from "../../access/index.ts";
import { emitEvent, emitEvents } from "./emit-event.ts";
import { EVENTS_CHANNEL, PAYLOAD_BYTES_MAX } from "./event-limits.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const project = async () => (await createProject(test_.database.db, { name: `p ${newId()}` })).id;

async function stored(eventId: string) {
  const { rows } = await test_.database.pool.query("SELECT * FROM workflow_events WHERE event_id = $1", [eventId]);
  return rows[0];
}

test("an event exists if its transaction commits, and not otherwise", async () => {
  const projectId = await project();
  const event = { projectId, type: "push", subject: null, payload: { branch: "main" } };
  await expect(
    test_.database.transaction(async (tx) => {
      await emitEvent(tx, event);
      throw new Error("on purpose");
    }),
  ).rejects.toThrow("on purpose");
  const id = await test_.database.transaction((tx) => emitEvent(tx, event));
  const { rows } = await test_.database.pool.query("SELECT event_id FROM workflow_events WHERE project_id = $1", [
    projectId,
  ]);
  expect(rows).toEqual([{ event_id: id }]);
  expect(await stored(id)).toMatchObject({ payload: { branch: "main" }, matched_at: null, refused: null });
});

test("whoever asks triggers is told at commit", async () => {
  const projectId = await project();
  const told = Promise.withResolvers<string>();
  const stop = await test_.database.listen(EVENTS_CHANNEL, told.resolve);
  await test_.database.transaction((tx) => emitEvent(tx, { projectId, type: "push", subject: null, payload: {} }));
  expect(await told.promise).toBe(projectId);
  await stop();
});

test("an event of 10 MB is refused: its row says why and keeps the beginning", async () => {
  const projectId = await project();
  const payload = { diff: "x".repeat(10 * 1024 * 1024) };
  const id = await test_.database.transaction((tx) =>
    emitEvent(tx, { projectId, type: "push", subject: null, payload }),
  );
  const row = await stored(id);
  expect(row.refused).toContain(`more than the ${PAYLOAD_BYTES_MAX}`);
  expect(row.matched_at).not.toBeNull();
  expect(row.payload.beginning).toMatch(/^\{"diff":"xxx/);
  expect(JSON.stringify(row.payload).length).toBeLessThan(3000);
});

test("NUL and lone surrogates in texts and names do not refuse a batch", async () => {
  const projectId = await project();
  const base = { projectId, type: "push", subject: "a\0b\ud800" };
  const [id] = await test_.database.transaction((tx) =>
    emitEvents(tx, [
      { ...base, payload: { "na\0me": ["te\0xt\udfff", { inner: "\0" }] } },
      { ...base, payload: { fine: true } },
    ]),
  );
  expect((await stored(id ?? "")).payload).toEqual({ name: ["text\ufffd", { inner: "" }] });
});
