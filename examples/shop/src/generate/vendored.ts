import { readFileSync } from "node:fs";
import type { Edit, SourceTree } from "./source-tree.ts";
import { integrityOf, packTarball } from "./tarball.ts";

const vendorFolder = new URL("../../template/vendor/", import.meta.url);

/** A package that the shop depends on, as a tarball in its own repository: it installs with no network. */
export interface VendoredPackage {
  readonly name: string;
  readonly version: string;
  readonly tarball: Buffer;
}

/** Packs `template/vendor/<folder>`. */
export function packVendored(folder: string): VendoredPackage {
  const read = (file: string) => readFileSync(new URL(`${folder}/${file}`, vendorFolder), "utf8");
  const manifest: unknown = JSON.parse(read("package.json"));
  const { name, version } = manifest as { name: string; version: string };
  return {
    name,
    version,
    tarball: packTarball({ "package.json": read("package.json"), "index.js": read("index.js") }),
  };
}

/** What `package.json` and its lock say. */
export interface Manifest {
  readonly serviceName: string;
  readonly version: string;
  readonly packages: readonly VendoredPackage[];
}

const tarballPath = (item: VendoredPackage) => `vendor/${item.name}-${item.version}.tgz`;
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The edits that make `package.json`, `package-lock.json` and `vendor/` say this manifest. */
export function manifestEdits(tree: SourceTree, manifest: Manifest): Edit[] {
  const { serviceName, version, packages } = manifest;
  const dependencies = Object.fromEntries(packages.map((item) => [item.name, `file:${tarballPath(item)}`]));
  const wanted = new Set(packages.map(tarballPath));
  const gone = [...tree.files.keys()].filter((file) => file.startsWith("vendor/") && !wanted.has(file));
  const head = { name: serviceName, version };
  return [
    ...gone.map((file): Edit => ({ file, remove: true })),
    ...packages.map((item): Edit => ({ file: tarballPath(item), create: item.tarball })),
    {
      file: "package.json",
      create: json({
        ...head,
        private: true,
        type: "module",
        engines: { node: ">=20" },
        scripts: { start: "node src/server.js", test: "node --test" },
        dependencies,
      }),
    },
    {
      file: "package-lock.json",
      create: json({
        ...head,
        lockfileVersion: 3,
        requires: true,
        packages: {
          "": { ...head, dependencies, engines: { node: ">=20" } },
          ...Object.fromEntries(packages.map((item) => [`node_modules/${item.name}`, lockEntry(item)])),
        },
      }),
    },
  ];
}

function lockEntry(item: VendoredPackage): Record<string, string> {
  return {
    version: item.version,
    resolved: `file:${tarballPath(item)}`,
    integrity: integrityOf(item.tarball),
    license: "MIT",
  };
}
