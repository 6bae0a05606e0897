import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { mapDatadogWebhook, payloadTemplate } from "./datadog/map-webhook.ts";
import { integrationsTable } from "./integrations-table.ts";
import { providers } from "./providers.ts";
import { hmacHex } from "./shared/signatures.ts";

const page = readFileSync(fileURLToPath(new URL("../../../docs/integrations.md", import.meta.url)), "utf8");

function example(name: string): string {
  const found = page.split(`<!-- example: ${name} -->`)[1]?.match(/^\s*```\w+\n([\s\S]*?)^```/m)?.[1];
  if (found === undefined) throw new Error(`docs/integrations.md has no example ${name}`);
  return found;
}

test("the payload that the documentation gives to Datadog's webhook is the one that is understood", () => {
  const printed = JSON.parse(example("datadog.json")) as Record<string, string>;
  expect(printed).toEqual(payloadTemplate);
  const filled = { ...printed, monitor_id: "42", date: "1767268800000" };
  expect(mapDatadogWebhook(filled)).toMatchObject([{ kind: "alert", alert: { status: "firing" } }]);
});

test("a contact point as the documentation sets it up signs what the provider believes", () => {
  const { contactPoints } = parse(example("contact-points.yaml")) as {
    contactPoints: { receivers: { settings: { hmacConfig: { secret: string; timestampHeader: string } } }[] }[];
  };
  const { secret, timestampHeader } = contactPoints[0]?.receivers[0]?.settings.hmacConfig ?? {};
  const grafana = providers.get("grafana");
  const now = new Date("2026-01-01T12:00:00Z");
  const body = Buffer.from("{}");
  const sentAt = String(now.getTime() / 1000);
  const headers = {
    [String(timestampHeader).toLowerCase()]: sentAt,
    "x-grafana-alerting-signature": hmacHex(String(secret), `${sentAt}:`, body),
  };
  const connection = {
    integrationId: "i",
    projectId: "p",
    config: grafana?.config.parse({ timestamp_header: timestampHeader }),
    credentials: grafana?.credentials.parse({ hmac_secret: secret }),
    http: { request: () => Promise.reject(new Error("nothing is asked")) },
    now: () => now,
  };
  expect(grafana?.incoming?.verify({ headers, query: {}, body }, connection)).toEqual({ ok: true });
});

test("every provider has a line that names its secrets in bold", () => {
  const table = integrationsTable(providers);
  for (const { type } of providers.values()) expect(table).toContain(`\`${type}\``);
  expect(table).toMatch(/\| Jira `jira` \|.*\*\*api_token\*\*, \*\*webhook_secret\?\*\*/);
});
