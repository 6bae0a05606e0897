import type { Driver, RecordShape } from "neo4j-driver";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

export interface Neo4jSettings {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Empty: the user's home database. */
  readonly database: string;
}

/** One Cypher statement with its parameters; values never stand in the text. */
export interface Statement {
  readonly text: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Runs statements, one transaction a call. */
export interface Neo4jClient {
  read<T extends RecordShape>(statement: Statement): Promise<readonly T[]>;
  /** @returns the rows of the last statement. */
  write<T extends RecordShape>(statements: readonly Statement[]): Promise<readonly T[]>;
  /** A statement outside of a transaction of ours, as schema changes need it. */
  change(statement: Statement): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
/** Less than the lease of who feeds Neo4j. */
const WRITE_MS = 30_000;
const READ_MS = 5_000;

/**
 * A client that connects when it is first used; the driver is loaded then too, because most installations have no Neo4j.
 * Every failure is ENGINE_UNAVAILABLE with Neo4j's own words and what to look at.
 */
export function neo4jClient(settings: Neo4jSettings): Neo4jClient {
  let opened: Promise<Driver> | undefined;
  const driverOf = () => {
    opened ??= import("neo4j-driver").then(({ default: neo4j }) =>
      neo4j.driver(settings.url, neo4j.auth.basic(settings.user, settings.password), {
        ...{
          disableLosslessIntegers: true,
          maxTransactionRetryTime: 3_000,
          userAgent: "culprit",
          maxConnectionPoolSize: 10,
        },
        ...{ connectionTimeout: CONNECT_MS, connectionAcquisitionTimeout: CONNECT_MS },
      }),
    );
    return opened;
  };
  const inSession = async <T>(
    mode: "READ" | "WRITE",
    act: (session: ReturnType<Driver["session"]>) => Promise<T>,
  ): Promise<T> => {
    const driver = await driverOf();
    const session = driver.session({
      defaultAccessMode: mode,
      ...(settings.database === "" ? {} : { database: settings.database }),
    });
    try {
      return await act(session);
    } catch (cause) {
      throw unavailable(cause, settings.url);
    } finally {
      await session.close().catch(() => undefined);
    }
  };
  return {
    read: (statement) =>
      inSession("READ", (session) =>
        session.executeRead(async (tx) => rowsOf(await tx.run(statement.text, statement.parameters)), {
          timeout: READ_MS,
        }),
      ),
    write: (statements) =>
      inSession("WRITE", (session) =>
        session.executeWrite(
          async (tx) => {
            let rows: never[] = [];
            for (const { text, parameters } of statements) rows = rowsOf(await tx.run(text, parameters));
            return rows;
          },
          { timeout: WRITE_MS },
        ),
      ),
    change: ({ text, parameters }) => inSession("WRITE", async (session) => void (await session.run(text, parameters))),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

function rowsOf<T>(result: { readonly records: readonly { toObject(): unknown }[] }): T[] {
  return result.records.map((record) => record.toObject() as T);
}

function unavailable(cause: unknown, url: string): CulpritError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { code?: string }).code ?? "";
  const what = code.includes("Security")
    ? "Check NEO4J_USER and NEO4J_PASSWORD."
    : code.includes("DatabaseNotFound")
      ? "Check NEO4J_DATABASE."
      : "Check that it runs and that NEO4J_URL is right.";
  return new CulpritError(
    "ENGINE_UNAVAILABLE",
    `Neo4j at ${URL.canParse(url) ? new URL(url).host : "NEO4J_URL"}: ${words} ${what}`,
    { cause },
  );
}
