/** Starts an `http.Server` on a free port for the time of `use`, which gets a function that asks it. */
export async function serve(server, use) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use((method, path, body) => ask(server, method, path, body));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Sends one request to a listening server and resolves to the status and the body, parsed where it is JSON. */
export async function ask(server, method, path, body) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}
