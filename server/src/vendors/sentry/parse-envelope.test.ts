import { describe, expect, it } from "vitest";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { parseEnvelope } from "./parse-envelope.ts";

const id = '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}';

function items(body: string | Buffer): [type: string, payload: string][] {
  return parseEnvelope(Buffer.from(body)).items.map(({ type, payload }) => [
    type,
    Buffer.from(payload).toString("latin1"),
  ]);
}

function fieldOf(body: string): unknown {
  try {
    parseEnvelope(Buffer.from(body));
  } catch (thrown) {
    if (thrown instanceof CulpritError) return `${thrown.code} ${thrown.details.field}`;
    throw thrown;
  }
  return null;
}

describe("parseEnvelope", () => {
  it.each([
    ["without length, ended by the body", `${id}\n{"type":"attachment"}\nhelloworld`],
    ["without length, ended by a line break", `${id}\n{"type":"attachment"}\nhelloworld\n`],
    ["with length", `${id}\n{"type":"attachment","length":10}\nhelloworld\n`],
    ["with length and no line break at the end", `${id}\n{"type":"attachment","length":10}\nhelloworld`],
    ["with blank lines between items", `${id}\n\n{"type":"attachment","length":10}\nhelloworld\n\n\n`],
    ["with carriage returns in the headers", `${id}\r\n{"type":"attachment"}\r\nhelloworld`],
  ])("reads an item %s", (_name, body) => {
    expect(items(body)).toEqual([["attachment", "helloworld"]]);
  });

  it("reads empty envelopes, empty payloads and binary payloads with line breaks inside", () => {
    expect(items("{}")).toEqual([]);
    expect(items(`${id}\n{"type":"attachment","length":0}\n\n{"type":"session"}\n{}`)).toEqual([
      ["attachment", ""],
      ["session", "{}"],
    ]);
    const binary = Buffer.from([0xef, 0xbb, 0xbf, 10, 0, 10, 255]);
    const body = Buffer.concat([
      Buffer.from(`${id}\n{"type":"attachment","length":7}\n`),
      binary,
      Buffer.from('\n{"type":"event"}\n{}'),
    ]);
    expect(items(body)).toEqual([
      ["attachment", binary.toString("latin1")],
      ["event", "{}"],
    ]);
  });

  it("gives what is left of a last item that was cut, so that the event before it is not lost", () => {
    expect(items(`${id}\n{"type":"event"}\n{}\n{"type":"attachment","length":99}\nabc`)).toEqual([
      ["event", "{}"],
      ["attachment", "abc"],
    ]);
  });

  it.each([
    ["", "MALFORMED_BODY envelope.header"],
    ["[]", "MALFORMED_BODY envelope.header"],
    ["{", "MALFORMED_BODY envelope.header"],
    [`${id}\nnonsense\n{}`, "MALFORMED_BODY envelope.items[0].header"],
    [`${id}\n{"length":2}\n{}`, "MALFORMED_BODY envelope.items[0].header.type"],
    [`${id}\n{"type":"event","length":-1}\n{}`, "MALFORMED_BODY envelope.items[0].header.length"],
    [`${id}\n{"type":"event","length":1.5}\n{}`, "MALFORMED_BODY envelope.items[0].header.length"],
    [`${id}\n{"type":"event","length":1}\n{}\n`, "MALFORMED_BODY envelope.items[0].header.length"],
    [`${id}\n${'{"type":"session"}\n{}\n'.repeat(1_001)}`, "MALFORMED_BODY envelope.items[1000]"],
  ])("names the field that is malformed: %#", (body, field) => {
    expect(fieldOf(body)).toBe(field);
  });
});
