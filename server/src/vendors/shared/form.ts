import { z } from "zod";

/** An address of http or https, without the slash at its end. */
export const addressSchema = z
  .url({ protocol: /^https?$/, error: "an address that begins with https://" })
  .transform((url) => url.replace(/\/+$/, ""));

/** A secret of some length. */
export const secretSchema = z.string().trim().min(1).max(4096);

/** The address of an incoming webhook, which is itself the secret. */
export const webhookUrlSchema = z.url({ protocol: /^https?$/, error: "the whole address, which begins with https://" });

/** The same, of a form that a vendor documents. */
export function webhookUrlOf(path: RegExp, error: string) {
  return webhookUrlSchema.refine((url) => URL.canParse(url) && path.test(new URL(url).pathname), { error });
}

/** Whether an alert that stops resolves its incident. */
export const autoResolveSchema = z
  .boolean()
  .default(true)
  .describe("Whether an alert that stops resolves its incident; else only a person does");
