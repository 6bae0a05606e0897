import type { ConfigChangeInput } from "@culprit/contract";
import { z } from "zod";
import type { Meaning } from "../../domains/integration/index.ts";
import { cutText } from "./cut-text.ts";

/** What every sender of flag changes is asked for. */
export const flagConfigShape = {
  service: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .optional()
    .describe("The service that reads these flags; empty for all of them"),
} as const;

/** The environment that a sender calls otherwise, or does not name at all. */
export const environmentSchema = z.string().trim().min(1).max(50).default("production");

const FIELDS_MAX = 50;
const VALUE_CHARS_MAX = 500;

/** A flag somebody changed, before it is a config change. */
export interface FlagChange {
  readonly flag: string;
  readonly environment: string;
  readonly service: string | undefined;
  readonly actor: string | null;
  readonly at: Date | null;
  readonly id: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The config change that a flag's change is: its fields that differ, by their path. */
export function flagChange({ flag, environment, service, actor, at, id, before, after }: FlagChange): Meaning {
  const changes = differences(before, after).map(({ field, was, is }) => ({
    field: cutText(field, 255),
    ...(was === undefined ? {} : { old_value: short(was) }),
    ...(is === undefined ? {} : { new_value: short(is) }),
  }));
  if (changes.length === 0) return { kind: "ignored", reason: `Nothing of the flag ${flag} differs.` };
  const change: ConfigChangeInput = {
    ...{ source: "feature_flag", change_kind: "feature_flag", resource_name: cutText(flag, 255), changes },
    ...{ environment: cutText(environment, 50), external_id: cutText(id, 255) },
    ...(service === undefined ? {} : { service }),
    ...(actor === null ? {} : { actor: cutText(actor, 255) }),
    ...(at === null ? {} : { detected_at: at.toISOString() }),
  };
  return { kind: "change", change };
}

function short(value: unknown): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  return cutText(typeof value === "string" ? value : JSON.stringify(value), VALUE_CHARS_MAX);
}

/** The leaves by which two values differ, objects taken apart, lists compared whole. At most 50. */
function differences(
  before: unknown,
  after: unknown,
  path = "",
  depth = 0,
): { readonly field: string; readonly was: unknown; readonly is: unknown }[] {
  if (depth < 6 && isPlain(before) && isPlain(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => differences(before[key], after[key], path === "" ? key : `${path}.${key}`, depth + 1))
      .slice(0, FIELDS_MAX);
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ field: path === "" ? "flag" : path, was: before, is: after }];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
