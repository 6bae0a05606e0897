import { expect, test } from "vitest";
import { repeatMeaningOf } from "./run-words.ts";

test.each([
  ["http_request", { method: "PUT" }, /^Sent by PUT/],
  ["http_request", { method: "DELETE" }, /^Sent by DELETE/],
  ["http_request", { method: "POST" }, /with a key/],
  ["message", { title: "Hello" }, /with a key/],
  ["message_update", { title: "Hello" }, /changes nothing more/],
  ["label", null, /changes nothing more/],
])("what may be repeated says why, by its kind: %s %j", (kind, request, words) => {
  expect(repeatMeaningOf({ kind, request, repeat: "idempotent" })).toMatch(words);
});
