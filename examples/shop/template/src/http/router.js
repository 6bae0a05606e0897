import { channel } from "node:diagnostics_channel";
import { HttpError } from "./errors.js";

const routed = channel("http.router.matched");
const failed = channel("http.router.failed");

/** A small router: patterns like `/carts/:id`, handlers that return what is sent as JSON. */
export function createRouter() {
  const routes = [];

  function add(method, pattern, handler) {
    const source = pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)");
    routes.push({ method, pattern, handler, expression: new RegExp(`^${source}$`) });
  }

  function match(method, path) {
    for (const route of routes) {
      const found = route.method === method ? route.expression.exec(path) : null;
      if (found) return { route, params: { ...found.groups } };
    }
    return null;
  }

  async function handle(request, response) {
    const url = new URL(request.url, "http://localhost");
    const found = match(request.method, url.pathname);
    if (!found) return send(response, 404, { error: "no such route" });
    routed.publish({ request, route: found.route.pattern });
    try {
      const result = await found.route.handler({ request, params: found.params, query: url.searchParams });
      send(response, result.status ?? 200, result.body ?? result);
    } catch (error) {
      if (error instanceof HttpError) return send(response, error.status, { error: error.message });
      failed.publish({ request, route: found.route.pattern, error });
      send(response, 500, { error: "internal error" });
    }
  }

  return { add, handle };
}

function send(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
