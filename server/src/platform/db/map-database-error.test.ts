import { expect, test } from "vitest";
import { CulpritError } from "../errors/culprit-error.ts";
import { mapDatabaseError } from "./map-database-error.ts";

const withCode = (code: string, message = "words") => Object.assign(new Error(message), { code });

test.each([
  ["the disk is full", withCode("53100"), /disk of the database is full/],
  ["the server shuts down", withCode("57P01"), /shutting down/],
  ["the server starts", withCode("57P03"), /starting/],
  ["the server reads only", withCode("25006"), /only reads/],
  ["a file cannot be written", withCode("58030", "could not write block"), /could not write block/],
  ["a connection exception", withCode("08006"), /words/],
  ["nobody listens", withCode("ECONNREFUSED"), /ECONNREFUSED/],
  ["the socket is gone", withCode("ENOENT"), /ENOENT/],
  ["the connection breaks", new Error("Connection terminated unexpectedly"), /broke/],
])("%s: DATABASE_UNAVAILABLE with the reason, the cause and the seconds to wait", (_what, error, reason) => {
  const mapped = mapDatabaseError(error);
  expect(mapped).toMatchObject({ code: "DATABASE_UNAVAILABLE", details: { retryAfterS: 1 }, cause: error });
  expect(mapped).toBeInstanceOf(CulpritError);
  expect(String(mapped)).toMatch(reason);
});

test.each([
  ["the pool is full", new Error("timeout exceeded when trying to connect")],
  ["the server has no connection left", withCode("53300")],
])("%s: OVERLOADED", (_what, error) => {
  expect(mapDatabaseError(error)).toMatchObject({ code: "OVERLOADED", details: { retryAfterS: 1 } });
});

test.each([
  ["a broken unique key", withCode("23505")],
  ["a deadlock", withCode("40P01")],
  ["a fault of the closed list", new CulpritError("CONFLICT", "exists")],
  ["a mistake in the code", new TypeError("x is not a function")],
])("%s comes back as it is", (_what, error) => {
  expect(mapDatabaseError(error)).toBe(error);
});
