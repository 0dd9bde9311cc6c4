// FunnelFox's lists: asks again with patience, in smaller pages, and knows when asking again is no use.
import { ExpectedError } from "../common/errors.js";
import { backoffMs, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import { type GetAnswer, NoAnswer, type Transport } from "./http.js";

/** Page sizes: what is asked for first, and what is small enough for any server. */
export const LARGEST_PAGE = 500;
export const SMALLEST_PAGE = 20;
/** Older versions of the API took no more. */
const OLD_LARGEST_PAGE = 100;
/** After so many good pages the next one is twice as large again. */
const GROW_AFTER = 5;
const ATTEMPTS = 8;
const TIMEOUT_MS = 60_000;
const LONGEST_PAUSE_MS = 60_000;
/** Longer than this we do not wait, whatever Retry-After says. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000;

export interface ApiDeps {
  /** with /public/v1, without a slash at its end */
  readonly url: string;
  readonly key: Secret;
  readonly transport: Transport;
  readonly sleep: Sleep;
  readonly now: () => number;
  readonly random?: (() => number) | undefined;
  readonly signal: AbortSignal;
  /** told before each pause */
  readonly waiting?: ((text: string) => void) | undefined;
}

/** FunnelFox refuses the request itself: the same one will be refused again. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    readonly status: number,
    readonly says: string,
  ) {
    super(`${status}${says ? `: ${says}` : ""}`);
  }
}

type Query = Readonly<Record<string, string>>;

export class Api {
  readonly #deps: ApiDeps;
  #size = LARGEST_PAGE;
  #largest = LARGEST_PAGE;
  #good = 0;
  #failures = 0;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /** What the next page is asked for. */
  get pageSize(): number {
    return this.#size;
  }

  /**
   * One page of a list.
   * @throws Refused for a cursor or a filter that is not taken; ExpectedError when the key is not, or patience has ended
   */
  async page(list: string, filter: Query, cursor: string | undefined): Promise<GetAnswer> {
    for (;;) {
      try {
        const limit = String(this.#size);
        const answer = await this.#ask(() => ({
          path: `/${list}`,
          query: { ...filter, limit: String(this.#size), ...(cursor === undefined ? {} : { cursor }) },
        }));
        if (limit === String(this.#size)) this.#grow();
        return answer;
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 400 || this.#size <= OLD_LARGEST_PAGE) throw error;
        // The cursor or filter may be what is refused; a smaller page finds out.
        this.#largest = OLD_LARGEST_PAGE;
        this.#size = OLD_LARGEST_PAGE;
      }
    }
  }

  /** One object; undefined when there is none with that id. */
  async one(path: string): Promise<GetAnswer | undefined> {
    try {
      return await this.#ask(() => ({ path, query: {} }));
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Says that an answer with status 200 could not be used, and waits before it is asked for again.
   * @throws ExpectedError when that has happened too often in a row
   */
  async unusable(list: string, why: string): Promise<void> {
    await this.#pause(`/${list}`, `answered with something that is no list (${why})`, undefined);
  }

  /** The page was good: patience starts anew. */
  used(): void {
    this.#failures = 0;
  }

  async #ask(request: () => { path: string; query: Query }): Promise<GetAnswer> {
    const { url, key, transport, signal } = this.#deps;
    for (;;) {
      const { path, query } = request();
      const target = new URL(url + path);
      for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
      let trouble: string;
      let retryAfter: number | undefined;
      try {
        const answer = await transport.get({
          url: target,
          headers: { "fox-secret": key.reveal(), accept: "application/json" },
          timeoutMs: TIMEOUT_MS,
          signal,
        });
        if (answer.status === 200) return answer;
        trouble = this.#trouble(path, answer);
        retryAfter = retryAfterMs(answer.headers["retry-after"], this.#deps.now());
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (!error.again) throw this.#unreachable(path, error.reason);
        trouble = error.reason;
      }
      await this.#pause(path, trouble, retryAfter);
    }
  }

  /** What is wrong, when asking again may help. @throws for everything else */
  #trouble(path: string, answer: GetAnswer): string {
    const { status } = answer;
    if (status === 408 || status === 429 || status >= 500) return `answered ${status}`;
    const says = messageIn(answer, this.#deps.key);
    if (status === 401 || status === 403) {
      throw new ExpectedError("failed", `FunnelFox does not take the secret (${status}${says ? `: ${says}` : ""}).`, {
        why: "It is mistyped, was replaced, or belongs to another project; it stands in FunnelFox > Project settings > API.",
        commands: ["heroku config:set FUNNELFOX_API_KEY=… -a APP"],
      });
    }
    if (status === 400 || status === 404) throw new Refused(status, says);
    throw new ExpectedError("failed", `FunnelFox answered ${status} to GET ${path}${says ? `: ${says}` : ""}.`, {
      why: "That is no answer of its API: FUNNELFOX_API_URL may lead somewhere else.",
      commands: ["heroku config:get FUNNELFOX_API_URL -a APP"],
    });
  }

  async #pause(path: string, trouble: string, retryAfter: number | undefined): Promise<void> {
    const { sleep, signal, random, waiting } = this.#deps;
    this.#failures++;
    this.#good = 0;
    this.#size = Math.max(SMALLEST_PAGE, Math.floor(this.#size / 2));
    if (this.#failures >= ATTEMPTS) throw this.#unreachable(path, trouble);
    if (retryAfter !== undefined && retryAfter > LONGEST_RETRY_AFTER_MS) {
      throw this.#unreachable(
        path,
        `${trouble} and wants to be left alone for ${Math.round(retryAfter / 60_000)} minutes`,
      );
    }
    const backoff = backoffMs(this.#failures, { first: 1_000, cap: LONGEST_PAUSE_MS, ...(random ? { random } : {}) });
    const pause = Math.max(backoff, retryAfter ?? 0);
    waiting?.(`GET ${path} ${trouble}; asking again in ${(pause / 1000).toFixed(1)} s, ${this.#size} at a time`);
    await sleep(pause, signal);
  }

  #grow(): void {
    if (++this.#good < GROW_AFTER || this.#size >= this.#largest) return;
    this.#good = 0;
    this.#size = Math.min(this.#largest, this.#size * 2);
  }

  #unreachable(path: string, trouble: string): ExpectedError {
    const host = new URL(this.#deps.url).host;
    const often = this.#failures > 1 ? ` after ${this.#failures} attempts` : "";
    return new ExpectedError("unreachable", `FunnelFox (${host}) ${trouble} to GET ${path}${often}.`, {
      why: "The service or the way to it is disturbed. What was loaded stays, and the next run goes on from there.",
      commands: ["npm run pipeline -- --only funnelfox"],
    });
  }
}

/** Seconds or a date (RFC 9110, Retry-After), in milliseconds from now. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function messageIn({ bytes, length }: GetAnswer, key: Secret): string {
  try {
    const { message } = JSON.parse(bytes.toString("utf8", 0, Math.min(length, 4_096))) as { message?: unknown };
    const text = typeof message === "string" ? message : "";
    return text
      .replaceAll(key.reveal() || "\0", "•••")
      .replace(/\s+/g, " ")
      .slice(0, 200);
  } catch {
    return "";
  }
}
