/**
 * A commit id as senders write it, or null: 40 or 64 hex digits, lower case. Forty zeros (or any one digit repeated) stand
 * for "unknown" in several SDKs and are none.
 */
export function commitSha(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const sha = text.trim().toLowerCase();
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return null;
  return /^(.)\1*$/.test(sha) ? null : sha;
}

/** The commit that a release name is, or ends with: `<sha>`, `shop@1.2.0+<sha>`, `shop-<sha>`. */
export function commitFromRelease(release: string | null | undefined): string | null {
  if (release === null || release === undefined || release.length < 40) return null;
  const tail = /(?:^|[^0-9a-z])([0-9a-f]{64}|[0-9a-f]{40})$/i.exec(release.trim().slice(-65));
  return commitSha(tail?.[1]);
}
