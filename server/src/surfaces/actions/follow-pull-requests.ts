import { z } from "zod";
import { closeOwnPullRequest, followPullRequests, namePullRequest } from "../../domains/repair/index.ts";
import { action } from "./action-services.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "follow_pull_requests",
  title: "See how pull requests for incidents stand",
  summary:
    "Reads checks, reviews and state of the pull request that an event is about and moves its incident. About a resolved incident: closes the pull request for it, unless that is what resolved it.",
  group: "incident",
  input: z.strictObject({
    repository: z.string().max(500).optional().describe("The repository; that of the event unless told."),
    branch: z.string().max(500).optional().describe("The branch it comes from; that of the event unless told."),
  }),
  output: z.strictObject({
    followed: z.number().int().describe("How many were looked at."),
    reason: z.string().describe("What was done."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const repository = input.repository ?? ctx.event?.repository;
    const branch = input.branch ?? ctx.event?.head_branch;
    if (typeof repository === "string" && typeof branch === "string") {
      const { projectId } = ctx;
      const followed = await followPullRequests(services, { projectId, repository, branch });
      const said = followed.map(
        ({ pullRequest: one, state, problem }) =>
          `${namePullRequest(one.forge, one.repository, one.number)} is ${problem ?? state}.`,
      );
      return {
        followed: followed.length,
        reason: said.join(" ") || `No pull request for an incident comes from ${branch}.`,
      };
    }
    if (ctx.incidentId === null) return { followed: 0, reason: "The event names neither a branch nor an incident." };
    const reason = await closeOwnPullRequest(services, ctx.incidentId, {
      effect: (effect) => outward(ctx, effect),
      progress: (message) => ctx.progress(message),
    });
    return { followed: 0, reason };
  },
});
