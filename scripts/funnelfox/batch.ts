// Rows on their way into the database: one COPY, one merge, one transaction.
import { CopyText } from "./copy-text.js";
import { Fingerprints } from "./fingerprints.js";
import type { RowFacts } from "./transcode.js";

/** A batch is full at so many bytes or rows, whichever comes first. */
export const BATCH_BYTES = 6 * 1024 * 1024;
export const BATCH_ROWS = 20_000;

export class Batch {
  readonly text: CopyText;
  readonly #ids = new Fingerprints(Number.MAX_SAFE_INTEGER);
  /** a key may stand in it twice */
  repeats = false;
  oldest = Number.POSITIVE_INFINITY;
  pages = 0;

  constructor(capacity: number) {
    this.text = new CopyText(capacity);
  }

  get rows(): number {
    return this.text.rows;
  }

  /** @param fresh whether its id is new to the crawl; undefined when the crawl no longer remembers all of them */
  row({ hash, created }: RowFacts, fresh: boolean | undefined): void {
    if (created < this.oldest) this.oldest = created;
    if (fresh === true || this.repeats) return;
    // Rows from before the crawl forgot its ids are not in the batch's own.
    if (fresh === false || !this.#ids.add(hash.high, hash.low) || this.#ids.size !== this.rows) this.repeats = true;
  }

  isFull(mostRows: number): boolean {
    return this.rows >= mostRows || this.text.length >= BATCH_BYTES;
  }

  clear(): void {
    this.text.clear();
    this.#ids.clear();
    this.repeats = false;
    this.oldest = Number.POSITIVE_INFINITY;
    this.pages = 0;
  }
}
