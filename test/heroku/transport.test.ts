// One request and its answer over real sockets: sent once, bounded in time, whole or not at all.
import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import type { Reply, Seen } from "../common/loopback.js";
import { broken, closePlatforms, inTurn, platform, refusal, TOKEN } from "./platform.js";

afterEach(async () => {
  vi.useRealTimers();
  await closePlatforms();
});

const json = (body: unknown, headers = {}): Reply => ({ status: 200, json: body, headers });

const causeOf = (reply: { kind: string; cause?: Error }): string => {
  expect(reply.kind).toBe("trouble");
  return reply.cause?.message ?? "";
};

describe("a request", () => {
  it("carries the token as Basic auth, the API's version, and its body as JSON", async () => {
    const { transport, seen } = await platform(() => json({ id: "x" }));
    const reply = await transport({ method: "POST", path: "/apps", body: { name: "a-b" } });
    expect(reply).toMatchObject({ kind: "answer", body: { id: "x" } });
    const [{ method, path, headers, body } = {} as Seen] = seen;
    expect({ method, path, body }).toEqual({ method: "POST", path: "/apps", body: '{"name":"a-b"}' });
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`:${TOKEN}`).toString("base64")}`);
    expect(headers.accept).toBe("application/vnd.heroku+json; version=3");
    expect(headers["user-agent"]).toBe("reluvia-dwh");
    expect(headers["heroku-two-factor-code"]).toBeUndefined();
  });

  it("carries the two-factor code once there is one", async () => {
    let code: Secret | undefined;
    const { transport, seen } = await platform(() => json({}), { twoFactorCode: () => code });
    await transport({ method: "GET", path: "/account" });
    code = new Secret("123456");
    await transport({ method: "GET", path: "/account" });
    expect(seen.map(({ headers }) => headers["heroku-two-factor-code"])).toEqual([undefined, "123456"]);
  });

  it("is a refusal with status, body and headers when Heroku says no", async () => {
    const { transport } = await platform(() => refusal(422, "invalid_params", "no", { "Request-Id": "r-1" }));
    expect(await transport({ method: "GET", path: "/x" })).toMatchObject({
      kind: "refusal",
      status: 422,
      body: { id: "invalid_params", message: "no" },
      headers: { "request-id": "r-1" },
    });
  });

  it("uses one connection for many calls", async () => {
    const ports = new Set<number | undefined>();
    const { transport } = await platform(() => (response) => {
      ports.add(response.socket?.remotePort);
      response.end("{}");
    });
    for (let call = 0; call < 12; call++) await transport({ method: "GET", path: `/${call}` });
    expect(ports.size).toBe(1);
  });

  it("leaves no listener on the signal and no timer behind", async () => {
    const stop = new AbortController();
    const { transport } = await platform(() => json({}), { signal: stop.signal });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await transport({ method: "GET", path: "/x" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a request without an answer", () => {
  it.each(["GET", "POST", "PATCH"] as const)("is sent once by itself: %s after a reset", async (method) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { transport, seen } = await platform(() => "reset");
    expect(causeOf(await transport({ method, path: "/apps", body: {} }))).toMatch(/hang up|ECONNRESET/);
    // heroku-client by itself sends again 1, 2, 4 and 8 seconds later.
    await vi.advanceTimersByTimeAsync(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is given up at the deadline, and not sent again after it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let arrived: () => void = () => undefined;
    const there = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { transport, seen } = await platform(
      () => {
        arrived();
        return "silence";
      },
      { timeoutMs: 30_000 },
    );
    const reply = transport({ method: "POST", path: "/apps", body: {} });
    await there;
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await Promise.race([reply, "still waiting"])).toBe("still waiting");
    await vi.advanceTimersByTimeAsync(1);
    expect(causeOf(await reply)).toBe("no answer within 30 s");
    await vi.advanceTimersByTimeAsync(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toHaveLength(1);
  });

  it.each<[string, (every: (write: () => void) => void) => Reply]>([
    [
      "trickles",
      (every) => (response) => {
        response.writeHead(200);
        every(() => response.write(" "));
      },
    ],
    ["never ends", () => (response) => response.writeHead(200).write('{"id":')],
    ["has headers only", () => (response) => response.writeHead(200).flushHeaders()],
  ])("is bounded in time as a whole when its body %s", async (_, reply) => {
    let timer: NodeJS.Timeout | undefined;
    const { transport } = await platform(
      () =>
        reply((write) => {
          timer = setInterval(write, 10);
        }),
      { timeoutMs: 200 },
    );
    const begun = performance.now();
    expect(causeOf(await transport({ method: "GET", path: "/x" }))).toMatch(/^no answer within/);
    clearInterval(timer);
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  it("is trouble at once when its body breaks in the middle", async () => {
    const { transport } = await platform(() => broken('{"id":"abc'), { timeoutMs: 20_000 });
    const begun = performance.now();
    expect(causeOf(await transport({ method: "GET", path: "/x" }))).toMatch(/broke in the middle|aborted/);
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  it.each<[string, Reply]>([
    ["a page in HTML", { status: 200, text: "<html>Sign in</html>" }],
    ["half a JSON", { status: 200, text: '{"id":"abc' }],
    ["a 304 that nobody asked for", { status: 304, text: "" }],
  ])("is trouble when %s comes with success", async (_, reply) => {
    const { transport } = await platform(() => reply);
    expect((await transport({ method: "GET", path: "/x" })).kind).toBe("trouble");
  });

  it("ends at once when the run is stopped", async () => {
    const stop = new AbortController();
    const { transport } = await platform(
      () => {
        setImmediate(() => stop.abort());
        return "silence";
      },
      { signal: stop.signal, timeoutMs: 20_000 },
    );
    expect(causeOf(await transport({ method: "GET", path: "/x" }))).toBe("interrupted");
  });

  it("is not sent at all once the run has been stopped", async () => {
    const { transport, seen } = await platform(() => json({}), { signal: AbortSignal.abort() });
    expect(causeOf(await transport({ method: "POST", path: "/apps", body: {} }))).toBe("interrupted");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen).toEqual([]);
  });

  it("is trouble with the system's code when nothing listens", async () => {
    const { transport } = await platform(() => "reset");
    await closePlatforms();
    const reply = await transport({ method: "GET", path: "/x" });
    expect(reply).toMatchObject({ kind: "trouble", cause: { code: "ECONNREFUSED" } });
  });
});

describe("the body of an answer", () => {
  it("tells an empty one from an empty object", async () => {
    const { transport } = await platform(inTurn({ status: 200, text: "" }, json({})));
    expect(await transport({ method: "GET", path: "/x" })).toMatchObject({ kind: "answer", body: undefined });
    expect(await transport({ method: "GET", path: "/x" })).toMatchObject({ kind: "answer", body: {} });
  });

  it("keeps characters whole that lie across two chunks", async () => {
    const bytes = Buffer.from(JSON.stringify({ name: "Zoë 🦊" }));
    const { transport } = await platform(() => (response) => {
      const cut = bytes.indexOf(0xf0) + 2;
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, cut));
      setTimeout(() => response.end(bytes.subarray(cut)), 20);
    });
    expect(await transport({ method: "GET", path: "/x" })).toMatchObject({ body: { name: "Zoë 🦊" } });
  });
});

describe("a list in pages", () => {
  /** Three pages by Range, the last one with 200. */
  const pages = ({ headers }: Seen): Reply => {
    const from = Number(/(\d+)\.\.; max=2/.exec(String(headers.range))?.[1] ?? 1);
    const items = [from, from + 1].map((id) => ({ id }));
    return from < 5
      ? { status: 206, json: items, headers: { "Next-Range": `id ${from + 2}..; max=2` } }
      : { status: 200, json: items };
  };

  it("is read to its end", async () => {
    const { transport, seen } = await platform(pages);
    const reply = await transport({ method: "GET", path: "/apps" });
    expect(reply).toMatchObject({ kind: "answer", body: [1, 2, 3, 4, 5, 6].map((id) => ({ id })) });
    expect(seen.map(({ headers }) => headers.range)).toEqual(["id ..; max=1000", "id 3..; max=2", "id 5..; max=2"]);
  });

  it("begins with the wished range, and goes on with the one that Heroku names", async () => {
    const { transport, seen } = await platform(pages);
    await transport({ method: "GET", path: "/apps", headers: { Range: "id ..; order=desc" } });
    expect(seen.map(({ headers }) => headers.range)).toEqual(["id ..; order=desc", "id 3..; max=2", "id 5..; max=2"]);
  });

  it("is one page where only that is wished", async () => {
    const { transport, seen } = await platform(pages);
    const reply = await transport({ method: "GET", path: "/apps", partial: true });
    expect(reply).toMatchObject({ body: [{ id: 1 }, { id: 2 }] });
    expect(seen).toHaveLength(1);
  });

  it("is trouble as a whole when one of its pages is cut off", async () => {
    const cut = (request: Seen): Reply => (/ 3\.\./.test(String(request.headers.range)) ? "reset" : pages(request));
    const { transport } = await platform(cut);
    expect((await transport({ method: "GET", path: "/apps" })).kind).toBe("trouble");
  });
});
