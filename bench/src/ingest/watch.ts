import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  busySeconds,
  cpuSeconds,
  type Memory,
  memoryOf,
  postgresFolder,
  processTree,
  readPostmaster,
} from "../shared/processes.ts";

/** What a phase cost: processor time of each side, the highest memory, the disk that it filled. */
export interface Cost {
  readonly culpritCpuS: number;
  readonly postgresCpuS: number;
  /** Processor time of everything else on the machine, the load generator included. */
  readonly otherCpuS: number;
  readonly culpritMb: number;
  /** The processes of PostgreSQL together, shared memory once. */
  readonly postgresMb: number;
  readonly diskBytes: number;
}

/** Begins to watch; the returned function ends it and says what it cost. Memory is looked at once a second. */
export function watch(culpritPid: number, dataDir: string): () => Cost {
  const before = look(culpritPid, dataDir);
  let [culpritMb, postgresMb] = [0, 0];
  const sample = () => {
    const culprit: Memory = memoryOf([culpritPid]);
    const postgres: Memory = memoryOf(postgresPids(dataDir));
    culpritMb = Math.max(culpritMb, culprit.rssMb);
    postgresMb = Math.max(postgresMb, postgres.pssMb);
  };
  const timer = setInterval(sample, 1000);
  return () => {
    clearInterval(timer);
    sample();
    const after = look(culpritPid, dataDir);
    const [culpritCpuS, postgresCpuS] = [after.culprit - before.culprit, after.postgres - before.postgres];
    return {
      culpritCpuS,
      postgresCpuS,
      otherCpuS: after.busy - before.busy - culpritCpuS - postgresCpuS,
      culpritMb,
      postgresMb,
      diskBytes: after.diskBytes - before.diskBytes,
    };
  };
}

function look(culpritPid: number, dataDir: string) {
  return { ...processorSeconds(culpritPid, dataDir), busy: busySeconds(), diskBytes: tableBytes(dataDir) };
}

/** Processor time of Culprit and of its PostgreSQL since they began. */
export function processorSeconds(culpritPid: number, dataDir: string): { culprit: number; postgres: number } {
  return {
    culprit: cpuSeconds(culpritPid),
    postgres: postgresPids(dataDir).reduce((sum, pid) => sum + cpuSeconds(pid), 0),
  };
}

function postgresPids(dataDir: string): number[] {
  const server = readPostmaster(dataDir);
  return server === null ? [] : processTree(server.pid);
}

/** Bytes of all tables and indexes on disk. The write-ahead log is left out: it is bounded (1 GB) and used again. */
function tableBytes(dataDir: string): number {
  const base = join(postgresFolder(dataDir) ?? dataDir, "data", "base");
  let bytes = 0;
  for (const entry of readdirSync(base, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
