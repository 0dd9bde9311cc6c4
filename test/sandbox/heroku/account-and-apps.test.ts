// The account and its apps, as the sandbox's Heroku answers for them.
import { afterEach, describe, expect, test } from "vitest";
import { type Client, open } from "./client.js";

let client: Client;
afterEach(() => client.sandbox.close());

describe("the token", () => {
  test("is taken as Bearer and as Basic without a user", async () => {
    client = await open();
    const basic = `Basic ${Buffer.from(`:${client.sandbox.env.HEROKU_API_KEY}`).toString("base64")}`;
    expect((await client.get("/account")).status).toBe(200);
    expect((await client.get("/account", { authorization: basic })).status).toBe(200);
  });

  test("of nobody gets Heroku's 401", async () => {
    client = await open();
    const answer = await client.get("/account", { authorization: "Bearer wrong" });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ id: "unauthorized", message: "Invalid credentials provided." });
  });

  test("without an API version in Accept gets 406", async () => {
    client = await open();
    expect((await client.get("/account", { accept: "application/json" })).body.id).toBe("not_acceptable");
  });

  test("of an account with two factors wants the code", async () => {
    client = await open();
    client.sandbox.world.account.two_factor = "123456";
    const refused = await client.get("/account");
    expect([refused.status, refused.body.id]).toEqual([403, "two_factor"]);
    expect((await client.get("/account", { "heroku-two-factor-code": "123456" })).status).toBe(200);
  });

  test("of a suspended account reads the account and nothing else", async () => {
    client = await open();
    client.sandbox.world.account.suspended_at = "2026-01-01T00:00:00Z";
    expect((await client.get("/account")).body.suspended_at).toBe("2026-01-01T00:00:00Z");
    const refused = await client.get("/apps");
    expect([refused.status, refused.body.id]).toEqual([403, "suspended"]);
  });

  test("of a delinquent account creates nothing", async () => {
    client = await open();
    client.sandbox.world.account.delinquent_at = "2026-01-01T00:00:00Z";
    const refused = await client.send("POST", "/apps", { name: "my-app" });
    expect([refused.status, refused.body.id]).toEqual([402, "delinquent"]);
    expect(client.sandbox.world.apps).toEqual([]);
  });
});

describe("Eco hours", () => {
  test("are told only to who asks for that version, and not when the route is broken", async () => {
    client = await open();
    const { id } = client.sandbox.world.account;
    const accept = { accept: "application/vnd.heroku+json; version=3.account-quotas" };
    expect((await client.get(`/accounts/${id}/actions/get-quota`)).status).toBe(404);
    expect((await client.get(`/accounts/${id}/actions/get-quota`, accept)).body.account_quota).toBe(3_600_000);
    client.sandbox.world.settings.eco = "none";
    expect((await client.get(`/accounts/${id}/actions/get-quota`, accept)).body.account_quota).toBe(0);
    client.sandbox.world.settings.eco = "error";
    expect((await client.get(`/accounts/${id}/actions/get-quota`, accept)).body.id).toBe("not_found");
  });
});

describe("an app", () => {
  test("is created with its name, region and stack, and a first release", async () => {
    client = await open();
    const made = await client.send("POST", "/apps", { name: "my-app", region: "eu", stack: "heroku-26" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: "my-app",
      region: { name: "eu" },
      stack: { name: "heroku-26" },
      team: null,
    });
    expect(made.body.web_url).toMatch(/\/web\/my-app-[0-9a-f]{12}\/$/);
    const { body } = await client.get("/apps/my-app/releases");
    expect(body).toMatchObject([{ version: 1, description: "Initial release", current: true }]);
  });

  test.each([
    [{ name: "my-app", team: "x" }, "Unknown params: team."],
    [{ name: "my-app", personal: true }, "Unknown params: personal."],
    [{ name: "My-App" }, "Name must start with a letter"],
    [{ name: "a" }, "Name must start with a letter"],
    [{ name: 3 }, "expected string"],
    [{ name: "my-app", region: "moon" }, "moon is not a valid region"],
    [{ name: "my-app", stack: "heroku-18" }, "heroku-18 is not a valid stack"],
  ])("is refused as %j and nothing is made", async (body, sentence) => {
    client = await open();
    const refused = await client.send("POST", "/apps", body);
    expect([refused.status, refused.body.id]).toEqual([422, "invalid_params"]);
    expect(refused.body.message).toContain(sentence);
    expect(client.sandbox.world.apps).toEqual([]);
  });

  test("with a taken name is refused, and somebody else's is forbidden to read", async () => {
    client = await open();
    client.sandbox.world.settings.foreignApps = ["theirs"];
    expect((await client.get("/apps/theirs")).status).toBe(403);
    expect((await client.get("/apps/free")).status).toBe(404);
    const refused = await client.send("POST", "/apps", { name: "theirs" });
    expect(refused.body.message).toBe("Name theirs is already taken");
  });

  test("goes to the default team from POST /apps, and to the person only through POST /teams/apps", async () => {
    client = await open();
    client.sandbox.world.account.default_team = "sandbox-team";
    expect((await client.send("POST", "/apps", { name: "team-app" })).body.team.name).toBe("sandbox-team");
    const own = await client.send("POST", "/teams/apps", { name: "own-app", personal: true, region: "eu" });
    expect(own.body.team).toBeNull();
    const refused = await client.send("POST", "/teams/apps", { name: "other", team: "unknown" });
    expect(refused.status).toBe(403);
  });

  test("takes a new stack with its next build, and goes with all that it owns", async () => {
    client = await open();
    await client.send("POST", "/apps", { name: "my-app", stack: "heroku-24" });
    const changed = await client.send("PATCH", "/apps/my-app", { build_stack: "heroku-26" });
    expect(changed.body).toMatchObject({ stack: { name: "heroku-24" }, build_stack: { name: "heroku-26" } });
    expect((await client.send("PATCH", "/apps/my-app", { stack: "heroku-26" })).status).toBe(422);
    await client.send("POST", "/apps/my-app/addons", { plan: "papertrail:choklad" });
    expect((await client.send("DELETE", "/apps/my-app")).status).toBe(200);
    const { apps, addons, attachments, releases } = client.sandbox.world;
    expect([apps, addons, attachments, releases]).toEqual([[], [], [], []]);
  });
});

test("a route that is not imitated says so loudly", async () => {
  client = await open();
  const answer = await client.send("POST", "/pipelines", { name: "x" });
  expect([answer.status, answer.body.id]).toEqual([501, "not_imitated"]);
  expect((await client.get("/particleboard/favorites")).status).toBe(501);
});
