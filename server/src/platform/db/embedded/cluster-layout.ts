import type { ServerUser } from "./server-user.ts";

/** PostgreSQL names its socket after the port, although it listens on no port. */
export const SOCKET_PORT = 5432;

/** The folders of one embedded server. */
export interface ClusterFolder {
  /** Holds everything below, and the log. */
  readonly home: string;
  /** PostgreSQL's data directory; absent before the first start. */
  readonly data: string;
  /** One file for each process that uses the server. */
  readonly users: string;
  readonly socketFolder: string;
  readonly engineCopies: string;
  readonly log: string;
  readonly serverUser: ServerUser;
}
