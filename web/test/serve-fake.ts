import { join } from "node:path";
import { startFakeCulprit } from "./fake-culprit.ts";
import { cartAutopsies } from "./fixtures/cart-autopsies.ts";
import { cartIncident } from "./fixtures/cart-incident.ts";
import { slowIncident, slowSeries } from "./fixtures/slow-incident.ts";
import { incidentStories } from "./fixtures/stories.ts";

// Serves web/dist with made-up data, to work on the page without a server: node web/test/serve-fake.ts [empty|new]
// empty: as on the first start; new: a project that sent nothing yet; else incidents and whatever Culprit can show.
const [amount = "full"] = process.argv.slice(2);
const fake = await startFakeCulprit(join(import.meta.dirname, "..", "dist"));
console.log(fake.url);
if (amount !== "empty")
  fake.state.projects = [
    {
      ...{ id: "proj_0", name: "shop", repository: null, incident_count: amount === "new" ? 0 : 40 },
      ...{ created_at: new Date().toISOString(), ingest_key_prefix: "cul_ing_fake", ingest_key_last_used_at: null },
    },
  ];
if (amount === "full") {
  fake.state.automation = "full";
  fake.state.watching = "full";
  fake.state.incidents = incidentStories(40);
  const slow = slowIncident();
  const cart = cartIncident();
  fake.state.reopened.set("evd_fired", slowSeries());
  for (const incident of fake.state.incidents) fake.state.details.set(incident.id, { ...cart, ...incident });
  fake.state.details.set(slow.id, slow);
  fake.state.autopsies.set(cart.id, cartAutopsies());
  for (const id of [cart.id, slow.id]) console.log(`${fake.url}/incidents/${id}`);
}
