// What the client does about trouble: what it sends again, how long it waits, and what it never sends twice.
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { type HerokuApi, herokuApi, isHeroku } from "../../scripts/heroku/api.js";
import type { HerokuError } from "../../scripts/heroku/errors.js";
import type { Reply as Outcome } from "../../scripts/heroku/transport.js";
import { portal, type Reply } from "../common/loopback.js";
import { broken, closePlatforms, everythingOf, inTurn, platform, refusal, rejection, TOKEN } from "./platform.js";

afterEach(async () => {
  vi.useRealTimers();
  await closePlatforms();
});

const doing = "read the app x";
const ok: Reply = { status: 200, json: { id: "made" } };

const repeatable: readonly [string, (api: HerokuApi) => Promise<unknown>][] = [
  ["GET", (api) => api.get("/apps/x", { doing })],
  ["PUT", (api) => api.put("/apps/x", { a: 1 }, { doing })],
  ["PATCH", (api) => api.patch("/apps/x", { a: 1 }, { doing })],
  ["DELETE", (api) => api.delete("/apps/x", { doing })],
];

const passing: readonly [string, Reply][] = [
  ["a 500", refusal(500, "internal_server_error")],
  ["a 502 in HTML", { status: 502, text: "<html>Bad Gateway</html>" }],
  ["a 503", refusal(503, "maintenance")],
  ["a 409", refusal(409, "conflict")],
  ["a 429", refusal(429, "rate_limit")],
  ["a reset", "reset"],
  ["a page in HTML with 200", portal],
  ["a redirect to a login page", { status: 302, text: "<html></html>", headers: { location: "http://hotel.example" } }],
  ["a proxy's 403 in HTML", { status: 403, text: "<html>Blocked</html>" }],
  ["half a JSON", broken('{"id":')],
];

describe("a call that can be repeated", () => {
  for (const [method, call] of repeatable) {
    it.each(passing)(`goes through after %s: ${method}`, async (_, reply) => {
      const { api, lines, pauses } = await platform(inTurn(reply, ok));
      expect(await call(api)).toEqual({ id: "made" });
      expect(lines()).toEqual([`${method} /apps/x`, `${method} /apps/x`]);
      expect(pauses).toHaveLength(1);
    });
  }

  it.each<[string, Reply]>([
    ["nothing", { status: 200, text: "" }],
    ["a list", { status: 200, json: [] }],
    ["a text", { status: 200, json: "fine" }],
  ])("takes %s in place of an item for no answer", async (_, reply) => {
    const { api, seen } = await platform(inTurn(reply, ok));
    expect(await api.get("/apps/x", { doing })).toEqual({ id: "made" });
    expect(seen).toHaveLength(2);
  });

  it.each<[string, Reply]>([
    ["nothing", { status: 200, text: "" }],
    ["an item", { status: 200, json: { id: "no list" } }],
  ])("takes %s in place of a list for no answer", async (_, reply) => {
    const { api, seen } = await platform(inTurn(reply, { status: 200, json: [1] }));
    expect(await api.list("/apps", { doing })).toEqual([1]);
    expect(seen).toHaveLength(2);
  });

  it.each<[string, Reply, number]>([
    ["500", refusal(500, "internal_server_error"), 5],
    ["409", refusal(409, "conflict"), 5],
    ["a reset", "reset", 5],
    ["HTML", portal, 5],
    ["429", refusal(429, "rate_limit"), 9],
    ["401", refusal(401, "unauthorized"), 1],
    ["402", refusal(402, "delinquent"), 1],
    ["403", refusal(403, "forbidden"), 1],
    ["404", refusal(404, "not_found"), 1],
    ["422", refusal(422, "invalid_params"), 1],
  ])("is given up when it is always %s", async (_, reply, tries) => {
    const { api, seen, pauses } = await platform(() => reply);
    expect(await rejection(api.get("/apps/x", { doing }))).toMatchObject({ name: "HerokuError" });
    expect(seen).toHaveLength(tries);
    expect(pauses).toHaveLength(tries - 1);
  });

  it("asks for only the newest where the order is given, and for all pages otherwise", async () => {
    const page: Reply = { status: 206, json: [1, 2], headers: { "Next-Range": "id 3..; max=2" } };
    const { api, seen } = await platform(inTurn(page, page, { status: 200, json: [3] }));
    expect(await api.list("/x", { doing, newest: "version ..; order=desc,max=2" })).toEqual([1, 2]);
    expect(await api.list("/x", { doing })).toEqual([1, 2, 3]);
    expect(seen.map(({ headers }) => headers.range)).toEqual([
      "version ..; order=desc,max=2",
      "id ..; max=1000",
      "id 3..; max=2",
    ]);
  });
});

describe("the pause before a repeat", () => {
  const pauseAfter = async (reply: Reply): Promise<number | undefined> => {
    const { api, pauses } = await platform(inTurn(reply, ok), { random: () => 1 });
    await api.get("/x", { doing });
    return pauses[0];
  };

  it("doubles, with jitter over its upper half", async () => {
    const longest = await platform(() => "reset", { random: () => 1 });
    await rejection(longest.api.get("/x", { doing }));
    expect(longest.pauses).toEqual([500, 1_000, 2_000, 4_000]);
    const shortest = await platform(() => "reset", { random: () => 0 });
    await rejection(shortest.api.get("/x", { doing }));
    expect(shortest.pauses).toEqual([250, 500, 1_000, 2_000]);
  });

  it.each([429, 503])("is what Retry-After says in seconds: %i", async (status) => {
    expect(await pauseAfter(refusal(status, "later", "later", { "Retry-After": "7" }))).toBe(7_000);
  });

  it.each([429, 503])("is what Retry-After says as a date: %i", async (status) => {
    const now = Date.parse("2026-11-25T10:00:00Z");
    vi.useFakeTimers({ toFake: ["Date"], now });
    const at = new Date(now + 12_000).toUTCString();
    expect(await pauseAfter(refusal(status, "later", "later", { "Retry-After": at }))).toBe(12_000);
    const past = new Date(now - 60_000).toUTCString();
    expect(await pauseAfter(refusal(status, "later", "later", { "Retry-After": past }))).toBe(0);
  });

  it.each([429, 503])("is never longer than five minutes, whatever Retry-After says: %i", async (status) => {
    expect(await pauseAfter(refusal(status, "later", "later", { "Retry-After": "86400" }))).toBe(300_000);
  });

  it("is the time in which some calls come back when none are left", async () => {
    expect(await pauseAfter(refusal(429, "rate_limit", "", { "RateLimit-Remaining": "0" }))).toBe(8_000);
    expect(await pauseAfter(refusal(429, "rate_limit", "", { "RateLimit-Remaining": "0", "Retry-After": "3" }))).toBe(
      3_000,
    );
    expect(await pauseAfter(refusal(429, "rate_limit", "", { "RateLimit-Remaining": "31" }))).toBe(2_000);
  });
});

describe("a create", () => {
  const create = (api: HerokuApi, found: () => unknown) => {
    const readBack = vi.fn(async () => found());
    return { readBack, made: api.post<unknown>("/apps", { name: "x" }, { doing: "create the app x", readBack }) };
  };
  const unclear = passing.filter(([name]) => !["a 409", "a 429"].includes(name));

  it.each(unclear)("is sent again after %s only when reading back shows nothing", async (_, reply) => {
    const { api, lines } = await platform(inTurn(reply, ok));
    const { readBack, made } = create(api, () => undefined);
    expect(await made).toEqual({ id: "made" });
    expect(lines()).toEqual(["POST /apps", "POST /apps"]);
    expect(readBack).toHaveBeenCalledTimes(1);
  });

  it.each([...unclear, ["an empty answer", { status: 201, text: "" }] as [string, Reply]])(
    "is not sent again after %s when what it made is there",
    async (_, reply) => {
      const { api, seen } = await platform(inTurn(reply, ok));
      const { made } = create(api, () => ({ id: "read back" }));
      expect(await made).toEqual({ id: "read back" });
      expect(seen).toHaveLength(1);
    },
  );

  it("is not sent again after its time has run out when what it made is there", async () => {
    const { api, seen } = await platform(() => "silence", { timeoutMs: 100 });
    expect(await create(api, () => ({ id: "read back" })).made).toEqual({ id: "read back" });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["409", refusal(409, "conflict")],
    ["429", refusal(429, "rate_limit")],
  ] as const)("is sent again without reading back after %s, which makes nothing", async (_, reply) => {
    const { api, seen } = await platform(inTurn(reply, ok));
    const { readBack, made } = create(api, () => undefined);
    expect(await made).toEqual({ id: "made" });
    expect(seen).toHaveLength(2);
    expect(readBack).not.toHaveBeenCalled();
  });

  it.each([401, 402, 403, 404, 422])("is neither sent again nor read back after a clear no: %i", async (status) => {
    const { api, seen } = await platform(() => refusal(status, "no"));
    const { readBack, made } = create(api, () => undefined);
    expect(await rejection(made)).toMatchObject({ status });
    expect(seen).toHaveLength(1);
    expect(readBack).not.toHaveBeenCalled();
  });

  it("is given up when it cannot be read back, because sending it again could make a second one", async () => {
    const { api, seen } = await platform(() => "reset");
    const { made } = create(api, () => {
      throw new Error("cannot be read");
    });
    expect(await rejection(made)).toMatchObject({ message: "cannot be read" });
    expect(seen).toHaveLength(1);
  });

  it("makes one thing at most, whatever comes of each try", async () => {
    type Try = { commits: boolean; ending: "answer" | "reset" | 500 | 503 | "html" | "empty" };
    const commits = fc.boolean();
    const ending = fc.constantFrom<Try["ending"][]>("answer", "reset", 500, 503, "html", "empty");
    // A clear refusal (409, 429) says that nothing was made, so it never follows a commit.
    const refused = fc.constantFrom(409, 429);
    const tries = fc.array(fc.oneof(fc.record({ commits, ending }), refused), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(tries, async (script) => {
        let made = 0;
        let sent = 0;
        const transport = async (): Promise<Outcome> => {
          const next = script[sent++] ?? { commits: true, ending: "answer" };
          if (typeof next === "number") return { kind: "refusal", status: next, body: { id: "later" }, headers: {} };
          if (next.commits || next.ending === "answer") made++;
          if (next.ending === "answer") return { kind: "answer", body: { id: "made" }, headers: {} };
          if (next.ending === "empty") return { kind: "answer", body: undefined, headers: {} };
          if (typeof next.ending === "number") {
            return { kind: "refusal", status: next.ending, body: { id: "trouble" }, headers: {} };
          }
          return {
            kind: "trouble",
            cause: next.ending === "html" ? new SyntaxError("<") : new Error("socket hang up"),
          };
        };
        const api = herokuApi({ transport, host: "h", sleep: async () => undefined });
        const readBack = async () => (made > 0 ? { id: "made" } : undefined);
        const result = await api
          .post<unknown>("/apps", {}, { doing: "create", readBack })
          .catch((error: HerokuError) => error.name);
        expect(made).toBeLessThanOrEqual(1);
        if (result !== "HerokuError") expect([result, made]).toEqual([{ id: "made" }, 1]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("two-factor authentication", () => {
  /** Wants a code on every call; answers the n-th call only when `hold` says so. */
  const guarded = async (give: () => Promise<string | undefined>) => {
    let code: Secret | undefined;
    const ask = vi.fn(async () => {
      const given = await give();
      code = given === undefined ? undefined : new Secret(given);
      return given !== undefined;
    });
    const world = await platform(
      ({ headers }) =>
        headers["heroku-two-factor-code"] === "123456"
          ? ok
          : refusal(403, "two_factor", "A second authentication factor is required"),
      { twoFactorCode: () => code, askTwoFactor: ask },
    );
    return { ...world, ask };
  };

  it("is asked for once for calls that run side by side", async () => {
    const { api, ask, seen } = await guarded(async () => "123456");
    const calls = ["/a", "/b", "/c", "/d"].map((path) => api.get(path, { doing }));
    expect(await Promise.all(calls)).toHaveLength(4);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(seen).toHaveLength(8);
    await api.get("/e", { doing });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("is not asked for again by a call that was on its way when the code came", async () => {
    let answered: () => void = () => undefined;
    const code = new Promise<string>((resolve) => {
      answered = () => resolve("123456");
    });
    const late: { refuse: () => void } = { refuse: () => undefined };
    const held = new Promise<void>((resolve) => {
      late.refuse = resolve;
    });
    let current: string | undefined;
    const ask = vi.fn(async () => {
      current = await code;
      return true;
    });
    const no: Outcome = { kind: "refusal", status: 403, body: { id: "two_factor" }, headers: {} };
    const api = herokuApi({
      host: "h",
      askTwoFactor: ask,
      transport: async ({ path }) => {
        const carried = current;
        if (path === "/late" && carried === undefined) await held;
        return carried ? { kind: "answer", body: { id: path }, headers: {} } : no;
      },
    });
    const both = [api.get("/early", { doing }), api.get("/late", { doing })];
    answered();
    await both[0];
    late.refuse();
    expect(await Promise.all(both)).toEqual([{ id: "/early" }, { id: "/late" }]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("makes nothing twice: the create that was refused for want of a code is sent again with it", async () => {
    const { api, lines } = await guarded(async () => "123456");
    expect(await api.post("/apps", {}, { doing: "create", readBack: async () => undefined })).toEqual({ id: "made" });
    expect(lines()).toEqual(["POST /apps", "POST /apps"]);
  });

  it("is an error of its own when the code is wrong, and it is not asked again and again", async () => {
    const { api, ask, seen } = await guarded(async () => "000000");
    expect(await rejection(api.get("/a", { doing }))).toMatchObject({ id: "two_factor", exitCode: 3 });
    expect(ask).toHaveBeenCalledTimes(1);
    expect(seen).toHaveLength(2);
  });

  it("is an error of its own when nobody gives a code", async () => {
    const { api, seen } = await guarded(async () => undefined);
    expect(await rejection(api.get("/a", { doing }))).toMatchObject({ id: "two_factor" });
    expect(seen).toHaveLength(1);
  });
});

describe("a run that is stopped", () => {
  it("ends the call with the signal's reason and sends nothing more", async () => {
    const stop = new AbortController();
    const sleep = async (_ms: number, signal?: AbortSignal) => {
      stop.abort();
      signal?.throwIfAborted();
    };
    const { api, seen } = await platform(() => "reset", { signal: stop.signal, sleep });
    expect(await rejection(api.get("/x", { doing }))).toMatchObject({ name: "AbortError" });
    expect(seen).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  it("ends a call that is under way", async () => {
    const stop = new AbortController();
    const answer = () => {
      setImmediate(() => stop.abort());
      return "silence" as const;
    };
    const { api, seen } = await platform(answer, { signal: stop.signal, timeoutMs: 20_000 });
    expect(await rejection(api.get("/x", { doing }))).toMatchObject({ name: "AbortError" });
    expect(seen).toHaveLength(1);
  });
});

describe("an error of the API", () => {
  const secrets = ["s3cr3t-in-a-body", "postgres://u:p4ssw0rd-of-a-var@h/d", TOKEN];
  const replies: readonly [string, Reply][] = [
    ...passing,
    ["a clear no", refusal(422, "invalid_params")],
    ["no token", refusal(401, "unauthorized")],
    ["a config var cut off in the middle", broken('{"DATABASE_URL":"postgres://u:p4ssw0rd-of-a-var@h/d')],
    ["a config var in bad JSON", { status: 200, text: '{"A":"p4ssw0rd-of-a-var"oops}' }],
    ["a value alone in bad JSON", { status: 200, text: "p4ssw0rd-of-a-var" }],
  ];

  it.each(replies)("shows no secret in any of its parts: after %s", async (_, reply) => {
    const { api } = await platform(() => reply);
    const headers = { Accept: "application/json" };
    const errors = await Promise.all([
      rejection(api.patch("/apps/x/config-vars", { KEY: secrets[0], URL: secrets[1] }, { doing })),
      rejection(api.get("/apps/x/config-vars", { doing, headers })),
      rejection(api.post("/x", { KEY: secrets[0] }, { doing, readBack: async () => undefined })),
    ]);
    const text = errors.map(everythingOf).join("\n");
    const encoded = Buffer.from(`:${TOKEN}`).toString("base64");
    for (const secret of [...secrets, encoded, "p4ssw0rd", "s3cr3t"]) expect(text).not.toContain(secret);
  });

  it("carries the API's id, status, request id and words", async () => {
    const { api } = await platform(() => refusal(404, "not_found", "Couldn't find that app.", { "Request-Id": "r-7" }));
    const error = await rejection(api.get("/apps/x", { doing }));
    expect(error).toMatchObject({
      id: "not_found",
      status: 404,
      requestId: "r-7",
      said: "Couldn't find that app.",
      message: "Heroku could not read the app x: not found.",
    });
    expect([isHeroku(error, "not_found"), isHeroku(error, 404), isHeroku(error, 403, "forbidden")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isHeroku(new Error("404"), 404)).toBe(false);
  });
});
