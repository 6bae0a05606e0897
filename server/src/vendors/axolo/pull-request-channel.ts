import type { Connection, Sent } from "../../domains/integration/index.ts";
import { HttpUncertain } from "../../platform/http-client/http-client.ts";
import { cutText } from "../shared/cut-text.ts";
import { recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { callSlack, SlackRefused } from "./call-slack.ts";

/*
 * A channel for each pull request. Its name follows from the pull request alone, and Slack gives a name once, so opening it
 * twice opens one: whoever comes second finds it, and takes it out of the archive where it lay there.
 */

/** Where channels are made: a bot with the scope channels:manage. */
export type ChannelConnection = Pick<
  Connection<
    { readonly channel_prefix: string; readonly people: Readonly<Record<string, string>> },
    { readonly bot_token: string }
  >,
  "http" | "config" | "credentials"
>;

export interface PullRequestChannel {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** Logins of the author and of those who review; those that `people` does not name are not invited. */
  readonly logins: readonly string[];
}

const nameMax = 80;
const topicMax = 250;
const pagesMax = 50;

/** The name of a pull request's channel: `pr-shop-12`, in what Slack takes as a name. */
export function channelNameOf(prefix: string, repository: string, number: number): string {
  const tail = `-${number}`;
  const name = `${prefix}-${repository.split("/").at(-1) ?? ""}`.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, "-");
  return name.slice(0, nameMax - tail.length) + tail;
}

/** The pull request that a channel's name tells of: its repository's name and its number. */
export function pullRequestOfChannel(prefix: string, name: string): { repository: string; number: number } | null {
  const rest = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : "";
  const found = /^(.+)-(\d{1,9})$/.exec(rest);
  return found === null ? null : { repository: found[1] ?? "", number: Number(found[2]) };
}

/**
 * Opens the channel of a pull request, or finds it, with its people in it and the pull request as its topic.
 * @returns the channel's id. @throws as `callSlack`.
 */
export async function openPullRequestChannel(
  connection: ChannelConnection,
  pull: PullRequestChannel,
  signal: AbortSignal,
): Promise<Sent> {
  const name = channelNameOf(connection.config.channel_prefix, pull.repository, pull.number);
  const id = (await createChannel(connection, name, signal)) ?? (await takeBack(connection, name, signal));
  const topic = cutText(`${pull.title.replaceAll(/[<>\s]+/g, " ").trim()} ${pull.url}`, topicMax);
  await callSlack(connection, "conversations.setTopic", { channel: id, topic }, signal);
  const users = [...new Set(pull.logins.flatMap((login) => connection.config.people[login] ?? []))];
  if (users.length > 0)
    await unless(["already_in_channel", "cant_invite_self"], () =>
      callSlack(connection, "conversations.invite", { channel: id, users: users.join(","), force: true }, signal),
    );
  return { externalRef: id, response: { channel: id, name, invited: users.length } };
}

/** The channel of a pull request where there is one that is not in the archive. */
export async function findPullRequestChannel(
  connection: ChannelConnection,
  pull: Pick<PullRequestChannel, "repository" | "number">,
  signal: AbortSignal,
): Promise<Sent | null> {
  const name = channelNameOf(connection.config.channel_prefix, pull.repository, pull.number);
  const found = await findChannel(connection, name, signal);
  if (found === null || found.isArchived) return null;
  return { externalRef: found.id, response: { channel: found.id, name } };
}

/** Puts a channel into the archive; one that lies there is left. */
export async function archivePullRequestChannel(
  connection: ChannelConnection,
  channelId: string,
  signal: AbortSignal,
): Promise<Sent> {
  await unless(["already_archived"], () =>
    callSlack(connection, "conversations.archive", { channel: channelId }, signal),
  );
  return { externalRef: channelId, response: { channel: channelId, archived: true } };
}

async function createChannel(connection: ChannelConnection, name: string, signal: AbortSignal): Promise<string | null> {
  try {
    const { json } = await callSlack(connection, "conversations.create", { name, is_private: false }, signal);
    const id = textAt(recordAt(json, "channel"), "id");
    if (id === null) throw new HttpUncertain("Slack answered without the channel's id.");
    return id;
  } catch (error) {
    if (error instanceof SlackRefused && error.error === "name_taken") return null;
    throw error;
  }
}

/** The channel of a name that is taken, out of the archive. */
async function takeBack(connection: ChannelConnection, name: string, signal: AbortSignal): Promise<string> {
  const found = await findChannel(connection, name, signal);
  if (found === null) throw new SlackRefused("name_taken", null, 400);
  if (found.isArchived) await callSlack(connection, "conversations.unarchive", { channel: found.id }, signal);
  return found.id;
}

async function findChannel(connection: ChannelConnection, name: string, signal: AbortSignal) {
  let cursor = "";
  for (let page = 0; page < pagesMax; page++) {
    const body = { limit: 1000, types: "public_channel", ...(cursor === "" ? {} : { cursor }) };
    const { json } = await callSlack(connection, "conversations.list", body, signal);
    const channel = recordsAt(json, "channels").find((one) => one.name === name);
    const id = textAt(channel, "id");
    if (id !== null) return { id, isArchived: channel?.is_archived === true };
    cursor = textAt(recordAt(json, "response_metadata"), "next_cursor") ?? "";
    if (cursor === "") return null;
  }
  return null;
}

/** Does it; an error that says it was done before is none. */
async function unless(errors: readonly string[], act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof SlackRefused && errors.includes(error.error))) throw error;
  }
}
