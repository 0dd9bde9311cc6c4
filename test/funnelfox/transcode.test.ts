// Pages of JSON into rows, against JSON.parse and a real PostgreSQL.
import fc from "fast-check";
import pg from "pg";
import { from } from "pg-copy-streams";
import { describe, expect, it } from "vitest";
import { CopyText } from "../../scripts/funnelfox/copy-text.js";
import { MalformedJson } from "../../scripts/funnelfox/scan.js";
import type { Table } from "../../scripts/funnelfox/tables.js";
import { type RowFacts, Transcoder, TypeChanged } from "../../scripts/funnelfox/transcode.js";
import { databases, type World } from "./world.js";

const newDatabase = databases();

const table: Table = {
  name: "things",
  key: ["id"],
  columns: [
    { name: "id", type: "text" },
    { name: "created_at", type: "timestamptz" },
    { name: "price", type: "bigint", money: true },
    { name: "count", type: "bigint" },
    { name: "flag", type: "boolean" },
    { name: "note", type: "text" },
    { name: "bag", type: "jsonb" },
    { name: "profile_id", type: "text", path: ["profile", "id"] },
    { name: "profile_email", type: "text", path: ["profile", "email"] },
  ],
};

function page(json: string, transcoder = new Transcoder(table), seen: (facts: RowFacts) => void = () => undefined) {
  const bytes = Buffer.from(`${json}\0`);
  const out = new CopyText(16);
  const end = transcoder.page(bytes, bytes.length - 1, out, seen);
  return { ...end, out, transcoder };
}

const list = (...items: string[]) => `{"data":[${items.join(",")}],"pagination":{"has_more":false}}`;

let world: World | undefined;

/** Copies the rows into a table and reads them back. */
async function stored(out: CopyText): Promise<Record<string, unknown>[]> {
  world ??= await newDatabase();
  const client = new pg.Client({ connectionString: world.url, ssl: false });
  await client.connect();
  try {
    const columns = [...table.columns, { name: "_extra", type: "jsonb" }];
    await client.query(
      `create temp table t (n serial, ${columns.map(({ name, type }) => `${name} ${type}`).join(",")})`,
    );
    await client.query("set timezone to 'UTC'");
    await new Promise<void>((resolve, reject) => {
      const stream = client.query(from(`copy t (${columns.map(({ name }) => name).join(",")}) from stdin`));
      stream.on("error", reject);
      stream.on("finish", () => resolve());
      stream.end(out.bytes.subarray(0, out.length));
    });
    const { rows } = await client.query(
      "select id, created_at::text, price::text, count::text, flag, note, bag::text, profile_id, profile_email, _extra::text from t order by n",
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function one(item: string): Promise<Record<string, unknown>> {
  const [row] = await stored(page(list(item)).out);
  if (!row) throw new Error("no row");
  return row;
}

describe("what is kept", () => {
  it("puts each documented field into its column and what nobody declared into _extra", async () => {
    expect(
      await one(
        '{"id":"a","created_at":"2026-11-25T02:00:00.5Z","price":999,"count":2,"flag":true,"note":"x","bag":{"a":[1]},"profile":{"id":"pro_1","email":"a@b","age":7},"new":{"deep":null}}',
      ),
    ).toEqual({
      ...{ id: "a", created_at: "2026-11-25 02:00:00.5+00", price: "999", count: "2", flag: true, note: "x" },
      ...{ bag: '{"a": [1]}', profile_id: "pro_1", profile_email: "a@b" },
      _extra: '{"new": {"deep": null}, "profile": {"age": 7}}',
    });
  });

  it("keeps every digit of numbers that JavaScript would round", async () => {
    const row = await one(
      '{"id":"a","price":9223372036854775807,"bag":{"n":12345678901234567890123.45678901234567890},"big":9007199254740993}',
    );
    expect(row.price).toBe("9223372036854775807");
    expect(row.bag).toBe('{"n": 12345678901234567890123.45678901234567890}');
    expect(row._extra).toBe('{"big": 9007199254740993}');
  });

  it("keeps numbers that no numeric holds as texts, digit for digit", async () => {
    const row = await one('{"id":"a","bag":[1e999999,"1e999999",1e20,-2.5E-77777],"more":1E500000}');
    expect(row.bag).toBe('["1e999999", "1e999999", 100000000000000000000, "-2.5E-77777"]');
    expect(row._extra).toBe('{"more": "1E500000"}');
  });

  it("keeps rows with NUL and half a surrogate pair, with U+FFFD in their place at any depth", async () => {
    const row = await one(
      String.raw`{"id":"a\u0000b","note":"\ud83d\ude00 \ud83d \ude00\u0000","bag":{"k\u0000":["\udfff",{"x":"\ud83d\ude00\\u0000"}]},"e\ud800":"\u0000"}`,
    );
    expect(row.id).toBe("a\ufffdb");
    expect(row.note).toBe("😀 \ufffd \ufffd\ufffd");
    expect(JSON.parse(String(row.bag))).toEqual({ "k\ufffd": ["\ufffd", { x: "😀\\u0000" }] });
    expect(JSON.parse(String(row._extra))).toEqual({ "e\ufffd": "\ufffd" });
  });

  it("reads names that are written with escapes, and takes the last of two", async () => {
    const row = await one(
      String.raw`{"\u0069d":"a","note":"first","n\u006fte":"second","profile":{"id":"1"},"profile":{"email":"e"}}`,
    );
    expect(row).toMatchObject({ id: "a", note: "second", profile_id: null, profile_email: "e" });
  });

  it("takes bytes that are no UTF-8 as every decoder does", async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"data":[{"id":"a","note":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"}],"pagination":{}}\0'),
    ]);
    const out = new CopyText(16);
    new Transcoder(table).page(bytes, bytes.length - 1, out, () => undefined);
    expect((await stored(out))[0]?.note).toBe("\ufffd\ufffd");
  });

  it("stores any item as JSON.parse reads it", async () => {
    const text = fc.string({ unit: "binary", maxLength: 12 });
    const json = fc.jsonValue({
      maxDepth: 3,
      stringUnit: "binary",
      noUnicodeString: false,
    } as fc.JsonSharedConstraints);
    const item = fc.record(
      {
        id: text.filter((value) => value !== ""),
        note: fc.option(text),
        count: fc.option(fc.maxSafeInteger()),
        flag: fc.option(fc.boolean()),
        bag: json,
        other: json,
        profile: fc.option(fc.record({ id: text, more: json }, { requiredKeys: [] })),
      },
      { requiredKeys: ["id"] },
    );
    // JSON.stringify escapes few characters; here some more are, as other writers do, and white space is put in between.
    const written = (value: object, spaced: boolean, escaped: boolean) => {
      const plain = JSON.stringify(value, null, spaced ? "\t" : undefined);
      return escaped
        ? plain.replace(/[^\x20-\x7e\t\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        : plain;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        async (items, spaced, escaped) => {
          const rows = await stored(page(list(...items.map((value) => written(value, spaced, escaped)))).out);
          expect(rows).toHaveLength(items.length);
          for (const [index, value] of items.entries()) {
            const row = rows[index] ?? {};
            expect(row.id).toBe(storable(value.id));
            expect(row.note).toBe(storable(value.note ?? null));
            expect(row.count).toBe(value.count === undefined || value.count === null ? null : String(value.count));
            expect(row.flag).toBe(value.flag ?? null);
            expect(row.profile_id).toBe(storable(value.profile?.id ?? null));
            if (value.bag === undefined || value.bag === null) expect(row.bag).toBeNull();
            else expect(JSON.parse(String(row.bag))).toEqual(storable(JSON.parse(JSON.stringify(value.bag))));
            const extra = row._extra === null ? {} : JSON.parse(String(row._extra));
            if (value.other !== undefined)
              expect(extra.other).toEqual(storable(JSON.parse(JSON.stringify(value.other))));
            else expect(extra).not.toHaveProperty("other");
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** What Postgres can hold of it; -0 is 0 there. */
function storable<T>(value: T): T {
  if (typeof value === "string") return Buffer.from(value.replaceAll("\0", "\ufffd")).toString() as T;
  if (Object.is(value, -0)) return 0 as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), storable(inner)])) as T;
}

describe("types that change", () => {
  it.each([
    ["a key", '{"id":7}', "(without an id)", "id", "a number"],
    ["a missing key", '{"note":"x"}', "(without an id)", "id", "missing"],
    ["money as a text", '{"id":"a","price":"999"}', "a", "price", "a text"],
    ["money with a point", '{"id":"a","price":9.99}', "a", "price", "a number that is not whole, or too large"],
    [
      "money beyond 64 bits",
      '{"id":"a","price":9223372036854775808}',
      "a",
      "price",
      "a number that is not whole, or too large",
    ],
    ["a time as a number", '{"id":"a","created_at":1764036000}', "a", "created_at", "a number"],
    [
      "a time that is none",
      '{"id":"a","created_at":"2026-02-30T00:00:00Z"}',
      "a",
      "created_at",
      "a text that is no time",
    ],
  ])("stops for %s, naming stream, key and field", (_, item, key, field, value) => {
    expect(() => page(list('{"id":"good"}', item))).toThrow(
      expect.objectContaining({
        name: "TypeChanged",
        stream: "things",
        key,
        field,
        message: `things ${key}: ${field} is ${value}`,
      }),
    );
  });

  it("appends nothing of a page that stops it", () => {
    const out = new CopyText(16);
    const bytes = Buffer.from(`${list('{"id":"a"}', '{"id":1}')}\0`);
    expect(() => new Transcoder(table).page(bytes, bytes.length - 1, out, () => undefined)).toThrow(TypeChanged);
    expect([out.length, out.rows]).toEqual([0, 0]);
  });

  it("leaves the column empty elsewhere, keeps the value in _extra and counts it", async () => {
    const { out, transcoder } = page(
      list(
        '{"id":"a","count":"7","flag":"yes","note":{"x":1},"profile":{"id":5}}',
        '{"id":"b","count":1.5,"profile":"pro_1"}',
        '{"id":"c","created_at":"","note":null}',
      ),
    );
    const rows = await stored(out);
    expect(rows[0]).toMatchObject({ count: null, flag: null, note: null, profile_id: null });
    expect(JSON.parse(String(rows[0]?._extra))).toEqual({
      count: "7",
      flag: "yes",
      note: { x: 1 },
      profile: { id: 5 },
    });
    expect(JSON.parse(String(rows[1]?._extra))).toEqual({ count: 1.5, profile: "pro_1" });
    expect(rows[2]).toMatchObject({ created_at: null, note: null, _extra: null });
    expect(Object.fromEntries(transcoder.nulled)).toEqual({ count: 2, flag: 1, note: 1, "profile.id": 1, profile: 1 });
  });
});

describe("answers that are no list", () => {
  const good = list('{"id":"a","note":"text","bag":{"x":[1,true,null]}}');

  it("refuses every piece of a page that was cut off", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => page(good.slice(0, length)), good.slice(0, length)).toThrow(MalformedJson);
    }
    expect(page(good).rows).toBe(1);
  });

  it.each([
    "",
    "null",
    "[]",
    "<html>",
    '{"data":{}}',
    '{"pagination":{}}',
    `${good}x`,
    good.replace("true", "tru"),
    good.replace("[1", "[01"),
    good.replace('"text"', '"te\nxt"'),
  ])("refuses %j", (text) => {
    expect(() => page(text)).toThrow(MalformedJson);
  });

  it("accepts and refuses what JSON.parse does", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", '"', "\\", "0", "e", " "),
        (json, at, insert) => {
          const broken = json.slice(0, at % (json.length + 1)) + insert + json.slice(at % (json.length + 1));
          const text = `{"data":[],"x":${broken}}`;
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (valid) expect(page(text).rows).toBe(0);
          else expect(() => page(text)).toThrow(MalformedJson);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("what is told of each row", () => {
  it("gives the moment of creation, the amount digit for digit and the currency in lower case", () => {
    const seen: unknown[] = [];
    const money: Table = { ...table, columns: [...table.columns, { name: "currency", type: "text" }] };
    page(
      list('{"id":"a","created_at":"2026-11-25T02:00:00+02:00","price":12345678901234567,"currency":"EUR"}'),
      new Transcoder(money),
      (facts) => seen.push([facts.created, facts.amount, facts.currency]),
    );
    expect(seen).toEqual([[Date.UTC(2026, 10, 25) * 1000, "12345678901234567", "eur"]]);
  });
});
