import type { Database } from "../../platform/db/open-database.ts";
import type { HttpClient } from "../../platform/http-client/http-client.ts";
import type { Log } from "../../platform/log/log.ts";
import type { Queue } from "../../platform/queue/queue.ts";
import type { SecretBox } from "../../platform/secrets/secret-box.ts";
import type { StorePolicy } from "../incident/index.ts";
import type { IntegrationType, Provider } from "./provider-port.ts";

/** What the verbs of this domain need, handed in by compose.ts. */
export interface IntegrationServices {
  readonly database: Database;
  readonly queue: Queue;
  readonly http: HttpClient;
  readonly providers: ReadonlyMap<IntegrationType, Provider>;
  readonly secretBox: SecretBox;
  readonly log: Log;
  /** Where people reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** How alerts are stored. */
  readonly storePolicy: StorePolicy;
  readonly now: () => Date;
}
