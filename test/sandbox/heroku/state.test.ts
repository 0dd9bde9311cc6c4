// A world that outlives its process: kept in a folder, found by the next command, with real databases in it.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claim } from "../../../sandbox/claim.js";
import { startSandbox, useSandbox } from "../../../sandbox/index.js";
import { clientOf } from "./client.js";

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "sandbox-state-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

describe("the state folder", () => {
  test("brings back the same world on the same port, readable by nobody else", async () => {
    const first = await startSandbox({ stateDir, databases: "addresses" });
    await clientOf(first).send("POST", "/apps", { name: "my-app" });
    await first.close();
    const second = await startSandbox({ stateDir, databases: "addresses" });
    try {
      expect([second.url, second.env.HEROKU_API_KEY]).toEqual([first.url, first.env.HEROKU_API_KEY]);
      expect((await clientOf(second).get("/apps/my-app")).status).toBe(200);
      expect(statSync(join(stateDir, "state.json")).mode & 0o777).toBe(0o600);
      expect(readdirSync(stateDir).sort()).toEqual(["sources", "state.json"]);
    } finally {
      await second.close();
    }
  });

  test("is saved before the answer leaves, so that a kill loses nothing", async () => {
    const first = await startSandbox({ stateDir, databases: "addresses" });
    await clientOf(first).send("POST", "/apps", { name: "my-app" });
    const copy = await startSandbox({ stateDir, databases: "addresses" });
    try {
      expect(copy.world.apps).toMatchObject([{ name: "my-app" }]);
      expect(copy.url).not.toBe(first.url);
    } finally {
      await Promise.all([first.close(), copy.close()]);
    }
  });

  test("that cannot be understood is an error with the command that helps", async () => {
    writeFileSync(join(stateDir, "state.json"), "{");
    await expect(startSandbox({ stateDir })).rejects.toThrow("npm run sandbox -- reset");
  });
});

describe("useSandbox", () => {
  test("finds the one that runs, and the starter waits until its guests have left", async () => {
    const [one, two] = await Promise.all([useSandbox({ stateDir }), useSandbox({ stateDir })]);
    expect([one.found, two.found].sort()).toEqual([false, true]);
    expect(two.env).toEqual(one.env);
    const [starter, guest] = one.found ? [two, one] : [one, two];
    let ended = false;
    const closing = starter.close().then(() => {
      ended = true;
    });
    expect((await fetch(`${guest.url}/_sandbox/health`)).status).toBe(200);
    expect(ended).toBe(false);
    await guest.close();
    await closing;
    await expect(fetch(`${guest.url}/_sandbox/health`)).rejects.toThrow();
    expect(readdirSync(stateDir)).not.toContain("server.json");
  });

  test("takes over from a process that died", async () => {
    writeFileSync(join(stateDir, "server.json"), JSON.stringify({ pid: 2 ** 22 + 1, url: "http://127.0.0.1:1" }));
    const claimed = await claim(stateDir);
    expect(claimed.mine).toBe(true);
    if (claimed.mine) claimed.release();
  });
});

test("a database add-on is a real PostgreSQL that survives a restart and whose login rotates", async () => {
  const query = async (url: string, sql: string): Promise<unknown[]> => {
    const connection = new pg.Client({ connectionString: url });
    await connection.connect();
    try {
      return (await connection.query(sql)).rows;
    } finally {
      await connection.end();
    }
  };
  const urlOf = async (sandbox: Awaited<ReturnType<typeof startSandbox>>): Promise<string> => {
    for (let read = 0; read < 300; read += 1) {
      const { body } = await clientOf(sandbox).get("/apps/my-app/config-vars");
      if (body.DATABASE_URL !== undefined) return body.DATABASE_URL;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error("no DATABASE_URL within 15 s");
  };
  const first = await startSandbox({ stateDir });
  const client = clientOf(first);
  await client.send("POST", "/apps", { name: "my-app" });
  await client.send("POST", "/apps/my-app/addons", { plan: "heroku-postgresql:essential-0" });
  const url = await urlOf(first);
  await query(url, "create table kept (n int)");
  await first.close();
  const second = await startSandbox({ stateDir });
  try {
    expect(await urlOf(second)).toBe(url);
    expect(await query(url, "select n from kept")).toEqual([]);
    await clientOf(second).send("POST", `/_sandbox/addons/${second.world.addons[0]?.name}/rotate`);
    const rotated = await urlOf(second);
    await expect(query(url, "select 1")).rejects.toThrow();
    expect(await query(rotated, "select n from kept")).toEqual([]);
    await clientOf(second).send("DELETE", "/apps/my-app");
    await expect(query(rotated, "select 1")).rejects.toThrow();
  } finally {
    await second.close();
  }
});
