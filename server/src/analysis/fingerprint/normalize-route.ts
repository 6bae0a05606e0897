/** A request path with ids replaced (`/cart/17` → `/cart/:id`), without query; a route with parameters passes as it is. */
export function normalizeRoute(route: string | null): string {
  if (route === null) return "";
  const start = route.slice(0, 1_024).replace(/^[a-z]+:\/\/[^/]{1,255}/i, "");
  const query = start.search(/[?#]/);
  const path = query === -1 ? start : start.slice(0, query);
  const parts = path.split("/").slice(0, 32);
  const named = parts.map((part) => (isId(part) ? ":id" : part));
  return named.join("/").replace(/(?<=.)\/+$/, "");
}

function isId(part: string): boolean {
  if (part === "") return false;
  // Frameworks write parameters in their own ways: :id, {id}, <id>, [id], *.
  if (/^(?::[\w-]+|\{[^}]*\}|<[^>]*>|\[[^\]]*\]|\*+)$/.test(part)) return true;
  if (/^\d+$/.test(part) || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(part) || part.includes("@")) return true;
  if (/^(?=[a-f]*\d)[0-9a-f]{8,}$/i.test(part)) return true;
  return part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part) && /^[\w~-]+$/.test(part);
}
