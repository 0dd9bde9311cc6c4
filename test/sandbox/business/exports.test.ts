// Amplitude's exports and FunnelFox's lists of the pretended company, as their readers meet them over HTTP.
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sources, startSources } from "../../../sandbox/business/sources.js";
import { HOUR, lastSafeHour } from "../../../sandbox/business/time.js";
import { truthOf } from "../../../sandbox/business/truth/index.js";
import { bareId } from "../../../sandbox/business/truth/known.js";
import type { Item } from "../../../sandbox/funnelfox/items.js";
import { clientOf } from "./support.js";

const now = new Date("2026-11-24T10:30:00Z");
let sources: Sources;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  sources = await startSources({ now, events: 12_000 });
  client = clientOf(sources);
});
afterAll(() => sources.close());

const hour = (at: number): string => new Date(at).toISOString().replace(/-/g, "").slice(0, 11);

/** The files of a zip that are stored as they are, by its directory. */
function unzipped(bytes: Buffer): { name: string; content: Buffer }[] {
  const end = bytes.length - 22;
  expect(bytes.readUInt32LE(end)).toBe(0x06054b50);
  const files: { name: string; content: Buffer }[] = [];
  for (let at = bytes.readUInt32LE(end + 16), left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [size, length, offset] = [
      bytes.readUInt32LE(at + 20),
      bytes.readUInt16LE(at + 28),
      bytes.readUInt32LE(at + 42),
    ];
    const name = bytes.subarray(at + 46, at + 46 + length).toString();
    const from = offset + 30 + bytes.readUInt16LE(offset + 26);
    files.push({ name, content: bytes.subarray(from, from + size) });
    at += 46 + length;
  }
  return files;
}

const linesOf = (bytes: Buffer): string[] =>
  unzipped(bytes).flatMap(({ content }) => gunzipSync(content).toString().trimEnd().split("\n"));

describe("an export", () => {
  it("holds each event of the hours, some of them twice, by its hour of upload", async () => {
    const last = lastSafeHour(now.getTime());
    const answer = await client.export(hour(sources.business.start.getTime()), hour(last));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/zip"]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const names = unzipped(bytes).map(({ name }) => name);
    expect(names.every((name) => /^\d+\/\d+_\d{4}-\d\d-\d\d_\d{1,2}#\d\.json\.gz$/.test(name))).toBe(true);
    const lines = linesOf(bytes);
    const uuids = lines.map((line) => /"uuid":"([^"]+)"/.exec(line)?.[1]);
    const { totals } = truthOf(sources.business);
    expect(new Set(uuids).size).toBe(totals.fct_events);
    expect(lines.length).toBeGreaterThan(totals.fct_events + 50);
    const text = lines.join("\n");
    for (const odd of [
      "\\u0000",
      "\\ud83d",
      "5e400",
      "👩‍👩‍👧",
      '"device_id":""',
      '"user_id":"pro_',
      '"user_id":null',
    ]) {
      expect(text).toContain(odd);
    }
    const byUuid = new Map<string, string>();
    for (const line of lines) {
      const key = /"uuid":"([^"]+)"/.exec(line)?.[1] ?? "";
      expect(byUuid.get(key) ?? line).toBe(line);
      byUuid.set(key, line);
    }
    const late = lines.map((line) => JSON.parse(line.replace(/1234567\d+\.5e400/, "0")) as Record<string, string>);
    expect(
      late.some((one) => Date.parse(`${one.server_upload_time}Z`) - Date.parse(`${one.event_time}Z`) > 24 * HOUR),
    ).toBe(true);
  });

  it("of an hour that is not over yet holds less than later", async () => {
    const fresh = await startSources({ now, events: 60_000 });
    const ask = clientOf(fresh).export;
    const open = hour(now.getTime());
    const early = linesOf(Buffer.from(await (await ask(open, open)).arrayBuffer()));
    fresh.advance(1);
    const whole = linesOf(Buffer.from(await (await ask(open, open)).arrayBuffer()));
    expect(early.length).toBeGreaterThan(0);
    expect(early.length).toBeLessThan(whole.length);
    await fresh.close();
  });

  it("without data is 404, too large 400, too long 504", async () => {
    expect((await client.export("20150101T00", "20150101T00")).status).toBe(404);
    expect((await client.export(hour(now.getTime() + 24 * HOUR), hour(now.getTime() + 25 * HOUR))).status).toBe(404);
    const [start, end] = [hour(now.getTime() - 40 * HOUR), hour(now.getTime() - 10 * HOUR)];
    sources.quirks.amplitude.sizeLimit = 1600;
    expect((await client.export(start, end)).status).toBe(400);
    sources.quirks.amplitude = Object.assign(sources.quirks.amplitude, { sizeLimit: 4e9, mostHours: 24 });
    expect((await client.export(start, end)).status).toBe(504);
    sources.quirks.amplitude.mostHours = Number.POSITIVE_INFINITY;
    expect((await client.export(start, end)).status).toBe(200);
  });

  it("is cut in the middle, late, or refused on demand", async () => {
    sources.faults.add({ service: "amplitude", effect: { garbage: "truncated" } });
    const [start, end] = [hour(now.getTime() - 40 * HOUR), hour(now.getTime() - 10 * HOUR)];
    await expect(client.export(start, end).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    sources.faults.add({ service: "amplitude", effect: { status: 504 } });
    expect((await client.export(start, end)).status).toBe(504);
    sources.faults.add({ service: "amplitude", effect: { garbage: "html" } });
    expect(await (await client.export(start, end)).text()).toContain("<html>");
    sources.faults.clear();
    expect(sources.calls.filter(({ service }) => service === "amplitude").length).toBeGreaterThan(5);
  });
});

/** A crawl of a list; whatever the next cursor is called. */
async function crawl(path: string, limit = 50, between = () => {}): Promise<Item[]> {
  const list: Item[] = [];
  for (let cursor = ""; ; between()) {
    const sign = path.includes("?") ? "&" : "?";
    const { status, body } = await client.fox(`${path}${sign}limit=${limit}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    list.push(...(body.data ?? []));
    if (!body.pagination?.has_more) return list;
    cursor = body.pagination.next_cursor ?? body.pagination.cursor ?? "";
    expect(cursor).not.toBe("");
  }
}

describe("a list of FunnelFox", () => {
  it.each(["newest", "oldest", "shuffled"] as const)(
    "is whole in %s order, by either name of the cursor",
    async (order) => {
      Object.assign(sources.quirks.funnelfox, { order, cursorName: order === "oldest" ? "cursor" : "next_cursor" });
      const { profiles, sessions, transactions, subscriptions } = sources.business.facts();
      for (const [path, known] of Object.entries({ profiles, sessions, transactions, subscriptions })) {
        const list = await crawl(path);
        expect(list.map(({ id }) => bareId(id)).sort()).toEqual(known.map(({ id }) => id).sort());
      }
      const times = (await crawl("sessions")).map((one) => String(one.created_at));
      const sorted = [...times].sort();
      expect(times).toEqual(order === "shuffled" ? times : order === "oldest" ? sorted : sorted.reverse());
      if (order === "shuffled") expect(times).not.toEqual(sorted);
      Object.assign(sources.quirks.funnelfox, { order: "newest", cursorName: "next_cursor" });
    },
  );

  it("skips and repeats nothing old while new rows come in", async () => {
    const fresh = await startSources({ now, seed: 5 });
    const before = fresh.business.facts().sessions.map(({ id }) => id);
    const usual = client;
    client = clientOf(fresh);
    const list = (await crawl("sessions", 40, () => fresh.advance(0.3))).map(({ id }) => id);
    client = usual;
    expect(before.filter((id) => !list.includes(id))).toEqual([]);
    expect(new Set(list).size).toBe(list.length);
    await fresh.close();
  });

  it("filters by what was updated since, from included and to not", async () => {
    const list = await crawl("subscriptions");
    const edge = String(list[10]?.updated_at);
    const ids = (fits: (at: string) => boolean): string[] =>
      list.filter((one) => fits(String(one.updated_at))).map(({ id }) => id);
    const from = await crawl(`subscriptions?filter[updated_at.from]=${encodeURIComponent(edge)}`);
    expect(from.map(({ id }) => id)).toEqual(ids((at) => at >= edge));
    const to = await crawl(`subscriptions?filter[updated_at.to]=${encodeURIComponent(edge)}`);
    expect(to.map(({ id }) => id)).toEqual(ids((at) => at < edge));
    expect((await client.fox("subscriptions?filter[updated_at.from]=soon")).status).toBe(400);
    expect((await client.fox("sessions?filter[created_at.from]=2026-01-01")).status).toBe(400);
    const corrected = sources.business
      .facts()
      .transactions.find(({ usd }) => usd.length === 2 && (usd[1]?.at ?? 0) < now.getTime());
    const since = new Date(corrected?.usd[1]?.at ?? 0).toISOString();
    expect((await crawl(`transactions?filter[updated_at.from]=${since}`)).map(({ id }) => id)).toContain(corrected?.id);
  });

  it("does not go on, or is too slow for large pages, on demand", async () => {
    const { funnelfox } = sources.quirks;
    funnelfox.stuck = "missing";
    const missing = (await client.fox("profiles?limit=10")).body.pagination;
    expect(missing?.has_more).toBe(true);
    expect(missing).not.toHaveProperty("next_cursor");
    funnelfox.stuck = "none";
    const first = (await client.fox("profiles?limit=10")).body.pagination?.next_cursor;
    funnelfox.stuck = "same";
    expect((await client.fox(`profiles?limit=10&cursor=${first}`)).body.pagination?.next_cursor).toBe(first);
    Object.assign(funnelfox, { stuck: "none", largestPage: 100 });
    const slow = await fetch(`${sources.env.FUNNELFOX_API_URL}/profiles?limit=101`, {
      headers: { "fox-secret": sources.env.FUNNELFOX_API_KEY ?? "" },
    });
    expect(slow.status).toBe(504);
    funnelfox.largestPage = 500;
    expect((await client.fox("profiles?cursor=abc")).status).toBe(400);
  });

  it("leads to the details of a session, in their own shape", async () => {
    const [first] = (await client.fox("sessions?limit=1")).body.data ?? [];
    const { status, body } = await client.fox(`sessions/${first?.id}`);
    expect(status).toBe(200);
    expect(body.created_at).toBe(Math.floor(Date.parse(String(first?.created_at)) / 1000));
    expect(body).toHaveProperty("query_params");
    expect(Array.isArray(body.replies)).toBe(true);
    expect((await client.fox("sessions/nobody")).status).toBe(404);
  });
});
