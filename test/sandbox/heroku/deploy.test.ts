// From an archive to running dynos: sources, builds, releases, formation, one-off dynos.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { archive, type Client, container, deploy, nodeAndPython, open, upload } from "./client.js";

let client: Client;
const both = { updates: [{ buildpack: "heroku/nodejs" }, { buildpack: "heroku/python" }] };
beforeEach(async () => {
  client = await open();
  await client.send("POST", "/apps", { name: "my-app", stack: "heroku-26" });
  await client.send("POST", "/apps", { name: "my-mb", stack: "container" });
});
afterEach(() => client.sandbox.close());

describe("buildpacks", () => {
  test("are replaced in order, and come back with their registry names", async () => {
    const { body } = await client.send("PUT", "/apps/my-app/buildpack-installations", both);
    expect(body[1]).toEqual({ ordinal: 1, buildpack: { url: "urn:buildpack:heroku/python", name: "heroku/python" } });
    const unknown = await client.send("PUT", "/apps/my-app/buildpack-installations", {
      updates: [{ buildpack: "heroku/cobol" }],
    });
    expect(unknown.status).toBe(422);
    expect((await client.get("/apps/my-app/buildpack-installations")).body).toHaveLength(2);
  });
});

describe("an upload", () => {
  test.each([
    ["with an Authorization header", { authorization: "Bearer x" }, archive({ a: "b" }), 400],
    ["with a Content-Type", { "content-type": "application/gzip" }, archive({ a: "b" }), 403],
    ["that is not gzip", {}, Buffer.from("plain"), 400],
  ])("%s is refused", async (_, headers, bytes, status) => {
    const { body } = await client.send("POST", "/sources");
    const put = await fetch(body.source_blob.put_url, { method: "PUT", headers, body: new Uint8Array(bytes) });
    expect(put.status).toBe(status);
    expect(client.sandbox.world.sources[0]?.uploaded).toBe(false);
  });
});

describe("a build", () => {
  test("is pending for a read, then a release whose slug declares what the Procfile says", async () => {
    await client.send("PUT", "/apps/my-app/buildpack-installations", both);
    const source_blob = { ...(await upload(client, archive(nodeAndPython))), version: "abc" };
    const { body: asked } = await client.send("POST", "/apps/my-app/builds", { source_blob });
    await new Promise((done) => setTimeout(done, 50));
    expect((await client.get(`/apps/my-app/builds/${asked.id}`)).body.status).toBe("pending");
    const { body: build } = await client.get(`/apps/my-app/builds/${asked.id}`);
    expect(build).toMatchObject({ status: "succeeded", source_blob: { version: "abc" } });
    const { body: slug } = await client.get(`/apps/my-app/slugs/${build.slug.id}`);
    expect(slug).toMatchObject({
      commit: "abc",
      process_types: { pipeline: "node x.js" },
      stack: { name: "heroku-26" },
    });
    const { body: release } = await client.get(`/apps/my-app/releases/${build.release.id}`);
    expect(release).toMatchObject({ current: true, description: "Deploy abc", slug: { id: slug.id } });
  });

  test("without a Procfile has the default process types of the last buildpack only", async () => {
    const { Procfile: _, ...files } = nodeAndPython;
    await client.send("PUT", "/apps/my-app/buildpack-installations", { updates: [{ buildpack: "heroku/nodejs" }] });
    await deploy(client, "my-app", files);
    expect((await client.get("/apps/my-app/formation")).body).toMatchObject([
      { type: "web", command: "npm start", quantity: 1, size: "Basic" },
    ]);
    await client.send("PUT", "/apps/my-app/buildpack-installations", both);
    await deploy(client, "my-app", files);
    expect((await client.get("/apps/my-app/formation")).body).toEqual([]);
  });

  test("of a container app reads heroku.yml and releases an image instead of a slug", async () => {
    const { build } = await deploy(client, "my-mb", container);
    expect([build.status, build.slug]).toEqual(["succeeded", null]);
    const { body: release } = await client.get(`/apps/my-mb/releases/${build.release.id}`);
    expect(release).toMatchObject({ slug: null, artifacts: [{ type: "oci-image" }] });
    expect((await client.get("/apps/my-mb/formation")).body).toMatchObject([{ type: "web", command: "/app/start" }]);
  });

  test.each([
    ["heroku/nodejs without package.json", "my-app", ["heroku/nodejs"], { Procfile: "web: x\n" }, "no package.json"],
    [
      "heroku/nodejs with two lockfiles",
      "my-app",
      ["heroku/nodejs"],
      { "package.json": "{}", "yarn.lock": "", "package-lock.json": "" },
      "conflicting lock files",
    ],
    ["heroku/python without requirements", "my-app", ["heroku/python"], { "a.py": "" }, "none of requirements.txt"],
    [
      "heroku/python with two package managers",
      "my-app",
      ["heroku/python"],
      { "requirements.txt": "", "uv.lock": "" },
      "Multiple Python package manager",
    ],
    [
      "heroku/python with a committed venv",
      "my-app",
      ["heroku/python"],
      { "requirements.txt": "", ".venv/bin/python": "" },
      "virtual environment",
    ],
    [
      "a container without heroku.yml in the root",
      "my-mb",
      [],
      { "metabase/heroku.yml": "", Dockerfile: "" },
      "heroku.yml",
    ],
    ["a container whose Dockerfile is missing", "my-mb", [], { "heroku.yml": container["heroku.yml"] }, "Dockerfile"],
  ])("of %s fails, says why in its log, and releases nothing", async (_, app, buildpacks, files, sentence) => {
    await client.send("PUT", `/apps/${app}/buildpack-installations`, {
      updates: buildpacks.map((buildpack) => ({ buildpack })),
    });
    const { build, log } = await deploy(client, app, files as Record<string, string>);
    expect([build.status, build.release, build.slug]).toEqual(["failed", null, null]);
    expect(log).toContain(sentence);
    expect((await client.get(`/apps/${app}/releases`)).body).toHaveLength(1);
  });

  test("with another checksum than its archive fails", async () => {
    const { url } = await upload(client, archive(container));
    const checksum = `SHA256:${"0".repeat(64)}`;
    const { body } = await client.send("POST", "/apps/my-mb/builds", { source_blob: { url, checksum } });
    expect(await (await fetch(body.output_stream_url)).text()).toContain("Checksum mismatch");
    expect((await client.get(`/apps/my-mb/builds/${body.id}`)).body.status).toBe("failed");
  });

  test("of an unknown address, or with a malformed checksum, is refused", async () => {
    const source = await upload(client, archive(container));
    const wrong = [
      { url: "https://example.com/a.tgz" },
      { ...source, checksum: "abc" },
      { ...source, ref: "main" },
      {},
    ];
    for (const source_blob of wrong)
      expect((await client.send("POST", "/apps/my-mb/builds", { source_blob })).status).toBe(422);
    expect(client.sandbox.world.builds).toEqual([]);
  });

  test("has a log that can be taken up where it broke off", async () => {
    const { asked, log } = await deploy(client, "my-mb", container);
    const rest = await fetch(asked.body.output_stream_url, { headers: { range: "bytes=10-" } });
    expect([rest.status, await rest.text()]).toEqual([206, log.slice(10)]);
    client.sandbox.faults.add({ service: "logs", effect: { garbage: "truncated" } });
    await expect(fetch(asked.body.output_stream_url).then((response) => response.text())).rejects.toThrow();
  });
});

describe("the formation", () => {
  test("knows a process type only after a release that declares it", async () => {
    const patch = { updates: [{ type: "web", quantity: 1 }] };
    expect((await client.send("PATCH", "/apps/my-mb/formation", patch)).status).toBe(404);
    await deploy(client, "my-mb", container);
    expect((await client.get("/apps/my-mb/dynos")).body).toMatchObject([
      { name: "web.1", size: "Basic", state: "starting" },
    ]);
    const { status, body } = await client.send("PATCH", "/apps/my-mb/formation", {
      updates: [{ type: "web", quantity: 1, dyno_size: { name: "eco" } }],
    });
    expect([status, body[0]?.size, body[0]?.dyno_size.name]).toEqual([200, "Eco", "Eco"]);
    expect((await client.get("/apps/my-mb/dynos")).body).toMatchObject([{ name: "web.1", size: "Eco" }]);
  });

  test.each([
    [{ type: "web", size: "eco" }, "Unknown params: updates.0.size."],
    [{ type: "web", dyno_size: "eco" }, "expected object"],
    [{ type: "web", quantity: "1" }, "expected number"],
    [{ type: "web", dyno_size: { name: "Huge" } }, "No such dyno size"],
    [{ type: "web", quantity: 2 }, "more than 1 Basic"],
  ])("refuses %j and stays as it was", async (update, sentence) => {
    await deploy(client, "my-mb", container);
    const refused = await client.send("PATCH", "/apps/my-mb/formation", { updates: [update] });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(sentence);
    expect(client.sandbox.world.formation).toMatchObject([{ quantity: 1, size: "Basic" }]);
  });

  test("takes the official CLI's size and relative quantity from the CLI alone", async () => {
    await deploy(client, "my-mb", container);
    const body = { updates: [{ type: "web", size: "Standard-2X", quantity: "+1" }] };
    const cli = { "user-agent": "heroku-cli/11.0.0 linux-x64" };
    const { body: rows } = await client.send("PATCH", "/apps/my-mb/formation", body, cli);
    expect(rows).toMatchObject([{ size: "Standard-2X", quantity: 2 }]);
  });

  test("does not mix tiers, gives a team no Eco, and none to who has not bought it", async () => {
    const files = { "package.json": "{}", Procfile: "web: a\nworker: b\n" };
    await deploy(client, "my-app", files);
    const eco = { name: "Eco" };
    const one = { updates: [{ type: "web", dyno_size: eco }] };
    const all = {
      updates: [
        { type: "web", dyno_size: eco },
        { type: "worker", dyno_size: eco },
      ],
    };
    expect((await client.send("PATCH", "/apps/my-app/formation", one)).body.message).toContain("Cannot mix");
    client.sandbox.world.settings.eco = "none";
    expect((await client.send("PATCH", "/apps/my-app/formation", all)).body.message).toContain("Eco plan");
    client.sandbox.world.settings.eco = "bought";
    expect((await client.send("PATCH", "/apps/my-app/formation", all)).status).toBe(200);
    await client.send("POST", "/teams/apps", { name: "team-app", team: "sandbox-team", stack: "container" });
    await deploy(client, "team-app", container);
    expect((await client.send("PATCH", "/apps/team-app/formation", one)).body.message).toContain("team");
  });
});

describe("dynos", () => {
  test("of Eco web sleep after half an hour without a visitor", async () => {
    await client.sandbox.close();
    let now = new Date("2026-11-01T00:00:00Z");
    client = await open({ now: () => now });
    await client.send("POST", "/apps", { name: "my-mb", stack: "container" });
    await deploy(client, "my-mb", container);
    await client.send("PATCH", "/apps/my-mb/formation/web", { dyno_size: { name: "Eco" } });
    await client.get("/apps/my-mb/dynos");
    expect((await client.get("/apps/my-mb/dynos/web.1")).body.state).toBe("up");
    now = new Date("2026-11-01T00:31:00Z");
    expect((await client.get("/apps/my-mb/dynos/web.1")).body.state).toBe("idle");
  });

  test("run once and are gone, within a day, on the app's tier", async () => {
    expect((await client.send("POST", "/apps/my-app/dynos", { command: "ls" })).status).toBe(422);
    await deploy(client, "my-app", { "package.json": "{}", Procfile: "job: a\n" });
    const too = await client.send("POST", "/apps/my-app/dynos", { command: "ls", time_to_live: 90_000 });
    expect(too.status).toBe(422);
    expect((await client.send("POST", "/apps/my-app/dynos", { command: "ls", size: "eco" })).body.message).toContain(
      "Cannot mix",
    );
    const made = await client.send("POST", "/apps/my-app/dynos", { command: "ls", attach: false, time_to_live: 3600 });
    expect(made.body).toMatchObject({ state: "starting", type: "run", size: "Basic" });
    expect((await client.get(`/apps/my-app/dynos/${made.body.name}`)).status).toBe(200);
    await client.get("/apps/my-app/dynos");
    expect((await client.get(`/apps/my-app/dynos/${made.body.name}`)).status).toBe(404);
  });

  test("speak through a log session, as plain text and as events", async () => {
    await client.send("PATCH", "/apps/my-app/config-vars", { A: "1" });
    const { body } = await client.send("POST", "/apps/my-app/log-sessions", { lines: 1, tail: false });
    expect(await (await fetch(body.logplex_url)).text()).toMatch(/^\S+ app\[api\]: Release v2 created by user .*\n$/);
    const events = await fetch(body.logplex_url, { headers: { accept: "text/event-stream" } });
    expect(await events.text()).toMatch(/^data: \S+ app\[api\]: Release v2 .*\n\n$/);
  });

  test("go on speaking while a session tails, until the listener leaves", async () => {
    const { body } = await client.send("POST", "/apps/my-app/log-sessions", { lines: 1, tail: true });
    const gone = new AbortController();
    const response = await fetch(body.logplex_url, { signal: gone.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain("Release v1");
    await client.send("PATCH", "/apps/my-app/config-vars", { A: "1" });
    expect((await reader?.read())?.value).toContain("Release v2");
    gone.abort();
  });
});
