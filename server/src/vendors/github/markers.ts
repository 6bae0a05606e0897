/** The invisible comment by which a text that Culprit wrote is found again. */
export function withMarker(body: string, marker: string): string {
  return `${body}\n\n${tagOf(marker)}`;
}

export function hasMarker(body: string | null | undefined, marker: string): boolean {
  return body?.includes(tagOf(marker)) ?? false;
}

/** A text without any marker, so that what somebody else wrote can't bring one along. */
export function withoutMarkers(body: string): string {
  return body.replaceAll(/<!--\s*culprit:/gi, "<!-- ");
}

/** `--` would end the comment early, so a key's own are written otherwise. */
function tagOf(marker: string): string {
  return `<!-- culprit:${marker.replaceAll(/[^\w.:/#@-]/g, "_").replaceAll("--", "- -")} -->`;
}
