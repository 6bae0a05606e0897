import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import {
  createLoginLink,
  createProject,
  KeyRing,
  listProjects,
  redeemLoginLink,
  sessionUser,
  setProjectSetting,
  signOut,
} from "./index.ts";

let own: TestDatabase;
beforeAll(async () => {
  own = await createTestDatabase();
});
afterAll(() => own.drop());

test("a key finds its project, a wrong secret under a right prefix and a revoked key do not", async () => {
  const { db } = own.database;
  let nowMs = 0;
  const keys = new KeyRing(db, () => nowMs);
  const project = await createProject(db, { name: "keys" });
  expect(await keys.holderOf(project.ingestKey)).toMatchObject({ projectId: project.id, keyType: "ingest" });
  expect(await keys.holderOf(project.apiKey)).toMatchObject({ keyType: "api" });
  expect(await keys.holderOf(project.ingestKey.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).toBeNull();
  expect(await keys.holderOf("rubbish")).toBeNull();
  await db.updateTable("api_keys").set({ revoked_at: new Date() }).where("project_id", "=", project.id).execute();
  nowMs = 1001;
  expect(await keys.holderOf(project.ingestKey)).toBeNull();
});

test("uses of keys are written with their count, once", async () => {
  const { db } = own.database;
  const keys = new KeyRing(db);
  const project = await createProject(db, { name: "uses" });
  for (let i = 0; i < 5; i++) await keys.holderOf(project.ingestKey);
  await keys.writeUses();
  await keys.writeUses();
  const usage = await db
    .selectFrom("api_key_usage")
    .select(["key_type", "usage_count"])
    .where("project_id", "=", project.id)
    .execute();
  expect(usage).toEqual([{ key_type: "ingest", usage_count: 5 }]);
});

test("a second project of the same name is a conflict, even when both are made at once", async () => {
  const { db } = own.database;
  const results = await Promise.allSettled([createProject(db, { name: "twin" }), createProject(db, { name: "twin" })]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await listProjects(db)).filter(({ name }) => name === "twin")).toHaveLength(1);
});

test("a sign-in link works once, its session until it is ended", async () => {
  const { db } = own.database;
  const token = await createLoginLink(db);
  const sessions = await Promise.all([redeemLoginLink(db, token), redeemLoginLink(db, token)]);
  const [session, ...others] = sessions.filter((one) => one !== null);
  expect(others).toEqual([]);
  expect(await sessionUser(db, session ?? "")).toMatchObject({ login: "admin" });
  await signOut(db, session ?? "");
  expect(await sessionUser(db, session ?? "")).toBeNull();
});

test("a project's setting is kept beside its others, for an unknown project it is refused", async () => {
  const { db } = own.database;
  const project = await createProject(db, { name: "settings" });
  await setProjectSetting(db, { project: "settings", setting: "allowUnisolatedProof", value: true });
  const settings = await setProjectSetting(db, {
    project: project.publicId,
    setting: "allowInstallNetwork",
    value: false,
  });
  expect(settings).toEqual({ allowUnisolatedProof: true, allowInstallNetwork: false });
  const numbers = await setProjectSetting(db, { project: "settings", setting: "patchLinesMax", value: 80 });
  expect(numbers).toEqual({ ...settings, patchLinesMax: 80 });
  const unknown = setProjectSetting(db, { project: "nobody", setting: "allowInstallNetwork", value: true });
  await expect(unknown).rejects.toMatchObject({ code: "NOT_FOUND" });
});
