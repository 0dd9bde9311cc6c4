// Stripe's API in the sandbox, as a key probe meets it.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { stripe } from "../../sandbox/stripe/index.js";

const live = "sk_live_51SandboxSandbox1234";
const restricted = "rk_live_51SandboxCharges5678";
const other = "rk_test_51SandboxOther9012";
const app = new Hono().route(
  "/stripe",
  stripe({
    keys: [
      { key: live, live: true },
      { key: restricted, live: true, restrictedTo: ["charge_read"] },
      { key: "rk_live_51SandboxWrites3456", live: true, restrictedTo: ["rak_charge_write"] },
      { key: other, live: false, restrictedTo: ["customer_read"] },
    ],
  }),
);

async function get(path: string, key?: string, init: RequestInit = {}) {
  const headers = { ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }), ...init.headers };
  const response = await app.request(`/stripe${path}`, { ...init, headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe("the list of charges", () => {
  it("is an empty page for a secret key and for restricted ones that may read or write charges", async () => {
    for (const key of [live, restricted, "rk_live_51SandboxWrites3456"]) {
      const { status, body, headers } = await get("/v1/charges?limit=1", key);
      expect({ status, body }).toEqual({
        status: 200,
        body: { object: "list", data: [], has_more: false, url: "/v1/charges" },
      });
      expect(headers.get("Request-Id")).toMatch(/^req_\w+$/);
    }
  });

  it("takes the key as the user name of Basic authentication", async () => {
    const Authorization = `Basic ${Buffer.from(`${live}:`).toString("base64")}`;
    expect((await get("/v1/charges", undefined, { headers: { Authorization } })).status).toBe(200);
  });

  it("takes created[gte], expand[] and limits from 1 to 100", async () => {
    for (const query of ["limit=100", "created[gte]=1700000000&expand[]=data.balance_transaction", "customer=cus_1"]) {
      expect((await get(`/v1/charges?${query}`, live)).status).toBe(200);
    }
  });

  it.each([
    ["colour=red", "parameter_unknown", "colour", "Received unknown parameter: colour"],
    ["limit=0", "parameter_invalid_integer", "limit", "greater than or equal to 1"],
    ["limit=101", "parameter_invalid_integer", "limit", "less than or equal to 100"],
    ["limit=ten", "parameter_invalid_integer", "limit", "Invalid integer: ten"],
    ["starting_after=ch_1", "resource_missing", "starting_after", "No such charge: 'ch_1'"],
  ])("refuses ?%s", async (query, code, param, message) => {
    expect(await get(`/v1/charges?${query}`, live)).toMatchObject({
      status: 400,
      body: { error: { type: "invalid_request_error", code, param, message: expect.stringContaining(message) } },
    });
  });
});

describe("a key", () => {
  it("that is unknown is refused with 401, repeated masked", async () => {
    const { status, body } = await get("/v1/charges", "sk_test_51SandboxUnknown1234");
    expect(status).toBe(401);
    expect(body).toEqual({
      error: { type: "invalid_request_error", message: "Invalid API Key provided: sk_test_****************1234" },
    });
  });

  it("of another vendor is not given away by the refusal", async () => {
    for (const key of ["0123456789abcdef0123456789abcdef", "short"]) {
      const { status, body } = await get("/v1/charges", key);
      expect(status).toBe(401);
      expect(JSON.stringify(body)).not.toContain(key.slice(0, 5));
    }
  });

  it("that is missing is refused with 401", async () => {
    const { status, body } = await get("/v1/charges");
    expect(status).toBe(401);
    expect(JSON.stringify(body)).toContain("You did not provide an API key.");
  });

  it("that is publishable is refused with 403 and told what is needed", async () => {
    expect(await get("/v1/charges", "pk_live_51Sandbox")).toMatchObject({
      status: 403,
      body: { error: { code: "secret_key_required", message: expect.stringContaining("publishable API key") } },
    });
  });

  it("that may not read charges is refused with 403 and the permission it lacks", async () => {
    const { status, body } = await get("/v1/charges?limit=1", other);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).toContain("rak_charge_read");
    expect(JSON.stringify(body)).not.toContain(other);
  });
});

describe("anything else", () => {
  it("the account is shown to a secret key only", async () => {
    expect((await get("/v1/account", live)).body).toMatchObject({ object: "account" });
    expect((await get("/v1/account", restricted)).status).toBe(403);
  });

  it("is an unrecognized request URL", async () => {
    expect((await get("/v1/nothing?limit=1", live)).body).toEqual({
      error: { type: "invalid_request_error", message: "Unrecognized request URL (GET: /v1/nothing)." },
    });
    expect((await get("/v1/charges", live, { method: "DELETE" })).status).toBe(404);
  });

  it("a version that is none is refused, a version is echoed", async () => {
    expect((await get("/v1/charges", live, { headers: { "Stripe-Version": "latest" } })).status).toBe(400);
    const { headers } = await get("/v1/charges", live, { headers: { "Stripe-Version": "2025-03-31.basil" } });
    expect(headers.get("Stripe-Version")).toBe("2025-03-31.basil");
  });
});
