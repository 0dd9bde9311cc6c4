// What FunnelFox, the way to it, and the database can do wrong, and what the extractor says and leaves then.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fake, fakeFunnelfox, type Item, NOW, sessions, subscriptions, times, transactions } from "./fake.js";
import { contents, databases, listener, load, type World } from "./world.js";

const newDatabase = databases();
const DAY = 86_400_000;
let fake: Fake;
let world: World;

beforeEach(async () => {
  fake = await fakeFunnelfox();
  world = await newDatabase();
  fake.lists.sessions = sessions(2_000);
});
afterEach(async () => {
  await fake.close();
});

const count = async (table: string) =>
  Number((await world.rows<{ n: string }>(`select count(*) as n from raw_funnelfox.${table}`))[0]?.n);
const limits = () =>
  fake.requests
    .filter(({ pathname }) => pathname.endsWith("/sessions"))
    .map((url) => Number(url.searchParams.get("limit")));

describe("answers that pass", () => {
  it.each([408, 429, 500, 502, 503, 504])(
    "are asked for again after a pause and in smaller pages: %i",
    async (status) => {
      const waits: number[] = [];
      fake.faults.push(times(3, (response) => response.writeHead(status).end("<html>"), "sessions"));
      await load(world, fake, { sleep: async (ms) => void waits.push(ms), random: () => 1 });
      expect(waits).toEqual([1_000, 2_000, 4_000]);
      expect(limits().slice(0, 5)).toEqual([500, 250, 125, 62, 62]);
      expect(await count("sessions")).toBe(2_000);
    },
  );

  it("have their Retry-After waited for", async () => {
    const waits: number[] = [];
    fake.faults.push(times(1, (response) => response.writeHead(429, { "retry-after": "17" }).end(), "sessions"));
    const tell = listener();
    await load(world, fake, { sleep: async (ms) => void waits.push(ms), tell });
    expect(waits).toEqual([17_000]);
    expect(tell.lines).toEqual(["GET /sessions answered 429; asking again in 17.0 s, 250 at a time"]);
  });

  it("let pages shrink to 20 and grow again", async () => {
    fake.lists.sessions = sessions(6_000);
    fake.faults.push((_, response, url) => {
      const tooMuch =
        url.pathname.endsWith("/sessions") && limits().length < 9 && Number(url.searchParams.get("limit")) > 20;
      if (tooMuch) response.writeHead(504).end();
      return tooMuch;
    });
    await load(world, fake);
    expect(limits().slice(0, 6)).toEqual([500, 250, 125, 62, 31, 20]);
    expect(Math.max(...limits().slice(6))).toBe(500);
    expect(await count("sessions")).toBe(6_000);
  });

  it.each<[string, (response: import("node:http").ServerResponse) => void]>([
    ["a reset before the answer", (response) => response.socket?.resetAndDestroy()],
    [
      "a reset in the middle of the body",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"data":[{"id":"half","created_at":"2026-11-24T00:0');
        setTimeout(() => response.socket?.destroy(), 5);
      },
    ],
    [
      "a body shorter than it was said to be",
      (response) => {
        response.writeHead(200, { "content-length": 5_000 });
        response.write('{"data":[{"id":"half"}');
        setTimeout(() => response.socket?.end(), 5);
      },
    ],
    ["a 200 that is no JSON", (response) => response.writeHead(200).end("<html>maintenance</html>")],
    ["a 200 that is half a page", (response) => response.writeHead(200).end('{"data":[{"id":"half"},')],
    ["a 200 without pagination", (response) => response.writeHead(200).end('{"data":[{"id":"half"}]}')],
  ])("include %s", async (_, then) => {
    fake.faults.push(times(2, then, "sessions"));
    await load(world, fake);
    expect(await count("sessions")).toBe(2_000);
    expect(await world.rows("select 1 from raw_funnelfox.sessions where id = 'half'")).toEqual([]);
  });

  it("are given up on after eight, and the next run goes on behind what was loaded", async () => {
    const broken = (url: URL) =>
      url.pathname.endsWith("/sessions") && url.searchParams.get("cursor")?.endsWith("0001001") === true;
    fake.faults.push((_, response, url) => {
      if (broken(url)) response.writeHead(503).end();
      return broken(url);
    });
    await expect(load(world, fake, { batchRows: 500 })).rejects.toThrow(
      /^FunnelFox \(127\.0\.0\.1:\d+\) answered 503 to GET \/sessions after 8 attempts\.$/,
    );
    expect(await count("sessions")).toBe(1_000);
    fake.faults.length = 0;
    fake.requests.length = 0;
    expect(await load(world, fake, { at: NOW + 60_000 })).toMatchObject({ changed: 1_000 });
    expect(fake.requests.find(({ pathname }) => pathname.endsWith("/sessions"))?.searchParams.get("cursor")).toMatch(
      /0001001$/,
    );
    expect(await count("sessions")).toBe(2_000);
  });
});

describe("an API of another version", () => {
  it("that takes a hundred at most is asked for a hundred", async () => {
    fake.largestPage = 100;
    await load(world, fake);
    expect(limits().slice(0, 3)).toEqual([500, 100, 100]);
    expect(await count("sessions")).toBe(2_000);
  });

  it("that names the next page `cursor` is read to its end", async () => {
    fake.cursorName = "cursor";
    await load(world, fake);
    expect(await count("sessions")).toBe(2_000);
  });

  it("that says there is more and gives no way to it fails, never ends", async () => {
    fake.write = (data) => JSON.stringify({ data, pagination: { has_more: true } });
    await expect(load(world, fake)).rejects.toThrow("FunnelFox says that there are more funnels, but gives no cursor.");
  });

  it("that gives the same cursor again fails, never loops", async () => {
    fake.faults.push((_, response, url) => {
      if (!url.pathname.endsWith("/sessions")) return false;
      response.end(
        JSON.stringify({ data: fake.lists.sessions?.slice(0, 5), pagination: { has_more: true, next_cursor: "x" } }),
      );
      return true;
    });
    await expect(load(world, fake)).rejects.toThrow(
      "there are more sessions, but gives a cursor that it has given before",
    );
  });

  it("that no longer knows a cursor is read from the start", async () => {
    const controller = new AbortController();
    fake.faults.push((_, __, url) => {
      if (url.searchParams.get("cursor")?.endsWith("0000501")) controller.abort(new Error("stopped"));
      return false;
    });
    await expect(load(world, fake, { batchRows: 500, signal: controller.signal })).rejects.toThrow("stopped");
    expect(await count("sessions")).toBeGreaterThan(0);
    fake.lists.sessions = sessions(2_000).map((one) => ({ ...one, id: `moved ${one.id}` }));
    fake.faults.length = 0;
    const tell = listener();
    expect((await load(world, fake, { at: NOW + 60_000, tell })).streams.sessions).toBe(2_000);
    expect(tell.notices[0]).toBe(
      "The place where sessions were left is no longer known to FunnelFox; they are read from the start.",
    );
  });
});

describe("refusals", () => {
  it("of the key are named at once, with the page of the key, and without the key", async () => {
    const error = await load(world, fake, { key: "wrong-secret" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: "FunnelFox does not take the secret (401: Unauthorized).",
      why: expect.stringContaining("FunnelFox > Project settings > API"),
    });
    expect(JSON.stringify(error)).not.toContain("wrong-secret");
    expect(fake.requests).toHaveLength(1);
  });

  it("of a request are quoted", async () => {
    fake.faults.push(
      times(9, (response) => response.writeHead(400).end('{"message":"unknown query parameter"}'), "subscriptions"),
    );
    await expect(load(world, fake)).rejects.toThrow(
      "FunnelFox refuses to list subscriptions (400: unknown query parameter).",
    );
  });

  it("by another service than FunnelFox say so, and no redirect is followed", async () => {
    fake.faults.push(times(1, (response) => response.writeHead(302, { location: "https://example.com" }).end()));
    await expect(load(world, fake)).rejects.toThrow("FunnelFox answered 302 to GET /funnels.");
  });

  it("of a key that no header takes do not show it", async () => {
    const error = await load(world, fake, { key: "bad\nsecret" }).catch((thrown: unknown) => thrown);
    expect(String((error as Error).message)).toContain("the key holds characters that no header takes");
    expect(String((error as Error).stack)).not.toContain("secret\n");
  });
});

describe("types that change", () => {
  it("stop the load for money, naming stream, key and field, and keep what was committed", async () => {
    fake.lists.subscriptions = subscriptions(3);
    Object.assign(fake.lists.subscriptions[1] as Item, { price: "9.99" });
    await expect(load(world, fake)).rejects.toThrow(
      `FunnelFox's subscriptions ${fake.lists.subscriptions[1]?.id}: price is a text, which is not what is documented.`,
    );
    expect([await count("sessions"), await count("subscriptions")]).toEqual([2_000, 0]);
  });

  it("elsewhere are put aside and counted in a notice", async () => {
    for (const item of (fake.lists.sessions ?? []).slice(0, 7)) item.city = { name: "Berlin" };
    const tell = listener();
    await load(world, fake, { tell });
    expect(tell.notices).toEqual([
      "7 values of sessions.city came as another type than documented: null in the column, kept in _extra.",
    ]);
    expect(
      await world.rows(
        'select count(*)::int as n from raw_funnelfox.sessions where city is null and _extra = \'{"city": {"name": "Berlin"}}\'',
      ),
    ).toEqual([{ n: 7 }]);
  });

  it("never lose a digit between the wire and the table", async () => {
    fake.lists.transactions = transactions(1);
    const text = fake.write;
    fake.write = (items, pagination) =>
      text(items, pagination).replace('"price":500', '"price":9007199254740993,"ratio":0.12345678901234567890');
    await load(world, fake);
    expect(await world.rows("select price, _extra::text from raw_funnelfox.transactions")).toEqual([
      { price: "9007199254740993", _extra: '{"ratio": 0.12345678901234567890}' },
    ]);
  });
});

describe("the database", () => {
  it("that goes away in the middle fails in words, and the next run ends equal to an undisturbed one", async () => {
    let done = false;
    fake.faults.push((_, __, url) => {
      if (done || url.searchParams.get("cursor")?.endsWith("0001001") !== true) return false;
      done = true;
      void world.rows(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'reluvia funnelfox'",
      );
      return false;
    });
    fake.delay = 20;
    await expect(load(world, fake, { batchRows: 500 })).rejects.toThrow(/^Postgres at 127\.0\.0\.1:/);
    fake.delay = 0;
    await load(world, fake, { at: NOW + 1_000 });
    const other = await newDatabase();
    await load(other, fake);
    expect(await contents(world)).toEqual(await contents(other));
  });

  it("whose tables cannot be written says why", async () => {
    await load(world, fake);
    await world.rows("alter table raw_funnelfox.sessions add constraint no_graz check (city <> 'Graz')");
    (fake.lists.sessions?.[0] as Item).city = "Graz";
    await expect(load(world, fake, { at: NOW + DAY })).rejects.toThrow(/did not take sessions: .*no_graz/);
    expect((await contents(world)).sessions).toHaveLength(2_000);
  });

  it("is loaded by one process at a time", async () => {
    fake.delay = 100;
    const first = load(world, fake);
    await expect.poll(() => fake.requests.length, { timeout: 10_000 }).toBeGreaterThan(0);
    let time = NOW;
    const second = load(world, fake, {
      now: () => time,
      sleep: async (ms) => {
        time += ms;
        await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    await expect(second).rejects.toThrow("FunnelFox is being loaded by another process.");
    await first;
  });
});

it("a signal ends a run that waits for FunnelFox at once", async () => {
  const controller = new AbortController();
  fake.faults.push((_, __, url) => {
    if (!url.pathname.endsWith("/sessions")) return false;
    setTimeout(() => controller.abort(new Error("stopped")), 50);
    return true;
  });
  const begun = performance.now();
  await expect(load(world, fake, { signal: controller.signal })).rejects.toThrow("stopped");
  expect(performance.now() - begun).toBeLessThan(5_000);
});
