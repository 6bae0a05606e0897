import pg from "pg";
import { fillManyIncidents } from "../../../test/database/fill-many-incidents.ts";
import { createProject, type RunningCulprit, startCulprit } from "../shared/culprit.ts";
import { numberFlags } from "../shared/flags.ts";
import { percentile, round, table } from "../shared/numbers.ts";
import { readPostmaster } from "../shared/processes.ts";
import { freePort, makeDataFolder } from "../shared/scratch.ts";
import { TimedConnection } from "./requests.ts";

const DEFAULTS = { incidents: 1_000_000, projects: 20, requests: 600, connections: 2 };
const GOAL_MS = 50;
const STATUSES = ["open", "resolved", "suppressed", "diagnosed", "pr_created", "unresolved"];

interface Page {
  readonly incidents: readonly { readonly id: string }[];
  readonly next_cursor: string | null;
}

/** `bench lists`: list, filter and status change beside a million incidents. See bench/README.md. */
export async function run(flags: readonly string[]): Promise<number> {
  const settings = numberFlags(flags, DEFAULTS);
  const folder = makeDataFolder();
  let culprit: RunningCulprit | null = null;
  try {
    const options = { dataDir: folder.path, port: await freePort() };
    culprit = await startCulprit(options);
    const { apiKey } = await createProject(options, "lists");
    process.stderr.write(`writing ${settings.incidents.toLocaleString("en")} incidents\n`);
    await fill(folder.path, settings, apiKey);
    const headers = { authorization: `Bearer ${apiKey}` };
    const times = { list: [] as number[], filter: [] as number[], status: [] as number[] };
    // The first requests fill caches; they are made by the same turns and not counted.
    for (const [count, into] of [
      [Math.ceil(settings.requests / 10), null],
      [settings.requests, times],
    ] as const) {
      process.stderr.write(`${count} requests of each kind\n`);
      const found = await Promise.all(
        Array.from({ length: settings.connections }, (_, place) =>
          measure(options.port, headers, { ...settings, count: count / settings.connections, place }),
        ),
      );
      for (const kind of ["list", "filter", "status"] as const) into?.[kind].push(...found.flatMap((one) => one[kind]));
    }
    report(times, settings.incidents);
    return 0;
  } finally {
    await culprit?.stop();
    folder.remove();
  }
}

/** Fills the database and gives the key to the largest project, as if it had always been its own. */
async function fill(dataDir: string, settings: typeof DEFAULTS, apiKey: string): Promise<void> {
  const server = readPostmaster(dataDir);
  if (server === null) throw new Error("the embedded PostgreSQL does not run");
  const client = new pg.Client({ host: server.socketFolder, port: server.port, user: "culprit", database: "culprit" });
  await client.connect();
  try {
    const [largest] = await fillManyIncidents(client, settings);
    await client.query("update api_keys set project_id = $1 where prefix = $2", [
      largest?.projectId,
      apiKey.slice(0, apiKey.lastIndexOf("_")),
    ]);
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
}

/** Milliseconds of each request of one connection: pages in order, pages of each status, and unresolved incidents resolved. */
async function measure(
  port: number,
  headers: Readonly<Record<string, string>>,
  { count, place, connections }: { readonly count: number; readonly place: number; readonly connections: number },
) {
  const connection = new TimedConnection(port, headers);
  const times = { list: [] as number[], filter: [] as number[], status: [] as number[] };
  const cursors = new Map<string, string>();
  const turn = async (kind: "list" | "filter", query: string): Promise<Page> => {
    const cursor = cursors.get(query);
    const after = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { answer, ms } = await connection.send<Page>("GET", `/api/incidents?limit=50${query}${after}`);
    times[kind].push(ms);
    if (answer.next_cursor === null) cursors.delete(query);
    else cursors.set(query, answer.next_cursor);
    return answer;
  };
  for (let n = 0; n < count; n += 1) {
    await turn("list", "");
    await turn("filter", `&status=${STATUSES[n % STATUSES.length]}`);
    const open = await turn("filter", "&status=unresolved");
    // Each connection takes ids of its own, so that no two move the same incident.
    const isOwn = ({ id }: { id: string }) => (id.at(-1)?.charCodeAt(0) ?? 0) % connections === place;
    const id = open.incidents.find(isOwn)?.id;
    if (id === undefined) continue;
    const { ms } = await connection.send("PATCH", `/api/incidents/${id}`, { status: "resolved" });
    times.status.push(ms);
  }
  connection.close();
  return times;
}

function report(times: Readonly<Record<"list" | "filter" | "status", readonly number[]>>, incidents: number): void {
  const rows = (["list", "filter", "status"] as const).map((kind) => {
    const [p50, p99] = [percentile(times[kind], 0.5), percentile(times[kind], 0.99)];
    return { kind, count: times[kind].length, p50, p99 };
  });
  process.stdout.write(
    `${table([
      [`beside ${incidents.toLocaleString("en")} incidents`, "requests", "p50 ms", "p99 ms", `goal ≤ ${GOAL_MS} ms`],
      ...rows.map(({ kind, count, p50, p99 }) => [
        kind,
        count,
        round(p50, 1),
        round(p99, 1),
        p99 <= GOAL_MS ? "met" : "not met",
      ]),
    ])}\n`,
  );
  const p99 = (kind: string) => round(rows.find((row) => row.kind === kind)?.p99 ?? 0, 1);
  process.stdout.write(
    `${JSON.stringify({ list_p99_ms: p99("list"), filter_p99_ms: p99("filter"), status_p99_ms: p99("status"), incidents })}\n`,
  );
}
