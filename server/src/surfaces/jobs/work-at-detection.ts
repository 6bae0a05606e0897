import { Sentinel, type SentinelDeps } from "../../domains/detection/index.ts";

/** Looks for trouble in telemetry until the returned function is called; one of several processes does. */
export function workAtDetection(deps: SentinelDeps): () => Promise<void> {
  const sentinel = new Sentinel(deps);
  sentinel.start();
  return () => sentinel.stop();
}
