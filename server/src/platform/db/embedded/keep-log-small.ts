import { copyFileSync, statSync, truncateSync } from "node:fs";

const LOG_BYTES_MAX = 5_000_000;

/**
 * Moves the text of a log that has grown over 5 MB to `<log>.1`, so that a server in trouble does not fill the disk with
 * complaints. Copied and truncated rather than renamed, because the server has it open, for appending.
 */
export function keepLogSmall(log: string, bytesMax = LOG_BYTES_MAX): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= bytesMax) return;
  try {
    copyFileSync(log, `${log}.1`);
  } finally {
    truncateSync(log);
  }
}
