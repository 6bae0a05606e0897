import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

/**
 * Attacks on an autopsy's model, as data: what an attacker writes into something that Culprit reads, and what the worst model that there
 * could be makes of it: it obeys. `{{everything}}` stands for all that it was shown, `{{evil}}` for the attacker's server.
 */
const attackSchema = z.strictObject({
  id: z.string(),
  text: z.string().min(1),
  obeyed: z.record(z.string(), z.unknown()),
});
export const channels = [
  "error_message",
  "stack_frame",
  "log_line",
  "commit_message",
  "file_content",
  "kubernetes_annotation",
] as const;
export type Channel = (typeof channels)[number];
export type Attack = z.infer<typeof attackSchema> & { readonly channel: Channel };

/** Every attack of the corpus. */
export function readCorpus(): Attack[] {
  const named = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".json"));
  if (named.length !== channels.length)
    throw new Error(`The corpus has ${named.length} files, not ${channels.length}.`);
  return channels.flatMap((channel) =>
    z
      .array(attackSchema)
      .parse(JSON.parse(readFileSync(new URL(`${channel}.json`, import.meta.url), "utf8")))
      .map((attack) => ({ ...attack, channel })),
  );
}
