import { createHash } from "node:crypto";
import { defuseMentions } from "../../../analysis/pull-request/defuse-mentions.ts";
import { scrubText } from "../../../analysis/scrub/index.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { PullRequestForge } from "../../integration/index.ts";
import type { Concluded } from "./concluded.ts";
import type { Proposal } from "./load-proposal.ts";
import { pullRequestWord } from "./name-pull-request.ts";
import type { PullRequestDeps, StepIn } from "./pull-request-deps.ts";

/** The marker of the issue about an incident: the same whoever asks. */
export function issueMarkerOf(incidentId: string): string {
  return `issue-${createHash("sha256").update(incidentId).digest("hex").slice(0, 32)}`;
}

/** Opens an issue with what is known where no patch is proven, or finds the one that was opened. */
export async function openIssueInstead(given: {
  readonly deps: PullRequestDeps;
  readonly step: StepIn;
  readonly proposal: Proposal;
  readonly forge: PullRequestForge;
  readonly why: string;
}): Promise<Concluded> {
  const { deps, step, proposal, forge, why } = given;
  const incident = toPublicId("inc", proposal.incidentId);
  const marker = issueMarkerOf(proposal.incidentId);
  const title = scrubText(proposal.title.replace(/\s+/g, " ").slice(0, 200), {});
  const text = [
    proposal.rootCause,
    `No ${pullRequestWord(forge.kind)} was opened: ${why}`,
    proposal.manualSteps.map((line, at) => `${at + 1}. ${line}`).join("\n"),
    `[${incident}](${deps.publicUrl()}/incidents/${incident})`,
    `Incident: ${incident}`,
  ];
  const body = defuseMentions(scrubText(text.filter((part) => part !== "").join("\n\n"), {})).replaceAll(
    "<!--",
    "<! --",
  );
  const made = await step.effect({
    key: "issue",
    kind: "issue",
    recipient: forge.repository,
    integrationId: forge.integrationId,
    service: proposal.service,
    request: { title },
    repeat: "lookup",
    send: async () => {
      const standing = await forge.findIssue(marker);
      const { number, url } =
        standing ?? (await forge.openIssue({ title, body, labels: proposal.settings.labels }, marker));
      return { externalRef: String(number), response: { number, url } };
    },
    find: async () => {
      const standing = await forge.findIssue(marker);
      return standing === null ? null : { externalRef: String(standing.number), response: { ...standing } };
    },
  });
  const url = String(made.response.url);
  return {
    outcome: "issue_opened",
    reason: `${why} An issue stands at ${forge.repository}#${made.externalRef} instead.`,
    url,
    details: { issue: { number: Number(made.externalRef), url } },
  };
}
