import { z } from "zod";
import { chooseTargets, openConnection, type Sent } from "../../domains/integration/index.ts";
import {
  archivePullRequestChannel,
  type ChannelConnection,
  channelNameOf,
  findPullRequestChannel,
  openPullRequestChannel,
} from "../../vendors/axolo/pull-request-channel.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

const nothing: Sent = { externalRef: null, response: {} };

export default action({
  name: "pull_request_channel",
  title: "A Slack channel for a pull request",
  summary:
    "Opens the channel of a pull request with its author and reviewers in it, or puts it into the archive when the work is done.",
  group: "pull_request",
  input: z.strictObject({
    operation: z.enum(["open", "archive"]).describe("What is to be done with the channel."),
    pull_request_number: pullRequestField,
    repository: repositoryField,
    to: z.string().min(1).max(255).default("axolo").describe("Name or type of the integration that makes channels."),
  }),
  output: z.object({
    channel_id: z.string().nullable().describe("Slack's id of it; null where there was none to put away."),
    channel_name: z.string().describe("What it is called."),
  }),
  // Its name follows from the pull request, and Slack gives a name once.
  repeat: "idempotent",
  async run({ operation, to, ...input }, ctx, services) {
    const { integrations } = services;
    const [target] = await chooseTargets(integrations, { projectId: ctx.projectId, named: [to], can: "outgoing" });
    if (target?.type !== "axolo") throw new Error(`${to} makes no channels. Name an integration of the type axolo.`);
    const opened = await openConnection(integrations, { integrationId: target.id, projectId: ctx.projectId });
    const connection = opened.connection as ChannelConnection;
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const { repository } = forge;
    const name = channelNameOf(connection.config.channel_prefix, repository, number);
    const act = async (signal: AbortSignal): Promise<Sent> => {
      if (operation === "open") {
        const [pull, reviews] = await Promise.all([forge.pullRequest(number), forge.reviews(number)]);
        const logins = [pull.author, ...reviews.flatMap(({ author, isBot }) => (isBot ? [] : [author]))];
        return openPullRequestChannel(
          connection,
          { repository, number, title: pull.title, url: pull.url, logins },
          signal,
        );
      }
      const found = await findPullRequestChannel(connection, { repository, number }, signal);
      return found?.externalRef == null ? nothing : archivePullRequestChannel(connection, found.externalRef, signal);
    };
    const { externalRef } = await outward(ctx, {
      key: operation,
      kind: "channel",
      recipient: `#${name} (Slack)`,
      integrationId: target.id,
      request: { operation, channel: name, pull_request: `${repository}#${number}` },
      repeat: "idempotent",
      send: ({ signal }) => act(signal),
    });
    return { channel_id: externalRef, channel_name: name };
  },
});
