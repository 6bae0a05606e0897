import { type DispatchDeps, Dispatcher, Scheduler } from "../../domains/workflow/index.ts";
import type { Log } from "../../platform/log/log.ts";

/** Asks triggers about what happened and starts what is due, until it is stopped. @returns how to stop it. */
export async function workAtTriggers(
  deps: DispatchDeps & { readonly log: Log; readonly now: () => Date },
): Promise<() => Promise<void>> {
  const dispatcher = new Dispatcher(deps);
  const scheduler = new Scheduler(deps);
  await dispatcher.start();
  scheduler.start();
  return async () => {
    await Promise.all([dispatcher.stop(), scheduler.stop()]);
  };
}
