import { matchOperations } from "../git/serve-forge.ts";
import { githubOperations } from "./operations.ts";

/** Parts of a path that may hold slashes. */
const deep = new Set(["path", "ref", "basehead"]);

/** The operation that a request is for, with the parts of its path; null for one that is not among `operations.ts`. */
export const matchOperation = matchOperations(githubOperations, (part) => (deep.has(part) ? ".+" : "[^/]+"));
