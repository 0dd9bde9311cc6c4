// What a person hears about a Stripe key.
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { probeStripe, stripeVersion } from "../../scripts/sources/stripe.js";
import { type Loopback, loopback, portal, type Reply } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const LIVE = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";
const noSleep = async () => undefined;

async function probe(key: string, replies: Reply | Reply[], timeoutMs = 2_000) {
  const queue = Array.isArray(replies) ? [...replies] : [replies];
  server = await loopback(() => (queue.length > 1 ? queue.shift() : queue[0]) ?? "silence");
  const result = await probeStripe({ key: new Secret(key), url: server.url }, { sleep: noSleep, timeoutMs });
  expect(JSON.stringify(result)).not.toContain(key);
  return { result, seen: server.seen };
}

const list: Reply = { status: 200, json: { object: "list", data: [] } };

describe("a Stripe key", () => {
  it("is asked for one charge, with the pinned version", async () => {
    const { seen } = await probe(LIVE, list);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: "GET", path: "/v1/charges?limit=1" });
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${LIVE}`, "stripe-version": stripeVersion });
  });

  it("that can do everything works, with the advice to take a restricted one", async () => {
    const { result } = await probe(LIVE, list);
    expect(result).toMatchObject({ status: "ok", warnings: [expect.stringContaining("restricted key")] });
  });

  it("that is restricted and live has nothing to warn about", async () => {
    const { result } = await probe("rk_live_abcdefghijkl", list);
    expect(result).toEqual({ status: "ok", detail: "live mode, restricted key", warnings: [] });
  });

  it.each(["sk_test_abcdefghijkl", "rk_test_abcdefghijkl"])(
    "of test mode (%s) says that the figures are test data",
    async (key) => {
      const { result } = await probe(key, list);
      expect(result).toMatchObject({ status: "ok", warnings: ["This is a test key: the figures are test data."] });
    },
  );

  it("that is publishable is refused without asking anybody", async () => {
    const { result, seen } = await probe("pk_live_abcdefghijkl", list);
    expect(result).toMatchObject({ status: "refused", problem: expect.stringContaining("publishable") });
    expect(seen).toHaveLength(0);
  });

  it("that Stripe does not know is refused, saying where to get one", async () => {
    const error = { type: "invalid_request_error", message: `Invalid API Key provided: ${LIVE}` };
    const { result } = await probe(LIVE, { status: 401, json: { error } });
    expect(result).toMatchObject({ status: "refused", where: expect.stringContaining("dashboard.stripe.com/apikeys") });
  });

  it("that has expired is refused for that reason", async () => {
    const error = { message: "Expired API Key provided: sk_live_***7dc", code: "api_key_expired" };
    const { result } = await probe(LIVE, { status: 401, json: { error } });
    expect(result).toMatchObject({ status: "refused", why: "It has expired." });
  });

  it("that may not read charges is refused, naming the permission", async () => {
    const message =
      "The provided key 'rk_live_abc' does not have it. Having the 'rak_charge_read' permission would help.";
    const { result } = await probe("rk_live_abcdefghijkl", { status: 403, json: { error: { message } } });
    expect(result).toMatchObject({
      status: "refused",
      why: expect.stringContaining("rak_charge_read (Charges: Read)"),
    });
  });

  it("cannot be judged while Stripe is down: three tries, then unreachable", async () => {
    const { result, seen } = await probe(LIVE, { status: 503, json: {} });
    expect(result).toMatchObject({ status: "unreachable", problem: expect.stringContaining("503") });
    expect(seen).toHaveLength(3);
  });

  it("is judged when Stripe recovers from too many requests", async () => {
    const busy: Reply = { status: 429, json: {}, headers: { "retry-after": "1" } };
    const { result, seen } = await probe(LIVE, [busy, "reset", list]);
    expect(result.status).toBe("ok");
    expect(seen).toHaveLength(3);
  });

  it("cannot be judged behind a captive portal", async () => {
    const { result } = await probe(LIVE, portal);
    expect(result).toMatchObject({ status: "unreachable", problem: expect.stringContaining("login page") });
  });

  it.each([
    ["JSON of another shape", { status: 200, json: { hello: "world" } }],
    ["a redirect", { status: 302, text: "", headers: { location: "https://login.example" } }],
    ["a proxy's own 403", { status: 403, text: "<html>blocked</html>" }],
    ["a proxy's own 401", { status: 401, text: "who are you" }],
    ["a page that is not there", { status: 404, json: { error: {} } }],
  ] as [string, Reply][])("cannot be judged from %s", async (_, reply) => {
    expect((await probe(LIVE, reply)).result.status).toBe("unreachable");
  });

  it("cannot be judged when nobody answers, and only one request is spent on that", async () => {
    const { result, seen } = await probe(LIVE, "silence", 60);
    expect(result).toMatchObject({ status: "unreachable", problem: expect.stringContaining("did not answer within") });
    expect(seen).toHaveLength(1);
  });
});
