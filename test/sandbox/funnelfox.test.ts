// FunnelFox's public API in the sandbox, as a key probe meets it.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { funnelfox } from "../../sandbox/funnelfox/index.js";

const app = new Hono().route("/funnelfox/public/v1", funnelfox({ secrets: ["fox-secret"] }));

async function get(path: string, secret?: string) {
  const response = await app.request(`/funnelfox/public/v1${path}`, {
    headers: secret === undefined ? {} : { "Fox-Secret": secret },
  });
  return { status: response.status, body: await response.json() };
}

describe("the list of funnels", () => {
  it("is an empty last page for a good secret", async () => {
    for (const query of ["?limit=1", "?limit=500&deleted=false", ""]) {
      expect(await get(`/funnels${query}`, "fox-secret")).toMatchObject({
        status: 200,
        body: { data: [], pagination: { has_more: false } },
      });
    }
  });

  it.each([undefined, "wrong", ""])("is 401 with a message for the secret %j", async (secret) => {
    expect(await get("/funnels?limit=1", secret)).toMatchObject({ status: 401, body: { message: expect.any(String) } });
  });

  it.each(["limit=0", "limit=501", "limit=x", "limit=1.5", "page=2", "cursor=abc"])(
    "refuses ?%s with 400",
    async (query) => {
      expect(await get(`/funnels?${query}`, "fox-secret")).toMatchObject({
        status: 400,
        body: { message: expect.any(String) },
      });
    },
  );
});

describe("another path", () => {
  it("is 404 with a message, and 401 before that", async () => {
    expect(await get("/nothing", "fox-secret")).toMatchObject({ status: 404, body: { message: "Not Found" } });
    expect((await get("/nothing")).status).toBe(401);
  });
});
