// What a person hears about a FunnelFox secret.
import { afterEach, describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { probeFunnelfox } from "../../scripts/sources/funnelfox.js";
import { type Loopback, loopback, portal, type Reply } from "../common/loopback.js";

let server: Loopback | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const SECRET = "fox-secret-0123456789";

async function probe(reply: Reply) {
  server = await loopback(() => reply);
  const deps = { sleep: async () => undefined, timeoutMs: 2_000 };
  const result = await probeFunnelfox({ key: new Secret(SECRET), url: server.url }, deps);
  expect(JSON.stringify(result)).not.toContain(SECRET);
  return { result, seen: server.seen };
}

describe("a FunnelFox secret", () => {
  it("is good when one funnel can be listed with it", async () => {
    const { result, seen } = await probe({ status: 200, json: { data: [], pagination: { has_more: false } } });
    expect(result).toEqual({ status: "ok", detail: "project found", warnings: [] });
    expect(seen[0]).toMatchObject({ path: "/funnels?limit=1" });
    expect(seen[0]?.headers["fox-secret"]).toBe(SECRET);
  });

  it.each([400, 401])("is refused with %i in FunnelFox's words, without the secret that it repeats", async (status) => {
    const { result } = await probe({ status, json: { message: `Invalid secret ${SECRET}` } });
    expect(result).toMatchObject({
      status: "refused",
      problem: `FunnelFox does not take the secret (${status}: Invalid secret •••).`,
      where: expect.stringContaining("Project settings > API"),
    });
  });

  it.each([
    ["a captive portal", portal],
    ["a list of another shape", { status: 200, json: [] }],
    ["a proxy's own 401", { status: 401, text: "<html>" }],
    ["a 500", { status: 500, json: { message: "oops" } }],
  ] as [string, Reply][])("cannot be judged from %s", async (_, reply) => {
    expect((await probe(reply)).result.status).toBe("unreachable");
  });
});
