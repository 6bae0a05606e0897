import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { createTemplateMiner, lineCharactersMax, lineTokensMax } from "../../../analysis/templates/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command } from "../command.ts";

export const templates: Command = {
  name: "templates",
  summary: "Group the lines of a log by what they say, with values taken out.",
  flags: {
    json: {
      type: "boolean",
      doc: 'Print one object for each line: {"line", "template_id", "template"}, with "cut": true where its end was too far to be looked at. An id stays when times, numbers, ids or the header of a line differ; other words first, or a changed message, may give another.',
    },
    max: { type: "string", doc: "Templates kept at most; the rarest beyond it become <*>. 1000 unless said." },
  },
  positionals: ["FILE"],
  async run(ctx, { flags, words }) {
    const [file] = words;
    if (file === undefined || words.length > 1)
      throw new CulpritError(
        "INVALID_REQUEST",
        "Say which log is to be read: culprit templates FILE, or - for standard input",
      );
    const templatesMax = readMax(flags.max);
    const folder = await mkdtemp(join(tmpdir(), "culprit-templates-"));
    try {
      const cut = await mine({
        ...{ file, templatesMax, print: ctx.print },
        idFile: flags.json === true ? join(folder, "ids") : null,
      });
      if (cut > 0)
        ctx.say(
          `culprit: ${cut === 1 ? "1 line is" : `${cut} lines are`} longer than ${lineCharactersMax} characters or ${lineTokensMax} words; what is beyond was not looked at.`,
        );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return 0;
  },
};

const idBytes = 8;
/** An id, and whether the line was cut. */
const rowBytes = idBytes + 1;
const linesAtOnce = 4_096;

/**
 * Two passes in bounded memory. A template may turn out to be part of another long after its first line, so the lines' ids wait in a file, nine
 * bytes each, and are told when the log has been read.
 * @returns how many lines were longer than what is looked at.
 */
async function mine(task: {
  file: string;
  templatesMax: number;
  idFile: string | null;
  print: (line: string | readonly string[]) => void;
}): Promise<number> {
  const miner = createTemplateMiner({ templatesMax: task.templatesMax });
  const ids = task.idFile === null ? null : await open(task.idFile, "w+");
  try {
    let buffer = Buffer.alloc(linesAtOnce * rowBytes);
    let held = 0;
    let cut = 0;
    for await (const line of await linesOf(task.file)) {
      const { templateId, isCut } = miner.mine(line);
      if (isCut) cut++;
      if (ids === null) continue;
      buffer.write(templateId, held * rowBytes, "hex");
      buffer[held * rowBytes + idBytes] = isCut ? 1 : 0;
      if (++held < linesAtOnce) continue;
      await ids.write(buffer);
      held = 0;
    }
    const found = miner.templates();
    if (ids === null) {
      const width = String(found[0]?.count ?? 0).length;
      for (const { id, count, template } of found)
        task.print(`${String(count).padStart(Math.max(width, 5))}  ${id}  ${template}`);
      if (found.length === 0) task.print("The log has no lines.");
      return cut;
    }
    await ids.write(buffer, 0, held * rowBytes);
    const texts = new Map(found.map(({ id, template }) => [id, template]));
    buffer = Buffer.alloc(linesAtOnce * rowBytes);
    let line = 0;
    for (let position = 0; ; ) {
      const { bytesRead } = await ids.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return cut;
      position += bytesRead;
      const rows: string[] = [];
      for (let at = 0; at < bytesRead; at += rowBytes) {
        const id = miner.resolve(buffer.toString("hex", at, at + idBytes));
        const isCut = buffer[at + idBytes] === 1;
        rows.push(
          JSON.stringify({
            ...{ line: ++line, template_id: id, template: texts.get(id) ?? "<*>" },
            ...(isCut ? { cut: true } : {}),
          }),
        );
      }
      task.print(rows);
    }
  } finally {
    await ids?.close();
  }
}

async function linesOf(file: string): Promise<AsyncIterable<string>> {
  if (file === "-") return linesOfText(process.stdin.setEncoding("utf8"));
  let isFolder = false;
  try {
    isFolder = (await stat(file)).isDirectory();
  } catch (cause) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${file} can't be read. Say a file that exists, or - for standard input`,
      {
        details: { field: "FILE", provided: file },
        cause,
      },
    );
  }
  if (isFolder)
    throw new CulpritError("INVALID_REQUEST", `${file} is a folder. Say a file of it, or - for standard input`, {
      details: { field: "FILE", provided: file },
    });
  if (await isPacked(file)) return linesOfPacked(file);
  return linesOfText(createReadStream(file, "utf8"));
}

/** Whether it begins as gzip does, whatever its name is. */
async function isPacked(file: string): Promise<boolean> {
  const opened = await open(file, "r");
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await opened.close();
  }
}

async function* linesOfPacked(file: string): AsyncGenerator<string> {
  const input = createReadStream(file);
  const plain = createGunzip();
  input.on("error", (cause) => plain.destroy(cause));
  try {
    yield* linesOfText(input.pipe(plain).setEncoding("utf8"));
  } catch (cause) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${file} can't be unpacked (${(cause as Error).message}). Say a whole gzip file, or the plain one`,
      { details: { field: "FILE", provided: file }, cause },
    );
  }
}

/** Of a line without end so much is kept: far more than is looked at, and bounded also where a small packed file holds gigabytes. */
const keptCharacters = 16 * lineCharactersMax;

/** Not by readline, which keeps a fault of its input to itself, holds a line of any length, and takes other signs than line feeds for the end of a line. */
async function* linesOfText(chunks: AsyncIterable<string | Buffer>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = (lines.pop() ?? "").slice(0, keptCharacters);
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  if (rest !== "") yield rest;
}

function readMax(given: string | boolean | undefined): number {
  if (given === undefined) return 1_000;
  const max = Number(given);
  if (Number.isInteger(max) && max >= 8 && max <= 1_000_000) return max;
  throw new CulpritError("INVALID_REQUEST", `--max ${String(given)} is no number of templates from 8 to 1000000`, {
    details: { field: "max", provided: String(given) },
  });
}
