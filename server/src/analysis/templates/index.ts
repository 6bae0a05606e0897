export { charactersMax as lineCharactersMax, tokensMax as lineTokensMax } from "./mask-line.ts";
export { restoreTemplates, type StoredTemplate } from "./restore-templates.ts";
export { createTemplateMiner, type TemplateMiner } from "./template-miner.ts";
