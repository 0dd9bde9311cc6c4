// What a page says of the one after it, and whether that is progress.
import { ExpectedError } from "../common/errors.js";
import { Fingerprints, Hash } from "./fingerprints.js";
import { MalformedJson } from "./scan.js";

/** Longer lists are watched for a repeated cursor only between neighbours. */
const MOST_CURSORS = 500_000;

/** Follows the cursors of one list. */
export class Paging {
  readonly #list: string;
  readonly #hash = new Hash();
  readonly #given = new Fingerprints(MOST_CURSORS);
  #last: string | undefined;

  /** @param first the cursor that the first page is asked with */
  constructor(list: string, first: string | undefined) {
    this.#list = list;
    if (first !== undefined) this.#take(first);
  }

  /**
   * The cursor of the next page, or undefined at the end. Documented is `next_cursor`; `cursor` has been seen too.
   * @param pagination the answer's member, as it came
   * @throws MalformedJson when it is none; ExpectedError for "there is more" without a way to get it
   */
  next(pagination: Uint8Array | undefined): string | undefined {
    const text = pagination && Buffer.from(pagination).toString("utf8");
    const said: unknown = text === undefined ? undefined : JSON.parse(text);
    if (typeof said !== "object" || said === null) throw new MalformedJson("there is no pagination in it");
    const { has_more: more, next_cursor: next, cursor } = said as Record<string, unknown>;
    if (typeof more !== "boolean") throw new MalformedJson("pagination does not say has_more");
    if (!more) return undefined;
    const given = [next, cursor].find(
      (value) => (typeof value === "string" && value !== "") || typeof value === "number",
    );
    if (given === undefined) throw this.#stuck("gives no cursor");
    // A number beyond 2^53 keeps its digits only in the text.
    const name = given === next ? "next_cursor" : "cursor";
    const written =
      typeof given === "number" ? new RegExp(`"${name}"\\s*:\\s*([-\\d.eE+]+)`).exec(text ?? "")?.[1] : undefined;
    const value = written ?? String(given);
    if (value === this.#last || !this.#take(value)) throw this.#stuck("gives a cursor that it has given before");
    return value;
  }

  #take(cursor: string): boolean {
    this.#last = cursor;
    const bytes = Buffer.from(cursor);
    const { high, low } = this.#hash.of(bytes, 0, bytes.length);
    return this.#given.add(high, low);
  }

  #stuck(how: string): ExpectedError {
    return new ExpectedError("failed", `FunnelFox says that there are more ${this.#list}, but ${how}.`, {
      why: "Going on would leave rows out or never end. The place reached is kept; the fault is FunnelFox's and may pass.",
      commands: ["npm run pipeline -- --only funnelfox"],
    });
  }
}
