import { setTimeout as delay } from "node:timers/promises";
import { Api } from "../shared/api.ts";

/** One person with the page open: reads the list again and again, 100 ms after the last answer, until stopped. */
export function readLists(port: number, apiKey: string): { stop(): Promise<readonly number[]> } {
  const api = new Api(port, apiKey);
  const latenciesMs: number[] = [];
  let isStopped = false;
  const reading = (async () => {
    while (!isStopped) {
      const askedAt = performance.now();
      await api.get("/api/incidents?limit=50");
      latenciesMs.push(performance.now() - askedAt);
      await delay(100);
    }
  })();
  // Rejections surface in `stop`; until then they must not end the process.
  reading.catch(() => {});
  return {
    async stop() {
      isStopped = true;
      await reading.finally(() => api.close());
      return latenciesMs;
    },
  };
}
