// What is remembered of a child while it runs: rows by stream, notices, its last lines, and which tap was under way.
import type { BlockEnd, ChildEvent } from "./child-lines.js";

/** A traceback and what was said before it. */
const LINES_KEPT = 60;
const NOTICES_KEPT = 100;

export class Digest {
  readonly #read = new Map<string, number>();
  readonly #written = new Map<string, number>();
  readonly notices: string[] = [];
  /** the child's own words for its failure; the first says the cause */
  failure: { readonly from: string; readonly text: string } | undefined;
  /** the tap that Meltano runs, or ran when it ended */
  tap: string | undefined;
  blockEnd: BlockEnd | undefined;
  /** a plugin was ended by SIGKILL */
  killed = false;
  readonly #lines: { readonly from: string; readonly text: string }[] = [];

  /** Takes an event in. Texts have been masked before. */
  take(event: ChildEvent): void {
    switch (event.kind) {
      case "progress": {
        // The loader tells of the same rows as the tap before it, once they are committed.
        const loader = event.from.startsWith("target-");
        const counts = loader ? this.#written : this.#read;
        const key = this.streamOf(event.from, event.stream);
        const before = counts.get(key) ?? 0;
        counts.set(key, event.add ? before + event.rows : Math.max(before, event.rows));
        return;
      }
      case "notice": {
        const text = event.stream && !event.text.includes(event.stream) ? `${event.stream}: ${event.text}` : event.text;
        if (this.notices.length < NOTICES_KEPT && !this.notices.includes(text)) this.notices.push(text);
        return;
      }
      case "failure":
        this.failure ??= { from: event.from, text: event.text };
        return;
      case "block":
        if (event.tap) [this.tap, this.blockEnd] = [event.tap, undefined];
        if (event.ended) this.blockEnd = event.ended;
        this.killed ||= event.killed;
        return;
      case "text":
        for (const text of event.text.split(/[\r\n]+/)) {
          if (text.trim() !== "") this.#lines.push({ from: event.from, text });
        }
        while (this.#lines.length > LINES_KEPT) this.#lines.shift();
    }
  }

  /** The last lines, oldest first; of one plugin when it is named. */
  lines(from?: string): readonly string[] {
    return this.#lines.filter((line) => from === undefined || line.from === from).map(({ text }) => text);
  }

  /** "stripe charges": a stream with its source, which for a loader is the tap before it. */
  streamOf(from: string, stream: string): string {
    const source = from.startsWith("target-") ? (this.tap ?? from) : from;
    return `${source.replace(/^(tap|target)-/, "")} ${stream}`;
  }

  /** Rows by stream: those that are committed where the loader tells them, else those that were read. */
  get streams(): ReadonlyMap<string, number> {
    return new Map([...this.#read, ...this.#written]);
  }

  get rows(): number {
    return [...this.streams.values()].reduce((sum, rows) => sum + rows, 0);
  }
}
