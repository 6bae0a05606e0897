import type { IntegrationType, Provider } from "../domains/integration/index.ts";
import { discord } from "./discord/provider.ts";
import { googleChat } from "./google-chat/provider.ts";
import { mattermost } from "./mattermost/provider.ts";
import { teams } from "./teams/provider.ts";
import { telegram } from "./telegram/provider.ts";
import { webhook } from "./webhook/provider.ts";

/** Every integration that there is: a line each. The type of a provider's settings is its own, so the list holds them as unknown. */
const all = [webhook, discord, teams, googleChat, mattermost, telegram] as readonly unknown[] as readonly Provider[];

/** The providers by their type. */
export const providers: ReadonlyMap<IntegrationType, Provider> = new Map(
  all.map((provider) => [provider.type, provider]),
);
