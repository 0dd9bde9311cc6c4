// What every answer of the sandbox has in common: paging, tags, limits, faults, the log of calls, the control API.
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { createFaults } from "../../../sandbox/http/faults.js";
import { type Client, open } from "./client.js";

let client: Client;
afterEach(() => client?.sandbox.close());

describe("a list", () => {
  test("comes in pages that together hold each item once, in either order", async () => {
    client = await open();
    await client.send("POST", "/apps", { name: "my-app" });
    for (let n = 0; n < 7; n += 1) await client.send("PATCH", "/apps/my-app/config-vars", { N: String(n) });
    for (const order of ["asc", "desc"]) {
      const seen: number[] = [];
      let range: string | null = `version ..; max=3, order=${order}`;
      while (range !== null) {
        const answer: Awaited<ReturnType<Client["get"]>> = await client.get("/apps/my-app/releases", { range });
        seen.push(...answer.body.map(({ version }: { version: number }) => version));
        range = answer.headers.get("next-range");
        expect(answer.status).toBe(range === null ? 200 : 206);
      }
      const all = [1, 2, 3, 4, 5, 6, 7, 8];
      expect(seen).toEqual(order === "asc" ? all : all.reverse());
    }
  });

  test("refuses a range over a property it does not have", async () => {
    client = await open();
    expect((await client.get("/apps", { range: "color ..; max=3" })).status).toBe(416);
    expect((await client.get("/apps", { range: "id ..; max=5000" })).status).toBe(416);
    expect((await client.get("/apps", { range: "id ..; max=1000" })).status).toBe(200);
  });
});

describe("an answer", () => {
  test("has a request id, the calls left, and a tag that spares the next read", async () => {
    client = await open();
    const first = await client.get("/account");
    expect(first.headers.get("request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.headers.get("ratelimit-remaining")).toBe("4499");
    const again = await client.get("/account", { "if-none-match": first.headers.get("etag") ?? "" });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  test("is 429 when no call is left, while asking for the limit stays free", async () => {
    client = await open();
    await client.send("PATCH", "/_sandbox/settings", { rateRemaining: 0 });
    const refused = await client.get("/account");
    expect([refused.status, refused.body.id, refused.headers.get("ratelimit-remaining")]).toEqual([
      429,
      "rate_limit",
      "0",
    ]);
    expect((await client.get("/account/rate-limits")).body).toEqual({ remaining: 0 });
  });

  test("to a body that is no JSON is 400, and to one without its media type 415", async () => {
    client = await open();
    const headers = {
      accept: "application/vnd.heroku+json; version=3",
      authorization: `Bearer ${client.sandbox.world.token}`,
    };
    const send = (body: string, type: string) =>
      fetch(`${client.sandbox.url}/apps`, { method: "POST", body, headers: { ...headers, "content-type": type } });
    expect((await send("{", "application/json")).status).toBe(400);
    expect((await send('{"name":"my-app"}', "text/plain")).status).toBe(415);
    expect(client.sandbox.world.apps).toEqual([]);
  });
});

describe("a fault", () => {
  test("hits the n-th matching call, so many times, and no other", async () => {
    client = await open();
    client.sandbox.faults.add({ method: "GET", path: "/apps", nth: 2, times: 2, effect: { status: 503 } });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await client.get("/apps")).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await client.get("/account")).status).toBe(200);
  });

  test("resets before anything is done, or after it was done", async () => {
    client = await open();
    client.sandbox.faults.add({ method: "POST", path: /^\/apps$/, effect: { reset: "before" } });
    await expect(client.send("POST", "/apps", { name: "my-app" })).rejects.toThrow();
    expect(client.sandbox.world.apps).toEqual([]);
    client.sandbox.faults.add({ method: "POST", path: /^\/apps$/, effect: { reset: "after" } });
    await expect(client.send("POST", "/apps", { name: "my-app" })).rejects.toThrow();
    expect(client.sandbox.world.apps).toMatchObject([{ name: "my-app" }]);
  });

  test("mangles the answer to what was done", async () => {
    client = await open();
    client.sandbox.faults.add({ path: "/account", effect: { garbage: "html" } });
    expect((await client.get("/account")).text).toMatch(/^<!DOCTYPE html>/);
    client.sandbox.faults.add({ path: "/account", effect: { garbage: "truncated" } });
    expect((await client.get("/account")).body).toBeUndefined();
    client.sandbox.faults.add({ path: "/account", effect: { garbage: "empty" } });
    expect((await client.get("/account")).text).toBe("");
  });

  test("carries headers, can be asked for over HTTP, and is gone when cleared", async () => {
    client = await open();
    const effect = { status: 429, headers: { "Retry-After": "7" } };
    await client.send("POST", "/_sandbox/faults", { pattern: "^/acc", times: 2, effect });
    const hit = await client.get("/account");
    expect([hit.status, hit.headers.get("retry-after"), hit.body.id]).toEqual([429, "7", "rate_limit"]);
    await client.send("DELETE", "/_sandbox/faults");
    expect((await client.get("/account")).status).toBe(200);
    expect((await client.send("POST", "/_sandbox/faults", { effect, kind: "x" })).status).toBe(422);
  });

  test("is due exactly `times` times from the `nth` matching request on, whatever comes between", () => {
    const request = { service: "heroku", method: "GET", search: "" };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean()),
        (nth, times, hits) => {
          const faults = createFaults();
          faults.add({ path: "/a", nth, times, effect: { delayMs: 1 } });
          let matched = 0;
          for (const isMatch of hits) {
            if (isMatch) matched += 1;
            const isDue = faults.take({ ...request, pathname: isMatch ? "/a" : "/b" }) !== undefined;
            expect(isDue).toBe(isMatch && matched >= nth && matched < nth + times);
          }
        },
      ),
    );
  });
});

describe("the log of calls", () => {
  test("holds service, status, times and body of each request, a reset one as status 0", async () => {
    client = await open({ latencyMs: 20 });
    client.sandbox.faults.add({ path: "/account", effect: { reset: "before" } });
    await client.get("/account").catch(() => undefined);
    await client.send("POST", "/apps", { name: "my-app" });
    await client.get("/stripe/v1/charges");
    const calls = client.sandbox.calls;
    expect(calls.map(({ service, method, path, status }) => [service, method, path, status])).toEqual([
      ["heroku", "GET", "/account", 0],
      ["heroku", "POST", "/apps", 201],
      ["stripe", "GET", "/stripe/v1/charges", 401],
    ]);
    expect(calls[1]?.requestBody).toEqual({ name: "my-app" });
    expect((calls[1]?.endedAt ?? 0) - (calls[1]?.startedAt ?? 0)).toBeGreaterThanOrEqual(19);
    expect((await client.get("/_sandbox/calls")).body).toHaveLength(3);
    await client.send("DELETE", "/_sandbox/calls");
    expect(client.sandbox.calls).toEqual([]);
  });
});

describe("a hand behind the product's back", () => {
  test("changes the account, a record, a config var, and removes things", async () => {
    client = await open();
    await client.send("PATCH", "/_sandbox/account", { verified: false, default_team: "new-team" });
    expect((await client.get("/account")).body).toMatchObject({ verified: false, default_team: { name: "new-team" } });
    await client.send("POST", "/teams/apps", { name: "my-app", personal: true });
    await client.send("PATCH", "/_sandbox/apps/my-app/config-vars", { A: "1" });
    expect((await client.get("/apps/my-app/config-vars")).body).toEqual({ A: "1" });
    await client.send("PATCH", "/_sandbox/world/apps/my-app", { region: "us" });
    expect((await client.get("/apps/my-app")).body.region.name).toBe("us");
    expect((await client.send("PATCH", "/_sandbox/world/apps/my-app", { colour: "red" })).status).toBe(422);
    expect((await client.send("DELETE", "/_sandbox/world/apps/my-app")).status).toBe(200);
    expect((await client.get("/apps/my-app")).status).toBe(404);
    expect((await client.send("PATCH", "/_sandbox/settings", { ecoo: "none" })).status).toBe(422);
    expect((await client.send("PUT", "/_sandbox/latency", { ms: 1 })).body).toEqual({ ms: 1 });
    expect((await client.get("/_sandbox/state")).body.version).toBe(1);
  });
});
