import { createTestDatabase } from "../../../../../test/database/create-test-database.ts";
import { postgresTopology } from "./postgres-topology.ts";
import { describeTopology } from "./topology-conformance.ts";

describeTopology("PostgreSQL", async () => {
  const { database, drop } = await createTestDatabase();
  return { database, topology: postgresTopology(database), settle: async () => undefined, close: drop };
});
