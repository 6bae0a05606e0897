import { scrubText } from "../scrub/index.ts";
import { isSourcePath } from "./is-secret-path.ts";

const keyBlock =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** A file of a repository without its secrets, with as many lines as before. What is no source code is read as prose: `token: abc` is one there. */
export function scrubSource(path: string, text: string): string {
  const lines = text.replace(keyBlock, (block) => `[private_key]${"\n".repeat(block.split("\n").length - 1)}`);
  return scrubText(lines, {}, { isSourceCode: isSourcePath(path) });
}
