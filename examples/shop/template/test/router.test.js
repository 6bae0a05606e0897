import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../src/app.js";
import { loadConfig } from "../src/config.js";

function answer(app, method, url) {
  return new Promise((resolve) => {
    const response = {
      writeHead(status) {
        this.status = status;
      },
      end(text) {
        resolve({ status: this.status, body: JSON.parse(text) });
      },
    };
    app.handle({ method, url }, response);
  });
}

function emptyStore() {
  return { products: new Map(), customers: new Map(), carts: new Map(), orders: new Map(), stock: new Map() };
}

test("the health route answers", async () => {
  const app = createApp({ config: loadConfig({}), store: emptyStore() });
  assert.deepEqual(await answer(app, "GET", "/health"), { status: 200, body: { ok: true } });
});

test("an unknown route is 404", async () => {
  const app = createApp({ config: loadConfig({}), store: emptyStore() });
  assert.equal((await answer(app, "GET", "/nowhere")).status, 404);
});
