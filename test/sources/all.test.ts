// All sources probed side by side: bounded, and never an exception.
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { probeSources } from "../../scripts/sources/all.js";
import { type Loopback, loopback, type Reply, type Seen } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const key = new Secret("sk_live_0123456789");
const good = (request: Seen): Reply =>
  request.path.startsWith("/api/2") ? { status: 404, text: "" } : { status: 200, json: { data: [] } };

async function start(answer: (request: Seen) => Reply) {
  server = await loopback(answer);
  const { url } = server;
  return {
    stripe: { key, url },
    amplitude: { apiKey: key, secretKey: new Secret("another-secret"), region: "us" as const, url },
    funnelfox: { key, url },
  };
}

describe("the sources", () => {
  it("are filed by the name of their answer", async () => {
    const results = await probeSources(await start(good));
    expect(results).toMatchObject({
      "stripe-api-key": { status: "ok" },
      "amplitude-api-key": { status: "ok" },
      "funnelfox-api-key": { status: "ok" },
    });
  });

  it("are asked only when there is a key", async () => {
    const { funnelfox } = await start(good);
    expect(Object.keys(await probeSources({ funnelfox }))).toEqual(["funnelfox-api-key"]);
    expect(server?.seen).toHaveLength(1);
  });

  it("do not wait for a silent one beyond the deadline, and keep the others' results", async () => {
    const sources = await start((request) => (request.path.startsWith("/v1") ? "silence" : good(request)));
    const results = await probeSources(sources, { deadlineMs: 300 });
    expect(results["stripe-api-key"]).toMatchObject({ status: "unreachable" });
    expect(results["amplitude-api-key"]?.status).toBe("ok");
    expect(results["funnelfox-api-key"]?.status).toBe("ok");
  });

  it("become unreachable, not exceptions, when a probe itself breaks", async () => {
    const fetch = () => {
      throw new RangeError(`broken with ${key.reveal()}`);
    };
    const results = await probeSources(await start(good), { fetch });
    expect(results["stripe-api-key"]?.status).toBe("unreachable");
    expect(JSON.stringify(results)).not.toContain(key.reveal());
  });

  it("stop when the person does", async () => {
    const stop = new AbortController();
    const probing = probeSources(await start(() => "silence"), { signal: stop.signal });
    stop.abort();
    expect(await probing).toMatchObject({ "stripe-api-key": { status: "unreachable" } });
  });
});
