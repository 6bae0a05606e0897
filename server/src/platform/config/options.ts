import { z } from "zod";

/** One setting: where it can be set, what it may be, and what it means. */
export interface Option<T = unknown> {
  readonly env: string;
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** The allowed values in words, for errors and the docs. */
  readonly allowed: string;
  readonly doc: string;
}

const option = <T>(env: string, schema: z.ZodType<T>, fallback: T, allowed: string, doc: string): Option<T> => ({
  env,
  schema,
  default: fallback,
  allowed,
  doc,
});

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const wholeOption = (env: string, min: number, max: number, fallback: number, doc: string) =>
  option(env, whole(min, max), fallback, `a whole number from ${min} to ${max}`, doc);
const decimalOption = (env: string, max: number, fallback: number, doc: string) =>
  option(env, z.coerce.number().min(0).max(max), fallback, `a number from 0 to ${max}`, doc);
const flag = z.union([
  z.boolean(),
  z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1"),
]);
const text = z.string().min(1);

const MIB = 1024 * 1024;

/**
 * Every setting of Culprit, and the only list of them. A key `dataDir` is the flag `--data-dir`, the variable that
 * `env` names, and `dataDir` in the file.
 */
export const options = {
  dataDir: option(
    "CULPRIT_DATA_DIR",
    text,
    ".culprit",
    "a folder",
    "Where Culprit keeps its database, git mirrors, caches and keys.",
  ),
  host: option("CULPRIT_HOST", text, "127.0.0.1", "an address or host name", "The address that the server listens on."),
  port: wholeOption("CULPRIT_PORT", 0, 65_535, 4600, "The port that the server listens on; 0 takes a free one."),
  publicUrl: option(
    "CULPRIT_PUBLIC_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL, or empty",
    "How people and SDKs reach this server, if not by host and port.",
  ),
  apiKey: option(
    "CULPRIT_API_KEY",
    z.string(),
    "",
    "an API key of a project, or empty",
    "What a command shows a server that it asks: culprit fix with --server. `culprit project create` and the page Projects make one.",
  ),
  databaseUrl: option(
    "DATABASE_URL",
    z.string(),
    "",
    "a PostgreSQL URL, or empty",
    "Your PostgreSQL (15 or newer). Empty: Culprit starts its own.",
  ),
  databaseAllowInsecure: option(
    "DATABASE_ALLOW_INSECURE",
    flag,
    false,
    "true or false",
    "Allow a remote database without verified TLS.",
  ),
  poolSize: wholeOption("CULPRIT_POOL_SIZE", 1, 500, 20, "Database connections kept open."),
  poolOverflow: wholeOption("CULPRIT_POOL_OVERFLOW", 0, 500, 40, "Further connections under load."),
  poolTimeoutS: wholeOption("CULPRIT_POOL_TIMEOUT_S", 1, 600, 30, "Seconds to wait for a connection before 503."),
  poolRecycleS: wholeOption("CULPRIT_POOL_RECYCLE_S", 10, 86_400, 3600, "Seconds after which a connection is renewed."),
  logLevel: option(
    "CULPRIT_LOG_LEVEL",
    z.enum(["debug", "info", "warn", "error", "silent"]),
    "info",
    "debug, info, warn, error or silent",
    "The least important log line that is written; warn unless set for every command but start.",
  ),
  bodyBytesMax: wholeOption(
    "CULPRIT_BODY_BYTES_MAX",
    1024,
    200 * MIB,
    5 * MIB,
    "The largest request body as sent, in bytes.",
  ),
  inflatedBytesMax: wholeOption(
    "CULPRIT_INFLATED_BYTES_MAX",
    1024,
    1024 * MIB,
    20 * MIB,
    "The largest request body after decompression, in bytes.",
  ),
  ingestPerMinute: wholeOption(
    "CULPRIT_INGEST_PER_MINUTE",
    0,
    100_000_000,
    60_000,
    "Requests with signals per project and minute before 429; 0 is no limit.",
  ),
  webhooksPerMinute: wholeOption(
    "CULPRIT_WEBHOOKS_PER_MINUTE",
    0,
    1_000_000,
    1200,
    "Webhook calls of an integration per minute before 429; 0 is no limit.",
  ),
  queuedEventsMax: wholeOption(
    "CULPRIT_QUEUED_EVENTS_MAX",
    100,
    1_000_000,
    20_000,
    "Events that may wait for the database before 429.",
  ),
  batchEventsMax: wholeOption("CULPRIT_BATCH_EVENTS_MAX", 1, 10_000, 500, "Events written in one transaction at most."),
  telemetryPerMinute: wholeOption(
    "CULPRIT_TELEMETRY_PER_MINUTE",
    0,
    1_000_000_000,
    3_000_000,
    "Metric points, spans and log lines per project and minute before 429; 0 is no limit.",
  ),
  telemetryQueuedMax: wholeOption(
    "CULPRIT_TELEMETRY_QUEUED_MAX",
    1000,
    10_000_000,
    200_000,
    "Metric points, spans and log lines that may wait for the database before 429.",
  ),
  tracesKeptPercent: wholeOption(
    "CULPRIT_TRACES_KEPT_PERCENT",
    0,
    100,
    5,
    "Share of the traces without an error or slowness that is kept, in percent; those with one always are.",
  ),
  tracesKeptPerMinute: wholeOption(
    "CULPRIT_TRACES_KEPT_PER_MINUTE",
    0,
    1_000_000,
    600,
    "Traces of a project in a minute of which all are kept; beyond it the share falls towards tracesKeptPercent.",
  ),
  traceSlowMs: wholeOption(
    "CULPRIT_TRACE_SLOW_MS",
    1,
    3_600_000,
    2000,
    "Milliseconds after which a span is slow and its trace is kept, as it is above the 99th percentile of its route.",
  ),
  traceBufferBytesMax: wholeOption(
    "CULPRIT_TRACE_BUFFER_BYTES_MAX",
    MIB,
    4096 * MIB,
    32 * MIB,
    "Memory for spans whose trace is not decided yet; beyond it the oldest are dropped.",
  ),
  telemetryRoutesMax: wholeOption(
    "CULPRIT_TELEMETRY_ROUTES_MAX",
    1,
    10_000,
    200,
    "Routes, and called services, of one service that have series of their own; the rest is counted as other.",
  ),
  telemetrySeriesMax: wholeOption(
    "CULPRIT_TELEMETRY_SERIES_MAX",
    100,
    1_000_000,
    20_000,
    "Bound of the services and calls in one minute that rate, errors and duration are derived for: a quarter of it is services.",
  ),
  logTemplatesMax: wholeOption(
    "CULPRIT_LOG_TEMPLATES_MAX",
    8,
    10_000,
    300,
    "Templates of a service's log lines that are told apart and counted; the rest is counted as other.",
  ),
  scrapeBytesMax: wholeOption(
    "CULPRIT_SCRAPE_BYTES_MAX",
    1024,
    200 * MIB,
    10 * MIB,
    "The largest page of metrics that is read, in bytes.",
  ),
  scrapeSamplesMax: wholeOption(
    "CULPRIT_SCRAPE_SAMPLES_MAX",
    1,
    1_000_000,
    50_000,
    "Samples on a page of metrics beyond which nothing of it is taken.",
  ),
  diskFreeBytesMin: wholeOption(
    "CULPRIT_DISK_FREE_BYTES_MIN",
    0,
    1e15,
    256 * MIB,
    "Free disk below which signals get 429.",
  ),
  payloadsPerIncident: wholeOption(
    "CULPRIT_PAYLOADS_PER_INCIDENT",
    1,
    10_000,
    50,
    "Full payloads kept for an incident, beside the newest; the rest is counted.",
  ),
  investigationsPerMinute: wholeOption(
    "CULPRIT_INVESTIGATIONS_PER_MINUTE",
    1,
    10_000,
    30,
    "Incidents of a project that are investigated per minute; others wait, with the reason stored.",
  ),
  workers: wholeOption(
    "CULPRIT_WORKERS",
    0,
    64,
    2,
    "Investigations that run at once in this process; 0 only takes in.",
  ),
  proof: option(
    "CULPRIT_PROOF",
    z.enum(["auto", "off"]),
    "auto",
    "auto or off",
    "Whether patches are drafted and proven by running the project's tests in the sandbox.",
  ),
  sandbox: option(
    "CULPRIT_SANDBOX",
    z.enum(["auto", "bubblewrap", "namespaces", "podman", "docker", "none"]),
    "auto",
    "auto, bubblewrap, namespaces, podman, docker or none",
    "What separates the code of projects, and scripts, from this machine. auto: the kernel's namespaces or bubblewrap, else a container by Podman or Docker, whichever works; none runs nothing.",
  ),
  sandboxImage: option(
    "CULPRIT_SANDBOX_IMAGE",
    z.string().regex(/^\w[\w./:@-]*$/),
    "docker.io/library/node:24-bookworm-slim",
    "the name of an image",
    "The image that containers of the sandbox are made of: Node, which runs the project's tests, sh, tar and the usual small programs, and what else the tests need, such as Python. Culprit never pulls it.",
  ),
  retentionIncidentDays: wholeOption(
    "CULPRIT_RETENTION_INCIDENT_DAYS",
    0,
    3650,
    90,
    "Days after its last sign of life that an incident is kept; then it is archived and deleted; 0 keeps all.",
  ),
  retentionExecutionLogDays: wholeOption(
    "CULPRIT_RETENTION_EXECUTION_LOG_DAYS",
    0,
    3650,
    30,
    "Days that logs of workflow executions and the ledger of triggers are kept; 0 keeps all.",
  ),
  latencyThresholdMs: wholeOption(
    "CULPRIT_LATENCY_THRESHOLD_MS",
    0,
    600_000,
    2000,
    "Milliseconds above which a request that a span tells of is a failure of latency, until a day of its route's own history is known; 0 looks at none.",
  ),
  retentionTelemetryDays: wholeOption(
    "CULPRIT_RETENTION_TELEMETRY_DAYS",
    0,
    3650,
    14,
    "Days that spans, log records, metric points and events for triggers are kept; 0 keeps all.",
  ),
  retentionRollup5mDays: wholeOption(
    "CULPRIT_RETENTION_ROLLUP_5M_DAYS",
    0,
    3650,
    60,
    "Days that metrics are kept in steps of five minutes, after their points are gone; 0 keeps all.",
  ),
  retentionRollup1hDays: wholeOption(
    "CULPRIT_RETENTION_ROLLUP_1H_DAYS",
    0,
    3650,
    400,
    "Days that metrics are kept in steps of an hour; 0 keeps all.",
  ),
  retentionEventIdDays: wholeOption(
    "CULPRIT_RETENTION_EVENT_ID_DAYS",
    1,
    365,
    7,
    "Days that a repeated event id is known as a repeat.",
  ),
  secret: option(
    "CULPRIT_SECRET",
    z.string(),
    "",
    "keys of at least 32 characters, separated by commas, the newest first, or empty",
    "What stored credentials are encrypted and links signed with: openssl rand -base64 32. Empty: `secret.key` in the data folder, made at first use.",
  ),
  agentCommand: option(
    "AGENT_COMMAND",
    z.string(),
    "",
    "a program with its arguments, separated by spaces, or empty",
    "The command-line agent of the action run_agent: it reads its prompt from standard input, in the sandbox. Empty: none.",
  ),
  agentNetwork: option(
    "AGENT_NETWORK",
    flag,
    false,
    "true or false",
    "Whether that agent may use the network; most need it to reach their model. It is this machine's own network: what listens there and in private networks is within its reach, and CULPRIT_HTTP_ALLOW_PRIVATE does not hold it back.",
  ),
  agentEnv: option(
    "AGENT_ENV",
    z.string(),
    "",
    "names of environment variables, separated by commas, or empty",
    "What that agent sees of Culprit's own environment, such as the key of its model. The values are struck out of what it says, as long as it says them plainly.",
  ),
  clickhouseUrl: option(
    "CLICKHOUSE_URL",
    z.union([z.literal(""), z.url({ protocol: /^https?$/ })]),
    "",
    "a URL such as http://culprit:password@localhost:8123/culprit, or empty",
    "Your ClickHouse (24.8 or newer, over HTTP), which then keeps metrics, spans and log lines, in tables that Culprit makes. Empty: the database itself keeps them.",
  ),
  neo4jUrl: option(
    "NEO4J_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL such as neo4j://graph.example.com:7687, or empty",
    "Your Neo4j (5 or newer), which then answers who depends on whom. Empty: the database itself answers.",
  ),
  neo4jUser: option("NEO4J_USER", text, "neo4j", "a name", "The user of Neo4j."),
  neo4jPassword: option("NEO4J_PASSWORD", z.string(), "", "a password, or empty", "That user's password."),
  neo4jDatabase: option(
    "NEO4J_DATABASE",
    z.string(),
    "",
    "a name, or empty",
    "The database in Neo4j, which Culprit should have for itself: a rebuild removes all nodes with its labels. Empty: the user's own.",
  ),
  qdrantUrl: option(
    "QDRANT_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL such as http://localhost:6333, or empty",
    "Your Qdrant, which then searches by meaning. Empty: pgvector where the database has it, else Culprit itself.",
  ),
  qdrantApiKey: option("QDRANT_API_KEY", z.string(), "", "a key, or empty", "Its API key."),
  embeddingModel: option(
    "EMBEDDING_MODEL",
    z.string(),
    "",
    "the name of a model, or empty",
    "What makes vectors of texts, at embeddingUrl. Empty: hashed words and parts of words, without a model. A change builds new vectors beside the old ones.",
  ),
  embeddingUrl: option(
    "EMBEDDING_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL such as https://api.openai.com/v1, or empty",
    "Where that model is: any server that speaks the OpenAI API.",
  ),
  embeddingApiKey: option("EMBEDDING_API_KEY", z.string(), "", "a key, or empty", "The key for it."),
  model: option(
    "MODEL",
    z.string(),
    "",
    "the name of a model, or empty",
    "A language model at modelUrl, for wording alone: summaries of commits. Empty: they are made from the diff.",
  ),
  modelUrl: option(
    "MODEL_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL such as https://api.openai.com/v1 or http://localhost:11434/v1, or empty",
    "Where that model is: any server that speaks the OpenAI API, such as Ollama or vLLM.",
  ),
  modelApiKey: option("MODEL_API_KEY", z.string(), "", "a key, or empty", "The key for it."),
  autopsyModel: option(
    "AUTOPSY_MODEL",
    z.string(),
    "",
    "the name of a model, or empty",
    "A language model that words autopsies and drafts patches. It is shown failures, and code around them with secrets taken out; a project forbids that by its setting forbidModel. Empty: rules alone.",
  ),
  autopsyModelUrl: option(
    "AUTOPSY_MODEL_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL such as https://api.openai.com/v1 or http://localhost:11434/v1, or empty",
    "Where that model is: any server that speaks the OpenAI API. Empty: modelUrl, with its key.",
  ),
  autopsyModelApiKey: option("AUTOPSY_MODEL_API_KEY", z.string(), "", "a key, or empty", "The key for it."),
  autopsyContextChars: wholeOption(
    "AUTOPSY_CONTEXT_CHARS",
    1000,
    2_000_000,
    40_000,
    "Characters of code and records in all that an autopsy is given, most useful first.",
  ),
  autopsyWindowTokens: wholeOption(
    "AUTOPSY_WINDOW_TOKENS",
    0,
    10_000_000,
    0,
    "Tokens that question and answer may have together for that model; below 16,000 it is asked for less. 0: it takes autopsyContextChars.",
  ),
  autopsyOutputTokens: wholeOption("AUTOPSY_OUTPUT_TOKENS", 100, 200_000, 4000, "Tokens that its answer may have."),
  autopsyTimeoutS: wholeOption("AUTOPSY_TIMEOUT_S", 1, 600, 60, "Seconds that it is waited for."),
  autopsyPriceIn: decimalOption(
    "AUTOPSY_PRICE_IN",
    1e6,
    0,
    "Price of a million tokens that it reads, in your currency; costs are counted by it.",
  ),
  autopsyPriceOut: decimalOption("AUTOPSY_PRICE_OUT", 1e6, 0, "Price of a million tokens that it writes."),
  autopsyIncidentCalls: wholeOption(
    "AUTOPSY_INCIDENT_CALLS",
    0,
    1_000_000,
    10,
    "Calls for one incident; 0 is no limit.",
  ),
  autopsyIncidentTokens: wholeOption(
    "AUTOPSY_INCIDENT_TOKENS",
    0,
    1e12,
    300_000,
    "Tokens for one incident; 0 is no limit.",
  ),
  autopsyIncidentSeconds: wholeOption(
    "AUTOPSY_INCIDENT_SECONDS",
    0,
    1_000_000,
    600,
    "Seconds of waiting for one incident; 0 is no limit.",
  ),
  autopsyIncidentCost: decimalOption("AUTOPSY_INCIDENT_COST", 1e9, 1, "Cost of one incident; 0 is no limit."),
  autopsyDayCalls: wholeOption(
    "AUTOPSY_DAY_CALLS",
    0,
    1_000_000,
    500,
    "Calls of all projects in a day (UTC); 0 is no limit.",
  ),
  autopsyDayTokens: wholeOption(
    "AUTOPSY_DAY_TOKENS",
    0,
    1e12,
    5_000_000,
    "Tokens of all projects in a day; 0 is no limit.",
  ),
  autopsyDaySeconds: wholeOption(
    "AUTOPSY_DAY_SECONDS",
    0,
    1_000_000,
    14_400,
    "Seconds of waiting of all projects in a day; 0 is no limit.",
  ),
  autopsyDayCost: decimalOption("AUTOPSY_DAY_COST", 1e9, 20, "Cost of all projects in a day; 0 is no limit."),
  httpAllowPrivate: option(
    "CULPRIT_HTTP_ALLOW_PRIVATE",
    z.string(),
    "",
    "host names, addresses and CIDR ranges, separated by commas, or empty",
    "What Culprit may call beside the public internet, such as a Mattermost in the same network; all other private addresses are refused.",
  ),
  archiveDir: option(
    "CULPRIT_ARCHIVE_DIR",
    z.string(),
    "",
    "a folder, or empty",
    "Where archived incidents are written. Empty: `archives` in the data folder.",
  ),
  backupDir: option(
    "CULPRIT_BACKUP_DIR",
    z.string(),
    "",
    "a folder, or empty",
    "Where the nightly backups are written, best on another disk. Empty: `backups` in the data folder.",
  ),
  backupKeep: wholeOption(
    "CULPRIT_BACKUP_KEEP",
    0,
    1000,
    3,
    "Verified nightly backups that are kept; 0 makes none by itself.",
  ),
  databaseReplicaUrl: option(
    "DATABASE_REPLICA_URL",
    z.string(),
    "",
    "a PostgreSQL URL, or empty",
    "A streaming replica of the database: lists are read from it while it is not behind.",
  ),
  replicaLagMaxMs: wholeOption(
    "CULPRIT_REPLICA_LAG_MAX_MS",
    0,
    600_000,
    5000,
    "Milliseconds that the replica may be behind; beyond that lists are read from the primary.",
  ),
  deadmanUrl: option(
    "CULPRIT_DEADMAN_URL",
    z.union([z.literal(""), z.url()]),
    "",
    "a URL, or empty",
    "Called regularly while Culprit works; a service that misses the call tells you that Culprit is dead.",
  ),
  deadmanEveryS: wholeOption("CULPRIT_DEADMAN_EVERY_S", 10, 86_400, 60, "Seconds between calls of deadmanUrl."),
} as const satisfies Record<string, Option>;

export type OptionKey = keyof typeof options;
export type Config = { readonly [K in OptionKey]: (typeof options)[K] extends Option<infer T> ? T : never };

/** `dataDir` → `--data-dir`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
