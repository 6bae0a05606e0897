import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openUpkeep, type UpkeepBench } from "../../../../test/upkeep/open-upkeep.ts";
import { openHttpClient } from "../../platform/http-client/open-http-client.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createProject, houseProject } from "../access/index.ts";
import { deadManState, signalLife } from "./dead-man.ts";

let bench: UpkeepBench;
/** A fake of a service that waits for calls, as healthchecks.io: it counts them and answers with `status`. */
const service = { calls: 0, status: 200 };
const server = createServer((_request, response) => {
  service.calls += 1;
  response.writeHead(service.status).end("OK");
});
beforeAll(async () => {
  bench = await openUpkeep();
  await houseProject(bench.own.database.db);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(async () => {
  server.close();
  await bench.close();
});
const deps = () => ({
  ...bench.deps,
  http: openHttpClient({ allowPrivate: "127.0.0.1" }),
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret`,
});

test("while Culprit works it is called, and when is kept", async () => {
  expect(await signalLife(deps())).toEqual({ lastSentAt: bench.clock.now, withheldReason: null });
  expect(service.calls).toBe(1);
  expect(await deadManState(bench.own.database)).toEqual({ lastSentAt: bench.clock.now, withheldReason: null });
});

test("where what is due is not taken up it is not called, and the last one stays known", async () => {
  const before = service.calls;
  const { id } = await createProject(bench.own.database.db, { name: newId() });
  await bench.own.database.pool.query(
    `insert into workflow_executions (id, project_id, workflow_id, execution_id, status, started_at)
     select gen_random_uuid(), $1, id, 'starved', 'pending', now() - interval '11 minutes' from workflows where project_id is null limit 1`,
    [id],
  );
  expect((await signalLife(deps())).withheldReason).toMatch(/waited for 11 minutes/);
  expect(service.calls).toBe(before);
  expect(await deadManState(bench.own.database)).toEqual({
    lastSentAt: bench.clock.now,
    withheldReason: expect.stringMatching(/^Nothing is taken up/),
  });
  await bench.own.database.pool.query("delete from workflow_executions");
  expect((await signalLife(deps())).withheldReason).toBeNull();
});

test("a service that says no, or is not there, is told as such", async () => {
  service.status = 503;
  expect((await signalLife(deps())).withheldReason).toBe("The service answered with status 503.");
  service.status = 200;
  const gone = await signalLife({ ...deps(), url: "http://127.0.0.1:1/" });
  expect(gone.withheldReason).toMatch(/^The service was not reached/);
  expect(gone.withheldReason).not.toMatch(/secret/);
});

test("without a database nothing is sent", async () => {
  const health = async () => ({
    ...(await bench.own.database.health()),
    ...{ isHealthy: false, reason: "no answer" },
  });
  const before = service.calls;
  const state = await signalLife({ ...deps(), database: { ...bench.own.database, health } });
  expect(state.withheldReason).toBe("The database is away: no answer.");
  expect(service.calls).toBe(before);
});
