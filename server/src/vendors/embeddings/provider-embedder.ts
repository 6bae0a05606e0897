import { unitVector } from "../../analysis/embedding/unit-vector.ts";
import type { Embedder } from "../../domains/investigation/retrieval/retrieval-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

export interface ProviderSettings {
  readonly model: string;
  readonly url: string;
  readonly apiKey: string;
}

const TIMEOUT_MS = 30_000;

/**
 * A model behind any server that speaks the OpenAI API, by the AI SDK, which is loaded when it is first used. Failures are ENGINE_UNAVAILABLE with
 * the provider's words, without the key.
 */
export function providerEmbedder({ model, url, apiKey }: ProviderSettings): Embedder {
  return {
    model,
    async embed(texts) {
      if (texts.length === 0) return [];
      try {
        const [{ embedMany }, { createOpenAICompatible }] = await Promise.all([
          import("ai"),
          import("@ai-sdk/openai-compatible"),
        ]);
        const provider = createOpenAICompatible({
          name: "embedding",
          baseURL: url,
          ...(apiKey === "" ? {} : { apiKey }),
        });
        const { embeddings } = await embedMany({
          ...{ model: provider.embeddingModel(model), values: [...texts], maxRetries: 2 },
          abortSignal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return embeddings.map((embedding) => unitVector(Float32Array.from(embedding)));
      } catch (error) {
        const words = (error instanceof Error ? error.message : String(error)).replaceAll(
          apiKey === "" ? "\0" : apiKey,
          "[key]",
        );
        // Not as its cause: the SDK's errors hold the request with its headers.
        throw new CulpritError(
          "ENGINE_UNAVAILABLE",
          `The embedding model ${model} at ${new URL(url).host} does not answer: ${words.slice(0, 500)} Check EMBEDDING_URL, EMBEDDING_MODEL and EMBEDDING_API_KEY.`,
        );
      }
    },
  };
}
