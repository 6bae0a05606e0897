import type { Log } from "../../../../platform/log/log.ts";
import { planSchedules } from "./plan-schedules.ts";
import { runDueSchedules, type ScheduleDeps } from "./run-due-schedules.ts";

const LOOK_MS = 500;

/** Starts what is due, twice a second, in any number of processes; a time starts one execution all the same. */
export class Scheduler {
  readonly #deps: ScheduleDeps & { readonly log: Log };
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(deps: ScheduleDeps & { readonly log: Log }) {
    this.#deps = deps;
  }

  start(): void {
    const look = () => {
      if (this.#isRunning) return;
      this.#isRunning = true;
      this.#running = this.look().finally(() => {
        this.#isRunning = false;
      });
    };
    look();
    this.#timer = setInterval(look, LOOK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** One look: plans what has no time yet, then starts all that is due. A failure is logged and the next look tries again. */
  async look(): Promise<void> {
    const { database, now, log } = this.#deps;
    try {
      await planSchedules(database.db, now());
      while ((await runDueSchedules(this.#deps)) >= 100);
    } catch (err) {
      log.warn({ err }, "looking for due schedules failed and will be tried again");
    }
  }
}
