// The small parts: times, ids that were seen, orders and days, cursors, settings, plans.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../scripts/funnelfox/api.js";
import { Fingerprints, Hash } from "../../scripts/funnelfox/fingerprints.js";
import { Paging } from "../../scripts/funnelfox/paging.js";
import { countedDays, endedState, type Plan, planCrawl } from "../../scripts/funnelfox/plan.js";
import { readArgs, readSettings } from "../../scripts/funnelfox/settings.js";
import type { Stream } from "../../scripts/funnelfox/streams.js";
import { tables } from "../../scripts/funnelfox/tables.js";
import { dayNumber, dayOf, parseTime } from "../../scripts/funnelfox/times.js";
import type { RowFacts } from "../../scripts/funnelfox/transcode.js";
import { isBigint } from "../../scripts/funnelfox/values.js";
import { Watch } from "../../scripts/funnelfox/watch.js";
import { NOW } from "./fake.js";

const time = (text: string) => parseTime(Buffer.from(text), 0, Buffer.byteLength(text));

describe("times", () => {
  it("are read as Date reads them, with or without a fraction, in any zone", () => {
    const date = fc.date({
      min: new Date("0001-01-02T00:00:00Z"),
      max: new Date("2200-12-31T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, fc.integer({ min: -840, max: 840 }), fc.boolean(), (moment, minutes, blank) => {
        const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        if (!/^\d{4}-/.test(local) || local.startsWith("0000")) return;
        const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
        const zone = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
        const text = `${blank ? local.replace("T", " ") : local}${zone}`;
        expect(time(text)).toBe(moment.getTime() * 1000);
        expect(time(moment.toISOString())).toBe(moment.getTime() * 1000);
      }),
    );
  });

  it("keep microseconds, and are UTC without a zone", () => {
    expect(time("2026-11-25T02:00:00.123456789Z")).toBe(Date.UTC(2026, 10, 25, 2) * 1000 + 123_456);
    expect(time("2026-11-25 02:00:00")).toBe(Date.UTC(2026, 10, 25, 2) * 1000);
  });

  it.each([
    "",
    "2026-11-25",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00Zx",
    "2026-01-01T00:00:00+99:00",
    "2026-01-01T00:00",
    "yesterday, about noon",
  ])("%j is none", (text) => {
    expect(time(text)).toBeNaN();
  });

  it("fall into the day of UTC", () => {
    expect(dayOf(dayNumber(time("2026-11-25T00:30:00+02:00")))).toBe("2026-11-24");
    expect(dayOf(dayNumber(time("1969-12-31T23:59:59Z")))).toBe("1969-12-31");
  });
});

it("a bigint is what 64 bits hold", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }), (value) => {
      const bytes = Buffer.from(String(value));
      expect(isBigint(bytes, 0, bytes.length)).toBe(BigInt.asIntN(64, value) === value);
    }),
  );
  for (const text of ["1.0", "1e3", "-", ""]) expect(isBigint(Buffer.from(text), 0, text.length)).toBe(false);
});

describe("ids that were seen", () => {
  it("are found again, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 3_000 }), (texts) => {
        const seen = new Set<string>();
        const prints = new Fingerprints(100_000);
        const hash = new Hash();
        for (const text of texts) {
          const { high, low } = hash.of(Buffer.from(text), 0, Buffer.byteLength(text));
          expect(prints.add(high, low)).toBe(!seen.has(text));
          seen.add(text);
        }
        expect(prints.size).toBe(seen.size);
      }),
      { numRuns: 30 },
    );
  });

  it("are forgotten, and said to be, when there are too many", () => {
    const prints = new Fingerprints(10);
    for (let id = 1; id <= 11; id++) prints.add(id, id);
    expect([prints.complete, prints.add(1, 1)]).toEqual([false, true]);
  });
});

function facts(id: string, created: string, amount?: string, currency = ""): RowFacts {
  return {
    hash: new Hash().of(Buffer.from(id), 0, id.length),
    created: time(created),
    updated: Number.NaN,
    amount,
    currency,
  };
}

describe("a crawl's rows", () => {
  const at = (index: number) => new Date(NOW - index * 1_000).toISOString();

  it("prove newest-first order only when none is younger than the one before it", () => {
    const watch = new Watch();
    for (let index = 0; index < 50; index++) watch.row(facts(`a${index}`, at(index)));
    expect(watch.newestFirst).toBe(false);
    watch.row(facts("b", at(60)));
    expect(watch.newestFirst).toBe(true);
    watch.row(facts("c", at(59)));
    expect(watch.newestFirst).toBe(false);
  });

  it("never prove it when a row has no time", () => {
    const watch = new Watch();
    for (let index = 0; index < 100; index++) watch.row(facts(`a${index}`, index === 30 ? "" : at(index)));
    expect(watch.newestFirst).toBe(false);
  });

  it("are counted once by day and currency, with sums beyond 2^53", () => {
    const watch = new Watch(undefined, { money: true });
    watch.row(facts("a", "2026-11-24T10:00:00Z", "9007199254740993", "eur"));
    watch.row(facts("b", "2026-11-24T09:00:00Z", "9007199254740993", "eur"));
    watch.row(facts("a", "2026-11-24T10:00:00Z", "9007199254740993", "eur"));
    watch.row(facts("c", "2026-11-24T09:00:00Z", "-5", "usd"));
    expect(watch.days).toEqual([
      { day: dayNumber(NOW * 1000) - 1, currency: "eur", count: 2, amount: "18014398509481986" },
      { day: dayNumber(NOW * 1000) - 1, currency: "usd", count: 1, amount: "-5" },
    ]);
    expect(watch.allDistinct).toBe(false);
  });

  it("beyond what is remembered are counted while their order shows repeats, and not otherwise", () => {
    const ordered = new Watch(undefined, { mostIds: 10 });
    for (let index = 0; index < 100; index++) ordered.row(facts(`a${index}`, at(index)));
    for (const id of ["x", "y", "x"]) ordered.row(facts(id, at(200)));
    expect(ordered.days?.reduce((sum, { count }) => sum + count, 0)).toBe(102);
    ordered.row(facts("z", at(1)));
    expect(ordered.days).toBeUndefined();
    expect(new Watch(ordered.state()).days).toBeUndefined();
  });

  it("go on in another process as if there had been one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 199 }), (cut) => {
        const money = { money: true };
        const whole = new Watch(undefined, money);
        const first = new Watch(undefined, money);
        for (let index = 0; index < 200; index++)
          whole.row(facts(`a${index}`, at(index * 1_000), String(index), "eur"));
        for (let index = 0; index < cut; index++)
          first.row(facts(`a${index}`, at(index * 1_000), String(index), "eur"));
        const second = new Watch(JSON.parse(JSON.stringify(first.state())), money);
        for (let index = cut; index < 200; index++)
          second.row(facts(`a${index}`, at(index * 1_000), String(index), "eur"));
        expect(second.state()).toEqual(whole.state());
      }),
      { numRuns: 20 },
    );
  });
});

describe("where a crawl begins and ends", () => {
  const subscriptions: Stream = { table: tables.subscriptions, mode: "updated", bookmark: "rows" };
  const transactions: Stream = { table: tables.transactions, mode: "updated", bookmark: "clock" };
  const sessions: Stream = { table: tables.sessions, mode: "newest first" };
  const usual = { fullRefresh: false, since: undefined };
  const ended = {
    bookmark: "2026-11-24T02:00:05.000Z",
    endedCrawl: "2026-11-24T02:00:00.000Z",
    knownAt: "2026-11-24T02:00:10Z",
  };

  it("asks for whole days, with an hour's overlap", () => {
    expect(planCrawl(transactions, ended, usual, NOW).from).toBe("2026-11-24T00:00:00Z");
    expect(planCrawl(transactions, { ...ended, bookmark: "2026-11-24T00:30:00.000Z" }, usual, NOW).from).toBe(
      "2026-11-23T00:00:00Z",
    );
  });

  it("asks for everything at first, with --full-refresh, and where nothing was ever seen", () => {
    expect(planCrawl(transactions, {}, usual, NOW).from).toBeUndefined();
    expect(planCrawl(transactions, ended, { ...usual, fullRefresh: true }, NOW).from).toBeUndefined();
    expect(planCrawl(subscriptions, { endedCrawl: ended.endedCrawl }, usual, NOW).from).toBeUndefined();
    expect(planCrawl(sessions, ended, { ...usual, fullRefresh: true }, NOW).stopBefore).toBeUndefined();
  });

  it("goes further back with --since, and never less far", () => {
    const since = Date.UTC(2026, 10, 1);
    expect(planCrawl(transactions, ended, { ...usual, since }, NOW).from).toBe("2026-11-01T00:00:00Z");
    expect(planCrawl(transactions, ended, { ...usual, since: NOW }, NOW).from).toBe("2026-11-24T00:00:00Z");
    expect(planCrawl(sessions, ended, { ...usual, since }, NOW).stopBefore).toBe(since * 1000);
    expect(planCrawl(transactions, {}, { ...usual, since }, NOW).from).toBeUndefined();
  });

  it("goes on with a crawl of the last day, and not with an older one", () => {
    const crawl = {
      startedAt: "2026-11-24T03:00:00.000Z",
      from: "2026-11-20T00:00:00Z",
      next: "c",
      watch: new Watch().state(),
    };
    expect(planCrawl(transactions, { ...ended, crawl }, usual, NOW)).toMatchObject({ resume: crawl, from: crawl.from });
    expect(planCrawl(transactions, { ...ended, crawl }, usual, NOW + 2 * 3_600_000).resume).toBeUndefined();
    expect(planCrawl(transactions, { ...ended, crawl }, { ...usual, fullRefresh: true }, NOW).resume).toBeUndefined();
  });

  it("bookmarks the newest update seen, never the future, and the clock where updates are not shown", () => {
    const plan: Plan = {
      startedAt: "2026-11-25T02:00:00.000Z",
      from: undefined,
      stopBefore: undefined,
      resume: undefined,
    };
    const watch = (updated: string) => {
      const one = new Watch();
      one.row({ ...facts("a", updated), updated: time(updated) });
      return one;
    };
    expect(endedState(subscriptions, {}, plan, watch("2026-11-25T01:00:00Z")).bookmark).toBe(
      "2026-11-25T01:00:00.000Z",
    );
    expect(endedState(subscriptions, {}, plan, watch("2099-01-01T00:00:00Z")).bookmark).toBe(plan.startedAt);
    expect(endedState(subscriptions, ended, plan, new Watch()).bookmark).toBe(ended.bookmark);
    expect(endedState(transactions, ended, plan, new Watch()).bookmark).toBe(plan.startedAt);
  });

  it("counts only days that were read whole", () => {
    const watch = new Watch();
    for (const [index, day] of ["25T01", "24T01", "23T12", "22T01"].entries())
      watch.row(facts(`a${index}`, `2026-11-${day}:00:00Z`));
    const plan: Plan = {
      startedAt: "2026-11-25T02:00:00.000Z",
      from: undefined,
      stopBefore: undefined,
      resume: undefined,
    };
    const days = (from: string | undefined, early: boolean) =>
      countedDays({ ...plan, from }, watch, early)?.map(({ day }) => day);
    expect(days(undefined, false)).toEqual(["2026-11-24", "2026-11-23", "2026-11-22"]);
    expect(days("2026-11-23T00:00:00Z", false)).toEqual(["2026-11-24", "2026-11-23"]);
    expect(days(undefined, true)).toEqual(["2026-11-24", "2026-11-23"]);
  });
});

describe("the next page", () => {
  const next = (pagination: object | string, paging = new Paging("sessions", undefined)) =>
    paging.next(Buffer.from(typeof pagination === "string" ? pagination : JSON.stringify(pagination)));

  it("is named by next_cursor, or by cursor where that is all there is", () => {
    expect(next({ has_more: true, next_cursor: "a", cursor: "b" })).toBe("a");
    expect(next({ has_more: true, cursor: "b" })).toBe("b");
    expect(next({ has_more: true, next_cursor: null, cursor: "b" })).toBe("b");
    expect(next('{"has_more":true,"next_cursor":12345678901234567891}')).toBe("12345678901234567891");
    expect(next({ has_more: false, next_cursor: "a" })).toBeUndefined();
  });

  it.each([[{ has_more: true }], [{ has_more: true, next_cursor: "" }]])(
    "missing in %j is an error, not the end",
    (pagination) => {
      expect(() => next(pagination)).toThrow("FunnelFox says that there are more sessions, but gives no cursor.");
    },
  );

  it("that leads back is an error, not an endless loop", () => {
    const paging = new Paging("sessions", "a");
    next({ has_more: true, next_cursor: "b" }, paging);
    next({ has_more: true, next_cursor: "c" }, paging);
    for (const cursor of ["a", "b", "c"]) {
      expect(() => next({ has_more: true, next_cursor: cursor }, paging)).toThrow(
        "gives a cursor that it has given before",
      );
    }
  });

  it.each(["{}", '{"has_more":"yes"}', "null", "[]"])("of %s is no list", (text) => {
    expect(() => next(text)).toThrow();
  });
});

it("Retry-After is seconds or a date", () => {
  expect(retryAfterMs("3", NOW)).toBe(3_000);
  expect(retryAfterMs(new Date(NOW + 5_000).toUTCString(), NOW)).toBe(5_000);
  expect(retryAfterMs(new Date(NOW - 5_000).toUTCString(), NOW)).toBe(0);
  expect([retryAfterMs("soon", NOW), retryAfterMs("", NOW), retryAfterMs(undefined, NOW)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe("settings", () => {
  const env = { DATABASE_URL: "postgres://u:p@localhost/d", FUNNELFOX_API_KEY: "k" };

  it("names all that is missing at once", () => {
    expect(() => readSettings({}, NOW)).toThrow("DATABASE_URL and FUNNELFOX_API_KEY are not set.");
    expect(() => readSettings({ ...env, FUNNELFOX_API_KEY: " " }, NOW)).toThrow("FUNNELFOX_API_KEY is not set.");
  });

  it("takes the clock of a rehearsal and a limit for single sessions", () => {
    expect(readSettings(env, NOW)).toMatchObject({
      details: 2_000,
      clockOffset: 0,
      url: "https://api.funnelfox.io/public/v1",
    });
    expect(
      readSettings({ ...env, PIPELINE_NOW: "2026-11-26T02:00:00Z", FUNNELFOX_SESSION_DETAILS_LIMIT: "0" }, NOW),
    ).toMatchObject({
      details: 0,
      clockOffset: 86_400_000,
    });
    for (const limit of ["-1", "many", "1e3", "999999"]) {
      expect(() => readSettings({ ...env, FUNNELFOX_SESSION_DETAILS_LIMIT: limit }, NOW)).toThrow(
        "FUNNELFOX_SESSION_DETAILS_LIMIT",
      );
    }
    expect(() => readSettings({ ...env, PIPELINE_NOW: "today" }, NOW)).toThrow("PIPELINE_NOW is no time.");
  });

  it("reads the command line strictly", () => {
    expect(readArgs(["--full-refresh", "--since", "2026-11-01"])).toEqual({
      kind: "run",
      fullRefresh: true,
      since: Date.UTC(2026, 10, 1),
    });
    expect(readArgs([])).toEqual({ kind: "run", fullRefresh: false, since: undefined });
    for (const argv of [["--since", "2026-02-30"], ["--since", "yesterday"], ["--sinse", "2026-01-01"], ["x"]]) {
      expect(() => readArgs(argv), argv.join(" ")).toThrow();
    }
  });
});
