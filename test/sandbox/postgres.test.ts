// The sandbox's Postgres as somebody with a connection string sees it, and what is left when its owner is killed.
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unprivilegedAccount } from "../../sandbox/postgres/account.js";
import { findBinaries, packagedFolder } from "../../sandbox/postgres/binaries.js";
import { atPort, openPostgres, type Postgres, PostgresError } from "../../sandbox/postgres/index.js";
import { commandOf, identityOf } from "../../sandbox/postgres/processes.js";

const root = await mkdtemp(join(tmpdir(), "postgres-test-"));
await chmod(root, 0o755);
const folder = (name: string) => join(root, name);

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, ssl: false, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

/** The process id of the server that runs on a data folder. */
async function serverPid(dataDir: string): Promise<number> {
  return Number((await readFile(join(dataDir, "cluster/postmaster.pid"), "utf8")).split("\n")[0]);
}

async function until(condition: () => boolean, deadline: number): Promise<boolean> {
  const end = Date.now() + deadline;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/** Another process that opens `dataDir`, prints its port and stays. */
async function holder(dataDir: string): Promise<{ child: ChildProcess; port: number }> {
  const script = `
    import { createServer } from "vite";
    const vite = await createServer({ configFile: false, logLevel: "error", appType: "custom", cacheDir: ${JSON.stringify(folder("vite"))},
      server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
    const { openPostgres } = await vite.ssrLoadModule("/sandbox/postgres/index.ts");
    await vite.close();
    const postgres = await openPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(postgres.port);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString())));
    child.once("exit", (code) => reject(new Error(`the holder left with ${code}`)));
  });
  return { child, port };
}

describe("a database of the sandbox", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openPostgres({ dataDir: folder("databases") });
  });
  afterAll(async () => {
    await postgres.stop();
  });

  it("has an address of Heroku's form and answers there", async () => {
    const made = await postgres.createDatabase();
    expect(made.url).toMatch(
      new RegExp(`^postgres://u[0-9a-f]{14}:p[0-9a-f]{64}@127\\.0\\.0\\.1:${postgres.port}/d[0-9a-f]{14}$`),
    );
    expect(made.url).toContain(`/${made.name}`);
    expect(await ask(made.url, "SELECT current_user::text")).toEqual([made.user]);
  });

  it("is PostgreSQL 17 in UTF8 and UTC, and sorts the same on every machine", async () => {
    const { url } = await postgres.createDatabase();
    expect(await ask(url, "SHOW server_version")).toEqual([expect.stringMatching(/^17\./)]);
    expect(await ask(url, "SHOW server_encoding")).toEqual(["UTF8"]);
    expect(await ask(url, "SHOW TimeZone")).toEqual(["UTC"]);
    expect(await ask(url, "SELECT datlocale FROM pg_database WHERE datname = current_database()")).toEqual(["C.UTF-8"]);
    expect(await ask(url, "SELECT upper('é')")).toEqual(["É"]);
  });

  it("takes twenty connections and refuses the twenty-first", async () => {
    const { url } = await postgres.createDatabase();
    const clients = await Promise.all(Array.from({ length: 20 }, () => connect(url)));
    await expect(connect(url)).rejects.toMatchObject({ code: "53300" });
    await Promise.all(clients.map((client) => client.end()));
  });

  it("belongs to an owner who makes schemas in it but no roles and no databases", async () => {
    const { url } = await postgres.createDatabase();
    await ask(url, "CREATE SCHEMA analytics");
    await ask(url, "CREATE TABLE public.t (x int)");
    await expect(ask(url, "CREATE ROLE more LOGIN")).rejects.toMatchObject({ code: "42501" });
    await expect(ask(url, "CREATE DATABASE more")).rejects.toMatchObject({ code: "42501" });
    expect(await ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toEqual([false]);
  });

  it("lets nobody in but its owner", async () => {
    const [one, other] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await expect(ask(one.url.replace(one.name, other.name), "SELECT 1")).rejects.toMatchObject({ code: "42501" });
    await expect(ask(one.url.replace(/:p[0-9a-f]+@/, ":wrong@"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("keeps its tables when its credentials rotate; the old login and its sessions end at once", async () => {
    const before = await postgres.createDatabase();
    const session = await connect(before.url);
    await session.query("CREATE SCHEMA raw_stripe");
    await session.query("CREATE TABLE raw_stripe.charges AS SELECT 7 AS id");
    const after = await postgres.rotate(before.name);
    expect(after.name).toBe(before.name);
    expect(after.user).not.toBe(before.user);
    await expect(ask(before.url, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    await expect(session.query("SELECT 1")).rejects.toThrow();
    await session.end();
    await ask(after.url, "ALTER TABLE raw_stripe.charges ADD COLUMN amount int");
    expect(await ask(after.url, "SELECT id FROM raw_stripe.charges")).toEqual([7]);
  });

  it("gets a rotated password that only works percent-decoded", async () => {
    const { name } = await postgres.createDatabase();
    const { url } = await postgres.rotate(name);
    const { password } = new URL(url);
    expect(decodeURIComponent(password)).not.toBe(password);
    expect(await ask(url, "SELECT 1")).toEqual([1]);
    expect(await ask((await postgres.rotate(name)).url, "SELECT 2")).toEqual([2]);
  });

  it("can be dropped while somebody is connected", async () => {
    const made = await postgres.createDatabase();
    const session = await connect(made.url);
    await postgres.drop(made.name);
    await expect(session.query("SELECT 1")).rejects.toThrow();
    await session.end();
    await expect(ask(made.url, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("is named in the error when there is none of that name, whatever the name", async () => {
    for (const name of ["d00000000000000", "postgres", "template1", `d" OR ''='`]) {
      await expect(postgres.drop(name)).rejects.toThrow(PostgresError);
      await expect(postgres.rotate(name)).rejects.toThrow(name);
    }
  });

  it("is made beside others at the same time", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => postgres.createDatabase()));
    expect(new Set(made.map(({ name }) => name)).size).toBe(5);
    for (const { url } of made) expect(await ask(url, "SELECT 1")).toEqual([1]);
  });

  it("shows no password in the server's log or the command lines of its processes", async () => {
    const made = await postgres.createDatabase();
    const rotated = await postgres.rotate(made.name);
    await expect(ask(rotated.url, "CREATE ROLE more PASSWORD 'a-secret-password'")).rejects.toThrow();
    const log = await readFile(join(folder("databases"), "postgres.log"), "utf8");
    const command = commandOf(await serverPid(folder("databases"))) ?? "";
    const superuser = (await readFile(join(folder("databases"), "superuser"), "utf8")).trim();
    expect(command).toContain("listen_addresses=127.0.0.1");
    for (const secret of ["a-secret-password", superuser, decodeURIComponent(new URL(rotated.url).password)]) {
      expect(log).not.toContain(secret);
      expect(command).not.toContain(secret);
    }
    expect((await stat(join(folder("databases"), "superuser"))).mode & 0o777).toBe(0o600);
  });
});

describe("a data folder", () => {
  it("is the same cluster on the same port when it is opened again", async () => {
    const first = await openPostgres({ dataDir: folder("again") });
    const { url } = await first.createDatabase();
    await ask(url, "CREATE TABLE t AS SELECT 'kept' AS x");
    await first.stop();
    await first.stop();
    await expect(first.createDatabase()).rejects.toThrow();
    const second = await openPostgres({ dataDir: folder("again") });
    expect(second.port).toBe(first.port);
    expect(await ask(url, "SELECT x FROM t")).toEqual(["kept"]);
    await second.stop();
  });

  it("moves to another port when its own is taken, and keeps its data", async () => {
    const first = await openPostgres({ dataDir: folder("moved") });
    const { url } = await first.createDatabase();
    await first.stop();
    const squatter = await new Promise<Server>((resolve) => {
      const server = createServer().listen(first.port, "127.0.0.1", () => resolve(server));
    });
    const second = await openPostgres({ dataDir: folder("moved") });
    expect(second.port).not.toBe(first.port);
    expect(await ask(atPort(url, second.port), "SELECT 1")).toEqual([1]);
    await second.stop();
    squatter.close();
  });

  it("is refused while a running process has it open, and free again afterwards", async () => {
    const first = await openPostgres({ dataDir: folder("twice") });
    await expect(openPostgres({ dataDir: folder("twice") })).rejects.toThrow(`in use by process ${process.pid}`);
    await first.stop();
    await (await openPostgres({ dataDir: folder("twice") })).stop();
  });

  it("opens although postmaster.pid and the lock name a process that is another one by now", async () => {
    const first = await openPostgres({ dataDir: folder("stale") });
    await first.stop();
    await writeFile(join(folder("stale"), "owner"), `${process.pid}:1`);
    await writeFile(join(folder("stale"), "cluster/postmaster.pid"), `${process.pid}\n${folder("stale")}\n`);
    const second = await openPostgres({ dataDir: folder("stale") });
    expect(second.port).toBe(first.port);
    await second.stop();
  });

  it("made by another version of PostgreSQL is refused, with the command that clears it", async () => {
    await mkdir(join(folder("old"), "cluster"), { recursive: true });
    await writeFile(join(folder("old"), "cluster/PG_VERSION"), "16\n");
    await expect(openPostgres({ dataDir: folder("old") })).rejects.toThrow(`rm -r ${folder("old")}`);
  });

  it("starts over after an initdb that was killed half-way", async () => {
    await mkdir(join(folder("half"), "cluster.new/base"), { recursive: true });
    const postgres = await openPostgres({ dataDir: folder("half") });
    expect(await readdir(folder("half"))).not.toContain("cluster.new");
    await postgres.stop();
  });

  it.runIf(process.getuid?.() === 0)(
    "that only root can reach works for root, and its data goes when it goes",
    async () => {
      await mkdir(folder("private"), { mode: 0o700 });
      const dataDir = join(folder("private"), "data");
      const postgres = await openPostgres({ dataDir });
      const { url } = await postgres.createDatabase();
      const elsewhere = await readlink(join(dataDir, "elsewhere"));
      await postgres.stop();
      const again = await openPostgres({ dataDir });
      expect(await ask(atPort(url, again.port), "SELECT 1")).toEqual([1]);
      await again.stop();
      await rm(dataDir, { recursive: true });
      const fresh = await openPostgres({ dataDir });
      await fresh.stop();
      await expect(stat(elsewhere)).rejects.toMatchObject({ code: "ENOENT" });
      await rm(await readlink(join(dataDir, "elsewhere")), { recursive: true });
    },
  );
});

describe("when the process that opened it is killed", () => {
  it("the server and its watchdog end within seconds, and the data can be opened again", async () => {
    const { child } = await holder(folder("killed"));
    const server = await serverPid(folder("killed"));
    expect(identityOf(server)).toBeDefined();
    child.kill("SIGKILL");
    expect(await until(() => identityOf(server) === undefined, 5_000)).toBe(true);
    await (await openPostgres({ dataDir: folder("killed") })).stop();
  });

  it("and the server was left running, the next one ends it", async () => {
    const { child, port } = await holder(folder("orphan"));
    const server = await serverPid(folder("orphan"));
    for (const entry of await readdir("/proc").catch(() => [] as string[])) {
      const command = commandOf(Number(entry)) ?? "";
      if (command.includes("postgres-watchdog") && command.includes(folder("orphan")))
        process.kill(Number(entry), "SIGKILL");
    }
    child.kill("SIGKILL");
    await until(() => child.signalCode !== null, 5_000);
    const postgres = await openPostgres({ dataDir: folder("orphan") });
    expect(identityOf(server)).toBeUndefined();
    expect(postgres.port).toBe(port);
    await postgres.stop();
  });
});

describe("the programs", () => {
  it("are copied and completed when the package is incomplete and cannot be written to or reached", async () => {
    const native = join(folder("package"), "native");
    await cp(packagedFolder(), native, {
      recursive: true,
      filter: async (path) => !path.endsWith(".a") && !(await isLink(path)),
    });
    await chmod(join(native, "bin/postgres"), 0o644);
    await chmod(join(native, "lib"), 0o555);
    await chmod(native, 0o500);
    const account =
      process.getuid?.() === 0 ? unprivilegedAccount(await readFile("/etc/passwd", "utf8"), 0) : undefined;
    const found = await findBinaries({ account, copyTo: folder("copied"), native });
    expect(found.postgres).toBe(join(folder("copied"), "bin/postgres"));
    const version = spawn(found.postgres, ["--version"], { ...account, env: {}, cwd: "/" });
    const code = await new Promise((resolve) => version.once("exit", resolve));
    expect(code).toBe(0);
    await chmod(native, 0o700);
    await chmod(join(native, "lib"), 0o700);
  });

  it("are completed in place when npm ran no install scripts", async () => {
    const native = join(folder("bare"), "native");
    await cp(packagedFolder(), native, {
      recursive: true,
      filter: async (path) => !path.endsWith(".a") && !(await isLink(path)),
    });
    const found = await findBinaries({ copyTo: folder("unused"), native });
    expect(found.initdb).toBe(join(native, "bin/initdb"));
    const version = spawn(found.postgres, ["--version"], { env: {} });
    expect(await new Promise((resolve) => version.once("exit", resolve))).toBe(0);
  });
});

async function isLink(path: string): Promise<boolean> {
  return readlink(path).then(
    () => true,
    () => false,
  );
}

describe("the account that runs the server for root", () => {
  const passwd =
    "root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
  it("is the owner of the folder, else nobody, else any other", () => {
    expect(unprivilegedAccount(passwd, 1000)).toEqual({ uid: 1000, gid: 1000 });
    expect(unprivilegedAccount(passwd, 0)).toEqual({ uid: 65534, gid: 65534 });
    expect(unprivilegedAccount(passwd, 4242)).toEqual({ uid: 65534, gid: 65534 });
    expect(unprivilegedAccount("root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n", 0)).toEqual({ uid: 1, gid: 1 });
  });

  it("is missing on a system that lists only root, and that is said", () => {
    expect(() => unprivilegedAccount("root:x:0:0::/root:/bin/sh\n", 0)).toThrow("Run this command as an ordinary user");
  });
});
