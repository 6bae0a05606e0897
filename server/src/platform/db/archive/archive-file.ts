import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { CulpritError } from "../../errors/culprit-error.ts";

/*
 * An archive is two files: `<name>.ndjson.gz`, and `<name>.manifest.json` that says what is in it. A file without a manifest
 * is unfinished. Both are written beside, forced to disk, then renamed: a killed process leaves whole files or `.part`s.
 */

const UNFINISHED_MS = 86_400_000;
const PIECE_CHARS = 65_536;

const manifestSchema = z.object({
  format: z.literal(1),
  kind: z.enum(["incidents", "partition"]),
  writtenAt: z.string(),
  /** What is in it is older than this. */
  before: z.string(),
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  lines: z.number(),
  /** Rows by table, nested ones too. */
  counts: z.record(z.string(), z.number()),
  /** For each incident: the SHA-256 of its line, and what its large tables held. The delete compares both. */
  incidents: z.array(z.object({ id: z.string(), sha256: z.string(), large: z.string() })),
  /** The partition that it holds, and its digest. */
  partition: z.object({ parent: z.string(), name: z.string(), digest: z.string() }).nullable(),
  /** When what it holds was deleted from the database; null while it was not. */
  deletedAt: z.string().nullable(),
  /** Incidents that had changed since and so were not deleted. */
  left: z.array(z.string()),
});
export type ArchiveManifest = z.infer<typeof manifestSchema>;
export type ArchiveContent = Pick<ArchiveManifest, "kind" | "before" | "incidents" | "partition">;

/** Writes an archive of `lines`, reads it back and compares. @returns its manifest, which is on disk then. */
export async function writeArchive(
  folder: string,
  lines: AsyncIterable<string>,
  describe: () => ArchiveContent,
): Promise<ArchiveManifest> {
  // Folders above it are made with the usual rights.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const path = join(folder, `${stamp}-${randomUUID().slice(0, 8)}.ndjson.gz`);
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(inPieces(lines)), createGzip(), createWriteStream(part, { mode: 0o600 }));
    await sync(part);
    const found = await readArchive(part);
    const { size: bytes } = await stat(part);
    const content = describe();
    const manifest: ArchiveManifest = {
      format: 1,
      ...content,
      writtenAt: new Date().toISOString(),
      file: path.slice(folder.length + 1),
      bytes,
      sha256: found.sha256,
      lines: found.lines,
      counts: found.counts,
      deletedAt: null,
      left: [],
    };
    compare(path, manifest, found);
    await rename(part, path);
    await writeManifest(folder, manifest);
    return manifest;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Writes the manifest of an archive, whole or not at all. */
export async function writeManifest(folder: string, manifest: ArchiveManifest): Promise<void> {
  const path = join(folder, manifest.file.replace(/\.ndjson\.gz$/, ".manifest.json"));
  const file = await open(`${path}.part`, "w", 0o600);
  await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`);
  await file.sync();
  await file.close();
  await rename(`${path}.part`, path);
  await sync(folder);
}

/** Removes what killed runs left unfinished; not what is younger than a day, which another database may be writing. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(".part"))) {
    const { mtimeMs } = await stat(join(folder, name));
    if (mtimeMs < Date.now() - UNFINISHED_MS) await rm(join(folder, name), { force: true });
  }
}

/** The manifests in `folder`, oldest first; none when there is no such folder. */
export async function readManifests(folder: string): Promise<ArchiveManifest[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found: ArchiveManifest[] = [];
  for (const name of names.filter((one) => one.endsWith(".manifest.json")).sort()) {
    const parsed = manifestSchema.safeParse(JSON.parse(await readFile(join(folder, name), "utf8")));
    if (!parsed.success)
      throw new CulpritError(
        "INVALID_REQUEST",
        `${join(folder, name)} is no manifest of an archive. Move it out of this folder.`,
      );
    found.push(parsed.data);
  }
  return found;
}

/** Reads an archive from the disk and compares it with its manifest. @throws CulpritError INVALID_REQUEST when it is damaged. */
export async function checkArchive(folder: string, manifest: ArchiveManifest): Promise<void> {
  const path = join(folder, manifest.file);
  compare(path, manifest, await readArchive(path));
}

interface Found {
  readonly sha256: string;
  readonly lines: number;
  readonly counts: Record<string, number>;
  readonly incidents: ReadonlyMap<string, string>;
}

async function readArchive(path: string): Promise<Found> {
  const whole = createHash("sha256");
  const counts: Record<string, number> = {};
  const incidents = new Map<string, string>();
  let lines = 0;
  const add = (table: string, rows: number) => {
    if (rows > 0) counts[table] = (counts[table] ?? 0) + rows;
  };
  try {
    const file = createReadStream(path).on("data", (chunk) => whole.update(chunk));
    await pipeline(file, createGunzip().setEncoding("utf8"), async (unzipped: AsyncIterable<string>) => {
      for await (const line of linesOf(unzipped)) {
        lines++;
        const row = JSON.parse(line) as {
          table?: string;
          row?: unknown;
          id?: string;
          children?: Record<string, unknown[]>;
        };
        if (row.children === undefined) add(row.table ?? "", 1);
        else {
          add("incidents", 1);
          incidents.set(row.id ?? "", createHash("sha256").update(line).digest("hex"));
          for (const [table, rows] of Object.entries(row.children)) add(table, rows.length);
        }
      }
    });
  } catch (cause) {
    throw damaged(path, cause instanceof Error ? cause.message : String(cause));
  }
  return { sha256: whole.digest("hex"), lines, counts, incidents };
}

function compare(path: string, manifest: ArchiveManifest, found: Found): void {
  if (found.sha256 !== manifest.sha256) throw damaged(path, "its SHA-256 is not that of its manifest");
  if (found.lines !== manifest.lines || JSON.stringify(found.counts) !== JSON.stringify(manifest.counts))
    throw damaged(path, "it holds other counts of rows than its manifest says");
  if (
    manifest.kind === "incidents" &&
    (found.incidents.size !== manifest.incidents.length ||
      manifest.incidents.some(({ id, sha256 }) => found.incidents.get(id) !== sha256))
  )
    throw damaged(path, "it holds other incidents than were read from the database");
}

function damaged(path: string, reason: string): CulpritError {
  return new CulpritError(
    "INVALID_REQUEST",
    `The archive ${path} is damaged: ${reason}. Nothing was deleted from the database; check the disk and move both of its files away.`,
    { details: { provided: path } },
  );
}

/** The lines in pieces of some size: each write to gzip costs a turn of the thread pool. */
async function* inPieces(lines: AsyncIterable<string>): AsyncIterable<string> {
  let piece = "";
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync();
  await file.close();
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** The lines of a text that comes in pieces. Not by readline, which lets an error of its input escape when it is slow. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncIterable<string> {
  let begun: string[] = [];
  for await (const piece of pieces) {
    const parts = piece.split("\n");
    const last = parts.pop() ?? "";
    for (const part of parts) {
      yield begun.join("") + part;
      begun = [];
    }
    begun.push(last);
  }
  if (begun.join("") !== "") yield begun.join("");
}
