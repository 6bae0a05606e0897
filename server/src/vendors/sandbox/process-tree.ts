import { readdirSync, readFileSync } from "node:fs";

/** A process and all its descendants, by `/proc`. Those of an inner pid namespace are seen under their outer ids. */
export function processTree(pid: number): number[] {
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    found.push(next);
    try {
      for (const task of readdirSync(`/proc/${next}/task`)) {
        const children = readFileSync(`/proc/${next}/task/${task}/children`, "utf8");
        for (const child of children.split(" ")) if (child !== "") queue.push(Number(child));
      }
    } catch {
      // The process ended while it was looked at.
    }
  }
  return found;
}

/** Private and shared-memory pages that processes hold, in megabytes; 0 where `/proc` does not tell. */
export function memoryMb(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const member of pids) {
    try {
      for (const match of readFileSync(`/proc/${member}/status`, "utf8").matchAll(
        /^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm,
      )) {
        kilobytes += Number(match[1]);
      }
    } catch {
      // The process ended while it was looked at.
    }
  }
  return kilobytes / 1024;
}
