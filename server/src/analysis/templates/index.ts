export { charactersMax as lineCharactersMax, tokensMax as lineTokensMax } from "./mask-line.ts";
export { stableHash } from "./stable-hash.ts";
export { severityOf, stripHeader } from "./strip-header.ts";
export { createTemplateCounts, type TemplateCount, type TemplateCounts } from "./template-counts.ts";
export {
  createTemplateMiner,
  type LogTemplate,
  type MinedLine,
  type MinerState,
  type TemplateMiner,
} from "./template-miner.ts";
