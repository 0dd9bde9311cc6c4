// Add-ons, attachments and config vars of the sandbox's Heroku.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, open } from "./client.js";

const postgres = { plan: "heroku-postgresql:essential-0", name: "my-pg", attachment: { name: "DATABASE" } };
let client: Client;
beforeEach(async () => {
  client = await open({ provisionReads: 2, configLagReads: 1 });
  await client.send("POST", "/apps", { name: "my-app", region: "eu" });
  await client.send("POST", "/apps", { name: "other", region: "eu" });
});
afterEach(() => client.sandbox.close());

async function provisioned(): Promise<string> {
  await client.send("POST", "/apps/my-app/addons", postgres);
  for (let read = 0; read < 3; read += 1) await client.get("/addons/my-pg");
  const { body } = await client.get("/apps/my-app/config-vars");
  return body.DATABASE_URL ?? (await client.get("/apps/my-app/config-vars")).body.DATABASE_URL;
}

describe("an add-on", () => {
  test("is provisioned after the wished number of reads, and its value lags behind", async () => {
    const made = await client.send("POST", "/apps/my-app/addons", postgres);
    expect([made.status, made.body.state, made.body.config_vars]).toEqual([201, "provisioning", ["DATABASE_URL"]]);
    expect((await client.get("/addons/my-pg")).body.state).toBe("provisioning");
    expect((await client.get("/apps/my-app/addons")).body[0]?.state).toBe("provisioning");
    expect((await client.get("/addons/my-pg")).body.state).toBe("provisioned");
    expect((await client.get("/apps/my-app/config-vars")).body).toHaveProperty("DATABASE_URL");
  });

  test("keeps its value back while config vars lag", async () => {
    client.sandbox.world.addons.length = 0;
    await client.sandbox.close();
    client = await open({ provisionReads: 0, configLagReads: 2 });
    await client.send("POST", "/apps", { name: "my-app" });
    await client.send("POST", "/apps/my-app/addons", postgres);
    expect((await client.get("/addons/my-pg")).body.state).toBe("provisioned");
    expect((await client.get("/apps/my-app/config-vars")).body).toEqual({});
    expect((await client.get("/apps/my-app/config-vars")).body).toHaveProperty("DATABASE_URL");
  });

  test("is created one at a time per app", async () => {
    const both = await Promise.all([
      client.send("POST", "/apps/my-app/addons", postgres),
      client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(client.sandbox.world.addons).toHaveLength(1);
  });

  test("has a name that is unique over all apps", async () => {
    await client.send("POST", "/apps/my-app/addons", postgres);
    const refused = await client.send("POST", "/apps/other/addons", postgres);
    expect([refused.status, refused.body.message]).toEqual([422, "Name my-pg is already taken"]);
    expect(client.sandbox.world.addons).toHaveLength(1);
  });

  test.each([
    [{ plan: { name: "scheduler:standard" } }, 422],
    [{ plan: "scheduler:standard", app: "my-app" }, 422],
    [{ plan: "scheduler:standard", attachment: { name: "X", app: "y" } }, 422],
    [{}, 422],
    [{ plan: "papertrail:gold" }, 404],
  ])("asked for as %j is refused", async (body, status) => {
    expect((await client.send("POST", "/apps/my-app/addons", body)).status).toBe(status);
    expect(client.sandbox.world.addons).toEqual([]);
  });

  test("of a plan that is not sold is neither listed nor created", async () => {
    client.sandbox.world.settings.plansNotSold = ["papertrail:choklad"];
    const { body } = await client.get("/addon-services/papertrail/plans");
    expect(body.map((plan: { name: string }) => plan.name)).toEqual(["papertrail:fixa", "papertrail:volmar"]);
    expect((await client.send("POST", "/apps/my-app/addons", { plan: "papertrail:choklad" })).status).toBe(404);
  });

  test("of an unverified account is refused, with either status that Heroku may use", async () => {
    client.sandbox.world.account.verified = false;
    const refused = await client.send("POST", "/apps/my-app/addons", postgres);
    expect([refused.status, refused.body.id]).toEqual([402, "verification_required"]);
    client.sandbox.world.settings.unverifiedStatus = 422;
    expect((await client.send("POST", "/apps/my-app/addons", postgres)).status).toBe(422);
  });

  test("of Postgres does not change its tier in place, but may within it", async () => {
    await provisioned();
    const refused = await client.send("PATCH", "/apps/my-app/addons/my-pg", { plan: "heroku-postgresql:standard-0" });
    expect(refused.status).toBe(422);
    const changed = await client.send("PATCH", "/apps/my-app/addons/my-pg", { plan: "heroku-postgresql:essential-1" });
    expect(changed.body.plan.name).toBe("heroku-postgresql:essential-1");
  });

  test("that can be installed once is refused a second time", async () => {
    await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" });
    expect((await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard" })).status).toBe(422);
  });
});

describe("an attachment", () => {
  test("gives the other app the same value, also after the credentials rotated", async () => {
    const url = await provisioned();
    const made = await client.send("POST", "/addon-attachments", { addon: "my-pg", app: "other", name: "DWH" });
    expect([made.status, made.body.name, made.body.addon.app.name]).toEqual([201, "DWH", "my-app"]);
    expect((await client.get("/apps/other/config-vars")).body).toEqual({ DWH_URL: url });
    const before = (await client.get("/apps/other/releases")).body.length;
    await client.send("POST", "/_sandbox/addons/my-pg/rotate");
    const own = (await client.get("/apps/my-app/config-vars")).body.DATABASE_URL;
    expect(own).not.toBe(url);
    expect((await client.get("/apps/other/config-vars")).body.DWH_URL).toBe(own);
    expect((await client.get("/apps/other/releases")).body).toHaveLength(before + 1);
  });

  test("is refused a second time, and wants confirmation before it replaces a config var", async () => {
    await provisioned();
    const wish = { addon: "my-pg", app: "other", name: "DWH" };
    await client.send("PATCH", "/apps/other/config-vars", { DWH_URL: "mine" });
    const unconfirmed = await client.send("POST", "/addon-attachments", wish);
    expect([unconfirmed.status, unconfirmed.body.id]).toEqual([400, "confirmation_required"]);
    expect((await client.send("POST", "/addon-attachments", { ...wish, confirm: "other" })).status).toBe(201);
    expect((await client.send("POST", "/addon-attachments", wish)).status).toBe(422);
    expect(client.sandbox.world.attachments).toHaveLength(2);
  });

  test("of a database that is not there yet, or as a shared scheduler, is refused", async () => {
    await client.send("POST", "/apps/my-app/addons", postgres);
    await client.send("POST", "/apps/my-app/addons", { plan: "scheduler:standard", name: "my-cron" });
    expect((await client.send("POST", "/addon-attachments", { addon: "my-pg", app: "other" })).status).toBe(422);
    expect((await client.send("POST", "/addon-attachments", { addon: "my-cron", app: "other" })).status).toBe(422);
  });
});

describe("config vars", () => {
  test("are merged, deleted by null, and make one release per change", async () => {
    await client.send("PATCH", "/apps/my-app/config-vars", { A: "1", B: "2" });
    const { body } = await client.send("PATCH", "/apps/my-app/config-vars", { A: null, C: "3" });
    expect(body).toEqual({ B: "2", C: "3" });
    expect((await client.get("/apps/my-app/releases")).body).toHaveLength(3);
    expect((await client.get("/apps/my-app/releases/2/config-vars")).body).toEqual({ A: "1", B: "2" });
  });

  test("make no release when nothing changes", async () => {
    await client.send("PATCH", "/apps/my-app/config-vars", { A: "1" });
    await client.send("PATCH", "/apps/my-app/config-vars", { A: "1", B: null });
    expect((await client.get("/apps/my-app/releases")).body).toHaveLength(2);
  });

  test.each([
    [{ DATABASE_URL: "x", A: "1" }, "Cannot overwrite attachment values DATABASE_URL"],
    [{ DATABASE_URL: null }, "Cannot destroy attachment values DATABASE_URL"],
    [{ A: 1 }, "expected string"],
    [{ "A-B": "1" }, "Invalid"],
  ])("%j are refused whole", async (body, sentence) => {
    await client.send("POST", "/apps/my-app/addons", postgres);
    const refused = await client.send("PATCH", "/apps/my-app/config-vars", body);
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(sentence);
    expect(client.sandbox.world.apps[0]?.config).toEqual({});
  });

  test("are what any sequence of changes adds up to, with one release for each that changed something", async () => {
    const patch = fc.dictionary(fc.constantFrom("A", "B", "C"), fc.option(fc.constantFrom("1", "2"), { nil: null }));
    await fc.assert(
      fc.asyncProperty(fc.array(patch, { maxLength: 6 }), async (patches) => {
        const { body: app } = await client.send("POST", "/apps");
        const model = new Map<string, string>();
        let changes = 0;
        for (const wish of patches) {
          const before = JSON.stringify([...model].sort());
          for (const [name, value] of Object.entries(wish))
            value === null ? model.delete(name) : model.set(name, value);
          changes += JSON.stringify([...model].sort()) === before ? 0 : 1;
          await client.send("PATCH", `/apps/${app.name}/config-vars`, wish);
        }
        expect((await client.get(`/apps/${app.name}/config-vars`)).body).toEqual(Object.fromEntries(model));
        expect((await client.get(`/apps/${app.name}/releases`)).body).toHaveLength(1 + changes);
      }),
      { numRuns: 40 },
    );
  });
});
