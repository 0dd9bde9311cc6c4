// The extractor killed at moments of no choosing: whatever was under way, the next run ends where an undisturbed one does.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fake, fakeFunnelfox, type Item, NOW, sessions, subscriptions, transactions } from "./fake.js";
import { contents, databases, load, type World } from "./world.js";

const newDatabase = databases();
const DAY = 86_400_000;
const compiled = (file: string) => pathToFileURL(join(process.cwd(), "dist", "scripts", file)).href;

let folder = "";
let fake: Fake;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "funnelfox-kill-"));
  // The command itself, but for its clock and small batches: so that there is much to be killed in the middle of.
  await writeFile(
    join(folder, "child.mjs"),
    `import { loadFunnelfox } from ${JSON.stringify(compiled("funnelfox/run.js"))};
import { readSettings } from ${JSON.stringify(compiled("funnelfox/settings.js"))};
const begun = Date.now();
const quiet = () => undefined;
await loadFunnelfox(readSettings(process.env, begun), { fullRefresh: false, since: undefined }, {
  env: {},
  tell: { progress: quiet, notice: quiet, failure: quiet, say: quiet },
  signal: new AbortController().signal,
  batchRows: 300,
});
`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  fake = await fakeFunnelfox();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await fake.close();
});

function start(script: string, world: World, at: number): ChildProcess {
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      DATABASE_URL: world.url,
      PGSSLMODE: "disable",
      FUNNELFOX_API_KEY: "fox-secret-value",
      FUNNELFOX_API_URL: fake.url,
      FUNNELFOX_SESSION_DETAILS_LIMIT: "30",
      PIPELINE_NOW: new Date(at).toISOString(),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

/** The same numbers for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function shuffled<T>(items: T[], roll: (sides: number) => number): T[] {
  return items
    .map((item) => [roll(1_000_000), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/** A company whose lists come in some order; `days` after NOW it has more of everything. */
function company(seed: number, days: number): void {
  const roll = dice(seed);
  const order = <T>(items: T[]): T[] => [items, [...items].reverse(), shuffled(items, roll)][seed % 3] as T[];
  const now = NOW + days * DAY;
  fake.lists.funnels = [{ id: "F1", title: `Quiz ${days}` }];
  fake.lists.products = [{ id: "D1", name: "Plan", status: "active" }];
  fake.lists.sessions = order([
    ...sessions(days * 200, now - 3_600_000, DAY / 200, 10_000),
    ...sessions(3_000 + (seed % 5) * 300),
  ]);
  fake.lists.profiles = order(
    [...sessions(days * 60, now - 3_600_000, DAY / 60, 900), ...sessions(900)].map(({ id, created_at }) => ({
      id: `p${id}`,
      created_at,
    })),
  );
  fake.lists.subscriptions = order(subscriptions(900));
  for (let index = 0; index < days * 30; index++) {
    Object.assign(fake.lists.subscriptions[index * 3] as Item, {
      status: "paused",
      updated_at: new Date(now - 3_600_000).toISOString(),
    });
  }
  fake.lists.transactions = order(transactions(700));
  for (const item of fake.lists.sessions.slice(0, 100)) {
    const replies = [{ screen_id: "s", element_id: "e", value: item.id }];
    fake.details.set(String(item.id), { id: item.id, created_at: 1_764_000_000, query_params: {}, replies });
  }
}

describe("kill -9", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "at random moments loses and doubles nothing (seed %i)",
    { timeout: 120_000 },
    async (seed) => {
      const roll = dice(seed + 100);
      const world = await newDatabase();
      fake.delay = 4;
      let kills = 0;
      for (const days of [0, 1]) {
        company(seed, days);
        const at = NOW + days * DAY;
        for (let attempt = 0; attempt < 4; attempt++) {
          const asked = fake.requests.length;
          const child = start(join(folder, "child.mjs"), world, at + attempt * 60_000);
          const ended = once(child, "exit");
          // After so many requests, and a moment into the writing that they cause: the same on any machine.
          const moment = asked + roll(12);
          await expect
            .poll(() => fake.requests.length > moment || child.exitCode !== null, { timeout: 20_000, interval: 2 })
            .toBe(true);
          await sleep(roll(20));
          if (child.exitCode === null) kills++;
          child.kill("SIGKILL");
          await ended;
        }
        // The half of a page that nobody has read is nobody's.
        await load(world, fake, { at: at + 600_000, details: 100, batchRows: 300 });
      }
      expect(kills).toBeGreaterThan(2);
      fake.delay = 0;
      const undisturbed = await newDatabase();
      await load(undisturbed, fake, { at: NOW + DAY + 600_000, details: 100 });
      const expected = await contents(undisturbed);
      const found = await contents(world);
      // Single sessions are read so many a night, oldest first: what is there must be right, and there once.
      for (const table of ["session_details", "session_replies"]) {
        expect(new Set(found[table]).size).toBe(found[table]?.length);
        delete expected[table];
        delete found[table];
      }
      for (const [table, rows] of Object.entries(expected)) {
        const there = new Set(found[table]);
        const wanted = new Set(rows);
        expect(rows.filter((row) => !there.has(row)).slice(0, 3), `missing of ${table}`).toEqual([]);
        expect(found[table]?.filter((row) => !wanted.has(row)).slice(0, 3), `too many of ${table}`).toEqual([]);
        expect(found[table]).toHaveLength(rows.length);
      }
      await countsAreTrue(world);
    },
  );
});

/** Whatever was counted as a whole day is what the table has of that day. */
async function countsAreTrue(world: World): Promise<void> {
  const rows = await world.rows(`
    with raw as (
      select 'sessions' as stream, created_at::date as day, '' as currency, count(*) as n, null::numeric as amount from raw_funnelfox.sessions group by 2
      union all select 'profiles', created_at::date, '', count(*), null from raw_funnelfox.profiles group by 2
      union all select 'transactions', created_at::date, lower(currency), count(*), sum(price) from raw_funnelfox.transactions group by 2, 3
      union all select 'subscriptions', created_at::date, '', count(*), null from raw_funnelfox.subscriptions group by 2
    )
    select c.stream, c.day::text, c.source_count, raw.n from pipeline.stream_counts c left join raw using (stream, day, currency)
    where c.source_count is distinct from raw.n or c.source_amount is distinct from raw.amount`);
  expect(rows).toEqual([]);
  const counted = await world.rows<{ n: number }>(
    "select count(distinct (stream, day))::int as n from pipeline.stream_counts",
  );
  expect(counted[0]?.n).toBeGreaterThan(50);
}

describe("the command", () => {
  const command = join(process.cwd(), "dist", "scripts", "funnelfox.js");

  async function outputOf(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (text) => (stdout += text));
    child.stderr?.on("data", (text) => (stderr += text));
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    // As a shell and the supervisor count it: a second signal can meet a process that has put its handlers away already.
    return { code: signal === null ? code : 128 + constants.signals[signal], stdout, stderr };
  }

  it("ends with its rows on stdout and progress on stderr", async () => {
    const world = await newDatabase();
    company(3, 0);
    const { code, stdout, stderr } = await outputOf(start(command, world, NOW));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rows=\d+ changed=\d+ seconds=\d+\.\d\n$/);
    const events = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Item);
    expect(events).toContainEqual({ event: "progress", stream: "transactions", rows: 700 });
    expect(stderr + stdout).not.toContain("fox-secret-value");
  });

  it("ends with 143 within seconds of SIGTERM, and the next run goes on", async () => {
    const world = await newDatabase();
    company(1, 0);
    fake.delay = 300;
    const child = start(command, world, NOW);
    const output = outputOf(child);
    await expect
      .poll(() => fake.requests.filter(({ pathname }) => pathname.endsWith("/sessions")).length, { timeout: 20_000 })
      .toBeGreaterThan(1);
    const told = performance.now();
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    expect(await output).toMatchObject({ code: 143, stdout: "", stderr: expect.stringContaining("Stopped.") });
    expect(performance.now() - told).toBeLessThan(8_000);
    fake.delay = 0;
    expect((await outputOf(start(command, world, NOW + 60_000))).code).toBe(0);
    expect((await contents(world)).sessions).toHaveLength(fake.lists.sessions?.length ?? -1);
  });

  it("says in one event why it failed, and ends with 1 when FunnelFox refuses", async () => {
    const world = await newDatabase();
    fake.faults.push((_, response) => {
      response.writeHead(401).end('{"message":"Unauthorized"}');
      return true;
    });
    const { code, stdout, stderr } = await outputOf(start(command, world, NOW));
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr.trim().split("\n").at(-1) ?? "")).toEqual({
      event: "failure",
      text: "FunnelFox does not take the secret (401: Unauthorized).",
    });
  });
});
