import type { Queue } from "../../server/src/platform/queue/queue.ts";

/** A queue that nobody works at, for verbs which only put jobs into it; `jobs` are the names of those. */
export function recordingQueue(): Queue & { readonly jobs: string[] } {
  const jobs: string[] = [];
  return {
    jobs,
    enqueue: async (_tx, name) => void jobs.push(name),
    enqueueMany: async (_tx, name, many) => void jobs.push(...many.map(() => name)),
    work: async () => {},
    workInBatches: async () => {},
    close: async () => {},
  };
}
