import { readFileSync } from "node:fs";

/** True while a process with this id exists; a zombie counts as gone, where the system tells. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return readStat(pid)?.state !== "Z";
}

/**
 * What tells a process from a later one that got the same id: its start, in clock ticks since boot. `""` where the
 * system has no `/proc`, so that the id alone decides.
 */
export function processStartedAt(pid: number): string {
  return readStat(pid)?.startTicks ?? "";
}

/** Fields 3 and 22 of proc(5) `/proc/<pid>/stat`, counted after the command name, which may hold spaces and parentheses. */
function readStat(pid: number): { state: string; startTicks: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startTicks: fields[19] ?? "" };
  } catch {
    return null;
  }
}
