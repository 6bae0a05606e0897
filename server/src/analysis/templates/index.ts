export { charactersMax as lineCharactersMax, tokensMax as lineTokensMax } from "./mask-line.ts";
export { createTemplateMiner, type TemplateMiner } from "./template-miner.ts";
