// A real PostgreSQL measured, and each way in which it cannot be reached.
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openPostgres, type Postgres } from "../../sandbox/postgres/index.js";
import { Secret } from "../../scripts/common/secret.js";
import { close, connect } from "../../scripts/postgres/connect.js";
import { inspectDatabase } from "../../scripts/postgres/inspect.js";
import { PostgresUnreachable, postgresUnreachable } from "../../scripts/postgres/unreachable.js";

let root: string;
let postgres: Postgres;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "postgres-inspect-"));
  await chmod(root, 0o755);
  postgres = await openPostgres({ dataDir: join(root, "data") });
});
afterAll(async () => {
  await postgres?.stop();
  await rm(root, { recursive: true, force: true });
});

const open: pg.Client[] = [];
const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(close));
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on loopback that does with each connection what it is told to. */
async function listen(handle: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({ server, sockets });
  return (server.address() as AddressInfo).port;
}

async function failure(promise: Promise<unknown>): Promise<PostgresUnreachable> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PostgresUnreachable)) throw new Error(`not PostgresUnreachable: ${String(error)}`);
  return error;
}

const env = {};

describe("a database", () => {
  it("is measured: size, connections, the plan's limit, whether it can be written", async () => {
    const { url } = await postgres.createDatabase();
    const found = await inspectDatabase(new Secret(url), { env });
    expect(found).toMatchObject({ connections: 1, connectionLimit: 20, writable: true });
    expect(found.sizeBytes).toBeGreaterThan(5_000_000);
    expect(found.sizeBytes).toBeLessThan(50_000_000);
  });

  it("counts the connections that are open, and leaves none behind", async () => {
    const { url, name } = await postgres.createDatabase();
    open.push(await connect(url, { env, applicationName: "watcher" }));
    expect((await inspectDatabase(url, { env })).connections).toBe(2);
    const [watcher] = open;
    const { rows } = (await watcher?.query("select application_name from pg_stat_activity where datname = $1", [
      name,
    ])) ?? { rows: [] };
    expect(rows).toEqual([{ application_name: "watcher" }]);
  });

  it("that may only be read says so", async () => {
    const { url } = await postgres.createDatabase();
    const client = await connect(url, { env });
    open.push(client);
    await client.query("alter role current_user set default_transaction_read_only = on");
    expect((await inspectDatabase(url, { env })).writable).toBe(false);
  });

  it("is reached with a password full of special characters", async () => {
    const { url, user } = await postgres.createDatabase();
    const client = await connect(url, { env });
    open.push(client);
    const password = "a/@:%#?+ &'";
    await client.query(`alter role ${user} password 'a/@:%#?+ &'''`);
    const changed = new URL(url);
    changed.password = encodeURIComponent(password);
    expect((await inspectDatabase(changed.href, { env })).writable).toBe(true);
  });
});

describe("a database that cannot be used", () => {
  it("has had its credentials rotated", async () => {
    const { url, name } = await postgres.createDatabase();
    await postgres.rotate(name);
    const error = await failure(inspectDatabase(url, { env, app: "reluvia-dwh" }));
    expect(error).toMatchObject({ reason: "password refused", exitCode: 1 });
    expect(error.commands).toContain("heroku pg:info -a reluvia-dwh");
    expect(JSON.stringify([error.message, error.why, error.commands])).not.toContain(new URL(url).password);
  });

  it("has a string without its password", async () => {
    const { url } = await postgres.createDatabase();
    const bare = new URL(url);
    bare.password = "";
    expect((await failure(inspectDatabase(bare.href, { env }))).reason).toBe("password refused");
  });

  it("is gone", async () => {
    const { url } = await postgres.createDatabase();
    expect((await failure(inspectDatabase(url.replace(/\w+$/, "dnothere"), { env }))).reason).toBe("database gone");
  });

  it("has no connection left", async () => {
    const { url } = await postgres.createDatabase();
    open.push(...(await Promise.all(Array.from({ length: 20 }, () => connect(url, { env })))));
    const error = await failure(inspectDatabase(url, { env }));
    expect(error).toMatchObject({
      reason: "too many connections",
      commands: ["heroku pg:ps -a APP", "heroku pg:info -a APP"],
    });
  });

  it("does not let the login do what is asked", async () => {
    const { url } = await postgres.createDatabase();
    const client = await connect(url, { env });
    open.push(client);
    await client.query("set default_transaction_read_only = on");
    const refused = await client.query("create table t ()").catch((error: unknown) => error);
    expect(postgresUnreachable(refused, "h:1/d").reason).toBe("read-only/restricted");
  });

  it("has no TLS though it was asked for", async () => {
    const { url } = await postgres.createDatabase();
    expect((await failure(inspectDatabase(`${url}?sslmode=require`, { env }))).reason).toBe("tls");
  });

  it("has its port blocked: nobody listens", async () => {
    const port = await listen(() => undefined);
    for (const { server } of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    const error = await failure(inspectDatabase(`postgres://u:p@127.0.0.1:${port}/d`, { env }));
    expect(error).toMatchObject({ reason: "blocked port or network", exitCode: 3 });
  });

  it.each([
    ["says nothing", (_: Socket) => undefined],
    ["hangs up", (socket: Socket) => socket.destroy()],
    ["speaks HTTP", (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ])("is behind something that %s, and the wait is short", async (_, handle) => {
    const port = await listen((socket) => void handle(socket));
    const begin = performance.now();
    const error = await failure(inspectDatabase(`postgres://u:p@127.0.0.1:${port}/d`, { env, timeoutMs: 200 }));
    expect(performance.now() - begin).toBeLessThan(2_000);
    expect(["blocked port or network", "other"]).toContain(error.reason);
  });

  it("answers a query too slowly", async () => {
    const { url } = await postgres.createDatabase();
    const client = await connect(url, { env, timeoutMs: 150 });
    open.push(client);
    const late = await client.query("select pg_sleep(5)").catch((error: unknown) => error);
    expect(postgresUnreachable(late, "h:1/d").reason).toBe("blocked port or network");
  });
});

describe("a connection over TLS", () => {
  const openssl = (() => {
    try {
      execFileSync("openssl", ["version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  })();

  /** A proxy that speaks TLS with a self-signed certificate, as Heroku's Postgres does, before the real server. */
  async function tlsProxy(): Promise<number> {
    const [key, cert] = [join(root, "key.pem"), join(root, "cert.pem")];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=x"],
      { stdio: "ignore" },
    );
    const { readFileSync } = await import("node:fs");
    const secureContext = createSecureContext({ key: readFileSync(key), cert: readFileSync(cert) });
    return listen((socket) => {
      socket.once("data", (request) => {
        if (request.readInt32BE(4) !== 80877103) return socket.destroy();
        socket.write("S");
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        const upstream = connectSocket(postgres.port, "127.0.0.1");
        for (const end of [secure, upstream]) end.on("error", () => undefined);
        secure.pipe(upstream).pipe(secure);
        return socket;
      });
    });
  }

  it.skipIf(!openssl)("takes a self-signed certificate, unless it is to be verified", async () => {
    const { url } = await postgres.createDatabase();
    const over = new URL(url);
    over.port = String(await tlsProxy());
    expect((await inspectDatabase(over.href, { env: { PGSSLMODE: "require" } })).connectionLimit).toBe(20);
    const error = await failure(inspectDatabase(`${over.href}?sslmode=verify-full`, { env }));
    expect(error.reason).toBe("tls");
  });
});
