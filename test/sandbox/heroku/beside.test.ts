// The services beside the Platform API: scheduler, backups, Papertrail, and a Metabase behind its app's web_url.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, container, deploy, open } from "./client.js";

let client: Client;
let id: string;
beforeEach(async () => {
  client = await open({ provisionReads: 0 });
  id = (await client.send("POST", "/apps", { name: "my-app" })).body.id;
});
afterEach(() => client.sandbox.close());

describe("the scheduler", () => {
  const job = (attributes: object) => ({ data: { type: "jobs", attributes } });
  const daily = { command: "node x.js", "dyno-size": "Eco", every: 1440, at: 120 };

  test("knows only apps that have it, by their id", async () => {
    expect((await client.get(`/particleboard/apps/${id}/jobs`)).status).toBe(404);
    await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" });
    expect((await client.get(`/particleboard/apps/${id}/jobs`)).body).toEqual({ data: [] });
    expect((await client.get("/particleboard/apps/my-app/jobs")).status).toBe(404);
    expect((await client.get(`/particleboard/apps/${id}/jobs`, { authorization: "Bearer x" })).status).toBe(401);
  });

  test("makes, changes and removes a job", async () => {
    await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" });
    const made = await client.send("POST", `/particleboard/apps/${id}/jobs`, job(daily));
    expect([made.status, made.body.data.attributes]).toMatchObject([201, { ...daily, "ran-at": null }]);
    const path = `/particleboard/apps/${id}/jobs/${made.body.data.id}`;
    const body = { data: { type: "jobs", id: made.body.data.id, attributes: { at: 150 } } };
    expect((await client.send("PATCH", path, body)).body.data.attributes.at).toBe(150);
    expect((await client.send("DELETE", path)).status).toBe(204);
    expect((await client.get(`/particleboard/apps/${id}/jobs`)).body.data).toEqual([]);
  });

  test.each([
    { ...daily, every: 60 },
    { ...daily, every: 30 },
    { ...daily, at: 121 },
    { ...daily, "dyno-size": "eco" },
    { ...daily, dyno_size: "Eco" },
    { command: "x" },
  ])("refuses %j", async (attributes) => {
    await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" });
    expect((await client.send("POST", `/particleboard/apps/${id}/jobs`, job(attributes))).status).toBe(422);
    expect(client.sandbox.world.jobs).toEqual([]);
  });

  test("can fall silent", async () => {
    client.sandbox.world.settings.silent = ["scheduler"];
    expect((await client.get(`/particleboard/apps/${id}/jobs`)).status).toBe(503);
  });
});

describe("backups", () => {
  const path = "/client/v11/databases/my-pg/transfer-schedules";
  const wish = { hour: 4, timezone: "UTC", schedule_name: "DATABASE_URL" };

  test("are scheduled once a provisioned database, and listed", async () => {
    await client.send("POST", "/apps/my-app/addons", { plan: "heroku-postgresql:essential-0", name: "my-pg" });
    expect((await client.send("POST", path, wish)).status).toBe(404);
    await client.get("/addons/my-pg");
    expect((await client.send("POST", path, { ...wish, hour: "04" })).status).toBe(201);
    expect((await client.send("POST", path, { ...wish, hour: 5 })).status).toBe(201);
    expect((await client.get(path)).body).toMatchObject([{ name: "DATABASE_URL", hour: 5, timezone: "UTC" }]);
    for (const wrong of [{ hour: 24 }, { timezone: "Mars" }, { name: "x" }]) {
      expect((await client.send("POST", path, { ...wish, ...wrong })).status).toBe(422);
    }
    await client.send("POST", "/_sandbox/addons/my-pg/backups");
    expect((await client.get("/client/v11/apps/my-app/transfers")).body).toMatchObject([{ succeeded: true, num: 1 }]);
  });

  test("want the token, and can fall silent", async () => {
    expect((await client.get(path, { authorization: "Bearer x" })).status).toBe(401);
    client.sandbox.world.settings.silent = ["data"];
    expect((await client.get(path)).status).toBe(503);
  });
});

test("Papertrail opens with the add-on's token, finds the app's lines, and can fall silent", async () => {
  await client.send("POST", "/apps/my-app/addons", { plan: "papertrail:choklad" });
  const token = (await client.get("/apps/my-app/config-vars")).body.PAPERTRAIL_API_TOKEN;
  const headers = { "x-papertrail-token": token };
  const search = { search: { name: "failures", query: "PIPELINE_FAILED" } };
  expect((await client.send("POST", "/papertrail/api/v1/searches.json", search, headers)).status).toBeLessThan(300);
  expect((await client.get("/papertrail/api/v1/searches.json", headers)).body).toMatchObject([{ name: "failures" }]);
  const found = await client.get("/papertrail/api/v1/events/search.json?q=Release", headers);
  expect(found.body.events.length).toBeGreaterThan(0);
  client.sandbox.world.settings.silent = ["papertrail"];
  expect((await client.get("/papertrail/api/v1/searches.json", headers)).status).toBe(503);
});

test("the source keys of the environment open their services, and others do not", async () => {
  const { env, url } = client.sandbox;
  const stripe = (key = "") =>
    fetch(`${url}/stripe/v1/charges?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  expect([(await stripe(env.TAP_STRIPE_API_KEY)).status, (await stripe("sk_live_x")).status]).toEqual([200, 401]);
  const fox = (secret = "") => fetch(`${env.FUNNELFOX_API_URL}/funnels?limit=1`, { headers: { "fox-secret": secret } });
  expect([(await fox(env.FUNNELFOX_API_KEY)).status, (await fox("x")).status]).toEqual([200, 401]);
  const basic = Buffer.from(`${env.TAP_AMPLITUDE_API_KEY}:${env.TAP_AMPLITUDE_SECRET_KEY}`).toString("base64");
  const amplitude = await fetch(`${url}/amplitude/api/2/events/list`, { headers: { authorization: `Basic ${basic}` } });
  expect(amplitude.status).toBe(200);
});

describe("Metabase", () => {
  test("answers below web_url once its dyno runs on a live database, and dies when that goes stale", async () => {
    await client.send("POST", "/apps", { name: "my-mb", stack: "container" });
    const health = `${(await client.get("/apps/my-mb")).body.web_url}api/health`;
    expect((await fetch(health)).status).toBe(503);
    await client.send("POST", "/apps/my-app/addons", { plan: "heroku-postgresql:essential-0", name: "my-pg" });
    await client.get("/addons/my-pg");
    const { DATABASE_URL } = (await client.get("/apps/my-app/config-vars")).body;
    await client.send("PATCH", "/apps/my-mb/config-vars", { MB_DB_CONNECTION_URI: DATABASE_URL });
    await deploy(client, "my-mb", container);
    expect(await (await fetch(health)).json()).toEqual({ status: "initializing" });
    expect(await (await fetch(health)).json()).toEqual({ status: "ok" });
    await client.send("POST", "/_sandbox/addons/my-pg/rotate");
    await fetch(health);
    expect((await fetch(health)).status).toBe(503);
    await client.send("POST", "/addon-attachments", { addon: "my-pg", app: "my-mb", name: "DWH" });
    await fetch(health);
    expect((await fetch(health)).status).toBe(200);
  });
});
