// The pretend Metabase as a visitor of its address meets it, in each state of its web dyno.
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { type MetabaseInstance, metabase } from "../../sandbox/metabase/index.js";

let state: MetabaseInstance["state"];
let woken: number;
const wake = () => {
  woken += 1;
};
const app = new Hono().route(
  "/web/:slug",
  metabase({
    instance: (slug) => (slug === "reluvia-metabase-0123456789ab" ? { state, wake } : undefined),
  }),
);

async function visit(path: string, slug = "reluvia-metabase-0123456789ab") {
  const response = await app.request(`/web/${slug}${path}`);
  return { status: response.status, text: await response.text() };
}

beforeEach(() => {
  woken = 0;
});

describe("a Metabase app", () => {
  it("that does not exist gets Heroku's page for no such app", async () => {
    state = "up";
    for (const path of ["/api/health", "/"]) {
      const { status, text } = await visit(path, "nobody");
      expect(status).toBe(404);
      expect(text).toContain("no-such-app.html");
    }
  });

  it("without a running web dyno gets Heroku's error page, and nothing is woken", async () => {
    state = "down";
    const { status, text } = await visit("/api/health");
    expect(status).toBe(503);
    expect(text).toContain("application-error.html");
    expect(woken).toBe(0);
  });

  it("that sleeps is woken once by each visitor, who sees Heroku's error page", async () => {
    state = "idle";
    const { status, text } = await visit("/api/health");
    expect(status).toBe(503);
    expect(text).toContain("application-error.html");
    expect(woken).toBe(1);
  });

  it("that starts says that it initializes", async () => {
    state = "starting";
    expect(await visit("/api/health")).toEqual({ status: 503, text: '{"status":"initializing"}' });
    expect((await visit("/api/session/properties")).status).toBe(503);
  });

  it("that is up is healthy and not set up", async () => {
    state = "up";
    expect(await visit("/api/health")).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(JSON.parse((await visit("/api/session/properties")).text)).toMatchObject({ "has-user-setup": false });
    expect(await visit("/api/nothing")).toEqual({ status: 404, text: "API endpoint does not exist." });
    expect((await visit("/")).status).toBe(200);
    expect(woken).toBe(0);
  });
});
