/**
 * The events of the load: 30 frames, a message whose numbers vary, secrets where real programs leak them. Each
 * fingerprint differs in type, functions and files by letters only, because digits of a message are normalised away.
 */

/** Stands for the event id, the trace id and the span id in a template; each request gets its own. */
export const EVENT_ID = "1d".repeat(16);
export const TRACE_ID = "7c".repeat(16);

/** Planted in every event. Nothing that Culprit answers may hold one of them. */
export const SECRETS = [
  "sk_live_51HbenchQ8xYzA2Bc3De4Fg5",
  "hunter2-correct-horse",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiZW5jaCJ9.c2lnbmF0dXJl",
] as const;

interface Frame {
  readonly function: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly in_app: boolean;
}

/** What of an event is the same for every request that is made from it. */
export interface EventSeed {
  readonly fingerprint: number;
  readonly variant: number;
}

/** An envelope for Sentry's door: what changes with each request, and the rest. `padBytes` of breadcrumbs make it larger. */
export function envelope(seed: EventSeed, padBytes: number): { readonly varying: string; readonly rest: string } {
  const event = {
    level: "error",
    platform: "node",
    environment: "production",
    release: "shop@1.4.2",
    server_name: "web-1",
    exception: {
      values: [{ type: errorType(seed), value: message(seed), stacktrace: { frames: frames(seed).toReversed() } }],
    },
    request: {
      method: "POST",
      url: "https://shop.example/checkout",
      headers: { authorization: `Bearer ${SECRETS[2]}` },
    },
    extra: { password: SECRETS[1], attempt: seed.variant },
    tags: { service: "shop" },
    ...(padBytes > 0 ? { breadcrumbs: breadcrumbs(seed, padBytes) } : {}),
  };
  const trace = `{"trace_id":"${TRACE_ID}","span_id":"${TRACE_ID.slice(0, 16)}"}`;
  const varying = `{"event_id":"${EVENT_ID}"}\n{"type":"event"}\n{"event_id":"${EVENT_ID}","contexts":{"trace":${trace}},`;
  return { varying, rest: `"timestamp":${Math.floor(Date.now() / 1000)},${JSON.stringify(event).slice(1)}` };
}

/** A body for `POST /api/ingest`, with the stack as text. */
export function ingestBody(seed: EventSeed, padBytes: number): { readonly varying: string; readonly rest: string } {
  const lines = frames(seed).map((one) => `    at ${one.function} (${one.filename}:${one.lineno}:${one.colno})`);
  const [type, text] = [errorType(seed), message(seed)];
  const others = {
    error: { type, message: text, stack: [`${type}: ${text}`, ...lines].join("\n"), severity: "error" },
    metadata: {
      password: SECRETS[1],
      header: `Bearer ${SECRETS[2]}`,
      ...(padBytes > 0 ? { breadcrumbs: breadcrumbs(seed, padBytes) } : {}),
    },
  };
  const context = `{"trace_id":"${TRACE_ID}","environment":"production","service":"shop","release":"shop@1.4.2"}`;
  return { varying: `{"event_id":"${EVENT_ID}","context":${context},`, rest: JSON.stringify(others).slice(1) };
}

function errorType({ fingerprint }: EventSeed): string {
  return fingerprint % 3 === 0 ? "TypeError" : `${capital(letters(fingerprint % 40))}Error`;
}

function message({ fingerprint, variant }: EventSeed): string {
  const order = 10_000 + ((fingerprint * 7919 + variant * 104_729) % 89_999);
  return `Cannot read '${letters(fingerprint)}' of order ${order} of ann${variant}@example.com with key ${SECRETS[0]}`;
}

/** Twelve frames of the project and eighteen of what it is built on; the failing one first. */
function frames({ fingerprint }: EventSeed): Frame[] {
  const own = Array.from({ length: 12 }, (_, depth): Frame => {
    const word = depth < 3 ? letters(fingerprint + depth * 17) : letters(depth * 31);
    const filename = `/app/src/${word}.ts`;
    return { function: `load${capital(word)}`, filename, lineno: 10 + depth * 7, colno: 5, in_app: true };
  });
  const foreign = Array.from({ length: 18 }, (_, depth): Frame => {
    const layer = depth % 3 === 0 ? "layer" : "route";
    const filename = `/app/node_modules/express/lib/router/${layer}.js`;
    return { function: `Layer.${layer}`, filename, lineno: 95 + depth, colno: 5, in_app: false };
  });
  return [...own, ...foreign];
}

function breadcrumbs({ fingerprint, variant }: EventSeed, padBytes: number): object[] {
  const crumbs: object[] = [];
  let state = fingerprint * 65_537 + variant + 1;
  for (let bytes = 0; bytes < padBytes; bytes += 500) {
    let words = "";
    while (words.length < 400) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      words += `${letters(state % 17_576)}${state % 5 === 0 ? ` ${state % 1000}` : ""} `;
    }
    crumbs.push({ category: "http", level: "info", timestamp: 1_700_000_000 + bytes, message: words.slice(0, 400) });
  }
  return crumbs;
}

/** A number as letters: 0 → `baa`. Always three or more, so that no name is shorter than a real one. */
function letters(value: number): string {
  let [rest, word] = [value, ""];
  for (let length = 0; length < 3 || rest > 0; length += 1) {
    word = String.fromCharCode(97 + (rest % 26)) + word;
    rest = Math.floor(rest / 26);
  }
  return word;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
