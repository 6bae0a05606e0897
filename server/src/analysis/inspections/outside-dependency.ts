import { cameWithDeployment } from "../world/came-with-deployment.ts";
import { configEdits } from "../world/config-edits.ts";
import { isCalledService } from "../world/is-called-service.ts";
import { type OutsideFailure, outsideFailure } from "../world/message-facts.ts";
import type { WorldCommit } from "../world/world.ts";
import { commitEvidence, type Inspected, messageEvidence, valueStandsIn } from "./context.ts";
import type { EvidenceDraft, Finding } from "./finding.ts";

/**
 * Another system that failed. It speaks against every commit that did not change how that system is reached, because a
 * deployment just before an outage is the commonest false accusation.
 */
export function outsideDependency(inspected: Inspected): Finding[] {
  const { world, candidates, outside } = inspected;
  const seen =
    outside === null
      ? besideFailure(inspected)
      : {
          failure: outside,
          evidence: messageEvidence(world),
          text: `the error says "${outside.words}"`,
          isDirect: true,
        };
  if (seen === null) return [];
  const { failure, evidence, text, isDirect } = seen;
  // A page of HTML where JSON was expected comes from a proxy or a server in trouble; other bad JSON may be our own.
  const isPage = failure.kind === "bad_reply" && failure.words.includes("<");
  const strength = failure.kind === "bad_reply" && !isPage ? 0.5 : isDirect ? 1 : 0.5;
  const findings: Finding[] = [
    {
      inspection: "outside_dependency",
      subject: { kind: "outside", target: failure.target },
      weight: 3.2 * strength,
      text: `${text}, which tells of ${failure.target ?? "another system"}, not of this code`,
      evidence,
      cause: "dependency",
    },
  ];
  const clear = (sha: string): Finding => ({
    inspection: "outside_dependency",
    subject: { kind: "commit", sha },
    weight: -4.5 * strength,
    text: `${text}, and this commit does not change how that system is called`,
    evidence,
  });
  findings.push(...inspected.older.map(clear));
  for (const commit of candidates) {
    // To have written a call is not to have changed it: what ran before is not known, and the call may have been the same then.
    const tie = cameWithDeployment(world, commit.sha) ? changesTheCall(commit, failure, inspected) : null;
    findings.push(
      tie === null
        ? clear(commit.sha)
        : {
            inspection: "outside_dependency",
            subject: { kind: "commit", sha: commit.sha },
            weight: 1,
            text: tie,
            evidence: commitEvidence(commit),
          },
    );
    if (tie !== null)
      findings.push({
        inspection: "outside_dependency",
        subject: { kind: "outside", target: failure.target },
        weight: -2,
        text: `a commit of this deployment changed the call: ${tie}`,
        evidence: commitEvidence(commit),
      });
  }
  return findings;
}

/** Failures of other systems that show beside the error: of services that it calls, in the same requests, or in the calls recorded just before it. */
function besideFailure({
  world,
}: Inspected): { failure: OutsideFailure; evidence: EvidenceDraft; text: string; isDirect: boolean } | null {
  for (const mate of world.traceMates) {
    // A service's own 5xx says that it failed, not that this one called it: who calls whom is told by the calls themselves, below.
    if (mate.message === mate.title) continue;
    // Whoever calls this service says of it that it failed.
    if (mate.service === null || !isCalledService(world, mate.service)) continue;
    const failure = outsideFailure([{ type: mate.title, message: mate.message }]);
    if (failure === null) continue;
    const evidence: EvidenceDraft = {
      kind: "sql_query",
      source: "postgres",
      ref: `sql:incident_traces?incident_id=${world.incident.id}`,
      title: "Other failures in the same requests",
      snapshot: `${mate.service} ${mate.title}\n${mate.message}`.trim().slice(0, 2000),
    };
    return {
      failure,
      evidence,
      text: `in the same requests ${mate.service} failed with "${failure.words}"`,
      isDirect: true,
    };
  }
  const failed = world.incident.outgoing.findLast((call) => call.status === null || call.status >= 500);
  if (failed === undefined) return null;
  const target = /^https?:\/\/([^/?#]+)/.exec(failed.url)?.[1] ?? failed.url;
  const words = failed.status === null ? "no answer" : `status ${failed.status}`;
  const evidence: EvidenceDraft = {
    kind: "sql_query",
    source: "postgres",
    ref: `sql:incident_occurrences?incident_id=${world.incident.id}`,
    title: "Calls before the failure",
    snapshot: world.incident.outgoing.map((call) => `${call.url}: ${call.status ?? "no answer"}`).join("\n"),
  };
  return {
    failure: { kind: "upstream_error", target, words },
    evidence,
    text: `just before, the call to ${target} gave ${words}`,
    isDirect: false,
  };
}

const callWords: Readonly<Record<OutsideFailure["kind"], RegExp>> = {
  timeout: /time-?out|deadline|abort|signal|retry|retries|delay|\bttl\b/i,
  connection: /https?:\/\/|\bhost(?:name)?\b|\bport\b|\burl\b|base_?url|endpoint|socket|proxy|\btls\b|\bssl\b|\bdns\b/i,
  upstream_error: /https?:\/\/|endpoint|base_?url/i,
  bad_reply: /https?:\/\/|endpoint|base_?url|\baccept\b/i,
};

/** Whether a region is part of the call that failed, rather than of what calls the caller. */
function isCall(region: Inspected["world"]["regions"][number] | undefined): boolean {
  return region !== undefined && region.weight >= 0.7 && region.kind !== "file_scope";
}

/** How a commit changed the call that failed, or null: the address, the time limit, or a setting that the error shows. */
function changesTheCall(
  commit: WorldCommit,
  failure: OutsideFailure,
  { world, touches, nearTouches }: Inspected,
): string | null {
  const message = world.incident.exceptions.map((one) => one.message).join(" ");
  for (const edit of configEdits(commit.files)) {
    if (valueStandsIn(edit.to, message)) return `it sets ${edit.key} to the value that the error shows`;
    if (callWords[failure.kind].test(`${edit.key} ${edit.to ?? ""}`) && failure.kind !== "upstream_error")
      return `it changes the setting ${edit.key}`;
  }
  const lines = [...touches, ...nearTouches]
    .filter((touch) => touch.sha === commit.sha && isCall(world.regions[touch.region]))
    .flatMap((touch) => touch.changed);
  const literal = lines.find((line) => callWords[failure.kind].test(line.text) && /["'`\d]/.test(line.text));
  if (literal !== undefined) return `it changes "${literal.text.trim().slice(0, 120)}" in the call`;
  return null;
}
