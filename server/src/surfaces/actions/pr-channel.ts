import { z } from "zod";
import { type Connection, chooseTargets, type Message, openConnection } from "../../domains/integration/index.ts";
import {
  archivePullRequestChannel,
  type ChannelConnection,
  findPullRequestChannel,
  openPullRequestChannel,
} from "../../vendors/axolo/pull-request-channel.ts";
import { action } from "./action-services.ts";
import { forgeOf, numberOf, pullRequestField, repositoryField } from "./shared/fields.ts";
import { outward } from "./shared/outward.ts";

export default action({
  name: "pr_channel",
  title: "Channel of a pull request",
  summary:
    "Opens a Slack channel for a pull request with its author and reviewers in it, says something there, or puts it into the archive. The same pull request has one channel.",
  group: "pull_request",
  input: z.strictObject({
    pull_request_number: pullRequestField,
    repository: repositoryField,
    do: z
      .enum(["open", "archive"])
      .default("open")
      .describe("open also finds the one that there is, and takes it out of the archive."),
    message: z
      .string()
      .max(20_000)
      .default("")
      .describe("What is said in the channel after it was opened; empty for nothing."),
    to: z.string().min(1).max(255).default("axolo").describe("Name or type of the integration."),
  }),
  output: z.object({
    channel: z.string().nullable().describe("Slack's id of the channel; null where there was none to archive."),
    channel_name: z.string().nullable().describe("Its name, such as pr-shop-12."),
  }),
  repeat: "lookup",
  async run(input, ctx, services) {
    const number = numberOf(input, ctx);
    const forge = await forgeOf(input, ctx, services);
    const { repository } = forge;
    const [target] = await chooseTargets(services.integrations, {
      projectId: ctx.projectId,
      named: [input.to],
      can: "outgoing",
    });
    if (target === undefined) throw new Error(`There is no integration ${input.to}.`);
    const opened = await openConnection(services.integrations, { integrationId: target.id, projectId: ctx.projectId });
    const connection = opened.connection as Connection & ChannelConnection;
    const common = {
      recipient: `channel of ${repository}#${number}`,
      integrationId: target.id,
      repeat: "idempotent",
    } as const;
    if (input.do === "archive") {
      const standing = await findPullRequestChannel(connection, { repository, number }, ctx.signal);
      if (standing?.externalRef == null) return { channel: null, channel_name: null };
      const channel = standing.externalRef;
      await outward(ctx, {
        ...common,
        key: "archive",
        kind: "channel",
        request: { channel, archived: true },
        send: ({ signal }) => archivePullRequestChannel(connection, channel, signal),
      });
      return { channel, channel_name: String(standing.response.name ?? "") };
    }
    const [pull, reviews] = await Promise.all([forge.pullRequest(number), forge.reviews(number)]);
    const logins = [pull.author, ...reviews.filter(({ isBot }) => !isBot).map(({ author }) => author)];
    const { title, url } = pull;
    const made = await outward(ctx, {
      ...common,
      key: "open",
      kind: "channel",
      request: { repository, number, title, logins },
      send: ({ signal }) => openPullRequestChannel(connection, { repository, number, title, url, logins }, signal),
    });
    const channel = made.externalRef ?? "";
    const { outgoing } = opened.provider;
    if (input.message !== "" && outgoing !== undefined) {
      const inChannel = { ...connection, config: { ...connection.config, channel } };
      const rendered = outgoing.render(messageOf(title, input.message, url), inChannel.config);
      await outward(ctx, {
        ...common,
        key: "message",
        kind: "channel_message",
        recipient: `${String(made.response.name ?? channel)} (Slack)`,
        request: rendered,
        repeat: "lookup",
        send: ({ idempotencyKey, signal }) => outgoing.send(rendered, inChannel, idempotencyKey, signal),
        find: async ({ idempotencyKey, signal }) => (await outgoing.find?.(idempotencyKey, inChannel, signal)) ?? null,
      });
    }
    return { channel, channel_name: String(made.response.name ?? "") };
  },
});

function messageOf(title: string, text: string, url: string): Message {
  return {
    title,
    severity: null,
    tone: "neutral",
    text,
    fields: [],
    sections: [],
    links: [{ label: "Open", url }],
    buttons: [],
  };
}
