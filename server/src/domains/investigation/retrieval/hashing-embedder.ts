import { unitVector } from "../../../analysis/embedding/unit-vector.ts";
import type { Embedder } from "./retrieval-port.ts";
import { isStopWord, tokensOf } from "./tokens.ts";

/** Named in `embedding_models`: whoever changes what is below changes the number. */
export const HASHING_MODEL = "local-hashing-1";
export const HASHING_DIMENSIONS = 512;

const CHARS_MAX = 20_000;
const weights = { word: 1, pair: 0.5, part: 0.35 };

/**
 * Vectors without a model: signed feature hashing of words, pairs of neighbouring words and parts of words (three letters with marks for the
 * ends), each counted as 1 + ln(n), of length 1. Deterministic on every machine.
 *
 * Weinberger et al., Feature Hashing for Large Scale Multitask Learning (ICML 2009): the sign makes collisions cancel out on average. Bojanowski et al.,
 * Enriching Word Vectors with Subword Information (TACL 2017): parts of words make `timeouts` near `timeout`.
 */
export function hashingEmbedder(): Embedder {
  return { model: HASHING_MODEL, embed: async (texts) => texts.map(hashText) };
}

function hashText(text: string): Float32Array {
  const counts = new Map<string, number>();
  const count = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  let before: string | null = null;
  for (const token of tokensOf(text.slice(0, CHARS_MAX))) {
    if (isStopWord(token)) continue;
    count(`w${token}`);
    if (before !== null) count(`p${before} ${token}`);
    const marked = `<${token}>`;
    if (token.length > 3) for (let i = 0; i + 3 <= marked.length; i++) count(`c${marked.slice(i, i + 3)}`);
    before = token;
  }
  const vector = new Float32Array(HASHING_DIMENSIONS);
  for (const [feature, n] of counts) {
    const hash = hash32(feature);
    const weight = feature[0] === "w" ? weights.word : feature[0] === "p" ? weights.pair : weights.part;
    const place = (hash >>> 1) % HASHING_DIMENSIONS;
    vector[place] = (vector[place] ?? 0) + ((hash & 1) === 0 ? 1 : -1) * weight * (1 + Math.log(n));
  }
  return unitVector(vector);
}

/** FNV-1a over UTF-16 units, with the final mixing of MurmurHash3, because the lowest bit decides the sign. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
