import type { Delivery, Incoming, IncomingRequest, Meaning } from "../../domains/integration/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { hashOfBody, type Json, readForm, readJson, recordAt, recordsAt, textAt } from "../shared/read-body.ts";
import { checkAge, checkSignature, hmacHex, refused } from "../shared/signatures.ts";
import type { Config, Credentials } from "./settings.ts";

/** Slack asks that requests older than five minutes be refused (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
const WINDOW_MS = 300_000;

/** Interactions, slash commands and events, which Slack signs alike. */
export const slackIncoming: Incoming<Config, Credentials> = {
  verify({ headers, body }, { credentials, now }) {
    const { signing_secret: secret } = credentials;
    if (secret === undefined) return refused("The integration has no signing secret, so no call can be believed.");
    const seconds = headers["x-slack-request-timestamp"] ?? "";
    const wanted = `v0=${hmacHex(secret, `v0:${seconds}:`, body)}`;
    const signed = checkSignature(headers["x-slack-signature"], wanted, "X-Slack-Signature");
    return signed.ok ? checkAge(seconds === "" ? Number.NaN : Number(seconds) * 1000, now(), WINDOW_MS) : signed;
  },
  read,
  map: meaningsOf,
  answer({ eventType, payload }) {
    if (eventType === "url_verification") return { status: 200, body: { challenge: textAt(payload, "challenge") } };
    const isCommand = eventType === "slash_command";
    return { status: 200, body: isCommand ? { response_type: "ephemeral", text: "Culprit has it." } : {} };
  },
};

function read(request: IncomingRequest): Delivery {
  const isJson = request.body.toString("utf8", 0, 64).trimStart().startsWith("{");
  const form = isJson ? {} : readForm(request);
  const read = isJson
    ? readJson(request)
    : form.payload === undefined
      ? form
      : readJson({ ...request, body: Buffer.from(form.payload) });
  // The old verification token is a secret, and nothing here needs it.
  const { token: _token, ...payload } = read as Json;
  const subject = textAt(recordAt(payload, "channel"), "id") ?? textAt(payload, "channel_id");
  const base = { subject: subject === null ? null : `slack:${subject}`.slice(0, 500), payload };
  if (form.command !== undefined)
    return { ...base, deliveryId: textAt(payload, "trigger_id") ?? hashOfBody(request), eventType: "slash_command" };
  const type = textAt(payload, "type");
  if (type === null) throw new CulpritError("MALFORMED_BODY", "This is no interaction, command or event of Slack.");
  const inner = textAt(recordAt(payload, "event"), "type");
  const deliveryId = textAt(payload, "event_id") ?? textAt(payload, "trigger_id") ?? hashOfBody(request);
  return { ...base, deliveryId: deliveryId.slice(0, 255), eventType: inner ?? type };
}

function meaningsOf({ eventType, payload, subject }: Delivery): readonly Meaning[] {
  switch (eventType) {
    case "block_actions":
      return buttonsOf(payload);
    case "slash_command":
      return [
        commandOf(textAt(payload, "text") ?? "", textAt(payload, "user_name") ?? "somebody", false, subject, payload),
      ];
    case "app_mention": {
      const event = recordAt(payload, "event");
      const words = (textAt(event, "text") ?? "").replace(/^\s*<@\w+>\s*/, "");
      return [commandOf(words, textAt(event, "user") ?? "somebody", textAt(event, "bot_id") !== null, subject, event)];
    }
    case "url_verification":
      return [{ kind: "ignored", reason: "Slack asked whether this address is ours." }];
    default:
      return [{ kind: "ignored", reason: `Nothing here follows from ${eventType}.` }];
  }
}

function buttonsOf(payload: Json): readonly Meaning[] {
  const user = recordAt(payload, "user");
  const actor = textAt(user, "username") ?? textAt(user, "name") ?? textAt(user, "id") ?? "somebody";
  const pressed = recordsAt(payload, "actions").flatMap((action): Meaning[] => {
    const token = textAt(action, "value");
    const isOurs = (textAt(action, "action_id") ?? "").startsWith("culprit_");
    return isOurs && token !== null ? [{ kind: "button", token, actor }] : [];
  });
  return pressed.length > 0 ? pressed : [{ kind: "ignored", reason: "It was a link, which needs no answer." }];
}

function commandOf(command: string, actor: string, isBot: boolean, subject: string | null, payload: Json): Meaning {
  if (command.trim() === "") return { kind: "ignored", reason: "The command has no words." };
  return { kind: "command", command: command.trim(), actor, isBot, subject: subject ?? "slack", payload };
}
