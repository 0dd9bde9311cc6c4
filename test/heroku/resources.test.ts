// Single resources of the Platform API: how their answers are read, what is sent, and what a name that is taken leads to.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { readAccount, readEcoQuota } from "../../scripts/heroku/account.js";
import { changePlan, createAddOn, listAddOns, listPlans, readAddOn } from "../../scripts/heroku/addons.js";
import { changeStack, createApp, readApp } from "../../scripts/heroku/apps.js";
import { attach, listAllAttachments, listAttachments } from "../../scripts/heroku/attachments.js";
import { buildpackName, listBuildpacks, putBuildpacks } from "../../scripts/heroku/buildpacks.js";
import { createBuild, createSource, listBuilds } from "../../scripts/heroku/builds.js";
import { patchConfig, readConfig } from "../../scripts/heroku/config-vars.js";
import { listDomains } from "../../scripts/heroku/domains.js";
import { listFormation, patchFormation } from "../../scripts/heroku/formation.js";
import { currentRelease, listReleases } from "../../scripts/heroku/releases.js";
import { rejection } from "./platform.js";
import { lost, no, oneByOne, scripted, yes } from "./scripted.js";

const account = {
  id: "u",
  email: "a@example.com",
  verified: true,
  suspended: false,
  delinquent: false,
  defaultTeam: undefined,
};
const wish = { name: "reluvia-dwh", region: "eu", stack: "heroku-26", team: undefined };
const app = {
  id: "0-1",
  name: "reluvia-dwh",
  region: { name: "eu" },
  build_stack: { name: "heroku-26" },
  stack: { name: "heroku-24" },
  team: null,
  web_url: "https://reluvia-dwh-1a2b.herokuapp.com/",
};

describe("an app", () => {
  it("is read with the stack of its next build", async () => {
    const { api } = scripted({ "GET /apps/reluvia-dwh": yes(app) });
    expect(await readApp(api, "reluvia-dwh")).toEqual({
      state: "present",
      app: {
        id: "0-1",
        name: "reluvia-dwh",
        region: "eu",
        stack: "heroku-26",
        team: undefined,
        webUrl: "https://reluvia-dwh-1a2b.herokuapp.com/",
      },
    });
  });

  it("is read from an answer that leaves things out", async () => {
    const { api } = scripted({ "GET /apps/x-y": yes({ stack: { name: "container" }, team: { name: "acme" } }) });
    expect(await readApp(api, "x-y")).toMatchObject({
      app: { id: "x-y", name: "x-y", region: "", stack: "container", team: "acme", webUrl: "" },
    });
  });

  it.each([
    [404, "not_found", { state: "absent" }],
    [403, "forbidden", { state: "foreign" }],
  ])("is known by the refusal: %i", async (status, id, state) => {
    const { api } = scripted({ "GET /apps/x-y": no(status, id) });
    expect(await readApp(api, "x-y")).toEqual(state);
  });

  it.each([
    [403, "two_factor"],
    [403, "suspended"],
    [401, "unauthorized"],
    [500, "internal_server_error"],
  ])("is neither free nor somebody else's after %i %s", async (status, id) => {
    const { api } = scripted({ "GET /apps/x-y": no(status, id) });
    expect(await rejection(readApp(api, "x-y"))).toMatchObject({ id });
  });

  it("moves to another stack by build_stack", async () => {
    const { api, sent } = scripted({ "PATCH /apps/x-y": yes(app) });
    await changeStack(api, "x-y", "heroku-26");
    expect(sent[0]?.body).toEqual({ build_stack: "heroku-26" });
  });
});

describe("a new app", () => {
  const base = { name: "reluvia-dwh", region: "eu", stack: "heroku-26" };

  it.each([
    ["one's own account", undefined, undefined, "/apps", base],
    ["a team", "acme", undefined, "/teams/apps", { ...base, team: "acme" }],
    ["a team that is not one's default", "acme", "other", "/teams/apps", { ...base, team: "acme" }],
    ["one's own account in spite of a default team", undefined, "other", "/teams/apps", { ...base, personal: true }],
  ])("is made for %s", async (_, team, defaultTeam, path, body) => {
    const { api, sent } = scripted({ [`POST ${path}`]: yes(app) });
    expect(await createApp(api, { ...account, defaultTeam }, { ...wish, team })).toMatchObject({
      name: "reluvia-dwh",
      webUrl: "https://reluvia-dwh-1a2b.herokuapp.com/",
    });
    expect(sent.map((one) => [one.method, one.path, one.body])).toEqual([["POST", path, body]]);
  });

  const taken = no(422, "invalid_params", "Name reluvia-dwh is already taken");

  it("is the one that another run of yours has just made", async () => {
    const { api } = scripted({ "POST /apps": taken, "GET /apps/reluvia-dwh": yes(app) });
    expect(await createApp(api, account, wish)).toMatchObject({ id: "0-1", stack: "heroku-26" });
  });

  it.each([
    ["hidden", no(403, "forbidden")],
    ["not told about", no(404, "not_found")],
  ])("is refused when the name is somebody else's: %s", async (_, reply) => {
    const { api } = scripted({ "POST /apps": taken, "GET /apps/reluvia-dwh": reply });
    expect(await rejection(createApp(api, account, wish))).toMatchObject({
      kind: "refused",
      message: "The app name reluvia-dwh is taken by somebody else on Heroku.",
      commands: ["npm run setup -- --pipeline-app another-name"],
    });
  });

  it("is refused in Heroku's words for any other reason", async () => {
    const { api, lines } = scripted({ "POST /apps": no(422, "invalid_params", "Stack is gone") });
    expect(await rejection(createApp(api, account, wish))).toMatchObject({ said: "Stack is gone" });
    expect(lines()).toEqual(["POST /apps"]);
  });

  it("is found when the answer to its creation was lost", async () => {
    const { api, lines } = scripted({ "POST /apps": lost, "GET /apps/reluvia-dwh": yes(app) });
    expect(await createApp(api, account, wish)).toMatchObject({ id: "0-1", region: "eu" });
    expect(lines()).toEqual(["POST /apps", "GET /apps/reluvia-dwh"]);
  });

  it("is created again when the first try made nothing", async () => {
    const { api, lines } = scripted({ "POST /apps": oneByOne(lost, yes(app)) });
    expect(await createApp(api, account, wish)).toMatchObject({ id: "0-1" });
    expect(lines()).toEqual(["POST /apps", "GET /apps/reluvia-dwh", "POST /apps"]);
  });
});

const addOn = {
  id: "a-1",
  name: "reluvia-dwh-postgresql",
  addon_service: { name: "heroku-postgresql" },
  plan: { name: "heroku-postgresql:essential-0" },
  state: "provisioning",
  app: { name: "reluvia-dwh" },
  config_vars: ["DATABASE_URL"],
};
const addOnWish = {
  app: "reluvia-dwh",
  name: "reluvia-dwh-postgresql",
  service: "heroku-postgresql",
  plan: "essential-0",
  attachment: "DATABASE",
};

describe("an add-on", () => {
  it("is read with service and plan apart", async () => {
    const { api } = scripted({ "GET /apps/reluvia-dwh/addons/reluvia-dwh-postgresql": yes(addOn) });
    expect(await readAddOn(api, "reluvia-dwh", "reluvia-dwh-postgresql")).toEqual({
      id: "a-1",
      name: "reluvia-dwh-postgresql",
      service: "heroku-postgresql",
      plan: "essential-0",
      state: "provisioning",
      app: "reluvia-dwh",
      configVars: ["DATABASE_URL"],
    });
    expect(await readAddOn(api, "reluvia-dwh", "other")).toBeUndefined();
  });

  it("is read from an answer that leaves things out", async () => {
    const bare = { id: "a", name: "n", state: "provisioned", plan: { name: "scheduler:standard" } };
    const { api } = scripted({ "GET /apps/x/addons": yes([bare, { id: "b", name: "m", state: "provisioned" }]) });
    expect(await listAddOns(api, "x")).toMatchObject([
      { service: "scheduler", plan: "standard", app: "x", configVars: [] },
      { service: "", plan: "", app: "x" },
    ]);
  });

  it("is the app's only where the app pays for it", async () => {
    const foreign = { ...addOn, name: "other", app: { name: "other-app" } };
    const { api } = scripted({ "GET /apps/reluvia-dwh/addons": yes([foreign, addOn]) });
    expect((await listAddOns(api, "reluvia-dwh")).map(({ name }) => name)).toEqual(["reluvia-dwh-postgresql"]);
  });

  it("is created under a name of ours, and attached under one where that matters", async () => {
    const { api, sent } = scripted({ "POST /apps/reluvia-dwh/addons": yes(addOn) });
    expect(await createAddOn(api, addOnWish)).toMatchObject({ name: addOn.name, plan: "essential-0" });
    await createAddOn(api, { ...addOnWish, attachment: undefined });
    expect(sent.map(({ body }) => body)).toEqual([
      { plan: "heroku-postgresql:essential-0", name: addOn.name, attachment: { name: "DATABASE" } },
      { plan: "heroku-postgresql:essential-0", name: addOn.name },
    ]);
  });

  const create = "POST /apps/reluvia-dwh/addons";
  const list = "GET /apps/reluvia-dwh/addons";
  const taken = no(422, "invalid_params", `Name ${addOn.name} is already taken`);

  it("is the one of this app when the name is taken by it", async () => {
    const { api } = scripted({ [create]: taken, [list]: yes([addOn]) });
    expect(await createAddOn(api, addOnWish)).toMatchObject({ id: "a-1", configVars: ["DATABASE_URL"] });
  });

  it("is refused when the name is taken by another app's", async () => {
    const { api } = scripted({ [create]: taken, [list]: yes([]) });
    const error = await rejection(createAddOn(api, addOnWish));
    expect(error).toMatchObject({
      kind: "refused",
      message: "The add-on name reluvia-dwh-postgresql is taken by another app on Heroku.",
    });
  });

  it("is refused in Heroku's words when its plan is not sold", async () => {
    const { api } = scripted({ [create]: no(422, "invalid_params", "Plan is no longer sold"), [list]: yes([]) });
    expect(await rejection(createAddOn(api, addOnWish))).toMatchObject({ status: 422, said: "Plan is no longer sold" });
  });

  it.each([402, 422])("is not looked for when the account has to be verified: %i", async (status) => {
    const { api, lines } = scripted({ [create]: no(status, "verification_required", "Please verify") });
    expect(await rejection(createAddOn(api, addOnWish))).toMatchObject({ id: "verification_required" });
    expect(lines()).toEqual([create]);
  });

  it("is not bought twice when the answer to its creation was lost", async () => {
    const { api, lines } = scripted({ [create]: lost, [list]: yes([addOn]) });
    expect(await createAddOn(api, addOnWish)).toMatchObject({ id: "a-1" });
    expect(lines()).toEqual([create, list]);
  });

  it("moves to another plan of its service", async () => {
    const { api, sent } = scripted({
      [list]: yes([addOn]),
      [`PATCH /apps/reluvia-dwh/addons/${addOn.name}`]: yes(addOn),
    });
    const [first] = await listAddOns(api, "reluvia-dwh");
    if (!first) throw new Error("not listed");
    await changePlan(api, first, "essential-1");
    expect(sent.at(-1)?.body).toEqual({ plan: "heroku-postgresql:essential-1" });
  });
});

describe("the plans of a service", () => {
  it("are those that are sold, with the price of a month where there is one", async () => {
    const plans = [
      { name: "papertrail:choklad", state: "ga", price: { cents: 0, unit: "month" } },
      { name: "papertrail:fixa", price: { cents: 700 } },
      { name: "papertrail:hourly", price: { cents: 3, unit: "hour" } },
      { name: "papertrail:contract", price: { unit: "month", contract: true } },
      { name: "papertrail:bare" },
      { name: "papertrail:old", state: "shutdown", price: { cents: 100, unit: "month" } },
      { name: "papertrail:older", state: "deprecated" },
    ];
    const { api } = scripted({ "GET /addon-services/papertrail/plans": yes(plans) });
    expect(await listPlans(api, "papertrail")).toEqual([
      { name: "choklad", monthlyCents: 0 },
      { name: "fixa", monthlyCents: 700 },
      { name: "hourly", monthlyCents: undefined },
      { name: "contract", monthlyCents: undefined },
      { name: "bare", monthlyCents: undefined },
    ]);
  });

  it("are unknown for a service that Heroku does not know", async () => {
    expect(await listPlans(scripted({}).api, "papertrail")).toBeUndefined();
  });
});

describe("an attachment", () => {
  const made = {
    name: "DWH",
    addon: { name: "reluvia-dwh-postgresql", app: { name: "reluvia-dwh" } },
    app: { name: "reluvia-metabase" },
  };
  const view = {
    name: "DWH",
    addOnName: "reluvia-dwh-postgresql",
    ownerApp: "reluvia-dwh",
    app: "reluvia-metabase",
  };
  const wished = { addOn: "reluvia-dwh-postgresql", app: "reluvia-metabase", name: "DWH" };
  const body = { addon: "reluvia-dwh-postgresql", app: "reluvia-metabase", name: "DWH" };
  const create = "POST /addon-attachments";
  const list = "GET /apps/reluvia-metabase/addon-attachments";

  it("is made with add-on, app and name", async () => {
    const { api, sent } = scripted({ [create]: yes(made) });
    expect(await attach(api, wished)).toEqual(view);
    expect(sent.map((one) => one.body)).toEqual([body]);
  });

  it("is confirmed with the app's name when Heroku wants that", async () => {
    const { api, sent } = scripted({ [create]: oneByOne(no(400, "confirmation_required"), yes(made)) });
    expect(await attach(api, wished)).toEqual(view);
    expect(sent.map((one) => one.body)).toEqual([body, { ...body, confirm: "reluvia-metabase" }]);
  });

  it("is the one that is there already", async () => {
    const taken = no(422, "invalid_params", "Name is already taken");
    const { api } = scripted({ [create]: taken, [list]: yes([made]) });
    expect(await attach(api, wished)).toEqual(view);
  });

  it("is refused when another add-on has the name", async () => {
    const other = { ...made, addon: { name: "other", app: { name: "other-app" } } };
    const { api } = scripted({ [create]: no(422, "invalid_params", "Name is taken"), [list]: yes([other]) });
    expect(await rejection(attach(api, wished))).toMatchObject({ status: 422, said: "Name is taken" });
  });

  it("is not made twice when an answer was lost, also that of the confirmed try", async () => {
    const { api, lines } = scripted({
      [create]: oneByOne(no(400, "confirmation_required"), lost),
      [list]: yes([made]),
    });
    expect(await attach(api, wished)).toEqual(view);
    expect(lines()).toEqual([create, create, list]);
  });

  it("is read from an answer that leaves things out", async () => {
    const { api } = scripted({ "GET /addon-attachments": yes([{}]), "GET /apps/x/addon-attachments": yes([made]) });
    expect(await listAllAttachments(api)).toEqual([{ name: "", addOnName: "", ownerApp: "", app: "" }]);
    expect(await listAttachments(api, "x")).toEqual([view]);
  });
});

describe("config vars", () => {
  it("are read as secrets; what is no text is left out", async () => {
    const { api } = scripted({ "GET /apps/x/config-vars": yes({ A: "1", EMPTY: "", GONE: null }) });
    const vars = await readConfig(api, "x");
    expect([...vars].map(([name, value]) => [name, value.reveal(), String(value)])).toEqual([
      ["A", "1", "•••"],
      ["EMPTY", "", "•••"],
    ]);
  });

  it("are sent as they were given and nothing else", async () => {
    const names = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, fc.string()), async (vars) => {
        const { api, sent } = scripted({ "PATCH /apps/x/config-vars": yes({}) });
        const changes = Object.entries(vars).map(
          ([name, value], index) => [name, index % 2 ? new Secret(value) : value] as const,
        );
        await patchConfig(api, "x", new Map(changes));
        expect(sent.map(({ method, path }) => [method, path])).toEqual([["PATCH", "/apps/x/config-vars"]]);
        expect(JSON.parse(JSON.stringify(sent[0]?.body))).toEqual({ ...vars });
      }),
      { numRuns: 50 },
    );
  });
});

describe("a buildpack's name", () => {
  it.each([
    [{ name: "heroku/nodejs", url: "urn:buildpack:heroku/nodejs" }, "heroku/nodejs"],
    [{ url: "urn:buildpack:heroku/python" }, "heroku/python"],
    [{ name: null, url: "https://buildpack-registry.s3.amazonaws.com/buildpacks/heroku/jvm.tgz" }, "heroku/jvm"],
    [{ url: "https://github.com/heroku/heroku-buildpack-nodejs" }, "heroku/nodejs"],
    [{ url: "https://github.com/heroku/heroku-buildpack-nodejs.git" }, "heroku/nodejs"],
    [{ name: "https://github.com/metabase/metabase-buildpack.git" }, "https://github.com/metabase/metabase-buildpack"],
    [{ url: "https://github.com/metabase/metabase-buildpack/" }, "https://github.com/metabase/metabase-buildpack"],
    [
      { url: "https://github.com/heroku/heroku-buildpack-nodejs#v200" },
      "https://github.com/heroku/heroku-buildpack-nodejs#v200",
    ],
    [{ name: "", url: undefined }, ""],
    [{}, ""],
  ])("is one for all of its spellings: %j", (given, name) => {
    expect(buildpackName(given)).toBe(name);
  });

  it("is its own name, whatever is given", () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const wrapped = fc
      .tuple(part, part, fc.constantFrom("", "urn:buildpack:", "https://github.com/", "https://x.io/buildpacks/"))
      .chain(([owner, name, before]) =>
        fc
          .constantFrom("", ".git", "/", ".git/", ".tgz", "//", " ")
          .map((after) => `${before}${owner}/${name}${after}`),
      );
    fc.assert(
      fc.property(fc.oneof(wrapped, fc.string(), fc.webUrl()), fc.boolean(), (text, asUrl) => {
        const name = buildpackName(asUrl ? { url: text } : { name: text });
        expect(buildpackName({ name })).toBe(name);
        expect(buildpackName({ url: name })).toBe(name);
      }),
    );
  });

  it("stands in a list in the order in which buildpacks run", async () => {
    const installed = [
      { ordinal: 1, buildpack: { name: "heroku/python" } },
      { ordinal: 0, buildpack: { url: "urn:buildpack:heroku/nodejs" } },
    ];
    const { api, sent } = scripted({
      "GET /apps/x/buildpack-installations": yes(installed),
      "PUT /apps/x/buildpack-installations": yes(installed),
    });
    expect(await listBuildpacks(api, "x")).toEqual(["heroku/nodejs", "heroku/python"]);
    await putBuildpacks(api, "x", ["heroku/nodejs", "heroku/python"]);
    expect(sent.at(-1)?.body).toEqual({ updates: [{ buildpack: "heroku/nodejs" }, { buildpack: "heroku/python" }] });
  });
});

describe("builds and sources", () => {
  const build = (more: object) => ({ id: "b", status: "succeeded", created_at: "2026-11-25T10:00:00Z", ...more });

  it("are read newest first; an image has neither slug nor buildpacks", async () => {
    const { api } = scripted({
      "GET /apps/x/builds": yes([
        build({ id: "old", slug: { id: "s" }, buildpacks: [{ url: "urn:buildpack:heroku/jvm" }], stack: "heroku-24" }),
        build({
          id: "new",
          created_at: "2026-11-25T11:00:00Z",
          stack: "container",
          slug: null,
          buildpacks: null,
          release: { id: "r" },
          source_blob: { version: "f00", url: "https://s3.example/x" },
          output_stream_url: "https://build-output.example/token",
        }),
        { id: "bare", status: "pending", source_blob: null },
      ]),
    });
    const builds = await listBuilds(api, "x");
    expect(builds.map(({ id }) => id)).toEqual(["new", "old", "bare"]);
    expect(builds[0]).toMatchObject({ version: "f00", slugId: undefined, releaseId: "r", buildpacks: undefined });
    expect(builds[0]?.outputStreamUrl?.reveal()).toBe("https://build-output.example/token");
    expect(JSON.stringify(builds)).not.toContain("build-output");
    expect(builds[1]).toMatchObject({ slugId: "s", buildpacks: ["heroku/jvm"], version: undefined });
  });

  it("hold addresses that are secrets", async () => {
    const blob = { put_url: "https://s3.example/put?sig=1", get_url: "https://s3.example/get?sig=2" };
    const { api, sent } = scripted({ "POST /sources": yes({ source_blob: blob }) });
    const source = await createSource(api);
    expect([source.putUrl.reveal(), source.getUrl.reveal(), JSON.stringify(source)]).toEqual([
      blob.put_url,
      blob.get_url,
      '{"putUrl":"•••","getUrl":"•••"}',
    ]);
    expect(sent[0]?.body).toBeUndefined();
  });

  it("are started with address, version and checksum", async () => {
    const { api, sent } = scripted({ "POST /apps/x/builds": yes(build({ id: "b1" })) });
    const order = { app: "x", url: new Secret("https://s3/get"), version: "f00", checksum: "SHA256:00" };
    expect(await createBuild(api, { ...order, before: new Set() })).toMatchObject({ id: "b1" });
    expect(sent[0]?.body).toEqual({ source_blob: { url: "https://s3/get", version: "f00", checksum: "SHA256:00" } });
  });

  it("are recognised after a lost answer by what was not there before", async () => {
    const before = build({ id: "before", source_blob: { version: "f00" } });
    const made = build({ id: "made", source_blob: { version: "f00" } });
    const { api, lines } = scripted({ "POST /apps/x/builds": lost, "GET /apps/x/builds": yes([before, made]) });
    const order = { app: "x", url: new Secret("u"), version: "f00", checksum: "c", before: new Set(["before"]) };
    expect(await createBuild(api, order)).toMatchObject({ id: "made", version: "f00" });
    expect(lines()).toEqual(["POST /apps/x/builds", "GET /apps/x/builds"]);
  });
});

describe("releases", () => {
  it("are read newest first, only the newest, with slug or image", async () => {
    const { api, sent } = scripted({
      "GET /apps/x/releases": yes([
        { id: "1", version: 1, status: "succeeded", slug: null, artifacts: [] },
        { id: "3", version: 3, current: true, slug: { id: "s" } },
        { id: "2", version: 2, status: "failed", artifacts: [{ type: "container", id: "i" }, null, {}] },
        {},
      ]),
    });
    const releases = await listReleases(api, "x");
    expect(releases.map(({ version, slugId, artifactIds }) => [version, slugId, artifactIds])).toEqual([
      [3, "s", []],
      [2, undefined, ["i"]],
      [1, undefined, []],
      [0, undefined, []],
    ]);
    expect(sent[0]).toMatchObject({ partial: true, headers: { Range: "version ..; order=desc,max=100" } });
  });

  it("run the one that is marked, else the newest that succeeded", async () => {
    const { api } = scripted({
      "GET /apps/x/releases": yes([
        { id: "3", version: 3, status: "failed" },
        { id: "2", version: 2, status: "succeeded" },
        { id: "1", version: 1, status: "succeeded", current: true },
      ]),
    });
    const releases = await listReleases(api, "x");
    expect(currentRelease(releases)?.version).toBe(1);
    expect(currentRelease(releases.filter(({ current }) => !current))?.version).toBe(2);
    expect(currentRelease([])).toBeUndefined();
  });
});

describe("a formation", () => {
  it("is read whichever way the size is told", async () => {
    const { api } = scripted({
      "GET /apps/x/formation": yes([
        { type: "web", quantity: 1, size: "Eco" },
        { type: "worker", quantity: "2", dyno_size: { name: "Basic" } },
        {},
      ]),
    });
    expect(await listFormation(api, "x")).toEqual([
      { type: "web", quantity: 1, size: "Eco" },
      { type: "worker", quantity: 2, size: "Basic" },
      { type: "", quantity: 0, size: "" },
    ]);
  });

  it("is changed in one call, by the size's name, with a quantity only where one is wished", async () => {
    const { api, sent } = scripted({ "PATCH /apps/x/formation": yes([]) });
    await patchFormation(api, "x", [
      { type: "web", quantity: 0, size: "Eco" },
      { type: "pipeline", size: "Standard-1X" },
    ]);
    expect(sent.map(({ body }) => body)).toEqual([
      {
        updates: [
          { type: "web", quantity: 0, dyno_size: { name: "Eco" } },
          { type: "pipeline", dyno_size: { name: "Standard-1X" } },
        ],
      },
    ]);
  });
});

describe("the account", () => {
  it("is read with its standing", async () => {
    const { api } = scripted({
      "GET /account": yes({
        id: "u",
        email: "a@example.com",
        verified: false,
        suspended_at: "2026-01-01T00:00:00Z",
        delinquent_at: null,
        default_team: { name: "acme" },
      }),
    });
    expect(await readAccount(api)).toEqual({
      id: "u",
      email: "a@example.com",
      verified: false,
      suspended: true,
      delinquent: false,
      defaultTeam: "acme",
    });
  });

  it("counts as in order where the answer does not say otherwise", async () => {
    const { api } = scripted({ "GET /account": yes({ default_team: null }) });
    expect(await readAccount(api)).toEqual({
      id: "",
      email: "",
      verified: true,
      suspended: false,
      delinquent: false,
      defaultTeam: undefined,
    });
  });

  const quota = "GET /accounts/u/actions/get-quota";

  it.each([
    [
      { account_quota: 3_600_000, quota_used: 60 },
      { boughtSeconds: 3_600_000, usedSeconds: 60 },
    ],
    [{ account_quota: 0 }, { boughtSeconds: 0, usedSeconds: 0 }],
    [{ account_quota: null }, undefined],
    [{}, undefined],
  ])("has Eco hours as %j says", async (body, eco) => {
    const { api, sent } = scripted({ [quota]: yes(body) });
    expect(await readEcoQuota(api, "u")).toEqual(eco);
    expect(sent[0]?.headers?.Accept).toBe("application/vnd.heroku+json; version=3.account-quotas");
  });

  it.each([
    ["404", no(404, "not_found")],
    ["403", no(403, "forbidden")],
    ["500", no(500, "internal_server_error")],
    ["nothing", lost],
  ])("may have Eco hours that nobody can tell: %s", async (_, reply) => {
    expect(await readEcoQuota(scripted({ [quota]: reply }).api, "u")).toBeUndefined();
  });
});

describe("an app's domains", () => {
  it("are its host names, and none where the API does not tell", async () => {
    const domains = [{ hostname: "bi.example.com" }, { hostname: null }, {}];
    expect(await listDomains(scripted({ "GET /apps/x/domains": yes(domains) }).api, "x")).toEqual(["bi.example.com"]);
    expect(await listDomains(scripted({ "GET /apps/x/domains": no(403, "forbidden") }).api, "x")).toEqual([]);
    expect(
      await rejection(listDomains(scripted({ "GET /apps/x/domains": no(401, "unauthorized") }).api, "x")),
    ).toMatchObject({ id: "unauthorized" });
  });
});
