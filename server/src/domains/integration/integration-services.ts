import type { Database } from "../../platform/db/open-database.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import type { IntegrationType, Provider } from "./provider-port.ts";

/** What the verbs of this domain need, handed in by compose.ts. */
export interface IntegrationServices {
  readonly database: Database;
  readonly http: HttpClient;
  readonly providers: ReadonlyMap<IntegrationType, Provider>;
  readonly now: () => Date;
}
