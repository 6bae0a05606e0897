import {
  deploymentInputSchema,
  detectorSettingsSchemas,
  dryRunInputSchema,
  incidentListQuerySchema,
  ingestInputSchema,
  repositoryInputSchema,
  workflowSaveSchema,
} from "@culprit/contract";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { createLog } from "../../platform/log/log.ts";
import { replyWithErrors, toCulpritError } from "./error-reply.ts";

test.each([
  [ingestInputSchema, [], "The body must be an object, not an array."],
  [ingestInputSchema, undefined, "The body is missing; it must be an object."],
  [ingestInputSchema, { error: {} }, "error.message: is missing; it must be a string."],
  [ingestInputSchema, { error: { message: 3 } }, "error.message: must be a string, not a number."],
  [repositoryInputSchema, { url: "/srv/shop", branch: "main" }, 'The body has unknown key "branch"; it takes url.'],
  [
    deploymentInputSchema,
    { deployed_at: "2026-11-21T10:00:00Z" },
    expect.stringMatching(
      /^The body has unknown key "deployed_at"; it takes service, environment, .*started_at, finished_at, metadata\.$/,
    ),
  ],
  [
    deploymentInputSchema,
    { comit_sha: "abc" },
    expect.stringMatching(/^The body has unknown key "comit_sha"; did you mean commit_sha\? It takes service, /),
  ],
  [deploymentInputSchema, { service: "" }, "service: must not be empty."],
  [
    deploymentInputSchema,
    { started_at: "noon" },
    "started_at: must be an instant with its time zone, as 2026-11-21T22:00:00Z.",
  ],
  [deploymentInputSchema, { deploy_type: "helmet" }, expect.stringMatching(/^deploy_type: must be one of .*other/)],
  [detectorSettingsSchemas.error_rate_spike, { ratio: 5 }, "ratio: must be at most 1."],
  [workflowSaveSchema, {}, "The body must give either text or definition."],
  [dryRunInputSchema, {}, "The body must give either text or definition."],
  [deploymentInputSchema, { release: "v1", metadata: [] }, "metadata: must be an object, not an array."],
])("what is wrong with a body is said in plain words: %#", (schema, body, message) => {
  const { error } = schema.safeParse(body);
  expect(toCulpritError(error, 1024)).toMatchObject({ code: "INVALID_REQUEST", message });
});

test("a filter that a list does not have is refused with the nearest, and the query is told by its name", () => {
  const { error } = incidentListQuerySchema.safeParse({ sttus: "open" });
  expect(toCulpritError(error, 1024, "query")).toMatchObject({
    code: "INVALID_REQUEST",
    message:
      'The query has unknown key "sttus"; did you mean status? It takes project, status, service, limit, cursor.',
  });
});

test("a body that is too large is told the limit and the setting", () => {
  expect(toCulpritError({ statusCode: 413 }, 5_242_880)).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    message: expect.stringMatching(/more than 5242880 bytes\. .*CULPRIT_BODY_BYTES_MAX/),
  });
});

test("keys of a body, however many and long, are answered at once and in a few words", () => {
  const long = "x".repeat(1_000_000);
  const body = Object.fromEntries([[long, 1], ...Array.from({ length: 5_000 }, (_, at) => [`key${at}`, at])]);
  const startedAt = performance.now();
  const parsed = deploymentInputSchema.safeParse(body);
  const { message } = toCulpritError(parsed.error, 1024);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(message).toContain('has unknown keys "xxxxxxxx');
  expect(message).toContain('…", "key0", "key1", "key2", "key3" and 4996 more; it takes service, ');
  expect(message.length).toBeLessThan(600);
});

test("an address that takes other methods says which, with an id in it too; one that is nowhere is not found", async () => {
  const app = Fastify();
  replyWithErrors(app, createLog("silent"), 1000);
  await app.register(async (scope) => {
    scope.get("/api/detectors", async () => ({}));
    scope.put("/api/detectors/:name", async () => ({}));
    scope.delete("/api/detectors/:name", async () => ({}));
    scope.get("/projects/*", async () => ({}));
  });
  const answer = async (method: "POST" | "DELETE", url: string) => {
    const { statusCode, headers } = await app.inject({ method, url });
    return [statusCode, headers.allow];
  };
  expect(await answer("POST", "/api/detectors/x?y=1")).toEqual([405, "PUT, DELETE"]);
  expect(await answer("DELETE", "/api/detectors")).toEqual([405, "GET"]);
  expect(await answer("POST", "/api/detectors/x/y")).toEqual([404, undefined]);
  expect(await answer("POST", "/projects/x")).toEqual([404, undefined]);
  await app.close();
});
