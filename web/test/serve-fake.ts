import { join } from "node:path";
import { startFakeCulprit } from "./fake-culprit.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { slowIncident, slowSeries } from "./fixtures/slow-incident.ts";
import { incidentStories } from "./fixtures/stories.ts";

// Serves web/dist with made-up incidents, to work on the page without a server: node web/test/serve-fake.ts [empty]
const fake = await startFakeCulprit(join(import.meta.dirname, "..", "dist"));
fake.state.incidents = incidentStories(40);
if (process.argv[2] !== "empty") {
  fake.state.automation = "full";
  fake.state.watching = "full";
}
fake.state.projects = [
  {
    ...{ id: "proj_0", name: "shop", repository: null, incident_count: 40, created_at: new Date().toISOString() },
    ...{ ingest_key_prefix: "cul_ing_fake", ingest_key_last_used_at: null },
  },
];
const slow = slowIncident();
fake.state.reopened.set("evd_fired", slowSeries());
for (const incident of fake.state.incidents) fake.state.details.set(incident.id, { ...cartIncident(), ...incident });
fake.state.details.set(slow.id, slow);
for (const id of [fake.state.incidents[0]?.id, slow.id]) console.log(`${fake.url}/incidents/${id}`);
