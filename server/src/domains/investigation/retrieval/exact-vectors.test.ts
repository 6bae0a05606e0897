import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { exactVectors } from "./exact-vectors.ts";
import { describeRetrieval } from "./retrieval-conformance.ts";

describeRetrieval("in this process", async () => {
  const { database, drop } = await createTestDatabase();
  return { database, index: exactVectors(database), settle: async () => undefined, close: drop };
});
