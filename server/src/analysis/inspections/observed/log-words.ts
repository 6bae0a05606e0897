import type { HypothesisType } from "@culprit/contract";
import type { LogPattern } from "../../observations/observations.ts";
import type { EvidenceDraft } from "../finding.ts";
import { nameOf, type Observed } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

interface Wording {
  readonly pattern: string;
  readonly type: HypothesisType;
  readonly words: RegExp;
  readonly says: string;
}

/** What programs of all kinds write when they run out of something. */
const wordings: readonly Wording[] = [
  {
    pattern: "out_of_memory",
    type: "infra",
    words: /\bout ?of ?memory\b|\boom[- ]?kill|\bheap (?:space|limit|out)\b|cannot allocate memory/i,
    says: "memory ran out",
  },
  {
    pattern: "disk_full",
    type: "infra",
    words: /\bno space left\b|\bENOSPC\b|\bdisk (?:is )?full\b|\bdisk quota\b/i,
    says: "the disk is full",
  },
  {
    pattern: "pool_exhaustion",
    type: "db",
    words:
      /\b(?:connection )?pool\b.{0,60}\b(?:exhausted|timed? ?out|timeout|full|empty)|\btoo many (?:connections|clients)\b|\bremaining connection slots\b|\b(?:timeout|timed out) (?:acquiring|waiting for|getting|obtaining)\b.{0,40}\bconnection\b|\bunable to (?:acquire|obtain|get)\b.{0,30}\bconnection\b|\bQueuePool limit\b/i,
    says: "database connections ran out",
  },
  {
    pattern: "locks",
    type: "db",
    words: /\bdeadlock\b|\block wait\b|\block timeout\b|\bcould not obtain lock\b|\bdatabase is locked\b/i,
    says: "locks are waited for",
  },
  {
    pattern: "slow_query",
    type: "db",
    words:
      /\bslow (?:query|sql|statement)\b|\bstatement timeout\b|\bquery (?:took|exceeded|timed out)\b|\bduration: \S+ ms\s+(?:statement|execute)\b|\bseq(?:uential)? scan\b|\bfull table scan\b/i,
    says: "queries are slow",
  },
];

const novelFactor = 4;

/** Whether a pattern is new, or written much more often, during the trouble. */
export function isNovel({ baselinePerMinute, incidentPerMinute }: LogPattern): boolean {
  return incidentPerMinute > 0 && incidentPerMinute >= novelFactor * baselinePerMinute && incidentPerMinute > 0.05;
}

export function logEvidence(pattern: LogPattern, name: string): EvidenceDraft {
  return {
    kind: "log_pattern",
    source: "telemetry",
    ref: pattern.ref,
    title: `Logs of ${name}: ${pattern.template.slice(0, 120)}`,
    snapshot: `${pattern.baselinePerMinute.toFixed(2)} lines a minute before, ${pattern.incidentPerMinute.toFixed(2)} during the trouble\n${pattern.example.slice(0, 1000)}`,
  };
}

/** New log lines that name what ran out: memory, disk, connections, locks, or queries that are slow. */
export function logWords(observed: Observed): ObservedFinding[] {
  const seen = new Set<string>();
  return [...observed.observations.logs]
    .filter(isNovel)
    .sort((a, b) => b.incidentPerMinute - a.incidentPerMinute)
    .flatMap((pattern) => {
      const wording = wordings.find(({ words }) =>
        words.test(`${pattern.template}\n${pattern.example}`.slice(0, 3000)),
      );
      const key = `${pattern.component} ${wording?.pattern}`;
      if (wording === undefined || seen.has(key)) return [];
      seen.add(key);
      const name = nameOf(observed, pattern.component);
      return [
        findingAbout("log_words", { kind: "component", key: pattern.component })({
          feature: "log_words",
          value: pattern.baselinePerMinute === 0 ? 1 : 0.7,
          text: `${name} began to log that ${wording.says}: "${pattern.example.slice(0, 160)}"`,
          evidence: logEvidence(pattern, name),
          cause: wording.type,
          pattern: wording.pattern,
        }),
      ];
    });
}
