/** One question to a language model; there are no tools in it. */
export interface ModelQuestion {
  readonly system: string;
  readonly prompt: string;
  readonly outputTokensMax: number;
  readonly timeoutMs: number;
}

/** What came back. A failure is an answer too: it is stored and the rules go on. */
export type ModelReply =
  | {
      readonly kind: "answered";
      readonly text: string;
      /** As the other side counted; null where it did not. */
      readonly tokensIn: number | null;
      readonly tokensOut: number | null;
      /** Whether it stopped because the answer became too long. */
      readonly isCut: boolean;
    }
  | { readonly kind: "timeout" | "unreachable" | "refused" | "too_long"; readonly reason: string };

/** A language model that words autopsies. Asking does nothing but ask: no repeats, no tools, no memory. */
export interface AutopsyModel {
  readonly name: string;
  readonly host: string;
  /** Never throws; what it says of a failure holds no key. */
  ask(question: ModelQuestion): Promise<ModelReply>;
}

/** The most that may be asked. 0 is no limit. */
export interface ModelLimits {
  readonly calls: number;
  readonly tokens: number;
  readonly seconds: number;
  /** In the currency of the prices. */
  readonly cost: number;
}

export interface AutopsySettings {
  /** Characters of context in all. */
  readonly contextCharactersMax: number;
  /** Tokens that fit into the model's window, question and answer; 0 where nobody said. */
  readonly windowTokens: number;
  readonly outputTokensMax: number;
  readonly callTimeoutMs: number;
  /** Of a million tokens. */
  readonly priceIn: number;
  readonly priceOut: number;
  readonly perIncident: ModelLimits;
  /** Of all projects of the installation, by days in UTC. */
  readonly perDay: ModelLimits;
}
