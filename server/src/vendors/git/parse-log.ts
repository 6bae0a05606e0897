import type { CommitInfo, CommitPatch } from "../../domains/change/ports.ts";

// Record starts with SOH, fields end with NUL, the header ends with STX: none of them can stand in a header field that git prints.
export const logFormat = "%x01%H%x00%P%x00%an%x00%aI%x00%cI%x00%s%x00%b%x00%x02";

const recordStart = new RegExp(`(?:^|\\n)${String.fromCharCode(1)}(?=[0-9a-f]{40,64}${String.fromCharCode(0)})`);

function toUtc(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? "1970-01-01T00:00:00.000Z" : at.toISOString();
}

/** Reads what `git log --format=<logFormat> -p` printed, newest first. A record that was cut off is left out. */
export function parseLog(text: string): CommitPatch[] {
  const found: CommitPatch[] = [];
  // Patches may hold the record byte as file content; a record is only what begins a line and holds a commit id.
  for (const part of text.split(recordStart)) {
    if (part === "") continue;
    const headerEnd = part.indexOf("\0\u0002");
    if (headerEnd < 0) continue;
    const [sha, parents, authorName, authoredAt, committedAt, subject, body] = part.slice(0, headerEnd).split("\0");
    if (sha === undefined || parents === undefined || authorName === undefined) continue;
    if (authoredAt === undefined || committedAt === undefined || subject === undefined) continue;
    const commit: CommitInfo = {
      sha,
      parents: parents === "" ? [] : parents.split(" "),
      authorName,
      authoredAt: toUtc(authoredAt),
      committedAt: toUtc(committedAt),
      subject,
      body: (body ?? "").trim().slice(0, 4000),
    };
    found.push({ commit, patch: part.slice(headerEnd + 2).replace(/^\n+/, "") });
  }
  return found;
}
