import type { Operations } from "@culprit/contract";
import { z } from "zod";
import { readOperations } from "../../../domains/upkeep/index.ts";
import type { EngineCheck } from "../../../platform/engines/engine-check.ts";
import { runningUrlOf } from "../../public-url.ts";
import { checkSandbox } from "../check-sandbox.ts";
import type { Command, CommandContext } from "../command.ts";
import { bytesText, secondsText, tableText } from "../format.ts";

const WITHIN_MS = 2000;

export const status: Command = {
  name: "status",
  summary:
    "Show how this installation stands: server, database, queue, schedules, backups, own faults; exits with 1 at faults.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { config, version } = ctx;
    const database = await ctx.openDatabase();
    const server = await askServer(ctx);
    const sandbox = await checkSandbox(ctx);
    const {
      started_at: _mine,
      replica: _none,
      ...operations
    } = await readOperations(database, {
      ...{ version, startedAt: new Date(), isEmbedded: config.databaseUrl === "" },
      replicaLagMaxMs: config.replicaLagMaxMs,
      deadman: { isOn: config.deadmanUrl !== "", everyS: config.deadmanEveryS },
    });
    if (flags.json === true)
      ctx.print(JSON.stringify({ server, sandbox: { kind: sandbox.engine, message: sandbox.message }, ...operations }));
    else for (const line of statusText(server, sandbox, operations)) ctx.print(line);
    return operations.faults.length === 0 && server.is_up ? 0 : 1;
  },
};

interface Server {
  readonly url: string;
  readonly is_up: boolean;
  readonly health: unknown;
}

async function askServer({ config }: CommandContext): Promise<Server> {
  const url = await runningUrlOf(config);
  try {
    const reply = await fetch(`${url}/health`, { signal: AbortSignal.timeout(WITHIN_MS) });
    return { url, is_up: reply.ok, health: await reply.json() };
  } catch {
    return { url, is_up: false, health: null };
  }
}

function statusText(
  server: Server,
  sandbox: EngineCheck,
  status: Omit<Operations, "started_at" | "replica">,
): string[] {
  const { database, queue, schedules, backups, faults, deadman } = status;
  const backup = backups.find(({ is_verified, is_pruned }) => is_verified && !is_pruned);
  return [
    `server       ${server.is_up ? "answers" : "DOES NOT ANSWER"} at ${server.url}`,
    ...enginesOf(server.health).map(
      ({ engine, serves, status: state, message }) =>
        `${(serves ?? engine).padEnd(12)} ${engine}: ${state === "ok" ? "" : "UNHEALTHY: "}${message}`,
    ),
    `sandbox      ${sandbox.engine}: ${sandbox.isHealthy ? "" : "UNHEALTHY: "}${sandbox.message}`,
    `database     ${database.name}, PostgreSQL ${database.version}, ${bytesText(database.bytes)}${database.is_embedded ? ", embedded" : ""}`,
    `executions   ${queue.pending_executions} pending, ${queue.running_executions} running, ${queue.waiting_executions} waiting${queue.oldest_due_s === null ? "" : `, the oldest due for ${secondsText(queue.oldest_due_s)}`}`,
    `effects      ${queue.deliveries_unsettled} not settled, ${queue.events_waiting} events wait`,
    `backup       ${backup === undefined ? "NONE that is verified" : `${backup.finished_at ?? ""}, ${bytesText(backup.bytes ?? 0)}, verified, ${backup.folder}`}`,
    `dead-man     ${deadmanText(deadman)}`,
    "",
    ...tableText(
      ["schedule", "cron", "run by", "last", "", "next"],
      schedules.map((one) => [
        ...[one.name, one.cron, one.is_enabled ? one.owner : "nobody: switched off"],
        ...[one.last_run_at?.slice(0, 16) ?? "never", one.last_status ?? "", one.next_run_at?.slice(0, 16) ?? ""],
      ]),
    ),
    "",
    ...(faults.length === 0
      ? ["No fault of Culprit's own stands."]
      : faults.flatMap(({ severity, title, detail, since }) => [
          `${severity.toUpperCase()}  ${title}, since ${since.slice(0, 16)}`,
          `  ${detail}`,
        ])),
  ];
}

const healthSchema = z.object({
  engines: z.array(
    z.object({ engine: z.string(), serves: z.string().optional(), status: z.string(), message: z.string() }),
  ),
});

/** The engines beside the database as the server's health tells them; none where it does not answer. */
function enginesOf(health: unknown): z.infer<typeof healthSchema>["engines"] {
  return healthSchema.safeParse(health).data?.engines ?? [];
}

function deadmanText({ is_on, last_sent_at, withheld_reason }: Operations["deadman"]): string {
  if (!is_on) return "off (deadmanUrl)";
  return withheld_reason === null
    ? `sent ${last_sent_at ?? "never"}`
    : `WITHHELD: ${withheld_reason} Last sent ${last_sent_at ?? "never"}.`;
}
