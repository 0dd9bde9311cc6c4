// UTM values and replies of single sessions: one request each, so only for young sessions without them, and so many a night.
import { type Api, Refused } from "./api.js";
import type { Batch } from "./batch.js";
import { Scanner } from "./scan.js";
import { tables } from "./tables.js";
import type { Tell } from "./talk.js";
import { Transcoder } from "./transcode.js";
import type { Warehouse } from "./warehouse.js";

const DAY_MS = 86_400_000;
/** Older sessions without details stay without: else a first load would ask for the past for weeks. */
const YOUNG_MS = 30 * DAY_MS;
/** A session that has just begun is still being answered. */
const SETTLED_MS = 3_600_000;
const SESSIONS_A_BATCH = 200;

const details = tables.session_details;
const replies = tables.session_replies;

export interface DetailsDeps {
  readonly api: Api;
  readonly warehouse: Warehouse;
  readonly batches: readonly [Batch, Batch];
  /** sessions a run */
  readonly limit: number;
  readonly now: () => number;
  readonly tell: Tell;
}

/** @returns rows of both tables, by table. @throws as a crawl does */
export async function loadDetails(deps: DetailsDeps): Promise<{ details: number; replies: number }> {
  const { api, warehouse, batches, limit, now, tell } = deps;
  const total = { details: 0, replies: 0 };
  if (limit === 0) return total;
  const ids = await wanted(warehouse, limit, now());
  const [own, answers] = batches;
  const reader = new Reader(own, answers);
  let gone = 0;
  for (const [index, id] of ids.entries()) {
    const answer = await one(api, id);
    if (answer) reader.take(id, answer.bytes, answer.length);
    else gone++;
    api.used();
    if (reader.sessions < SESSIONS_A_BATCH && index < ids.length - 1 && !own.isFull(SESSIONS_A_BATCH)) continue;
    await warehouse.write(
      [
        { table: details, batch: own },
        { table: replies, batch: answers },
      ],
      undefined,
    );
    total.details += own.rows;
    total.replies += answers.rows;
    reader.clear();
    tell.progress(details.name, total.details);
    tell.progress(replies.name, total.replies);
  }
  if (gone > 0) tell.notice(details.name, `${gone} sessions are listed but cannot be read one by one (404).`);
  if (reader.skipped > 0) tell.notice(replies.name, `${reader.skipped} replies were no objects and were left out.`);
  for (const [field, count] of reader.nulled()) {
    tell.notice(
      details.name,
      `${count} × ${field} came as another type than documented: null in the column, kept in _extra.`,
    );
  }
  return total;
}

async function wanted(warehouse: Warehouse, limit: number, now: number): Promise<string[]> {
  const { rows } = await warehouse.client.query<{ id: string }>({
    text: `select s.id from raw_funnelfox.sessions s
      where s.created_at >= $1 and s.created_at < $2
        and not exists (select from raw_funnelfox.session_details d where d.id = s.id)
      order by s.created_at, s.id limit $3`,
    values: [new Date(now - YOUNG_MS), new Date(now - SETTLED_MS), limit],
  });
  return rows.map(({ id }) => id);
}

async function one(api: Api, id: string) {
  try {
    return await api.one(`/sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    // An id that FunnelFox lists but does not take is as good as gone.
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** Sessions one by one into the rows of both tables. */
class Reader {
  sessions = 0;
  skipped = 0;
  readonly #own: Batch;
  readonly #answers: Batch;
  readonly #details = new Transcoder(details, ["replies"]);
  readonly #replies = new Transcoder(replies);
  readonly #scanner = new Scanner();

  constructor(own: Batch, answers: Batch) {
    this.#own = own;
    this.#answers = answers;
    this.clear();
  }

  clear(): void {
    this.#own.clear();
    this.#answers.clear();
    this.sessions = 0;
  }

  take(id: string, bytes: Buffer, length: number): void {
    this.#details.single(bytes, length, this.#own.text, (facts) => this.#own.row(facts, undefined));
    const page = Buffer.from(`${this.#page(id, bytes, length)}\0`);
    this.#replies.page(page, page.length - 1, this.#answers.text, (facts) => this.#answers.row(facts, undefined));
    this.sessions++;
  }

  *nulled(): Iterable<readonly [field: string, count: number]> {
    for (const transcoder of [this.#details, this.#replies]) {
      for (const [field, count] of transcoder.nulled) yield [`${transcoder.table.name}.${field}`, count];
    }
  }

  /** The replies as a list of their own, each with its session: they have no ids (FunnelFox, API reference > Get Session). */
  #page(id: string, bytes: Buffer, length: number): string {
    const scanner = this.#scanner;
    const items: string[] = [];
    bytes[length] = 0;
    scanner.open(bytes, length);
    for (let more = scanner.openObject(); more; more = scanner.nextKey()) {
      scanner.string();
      const isReplies = bytes.toString("utf8", scanner.start + 1, scanner.at - 1) === "replies";
      scanner.colon();
      if (!isReplies || scanner.peek() !== 0x5b) scanner.value();
      else for (let item = scanner.openArray(); item; item = scanner.nextItem()) items.push(this.#text(bytes));
    }
    const session = `{"session_id":${JSON.stringify(id)}`;
    const objects = items.filter((text) => text.startsWith("{"));
    this.skipped += items.length - objects.length;
    return `{"data":[${objects
      .map((text) => text.slice(1).trimStart())
      .map((rest) => (rest === "}" ? `${session}}` : `${session},${rest}`))
      .join(",")}]}`;
  }

  #text(bytes: Buffer): string {
    this.#scanner.peek();
    const start = this.#scanner.at;
    this.#scanner.value();
    return bytes.toString("utf8", start, this.#scanner.at);
  }
}
