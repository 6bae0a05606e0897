import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { limitedFetch } from "./limited-fetch.ts";

/** A model behind a server that speaks the OpenAI API. */
export interface ModelSettings {
  readonly model: string;
  readonly url: string;
  readonly apiKey: string;
}

/** The AI SDK's provider, which is loaded when it is first asked for; without redirects, with answers of at most so many bytes. */
export async function openProvider({ url, apiKey }: Omit<ModelSettings, "model">, bytesMax: number) {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const fetch = limitedFetch(bytesMax);
  return createOpenAICompatible({ name: "model", baseURL: url, fetch, ...(apiKey === "" ? {} : { apiKey }) });
}

/**
 * ENGINE_UNAVAILABLE with the provider's words, without the key. What was thrown is not its cause: the SDK's errors hold the request with its headers.
 * @param what such as "The model"
 * @param settings what to check, by name
 */
export function unavailable(
  thrown: unknown,
  { model, url, apiKey }: ModelSettings,
  { what, settings }: { readonly what: string; readonly settings: string },
): CulpritError {
  const raw = thrown instanceof Error ? thrown.message : String(thrown);
  const words = (apiKey === "" ? raw : raw.replaceAll(apiKey, "[key]")).slice(0, 500);
  return new CulpritError(
    "ENGINE_UNAVAILABLE",
    `${what} ${model} at ${new URL(url).host} does not answer: ${words} Check ${settings}.`,
  );
}
