import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { hideCredentials } from "../../analysis/scrub/index.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";

/**
 * What `git fetch` is given for a registered URL: http(s), ssh, git, `user@host:path`, or an absolute path on this machine.
 * @throws CulpritError INVALID_REQUEST for everything else, helper transports and options in disguise included.
 */
export function fetchAddress(url: string): string {
  const isPlain = !/[\0-\x20\x7f]/.test(url) && !url.startsWith("-");
  if (isPlain && isAbsolute(url)) return url;
  if (isPlain && /^file:\/\/\/./.test(url)) return fileURLToPath(url);
  if (isPlain && /^(?:https?|ssh|git):\/\/[^/-][^/]*\/./.test(url)) return url;
  if (isPlain && /^[\w.-]+@[A-Za-z0-9][\w.-]*:[^:]/.test(url)) return url;
  const shown = hideCredentials(url).slice(0, 200);
  throw new CulpritError(
    "INVALID_REQUEST",
    `${JSON.stringify(shown)} names no repository. Give an http(s), ssh or git URL, user@host:path, or an absolute path on the machine that runs Culprit.`,
    { details: { field: "url", provided: shown } },
  );
}
