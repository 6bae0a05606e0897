import { CONTROL_CHANNEL, Runner, type RunnerDeps } from "../../domains/workflow/index.ts";

/** Jobs that are taken from the queue at once; it counts them as done when their executions are under lease. */
const BATCH = 50;

/** Works at executions: takes up the ones that the queue names, and those that nobody carries on. @returns how to stop. */
export async function workAtExecutions<Services>(
  deps: RunnerDeps<Services>,
): Promise<(timeoutMs: number) => Promise<void>> {
  const runner = new Runner(deps);
  runner.start();
  const stopListening = await deps.database.listen(CONTROL_CHANNEL, () => {
    runner.lookAgain().catch((err: unknown) => deps.log.warn({ err }, "could not look at the executions again"));
  });
  await deps.queue.workInBatches("execution", BATCH, (jobs) => runner.take(jobs.map(({ executionId }) => executionId)));
  return async (timeoutMs) => {
    await stopListening();
    await runner.close(timeoutMs);
  };
}
