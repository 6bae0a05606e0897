import { expect, test } from "vitest";
import { hostileMessage } from "../conformance-messages.ts";
import { provesProvider } from "../provider-conformance.ts";
import { atMostBytes, testNow } from "../shared/connect.fixture.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { teams } from "./provider.ts";
import { renderTeams, teamsBytesMax } from "./render.ts";

const path = "/workflows/0123456789abcdef/triggers/manual/paths/invoke";

/** A fake of the Workflows webhook: 202 without a body, as the trigger answers; 413 beyond its limit. */
const startFake = () =>
  startFakeVendor(({ method, path: asked, query, body, json }) => {
    if (method !== "POST" || asked !== path || query.get("sig") !== "signature-of-the-address")
      return { status: 401, body: { error: { code: "DirectApiAuthorizationRequired" } } };
    if (Buffer.byteLength(body) > teamsBytesMax) return { status: 413, body: "too large" };
    const { attachments } = json as { attachments: { contentType: string }[] };
    if (attachments[0]?.contentType !== "application/vnd.microsoft.card.adaptive") return { status: 400 };
    return { status: 202, headers: { "x-ms-workflow-run-id": "08584" }, body: "" };
  });

provesProvider(teams, {
  now: testNow,
  config: { channel: "alerts" },
  credentials: {
    webhook_url: `https://prod-1.westeurope.logic.azure.com${path}?api-version=1&sig=signature-of-the-address`,
  },
  refusedConfigs: [{ name: "no channel", config: { channel: "" } }],
  refusedCredentials: [{ name: "no address", credentials: { webhook_url: "signature-only" } }],
  startFake,
  outgoing: {
    withinLimits: (rendered) => atMostBytes(teamsBytesMax, rendered),
    // Text runs know no Markdown and no mention; a text block would.
    forbidden: ['"TextBlock"', '"entities"', '"FactSet"'],
    made: ({ requests }) => requests.length,
    newest: ({ requests }) => requests.at(-1)?.body ?? "",
  },
  health: {
    good: "unknown",
    asksNobody: true,
    expired: { skipped: "a workflow can't be asked without sending a message" },
    missingScope: { skipped: "a workflow can't be asked without sending a message" },
    revoked: { skipped: "a workflow can't be asked without sending a message" },
  },
});

test("hostile texts stand in text runs only", () => {
  const keys = new Set<string>();
  JSON.stringify(renderTeams(hostileMessage), (key, value: unknown) => {
    if (typeof value === "string" && value.includes("@everyone")) keys.add(key);
    return value;
  });
  expect(keys).toEqual(new Set(["text"]));
});
