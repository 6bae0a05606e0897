import { type Inspected, messageEvidence, timelineEvidence } from "./context.ts";
import type { Finding } from "./finding.ts";

/** What is said when nothing else is: what was looked at, so that "nothing" means something. */
export function nothingFound({ world, candidates }: Inspected): Finding[] {
  const subject = { kind: "unknown" } as const;
  const say = (text: string, evidence = timelineEvidence(world)): Finding => ({
    inspection: "nothing_found",
    subject,
    weight: 0,
    text,
    evidence,
  });
  if (world.codeMissing !== null) return [say(`the code can't be read: ${world.codeMissing}`)];
  if (world.running === null)
    return [say("no deployment of this service is known, so nothing can be said about what changed")];
  if (world.range?.isRollback === true)
    return [say("the running revision is a rollback: it brought no new commits, it took some out")];
  if (world.frames.length === 0)
    return [
      say(
        "the error came without a stack, so there is no code to compare with what was deployed",
        messageEvidence(world),
      ),
    ];
  if (world.frames.every((frame) => frame.path === null))
    return [say("no frame of the stack lies in the repository", messageEvidence(world))];
  if (candidates.length === 0 && world.isHistoryCut)
    return [say("the clone is shallow: its history ends before whoever wrote the failing code")];
  if (candidates.length === 0) return [say("the running revision brought no commits")];
  return [
    say(
      `${candidates.length} ${candidates.length === 1 ? "commit of this deployment was" : "commits of this deployment were"} compared with the failing code and what it calls`,
    ),
  ];
}
