// The Platform API as the rest of the code sees it: typed calls, one retry policy, and a read-back before any POST is sent again.
import pRetry from "p-retry";
import { backoffMs, realSleep, type Sleep } from "../common/retry.js";
import { type Doing, HerokuError, refusalError, troubleError } from "./errors.js";
import type { Reply, Transport, TransportRequest } from "./transport.js";

export interface ApiOptions {
  readonly transport: Transport;
  /** the address spoken to, for messages */
  readonly host: string;
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly signal?: AbortSignal | undefined;
  /** asked when Heroku wants a two-factor code; true when there is a new one to try with */
  readonly askTwoFactor?: () => Promise<boolean>;
}

export interface ReadOptions {
  /** what is being done, for a person: "read the app reluvia-dwh" */
  readonly doing: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CreateOptions<T> {
  readonly doing: string;
  /** looks whether an earlier try has made it after all: what it made, or undefined */
  readonly readBack: () => Promise<T | undefined>;
}

/** The calls that resources are built on. Each rejects with a HerokuError once the policy gives up. */
export interface HerokuApi {
  readonly host: string;
  get<T>(path: string, options: ReadOptions): Promise<T>;
  /** all pages, or with `newest` only the first page in the order of that Range header */
  list<T>(path: string, options: ReadOptions & { readonly newest?: string }): Promise<T[]>;
  put<T>(path: string, body: unknown, options: ReadOptions): Promise<T>;
  patch<T>(path: string, body: unknown, options: ReadOptions): Promise<T>;
  delete<T>(path: string, options: ReadOptions): Promise<T>;
  post<T>(path: string, body: unknown, options: CreateOptions<T>): Promise<T>;
}

const REPEATS = 4;
/** A limit on calls is worth more patience than a broken network: it always ends. */
const REPEATS_WHEN_LIMITED = 8;
const LONGEST_WAIT_MS = 5 * 60_000;

/** Thrown inside the retry loop: what went wrong and whether the request may have had its effect. */
class Failed extends Error {
  constructor(
    readonly error: HerokuError,
    readonly again: "no" | "soon" | "limited",
    readonly unclear: boolean,
    readonly waitMs: number | undefined,
  ) {
    super(error.message);
  }
}

const repeatsFor = { no: 0, soon: REPEATS, limited: REPEATS_WHEN_LIMITED };

/** Whether attempt number `attempt` (1 = the first) is followed by another. */
function mayRepeat(error: unknown, attempt: number): error is Failed {
  return error instanceof Failed && attempt <= repeatsFor[error.again];
}

/** The body of a refusal holds its id (Heroku Platform API, Errors). */
function isNamed(body: unknown): boolean {
  return typeof body === "object" && body !== null && "id" in body && typeof body.id === "string";
}

/** Sorts a reply into the answer, or what to make of its failure. */
function outcome(reply: Reply, at: Doing): unknown {
  if (reply.kind === "answer") return reply.body;
  if (reply.kind === "trouble") throw new Failed(troubleError(reply.cause, at), "soon", true, undefined);
  const { status, body, headers } = reply;
  // Heroku never sends elsewhere, and names every refusal: a login page on the way does neither.
  const foreign = status < 400 || (status < 500 && status !== 429 && !isNamed(body));
  if (foreign) throw new Failed(troubleError(new SyntaxError("unexpected answer"), at), "soon", true, undefined);
  const error = refusalError(status, body, headers, at);
  if (status === 429) throw new Failed(error, "limited", false, limitWait(headers));
  if (status === 409) throw new Failed(error, "soon", false, undefined);
  if (status >= 500) throw new Failed(error, "soon", true, retryAfter(headers));
  throw new Failed(error, "no", false, undefined);
}

/** What Retry-After asks for, in ms, as seconds or as a date; never longer than somebody would wait. */
function retryAfter(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const text = String(headers["retry-after"] ?? "");
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), LONGEST_WAIT_MS);
}

/** Retry-After first; else, with nothing left, the time that Heroku takes to refill ten calls (75 a minute). */
function limitWait(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const after = retryAfter(headers);
  if (after !== undefined) return after;
  return headers["ratelimit-remaining"] === "0" ? 8_000 : undefined;
}

/**
 * The API on a transport. Policy: GET, PUT, PATCH and DELETE are sent again after network trouble, 409, 429 and 5xx, with
 * backoff and jitter. POST is sent again after 409 and 429 (nothing was made), and after network trouble or 5xx only when
 * `readBack` has shown that nothing was made.
 */
export function herokuApi(options: ApiOptions): HerokuApi {
  const { transport, host, sleep = realSleep, random = Math.random, signal, askTwoFactor } = options;

  async function repeat<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    try {
      return await pRetry(attempt, {
        retries: REPEATS_WHEN_LIMITED,
        minTimeout: 0,
        maxTimeout: 0,
        ...(signal ? { signal } : {}),
        shouldRetry: ({ error, attemptNumber }) => mayRepeat(error, attemptNumber),
        onFailedAttempt: async ({ error, attemptNumber }) => {
          if (!mayRepeat(error, attemptNumber)) return;
          const first = error.again === "limited" ? 2_000 : 500;
          await sleep(error.waitMs ?? backoffMs(attemptNumber, { first, random }), signal);
        },
      });
    } catch (error) {
      throw error instanceof Failed ? error.error : error;
    }
  }

  let codes = 0;
  let asking: Promise<boolean> | undefined;

  /**
   * One code serves all calls that run side by side: asked for once, and not again for a call that was on its way when
   * the code came.
   * @param known how many codes there were when the call was sent
   */
  async function newCode(known: number): Promise<boolean> {
    if (!askTwoFactor || codes > known) return codes > known;
    asking ??= askTwoFactor()
      .then((given) => {
        if (given) codes++;
        return given;
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  }

  /** Sends once; a wish for a two-factor code is asked for and answered in between. */
  async function send(request: TransportRequest, at: Doing): Promise<unknown> {
    const known = codes;
    const reply = await transport(request);
    try {
      return outcome(reply, at);
    } catch (failed) {
      const wantsCode = failed instanceof Failed && failed.error.id === "two_factor";
      if (!wantsCode || !(await newCode(known))) throw failed;
      return outcome(await transport(request), at);
    }
  }

  /** An answer of another kind than asked for is as good as none: a proxy's page, an empty body. */
  function shaped(body: unknown, kind: "list" | "item", at: Doing): unknown {
    const right =
      kind === "list" ? Array.isArray(body) : typeof body === "object" && body !== null && !Array.isArray(body);
    if (right) return body;
    throw new Failed(troubleError(new SyntaxError("unexpected answer"), at), "soon", true, undefined);
  }

  async function safe<T>(request: TransportRequest, doing: string, kind: "list" | "item" | "any"): Promise<T> {
    const at = { doing, host };
    return repeat(async () => {
      const body = await send(request, at);
      return (kind === "any" ? body : shaped(body, kind, at)) as T;
    });
  }

  return {
    host,
    get: <T>(path: string, { doing, headers = {} }: ReadOptions) =>
      safe<T>({ method: "GET", path, headers }, doing, "item"),
    list: <T>(path: string, { doing, headers = {}, newest }: ReadOptions & { newest?: string }) =>
      safe<T[]>(
        newest === undefined
          ? { method: "GET", path, headers }
          : { method: "GET", path, headers: { ...headers, Range: newest }, partial: true },
        doing,
        "list",
      ),
    put: <T>(path: string, body: unknown, { doing }: ReadOptions) =>
      safe<T>({ method: "PUT", path, body }, doing, "any"),
    patch: <T>(path: string, body: unknown, { doing }: ReadOptions) =>
      safe<T>({ method: "PATCH", path, body }, doing, "any"),
    delete: <T>(path: string, { doing }: ReadOptions) => safe<T>({ method: "DELETE", path }, doing, "any"),
    post: async <T>(path: string, body: unknown, { doing, readBack }: CreateOptions<T>) => {
      const at = { doing, host };
      let unclear = false;
      return repeat(async () => {
        if (unclear) {
          const made = await readBack();
          if (made !== undefined) return made;
          unclear = false;
        }
        try {
          return shaped(await send({ method: "POST", path, body }, at), "item", at) as T;
        } catch (failed) {
          unclear = failed instanceof Failed && failed.unclear;
          throw failed;
        }
      });
    },
  };
}

/** True for an error of the API with one of these ids or statuses. */
export function isHeroku(error: unknown, ...what: readonly (string | number)[]): error is HerokuError {
  return (
    error instanceof HerokuError &&
    (what.includes(error.id) || (error.status !== undefined && what.includes(error.status)))
  );
}
