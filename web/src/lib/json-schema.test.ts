import { expect, test } from "vitest";
import { z } from "zod";
import { type JsonSchema, schemaFields, wordsOf } from "./json-schema.ts";

const kinds = (schema: z.ZodType) =>
  Object.fromEntries(schemaFields(z.toJSONSchema(schema, { io: "input" }) as JsonSchema).map((f) => [f.name, f.kind]));

test("each kind of zod field gets the form field that fits it, and what is unknown is JSON, never nothing", () => {
  const schema = z.strictObject({
    channel: z.string(),
    user: z.string().max(320),
    body: z.string().max(10_000),
    count: z.number().int().optional(),
    draft: z.boolean().default(false),
    tone: z.enum(["good", "bad"]),
    labels: z.array(z.string()),
    patterns: z.union([z.string(), z.array(z.string())]),
    retry: z.strictObject({ times: z.number() }),
    headers: z.record(z.string(), z.string()),
    anything: z.unknown(),
    nullable: z.string().nullable(),
    token: z.string().meta({ writeOnly: true }),
    sides: z.union([z.literal("left"), z.literal("right")]),
    rows: z.array(z.strictObject({ a: z.string() })),
  });
  expect(kinds(schema)).toEqual({
    channel: "text",
    user: "text",
    body: "long_text",
    count: "number",
    draft: "boolean",
    tone: "choice",
    labels: "lines",
    patterns: "lines",
    retry: "group",
    headers: "json",
    anything: "json",
    nullable: "text",
    token: "secret",
    sides: "choice",
    rows: "json",
  });
});

test("what has a default is not required, what has none is", () => {
  const schema = z.strictObject({ a: z.string(), b: z.string().default("x"), c: z.string().optional() });
  for (const io of ["input", "output"] as const) {
    const fields = schemaFields(z.toJSONSchema(schema, { io }) as JsonSchema);
    expect(fields.filter(({ isRequired }) => isRequired).map(({ name }) => name)).toEqual(["a"]);
  }
});

test("references into $defs are followed", () => {
  const root = { properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "number", description: "How many" } } };
  expect(schemaFields(root)[0]).toMatchObject({ kind: "number", description: "How many" });
});

test("names become words", () => {
  expect([wordsOf("max_attempts"), wordsOf("webhookUrl"), wordsOf("x")]).toEqual(["Max attempts", "Webhook URL", "X"]);
});
