/** What the database engine needs of a logger: pino's argument order, so that a pino logger fits. */
export interface DatabaseLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** A log that keeps nothing, for scripts and tests whose output is their result. */
export const silentLog: DatabaseLog = { info() {}, warn() {} };
