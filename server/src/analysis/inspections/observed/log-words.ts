import type { HypothesisType } from "@culprit/contract";
import type { LogPattern } from "../../observations/observations.ts";
import type { EvidenceDraft } from "../finding.ts";
import { nameOf, type Observed } from "./observed.ts";
import { findingAbout, type ObservedFinding } from "./observed-finding.ts";

interface Wording {
  readonly pattern: string;
  readonly type: HypothesisType | null;
  readonly words: RegExp;
  readonly says: string;
}

/** What programs of all kinds write when something of their own is wrong, and not of somebody they call. */
const causes: readonly Wording[] = [
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
    pattern: "evictions",
    type: "infra",
    words: /\bevict(?:ed|ing|ions?)\b.{0,60}\bkeys?\b|\bmaxmemory\b/i,
    says: "a cache threw out what it held",
  },
  {
    pattern: "locks",
    type: "db",
    words:
      /\bdeadlock\b|\block wait\b|\block timeout\b|\bcould not obtain lock\b|\bdatabase is locked\b|\bwaiting for \w*(?:Lock|lock)\b/i,
    says: "locks are waited for",
  },
  {
    pattern: "slow_query",
    type: "db",
    words:
      /\bslow (?:query|sql|statement)\b|\bquery (?:took|exceeded|timed out)\b|\bduration: \S+(?: ms)?\s+(?:statement|execute)\b|\bfull table scan\b/i,
    says: "queries are slow",
  },
  {
    pattern: "refused_access",
    type: "config",
    words:
      /\b(?:password|authentication|authori[sz]ation) (?:authentication )?failed\b|\btoken (?:has )?expired\b|\baccess denied\b|\binvalid (?:api )?(?:key|credentials?|signature|token)\b|\b(?:answered|returned|status|code)\W{1,3}40[13]\b/i,
    says: "access is refused",
  },
  {
    pattern: "certificate",
    type: "config",
    words:
      /\bcertificate\b.{0,60}\b(?:expired|not (?:yet )?valid|unknown|verify|invalid)|\bCERT_HAS_EXPIRED\b|\bx509\b|\btls handshake\b/i,
    says: "a certificate is not accepted",
  },
  {
    pattern: "names_not_resolved",
    type: "infra",
    words:
      /\bSERVFAIL\b|\bNXDOMAIN\b|\bEAI_AGAIN\b|\bgetaddrinfo\b|\bno such host\b|\bname or service not known\b|\bENOTFOUND\b/i,
    says: "names are not resolved",
  },
  {
    pattern: "cannot_start",
    type: "release",
    words:
      /\b(?:cannot|can't|failed to|could not) (?:start|load (?:module|config)|boot|initiali[sz]e)\b|\bmissing required (?:setting|env\w*|config\w*|variable)\b|\bcrash ?loop/i,
    says: "it can't start",
  },
  {
    pattern: "defect",
    type: null,
    words:
      /\b[A-Z]\w*(?:TypeError|ReferenceError|RangeError|NullPointerException|IndexOutOfBounds\w*|ClassCastException|AttributeError|KeyError|IndexError|AssertionError)\b|\b(?:TypeError|ReferenceError|RangeError|NullPointerException|AttributeError|KeyError|IndexError|AssertionError|ValueError)\b|\bpanic: |\bsegfault\b|\bunhandled exception\b|\bis not a function\b|\bundefined (?:method|variable|index)\b|\bnil pointer\b|\bviolates (?:not-null|unique|foreign|check)\b|\bunknown (?:wire type|field|column|enum)\b|\b(?:cannot|can't|failed to) (?:decode|parse|deserialize|unmarshal)\b|\bhas no handler\b/i,
    says: "its code fails",
  },
];

/** Whose trouble is somebody else's: waiting, queues, limits that were reached because of it. */
const consequences =
  /\btime(?:d)?[- ]?out\b|\boverload|\bqueue (?:is )?full\b|\brejected\b|\bcircuit\b.{0,20}\bopen\b|\bupstream\b|\b50[234]\b|\bunavailable\b|\bdeadline exceeded\b|\bretry(?:ing)?\b|\bpool\b|\bECONNREFUSED\b|\bECONNRESET\b|\bconnection (?:refused|reset)\b/i;

const poolWords =
  /\b(?:connection )?pool\b.{0,60}\b(?:exhausted|timed? ?out|timeout|full|empty|in use)|\btoo many (?:connections|clients)\b|\bremaining connection slots\b|\b(?:timeout|timed out) (?:acquiring|waiting for|getting|obtaining)\b.{0,40}\bconnection\b|\bQueuePool limit\b/i;

const novelFactor = 4;

/** Whether a pattern is new, or written much more often, during the trouble. */
export function isNovel({ baselinePerMinute, incidentPerMinute }: LogPattern): boolean {
  return incidentPerMinute > 0.05 && incidentPerMinute >= novelFactor * baselinePerMinute;
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

/**
 * New log lines by what they say: of something that is wrong with the writer itself (its code, memory, disk, locks, certificate), or of waiting for others, which is
 * what everybody writes who stands behind the cause. A line that names another component speaks of that one too.
 */
export function logWords(observed: Observed): ObservedFinding[] {
  const seen = new Set<string>();
  const findings: ObservedFinding[] = [];
  const novel = observed.observations.logs.filter(isNovel).sort((a, b) => b.incidentPerMinute - a.incidentPerMinute);
  const writers = (pattern: string) =>
    new Set(novel.filter((log) => wordingOf(log)?.pattern === pattern).map(({ component }) => component)).size;
  for (const log of novel) {
    const wording = wordingOf(log);
    const name = nameOf(observed, log.component);
    const key = `${log.component} ${wording?.pattern ?? "-"}`;
    const isUrgent = log.severity === null || /^(?:warn|error|fatal)/i.test(log.severity);
    const about = findingAbout("log_words", { kind: "component", key: log.component });
    if (wording !== null && !seen.has(key)) {
      seen.add(key);
      // What many write at once is what the trouble does to them.
      const alone = 1 / Math.max(1, writers(wording.pattern));
      const isSymptom = wording.pattern === "pool_exhaustion";
      findings.push(
        about({
          feature: isSymptom ? "log_pool" : "log_cause",
          value: alone * (log.baselinePerMinute === 0 ? 1 : 0.8),
          text: `${name} began to log that ${wording.says}: "${log.example.slice(0, 160)}"`,
          evidence: logEvidence(log, name),
          ...(wording.type === null ? {} : { cause: wording.type }),
          pattern: wording.pattern,
        }),
      );
    }
    if (wording === null && isUrgent && !consequences.test(textOf(log)) && !seen.has(`${log.component} new`)) {
      seen.add(`${log.component} new`);
      findings.push(
        about({
          feature: "log_new",
          value: log.baselinePerMinute === 0 ? 1 : 0.6,
          text: `${name} began to log "${log.example.slice(0, 160)}"`,
          evidence: logEvidence(log, name),
        }),
      );
    }
    for (const named of namedIn(observed, log)) {
      const once = `${named} named`;
      if (seen.has(once)) continue;
      seen.add(once);
      findings.push(
        findingAbout("log_words", { kind: "component", key: named })({
          feature: "log_names",
          value: 1,
          text: `${name} began to log of ${nameOf(observed, named)}: "${log.example.slice(0, 160)}"`,
          evidence: logEvidence(log, name),
        }),
      );
    }
  }
  return findings;
}

function textOf({ template, example }: LogPattern): string {
  return `${template}\n${example}`.slice(0, 2000);
}

/** What kind of trouble with itself a line tells of (`defect`, `locks`), or null. */
export function patternOfWords(log: LogPattern): string | null {
  return wordingOf(log)?.pattern ?? null;
}

function wordingOf(log: LogPattern): Pick<Wording, "pattern" | "type" | "says"> | null {
  const text = textOf(log);
  const known = causes.find(({ words }) => words.test(text));
  if (known !== undefined) return known;
  return poolWords.test(text) ? { pattern: "pool_exhaustion", type: "db", says: "database connections ran out" } : null;
}

/** Other components that a line names, by key or name of at least four letters. */
function namedIn(observed: Observed, log: LogPattern): string[] {
  const words = new Set(
    log.example
      .slice(0, 500)
      .toLowerCase()
      .split(/[^\w.-]+/)
      .flatMap((word) => [word, word.replace(/:\d+$/, "")]),
  );
  return (observed.calleesOf.get(log.component) ?? []).filter((key) => {
    const name = nameOf(observed, key).toLowerCase();
    return name.length >= 4 && (words.has(name) || words.has(key.toLowerCase()));
  });
}
