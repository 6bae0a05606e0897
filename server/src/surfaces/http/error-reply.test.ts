import {
  deploymentInputSchema,
  dryRunInputSchema,
  ingestInputSchema,
  repositoryInputSchema,
  workflowSaveSchema,
} from "@culprit/contract";
import { expect, test } from "vitest";
import { toCulpritError } from "./error-reply.ts";

test.each([
  [ingestInputSchema, [], "The body must be an object, not an array."],
  [ingestInputSchema, undefined, "The body is missing; it must be an object."],
  [ingestInputSchema, { error: {} }, "error.message: is missing; it must be a string."],
  [ingestInputSchema, { error: { message: 3 } }, "error.message: must be a string, not a number."],
  [repositoryInputSchema, { url: "/srv/shop", branch: "main" }, 'The body has unknown key "branch".'],
  [workflowSaveSchema, {}, "The body must give either text or definition."],
  [dryRunInputSchema, {}, "The body must give either text or definition."],
  [deploymentInputSchema, { release: "v1", metadata: [] }, "metadata: must be an object, not an array."],
])("what is wrong with a body is said in plain words: %#", (schema, body, message) => {
  const { error } = schema.safeParse(body);
  expect(toCulpritError(error, 1024)).toMatchObject({ code: "INVALID_REQUEST", message });
});

test("a body that is too large is told the limit and the setting", () => {
  expect(toCulpritError({ statusCode: 413 }, 5_242_880)).toMatchObject({
    code: "PAYLOAD_TOO_LARGE",
    message: expect.stringMatching(/more than 5242880 bytes\. .*CULPRIT_BODY_BYTES_MAX/),
  });
});
