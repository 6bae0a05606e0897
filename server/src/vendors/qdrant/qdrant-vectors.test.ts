import { expect, test } from "vitest";
import { createTestDatabase } from "../../../../test/database/create-test-database.ts";
import { startFakeQdrant } from "../../../../test/fakes/qdrant/fake-qdrant.ts";
import { describeRetrieval } from "../../domains/investigation/retrieval/retrieval-conformance.ts";
import { retrievalProjection } from "../../domains/investigation/retrieval/retrieval-projection.ts";
import { Projector } from "../../platform/engines/projector.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createLog } from "../../platform/log/log.ts";
import { qdrantVectors } from "./qdrant-vectors.ts";

describeRetrieval("a fake Qdrant that checks requests and answers against the published description", async () => {
  const { database, drop } = await createTestDatabase();
  const fake = await startFakeQdrant({ apiKey: "secret" });
  const { index, copy } = qdrantVectors({ url: fake.url, apiKey: "secret" });
  const projector = new Projector({
    database,
    projection: retrievalProjection(database, copy),
    log: createLog("silent"),
  });
  return {
    ...{ database, index, settle: () => projector.catchUp() },
    close: async () => {
      expect(fake.problems).toEqual([]);
      expect([...fake.aliases.keys()].toSorted()).toEqual(["git_diff_chunks", "incident_summaries", "runbooks"]);
      // The old model's collections are gone.
      expect(fake.collections.size).toBe(3);
      await projector.stop();
      await fake.close();
      await drop();
    },
  };
});

test("a point has the documented payload and its project, in a collection that the documented name leads to", async () => {
  const fake = await startFakeQdrant();
  const { copy } = qdrantVectors({ url: fake.url, apiKey: "" });
  const [pointId, projectId] = [newId(), newId()];
  const payload = { repo: "r", sha: "s", path: "p", hunk_id: "1" };
  await copy.write([
    { model: "m/1", dimensions: 2, projectId, collection: "git_diff_chunks", pointId, vector: [0, 1], payload },
  ]);
  const name = fake.aliases.get("git_diff_chunks") ?? "";
  expect(name).toMatch(/^git_diff_chunks--m-1-[0-9a-f]{8}$/);
  expect(fake.collections.get(name)?.points.get(pointId)).toEqual({
    id: pointId,
    vector: [0, 1],
    payload: { ...payload, project_id: projectId },
  });
  expect(fake.problems).toEqual([]);
  await fake.close();
});

test("a wrong key, a Qdrant that lost its data and one that is away are told apart, and never with the key", async () => {
  const fake = await startFakeQdrant({ apiKey: "right" });
  const wrong = await qdrantVectors({ url: fake.url, apiKey: "wrong-key" }).index.check();
  expect(wrong).toMatchObject({ isHealthy: false });
  expect(wrong.message).toContain("QDRANT_API_KEY");
  expect(wrong.message).not.toContain("wrong-key");
  const { index } = qdrantVectors({ url: fake.url, apiKey: "right" });
  const query = {
    projectId: newId(),
    collection: "runbooks",
    model: "m",
    vector: Float32Array.of(1),
    filter: {},
    limit: 1,
  } as const;
  await expect(index.search(query)).rejects.toThrow("culprit engines rebuild qdrant");
  await fake.close();
  expect((await index.check()).message).toContain("QDRANT_URL");
});
