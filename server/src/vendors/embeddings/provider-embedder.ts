import { unitVector } from "../../analysis/embedding/unit-vector.ts";
import type { Embedder } from "../../domains/investigation/retrieval/retrieval-port.ts";
import { type ModelSettings, openProvider, unavailable } from "../models/open-provider.ts";

const TIMEOUT_MS = 30_000;
/** A batch of a hundred texts at 3,072 numbers each is 7 MB. */
const BYTES_MAX = 64 * 1024 * 1024;

/**
 * A model behind any server that speaks the OpenAI API, by the AI SDK, which is loaded when it is first used. Failures are ENGINE_UNAVAILABLE with
 * the provider's words, without the key.
 */
export function providerEmbedder(settings: ModelSettings): Embedder {
  const { model } = settings;
  return {
    model,
    async embed(texts) {
      if (texts.length === 0) return [];
      try {
        const [{ embedMany }, provider] = await Promise.all([import("ai"), openProvider(settings, BYTES_MAX)]);
        const { embeddings } = await embedMany({
          ...{ model: provider.embeddingModel(model), values: [...texts], maxRetries: 2 },
          abortSignal: AbortSignal.timeout(TIMEOUT_MS),
        });
        return embeddings.map((embedding) => unitVector(Float32Array.from(embedding)));
      } catch (error) {
        const check = "EMBEDDING_URL, EMBEDDING_MODEL and EMBEDDING_API_KEY";
        throw unavailable(error, settings, { what: "The embedding model", settings: check });
      }
    },
  };
}
