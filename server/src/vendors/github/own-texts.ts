import type { GitHub } from "./connect.ts";
import { hasMarker } from "./markers.ts";

interface Text {
  readonly body?: string | null | undefined;
  readonly user?: { readonly login: string } | null;
  readonly performed_via_github_app?: { readonly id: number } | null | undefined;
}

/**
 * Tells which texts Culprit wrote itself: by its app, or by the user of its token. A marker alone proves nothing, because
 * anybody who sees a comment can copy it; that must neither keep Culprit's own comment away nor make it change theirs.
 */
export function ownTexts(github: GitHub): (text: Text, marker: string) => Promise<boolean> {
  let login: Promise<string> | undefined;
  return async (text, marker) => {
    if (!hasMarker(text.body, marker)) return false;
    const { auth } = github;
    if (auth.kind === "app") return text.performed_via_github_app?.id === auth.appId;
    login ??= github.request("GET /user").then(({ data }) => data.login);
    return text.user?.login === (await login);
  };
}
