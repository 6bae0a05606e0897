import { asRecord, type JsonSchema } from "../lib/json-schema.ts";

/** The schema of credentials with each one-line text marked as a secret; keys of several lines keep their large field. */
export function asSecrets(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(asRecord(schema.properties)).map(([name, raw]) => {
    const field = asRecord(raw);
    const isLine = field.type === "string" && field.enum === undefined && Number(field.maxLength ?? 0) <= 4000;
    const isSecret = isLine && !/user|login|email|account|host|url/i.test(name);
    return [name, isSecret ? { ...field, writeOnly: true } : field];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
