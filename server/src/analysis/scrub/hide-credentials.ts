/**
 * A URL, or a text with URLs in it, as it may be shown: user names, passwords and query strings are replaced by `…`. The
 * `git` of `ssh://git@host` goes too, because a token is often sent as a user name. Paths stay as they are.
 */
export function hideCredentials(text: string): string {
  return text
    .replace(
      /([a-z][a-z0-9+.-]{1,30}:\/\/)([^\s"'<>]*)/gi,
      (_match, scheme: string, rest: string) => scheme + hide(rest),
    )
    .replace(/^[^\s/@:]+:[^\s/]+@/, "…@");
}

function hide(rest: string): string {
  const query = rest.indexOf("?");
  const address = query === -1 ? rest : rest.slice(0, query);
  const [authority = ""] = address.split(/[/#]/, 1);
  // A password with a slash in it ends the authority early: what stands where a port would is no number then.
  const isBroken = !authority.includes("@") && /:(?!\d*$)/.test(authority.replace(/\[[^\]]*\]/, ""));
  const at = (isBroken ? address : authority).lastIndexOf("@");
  return `${at === -1 ? address : `…${address.slice(at)}`}${query === -1 ? "" : "?…"}`;
}
