import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** Reads of `/proc`: what a process and its children cost. Linux only, as the benches are. */

const TICKS_PER_S = 100;

/** The folder that PostgreSQL keeps for a data folder, or null before the first start. */
export function postgresFolder(dataDir: string): string | null {
  const path = join(dataDir, "postgres");
  return existsSync(path) ? realpathSync(path) : null;
}

/** What `postmaster.pid` says: the server's process and the folder of its socket; null when there is none. */
export function readPostmaster(dataDir: string): { pid: number; socketFolder: string; port: number } | null {
  const folder = postgresFolder(dataDir);
  if (folder === null) return null;
  try {
    const lines = readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    const socketFolder = lines[4] ?? "";
    if (!Number.isInteger(pid) || pid <= 0 || socketFolder === "" || !isAlive(pid)) return null;
    return { pid, port: Number(lines[3]), socketFolder };
  } catch {
    return null;
  }
}

export function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** A process and its children, theirs too. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fieldsOfStat(Number(name))?.[1]);
    if (Number.isInteger(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

export interface Memory {
  /** Resident pages; those that several processes share count in each of them. */
  readonly rssMb: number;
  /** Proportional set size: shared pages are divided among those who share them, so that sums are true. */
  readonly pssMb: number;
}

/** The memory of processes together. One that ended meanwhile counts nothing. */
export function memoryOf(pids: readonly number[]): Memory {
  let [rssKb, pssKb] = [0, 0];
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
      rssKb += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
      pssKb += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return { rssMb: rssKb / 1024, pssMb: pssKb / 1024 };
}

/** Seconds of processor time that a process used, with those of its children that ended. */
export function cpuSeconds(pid: number): number {
  const fields = fieldsOfStat(pid);
  if (fields === null) return 0;
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return ((user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0)) / TICKS_PER_S;
}

/** Seconds that all cores together were busy since the system started. */
export function busySeconds(): number {
  const [user, nice, system, , , irq, softirq, steal] = (readFileSync("/proc/stat", "latin1").split("\n")[0] ?? "")
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / TICKS_PER_S;
}

/** The fields of `/proc/<pid>/stat` from the state on (field 3), because a process's name may hold anything. */
function fieldsOfStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
