import { commitEvidence, type Inspected, messageEvidence } from "./context.ts";
import type { Finding } from "./finding.ts";

/** Errors that complain about what clients sent. They blame a commit only where it changed the check itself. */
export function clientTraffic({
  world,
  candidates,
  touches,
  nearTouches,
  older,
  isClientComplaint,
}: Inspected): Finding[] {
  if (!isClientComplaint) return [];
  const evidence = messageEvidence(world);
  const findings: Finding[] = [
    {
      inspection: "client_traffic",
      subject: { kind: "traffic" },
      weight: 1.6,
      text: "the error complains about what the client sent",
      evidence,
    },
  ];
  const clear = (sha: string): Finding => ({
    inspection: "client_traffic",
    subject: { kind: "commit", sha },
    weight: -3.4,
    text: "the error complains about what the client sent, and this commit does not change that check",
    evidence,
  });
  findings.push(...older.map(clear));
  for (const commit of candidates) {
    const isCheckChanged = [
      ...touches.filter((touch) => world.regions[touch.region]?.kind === "line"),
      ...nearTouches,
    ].some((touch) => touch.sha === commit.sha);
    findings.push(
      isCheckChanged
        ? {
            inspection: "client_traffic",
            subject: { kind: "traffic" },
            weight: -1.8,
            text: "the check that refuses was changed by this deployment",
            evidence: commitEvidence(commit),
          }
        : clear(commit.sha),
    );
  }
  return findings;
}
