import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/core";

/** GitHub's tokens are good for an hour; one with less than this left is made anew. */
const SPARE_MS = 5 * 60_000;
const KEPT_MAX = 10_000;

interface Kept {
  readonly token: Promise<string>;
  until: number;
}

/**
 * Tokens of installations, shared by all connections of this process, so that not every step makes one. Kept by host, app and
 * installation: ids of installations repeat from host to host, so the id alone would hand one host's token to another. And by the
 * private key: whoever enters the ids of another's app without its key is asked by GitHub, and not served from here.
 */
const kept = new Map<string, Kept>();

export interface InstallationTokens {
  get(): Promise<string>;
  /** Drops what is kept, because GitHub no longer takes it. @returns whether it may have been an old one. */
  forget(): boolean;
}

/** The tokens of one installation. `app` speaks as the app itself. */
export function installationTokens(
  app: Octokit,
  of: {
    readonly baseUrl: string;
    readonly appId: number;
    readonly privateKey: string;
    readonly installationId: number;
  },
  now: () => Date,
): InstallationTokens {
  const keyHash = createHash("sha256").update(of.privateKey).digest("hex");
  const key = `${of.baseUrl} ${of.appId} ${of.installationId} ${keyHash}`;
  let isOld = false;
  return {
    get: async () => {
      const known = kept.get(key);
      if (known !== undefined && known.until > now().getTime()) {
        isOld = true;
        return known.token;
      }
      isOld = false;
      const asked = app.request("POST /app/installations/{installation_id}/access_tokens", {
        installation_id: of.installationId,
      });
      const made: Kept = { token: asked.then(({ data }) => data.token), until: now().getTime() + SPARE_MS };
      // Whoever waits for it hears of the failure; where nobody does, it must not end the process.
      made.token.catch(() => {});
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(key, made);
      try {
        made.until = Date.parse((await asked).data.expires_at) - SPARE_MS;
      } catch (error) {
        if (kept.get(key) === made) kept.delete(key);
        throw error;
      }
      return made.token;
    },
    forget: () => {
      kept.delete(key);
      return isOld;
    },
  };
}
