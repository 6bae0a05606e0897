import { join } from "node:path";
import { startFakeCulprit } from "./fake-culprit.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { incidentStories } from "./fixtures/stories.ts";

// Serves web/dist with made-up incidents, to work on the page without a server: node web/test/serve-fake.ts
const fake = await startFakeCulprit(join(import.meta.dirname, "..", "dist"));
fake.state.incidents = incidentStories(40);
for (const incident of fake.state.incidents) fake.state.details.set(incident.id, { ...cartIncident(), ...incident });
console.log(`${fake.url}/incidents/${fake.state.incidents[0]?.id}`);
