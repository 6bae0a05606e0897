import type { AutopsyModel, ModelReply } from "../../domains/repair/autopsy/model-port.ts";
import { AnswerTooLong, limitedFetch } from "./limited-fetch.ts";
import type { ModelSettings } from "./open-provider.ts";

const BYTES_MAX = 2_000_000;
const REASON_CHARS = 400;

/**
 * A model behind any server that speaks the OpenAI API (OpenAI, Anthropic and Google at their compatible addresses, Ollama, vLLM), by the AI
 * SDK, which is loaded when it is first used. One request a question: no repeats, no tools, no redirects, an answer of at most 2 MB.
 */
export function providerAutopsyModel({ model, url, apiKey }: ModelSettings): AutopsyModel {
  const { host, hostname } = new URL(url);
  return {
    name: model,
    host,
    async ask({ system, prompt, outputTokensMax, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
        const provider = createOpenAICompatible({
          ...{ name: "model", baseURL: url, fetch: limitedFetch(BYTES_MAX), ...(apiKey === "" ? {} : { apiKey }) },
          // OpenAI's own newer models refuse the older name of the limit, and a temperature.
          ...(hostname === "api.openai.com" ? { transformRequestBody: asNewerOpenAi } : {}),
        });
        const result = await provider.chatModel(model).doGenerate({
          prompt: [
            { role: "system", content: system },
            { role: "user", content: [{ type: "text", text: prompt }] },
          ],
          responseFormat: { type: "json" },
          ...{ maxOutputTokens: outputTokensMax, temperature: 0, abortSignal: signal },
        });
        const text = result.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
        return {
          ...{ kind: "answered", text, isCut: result.finishReason.unified === "length" },
          tokensIn: result.usage.inputTokens.total ?? null,
          tokensOut: result.usage.outputTokens.total ?? null,
        };
      } catch (error) {
        return failureOf(error, signal, { apiKey, model, host, timeoutMs });
      }
    },
  };
}

function asNewerOpenAi({ max_tokens, temperature: _, ...body }: Record<string, unknown>): Record<string, unknown> {
  return { ...body, max_completion_tokens: max_tokens };
}

function failureOf(
  error: unknown,
  signal: AbortSignal,
  about: { readonly apiKey: string; readonly model: string; readonly host: string; readonly timeoutMs: number },
): ModelReply {
  const { apiKey, model, host, timeoutMs } = about;
  const where = `The model ${model} at ${host}`;
  if (signal.aborted) return { kind: "timeout", reason: `${where} did not answer within ${timeoutMs / 1000} s.` };
  // The SDK wraps what a stream threw.
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof AnswerTooLong)
      return { kind: "too_long", reason: `${where} answered more than ${BYTES_MAX} bytes.` };
  const status = (error as { statusCode?: unknown }).statusCode;
  const raw = error instanceof Error ? error.message : String(error);
  const words = (apiKey === "" ? raw : raw.replaceAll(apiKey, "[key]")).replace(/\s+/g, " ").slice(0, REASON_CHARS);
  if (typeof status === "number" && status >= 400)
    return { kind: "refused", reason: `${where} answered ${status}: ${words}` };
  if (typeof status === "number")
    return { kind: "refused", reason: `${where} answered something else than the API describes: ${words}` };
  return { kind: "unreachable", reason: `${where} can't be reached: ${words}` };
}
