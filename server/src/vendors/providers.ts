import type { IntegrationType, Provider } from "../domains/integration/index.ts";
import { alertmanager } from "./alertmanager/provider.ts";
import { axolo } from "./axolo/provider.ts";
import { datadog } from "./datadog/provider.ts";
import { discord } from "./discord/provider.ts";
import { email } from "./email/provider.ts";
import { gitea } from "./gitea/provider.ts";
import type { LoadApp } from "./github/auth-of.ts";
import { githubProvider } from "./github/provider.ts";
import { gitlab } from "./gitlab/provider.ts";
import { goFeatureFlag } from "./go-feature-flag/provider.ts";
import { googleChat } from "./google-chat/provider.ts";
import { grafana } from "./grafana/provider.ts";
import { jira } from "./jira/provider.ts";
import { launchdarkly } from "./launchdarkly/provider.ts";
import { linear } from "./linear/provider.ts";
import { mattermost } from "./mattermost/provider.ts";
import { opsgenie } from "./opsgenie/provider.ts";
import { pagerduty } from "./pagerduty/provider.ts";
import { sentryApp } from "./sentry-app/provider.ts";
import { slack } from "./slack/provider.ts";
import { teams } from "./teams/provider.ts";
import { telegram } from "./telegram/provider.ts";
import { unleash } from "./unleash/provider.ts";
import { vercel } from "./vercel/provider.ts";
import { webhook } from "./webhook/provider.ts";

/** Every integration that there is: a line each. The type of a provider's settings is its own, so the list holds them as unknown. */
const all = [
  webhook,
  slack,
  email,
  discord,
  teams,
  googleChat,
  mattermost,
  telegram,
  alertmanager,
  pagerduty,
  opsgenie,
  grafana,
  datadog,
  sentryApp,
  linear,
  jira,
  axolo,
  launchdarkly,
  unleash,
  goFeatureFlag,
  gitea,
  gitlab,
  vercel,
] as readonly unknown[] as readonly Provider[];

/** The providers by their type. */
export const providers: ReadonlyMap<IntegrationType, Provider> = new Map(
  all.map((provider) => [provider.type, provider]),
);

/** All of them. GitHub's asks for the keys of the app that an integration is an installation of. */
export function withGitHub(loadApp: LoadApp): ReadonlyMap<IntegrationType, Provider> {
  return new Map([...providers, ["github", githubProvider(loadApp) as unknown as Provider]]);
}
