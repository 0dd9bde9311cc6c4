// The body of an export: for each hour several gzipped files of JSON lines, made and sent one after the other.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Business, Ms, Touch } from "../business/facts.js";
import { HOUR } from "../business/time.js";
import { lineOf } from "./line.js";
import { zipOf } from "./zip.js";

const compress = promisify(gzip);

/** Twice as fast as the defaults at this size. */
const FAST = { level: 1, memLevel: 9, chunkSize: 262_144 };
/** Events in one file at most, so that a file stays small in memory. */
const FILE_EVENTS = 2000;
/** Files that an hour has at least, when it has so many events. */
const FILES = 3;
const PROJECT = 412_345;
/** Bytes of an event as JSON, about; what the size of an export is judged by. */
export const EVENT_BYTES = 1600;

/** How many bytes an export of these hours would hold, about; counting ends above `most`. */
export function sizeOf(business: Business, start: Ms, end: Ms, most: number): number {
  let size = 0;
  for (const hour of hours(business, start, end)) {
    size += business.uploads(hour) * EVENT_BYTES;
    if (size > most) break;
  }
  return size;
}

/** Whether there is anything in these hours, at the cost of the first hour that has something. */
export function hasEvents(business: Business, start: Ms, end: Ms): boolean {
  for (const hour of hours(business, start, end)) if (business.exported(hour).length > 0) return true;
  return false;
}

/** The hours asked for in which the company was there. */
function* hours(business: Business, start: Ms, end: Ms): Generator<Ms> {
  const until = Math.min(end, business.now().getTime());
  for (let hour = Math.max(start, business.start.getTime()); hour <= until; hour += HOUR) yield hour;
}

/** The zip as a stream: memory does not depend on how many hours there are. */
export function exportOf(business: Business, start: Ms, end: Ms): ReadableStream<Uint8Array> {
  const parts = zipOf(filesOf(business, start, end));
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

interface File {
  name: string;
  bytes: Buffer;
}

/** One file is packed ahead while the last one is sent. */
async function* filesOf(business: Business, start: Ms, end: Ms): AsyncGenerator<File> {
  let ahead: Promise<File> | undefined;
  for (const next of filesAhead(business, start, end)) {
    const ready = ahead;
    ahead = next;
    if (ready !== undefined) yield await ready;
  }
  if (ahead !== undefined) yield await ahead;
}

function* filesAhead(business: Business, start: Ms, end: Ms): Generator<Promise<File>> {
  for (const hour of hours(business, start, end)) {
    const events = business.exported(hour);
    const size = Math.min(FILE_EVENTS, Math.max(1, Math.ceil(events.length / FILES)));
    for (let from = 0, number = 0; from < events.length; from += size, number += 1) {
      const day = new Date(hour).toISOString().slice(0, 10);
      const name = `${PROJECT}/${PROJECT}_${day}_${new Date(hour).getUTCHours()}#${number}.json.gz`;
      yield packed(name, events.slice(from, from + size));
    }
  }
}

async function packed(name: string, events: Touch[]): Promise<File> {
  return { name, bytes: await compress(`${events.map(lineOf).join("\n")}\n`, FAST) };
}
