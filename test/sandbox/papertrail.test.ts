// Papertrail's API in the sandbox, spoken to over HTTP requests.
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type LogEvent,
  memorySearches,
  noSearches,
  papertrail,
  type SearchState,
} from "../../sandbox/papertrail/index.js";

const event = (id: string, message: string): LogEvent => ({
  id,
  received_at: "2026-11-20T02:00:00Z",
  hostname: "reluvia-dwh",
  program: "app/scheduler.1234",
  message,
});

let state: SearchState;
let call: (method: string, path: string, body?: unknown, token?: string) => Promise<{ status: number; body: unknown }>;
beforeEach(() => {
  state = noSearches();
  const lines = [event("1", "PIPELINE_OK rows=3"), event("2", "PIPELINE_FAILED: dbt"), event("3", "ERROR in step dbt")];
  const accounts: Record<string, string> = { "token-a": "a", "token-b": "b" };
  const app = new Hono().route(
    "/papertrail/api/v1",
    papertrail({
      accountOfToken: (token) => accounts[token],
      searches: memorySearches(state),
      events: (account) => (account === "a" ? lines : []),
    }),
  );
  call = async (method, path, body, token = "token-a") => {
    const response = await app.request(`/papertrail/api/v1/${path}`, {
      method,
      headers: {
        ...(token ? { "X-Papertrail-Token": token } : {}),
        ...(body === undefined || body instanceof URLSearchParams ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: body instanceof URLSearchParams ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
});

const failed = { search: { name: "Pipeline failed", query: "PIPELINE_FAILED" } };

describe("saved searches", () => {
  it("are kept, listed, shown, changed and deleted", async () => {
    const made = await call("POST", "searches.json", failed);
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ id: 1, ...failed.search });
    expect(await call("GET", "searches.json")).toMatchObject({ status: 200, body: [{ id: 1, ...failed.search }] });
    expect(await call("GET", "searches/1.json")).toMatchObject({ status: 200, body: { id: 1, ...failed.search } });
    expect((await call("PUT", "searches/1.json", { search: { query: "ERROR" } })).body).toMatchObject({
      name: "Pipeline failed",
      query: "ERROR",
    });
    expect((await call("DELETE", "searches/1.json")).status).toBe(200);
    expect((await call("GET", "searches.json")).body).toEqual([]);
    expect((await call("POST", "searches.json", failed)).body).toMatchObject({ id: 2 });
  });

  it("can be sent as a form too", async () => {
    const form = new URLSearchParams({ "search[name]": "Errors", "search[query]": "ERROR" });
    expect((await call("POST", "searches.json", form)).body).toMatchObject({ name: "Errors", query: "ERROR" });
  });

  it("belong to one account", async () => {
    await call("POST", "searches.json", failed);
    expect((await call("GET", "searches.json", undefined, "token-b")).body).toEqual([]);
    expect((await call("DELETE", "searches/1.json", undefined, "token-b")).status).toBe(404);
    expect((await call("PUT", "searches/1.json", failed, "token-b")).status).toBe(404);
  });

  it("survive in the plain state they were given", async () => {
    await call("POST", "searches.json", failed);
    const again = memorySearches(JSON.parse(JSON.stringify(state)) as SearchState);
    expect(again.list("a")).toMatchObject([failed.search]);
  });

  it.each([
    ["names outside search", { name: "x", query: "y" }],
    ["a property Papertrail does not take", { search: { ...failed.search, alert: true } }],
    ["no query", { search: { name: "x" } }],
    ["a blank name", { search: { name: " ", query: "y" } }],
    ["no object", "text"],
  ])("with %s are refused and nothing is kept", async (_, body) => {
    expect(await call("POST", "searches.json", body)).toMatchObject({
      status: 400,
      body: { message: expect.any(String) },
    });
    expect(state).toEqual(noSearches());
  });

  it("of a number that is none, or another path, are 404", async () => {
    for (const path of ["searches/7.json", "searches/x.json", "groups.json"])
      expect((await call("GET", path)).status).toBe(404);
  });
});

describe("a token", () => {
  it.each(["", "wrong"])("%j is refused with 401 on every path", async (token) => {
    for (const path of ["searches.json", "searches/1.json", "events/search.json", "nowhere"]) {
      expect(await call("GET", path, undefined, token)).toMatchObject({
        status: 401,
        body: { message: expect.any(String) },
      });
    }
  });
});

describe("event search", () => {
  const ids = async (query: string) => {
    const { body } = await call("GET", `events/search.json?${query}`);
    return (body as { events: LogEvent[] }).events.map(({ id }) => id);
  };

  it("finds the lines that hold every word and none of those with a minus", async () => {
    expect(await ids("")).toEqual(["1", "2", "3"]);
    expect(await ids("q=PIPELINE_FAILED")).toEqual(["2"]);
    expect(await ids(`q=${encodeURIComponent('scheduler "step dbt"')}`)).toEqual(["3"]);
    expect(await ids("q=dbt+-error")).toEqual(["2"]);
  });

  it("gives the newest when there are more than the limit, and says so", async () => {
    expect(await ids("limit=2")).toEqual(["2", "3"]);
    expect((await call("GET", "events/search.json?limit=2")).body).toMatchObject({
      reached_beginning: false,
      max_id: "3",
    });
  });

  it("refuses parameters it does not know and limits out of range", async () => {
    for (const query of ["query=x", "limit=0", "limit=10001", "limit=x"]) {
      expect((await call("GET", `events/search.json?${query}`)).status).toBe(400);
    }
  });
});
