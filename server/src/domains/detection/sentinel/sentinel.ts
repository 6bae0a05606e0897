import { hostname } from "node:os";
import { sql } from "kysely";
import { newId } from "../../../platform/ids/ids.ts";
import { giveLease, takeLease } from "./lease.ts";
import type { SentinelDeps } from "./open-trigger.ts";
import { emptyMemory, type ProjectMemory, watchProject } from "./watch-project.ts";

const EVERY_MS = 20_000;
/** A project that had nothing to look at is looked at again after so long. */
const IDLE_MS = 60_000;
const LEASE = "sentinel";
/** The lease is kept while a look goes on. */
const RENEW_MS = 30_000;

/**
 * Looks at the telemetry of all projects every 20 s, in one of the processes that would: whoever has the lease. Another takes over
 * within 90 s when it dies, at once when it stops. A project that fails is logged and looked at again; it keeps no other from its turn.
 */
export class Sentinel {
  readonly #deps: SentinelDeps;
  readonly #holder = `${hostname()} ${process.pid} ${newId()}`;
  readonly #memory = new Map<string, ProjectMemory>();
  readonly #idleSince = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  #isStopped = false;

  constructor(deps: SentinelDeps) {
    this.#deps = deps;
  }

  start(): void {
    const look = () => {
      if (this.#isRunning || this.#isStopped) return;
      this.#isRunning = true;
      this.#running = this.look().finally(() => {
        this.#isRunning = false;
      });
    };
    look();
    this.#timer = setInterval(look, EVERY_MS);
    this.#timer.unref();
  }

  /** Stops looking, waits for the look that is under way and gives the lease back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#running;
    await giveLease(this.#deps.database, LEASE, this.#holder).catch(() => undefined);
  }

  /** One look at every project, if this process has the lease. @returns whether it has. */
  async look(): Promise<boolean> {
    const { database, log, now } = this.#deps;
    try {
      if (!(await takeLease(database, LEASE, this.#holder))) {
        this.#memory.clear();
        return false;
      }
      const { rows } = await sql<{
        id: string;
      }>`SELECT id FROM projects WHERE deleted_at IS NULL AND NOT is_house`.execute(database.db);
      const startedAtMs = performance.now();
      let renewedAtMs = startedAtMs;
      let [looked, opened] = [0, 0];
      for (const { id } of rows) {
        if (this.#isStopped) break;
        if (now().getTime() - (this.#idleSince.get(id) ?? Number.NEGATIVE_INFINITY) < IDLE_MS) continue;
        if (performance.now() - renewedAtMs > RENEW_MS) {
          if (!(await takeLease(database, LEASE, this.#holder))) return false;
          renewedAtMs = performance.now();
        }
        opened += await this.#lookAt(id);
        looked += 1;
      }
      const durationMs = Math.round(performance.now() - startedAtMs);
      log[opened > 0 ? "info" : "debug"]({ projects: looked, opened, durationMs }, "the sentinel looked");
      return true;
    } catch (err) {
      log.warn({ err }, "the sentinel could not look and will try again");
      return false;
    }
  }

  async #lookAt(projectId: string): Promise<number> {
    const memory = this.#memory.get(projectId) ?? emptyMemory();
    this.#memory.set(projectId, memory);
    try {
      const { sightings, opened } = await watchProject(this.#deps, projectId, memory);
      if (sightings > 0) this.#idleSince.delete(projectId);
      else this.#idleSince.set(projectId, this.#deps.now().getTime());
      return opened;
    } catch (err) {
      this.#deps.log.warn({ projectId, err }, "looking at a project failed and will be tried again");
      return 0;
    }
  }
}
