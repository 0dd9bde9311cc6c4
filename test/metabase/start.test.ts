// Tests of metabase/start, the wrapper that turns Heroku's environment into Metabase's and becomes java.
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type Dyno, javaCall, makeDyno, runStart, shells, startServer, visible } from "./fake-java.js";

const PASSWORD = "p4ssw0rd-of-the-database";
const URL_OF_ATTACHMENT = `postgres://u1:${PASSWORD}@ec2-1.compute.amazonaws.com:5432/d1`;
const URL_OF_COPY = "postgresql://u2:stale@ec2-2.compute.amazonaws.com:5432/d2";

const dyno = makeDyno();
const others: Dyno[] = [];

afterEach(() => {
  for (const other of others.splice(0)) other.end();
});
afterAll(() => dyno.end());

function anotherDyno(jar: string): Dyno {
  const made = makeDyno(jar);
  others.push(made);
  return made;
}

/** The database that Metabase would connect to with this environment. */
function database(env: Readonly<Record<string, string>>, shell: readonly string[] = ["sh"]) {
  const { java } = runStart(dyno, { PORT: "5000", ...env }, { shell });
  return {
    type: java?.env.MB_DB_TYPE,
    uri: java?.env.MB_DB_CONNECTION_URI,
    user: java?.env.MB_DB_USER,
    password: java?.env.MB_DB_PASS,
  };
}

describe.each(shells().map((shell) => ({ name: shell.join(" "), shell })))("under $name", ({ shell }) => {
  it("starts Metabase on the attached database, over TLS, with user and password beside the URL", () => {
    expect(
      database({ DWH_URL: URL_OF_ATTACHMENT, MB_DB_CONNECTION_URI: URL_OF_COPY, MB_DB_TYPE: "h2" }, shell),
    ).toEqual({
      type: "postgres",
      uri: "jdbc:postgresql://ec2-1.compute.amazonaws.com:5432/d1?sslmode=require",
      user: "u1",
      password: PASSWORD,
    });
  });

  it("falls back to the copied URL when nothing is attached", () => {
    expect(database({ DWH_URL: "", MB_DB_CONNECTION_URI: URL_OF_COPY }, shell)).toEqual({
      type: "postgres",
      uri: "jdbc:postgresql://ec2-2.compute.amazonaws.com:5432/d2?sslmode=require",
      user: "u2",
      password: "stale",
    });
  });

  it("refuses to start without a Postgres URL, says why, and names the one command", () => {
    const run = runStart(dyno, { PORT: "5000" }, { shell });
    expect(run.code).toBe(1);
    expect(run.java).toBeUndefined();
    expect(run.output).toMatch(
      /^Metabase does not start: .*DWH_URL.*MB_DB_CONNECTION_URI.*H2.*claim.*forgets; run: npm run setup\n$/,
    );
  });

  it("hands on any user and any password of a URL exactly", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((each) => !each.includes("\0"));
    fc.assert(
      fc.property(text, text, (user, password) => {
        const url = `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h.example:5432/d`;
        expect(database({ DWH_URL: url }, shell)).toMatchObject({ user, password });
      }),
      {
        numRuns: 25,
        examples: [
          ["u", "%41 100%"],
          ["u@h", "a/b?c#d:e@f\\n"],
          ["ü", "ends with a newline\n"],
        ],
      },
    );
  });

  it("splits JAVA_OPTS into words and expands nothing in them", () => {
    const run = runStart(
      dyno,
      { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT, JAVA_OPTS: " -Xmx300m  /* -XX:+UseSerialGC\n-Da=$HOME" },
      { shell },
    );
    const args = run.java?.args ?? [];
    expect(args.slice(args.indexOf("-Xmx300m"))).toEqual([
      "-Xmx300m",
      "/*",
      "-XX:+UseSerialGC",
      "-Da=$HOME",
      "-jar",
      `${dyno.root}/metabase.jar`,
    ]);
  });
});

describe("the database", () => {
  it.each([
    ["a loopback host", "postgres://u:p@127.0.0.1:6543/d", {}, "?sslmode=prefer"],
    ["a loopback name", "postgres://u:p@localhost/d", {}, "?sslmode=prefer"],
    ["the loopback of IPv6", "postgres://u:p@[::1]:6543/d", {}, "?sslmode=prefer"],
    ["a host that only begins like loopback", "postgres://u:p@localhost.example/d", {}, "?sslmode=require"],
    ["sslmode in the URL", "postgres://u:p@h/d?sslmode=disable", {}, "?sslmode=disable"],
    ["sslmode later in the URL", "postgres://u:p@h/d?a=b&sslmode=verify-full", {}, "?a=b&sslmode=verify-full"],
    ["another parameter", "postgres://u:p@h/d?a=b", {}, "?a=b&sslmode=require"],
    ["PGSSLMODE", "postgres://u:p@h/d", { PGSSLMODE: "verify-full" }, "?sslmode=verify-full"],
    ["PGSSLMODE on loopback", "postgres://u:p@127.0.0.1/d", { PGSSLMODE: "require" }, "?sslmode=require"],
  ])("is reached as %s asks", (_name, url, env, query) => {
    const server = url.slice("postgres://u:p@".length).split("?")[0];
    expect(database({ DWH_URL: url, ...env }).uri).toBe(`jdbc:postgresql://${server}${query}`);
  });

  it("is reached without a password when the URL has none, whatever MB_DB_PASS said", () => {
    expect(database({ DWH_URL: "postgres://u@h/d", MB_DB_PASS: "old" })).toMatchObject({ user: "u", password: "" });
  });

  it("keeps an @ that stands unencoded in the password", () => {
    expect(database({ DWH_URL: "postgres://u:p@ss:w@h:5432/d" })).toEqual({
      type: "postgres",
      uri: "jdbc:postgresql://h:5432/d?sslmode=require",
      user: "u",
      password: "p@ss:w",
    });
  });

  it("leaves a per cent sign alone that encodes nothing", () => {
    expect(database({ DWH_URL: "postgres://u:100%zz%4@h/d" }).password).toBe("100%zz%4");
  });

  it.each([
    "h2:/tmp/metabase.db",
    "jdbc:h2:mem:metabase",
    `mysql://u:${PASSWORD}@h:3306/d`,
    `jdbc:mysql://u:${PASSWORD}@h/d`,
    `http://u:${PASSWORD}@h/d`,
    PASSWORD,
  ])("is refused when it is not Postgres: %s", (url) => {
    const run = runStart(dyno, { PORT: "5000", DWH_URL: url, MB_DB_CONNECTION_URI: URL_OF_COPY });
    expect(run.code).toBe(1);
    expect(run.java).toBeUndefined();
    expect(run.output).toMatch(/^Metabase does not start: DWH_URL .*postgres:\/\/.*npm run setup\n$/);
    expect(run.output).not.toContain(url);
    expect(run.output).not.toContain(PASSWORD);
  });

  it.each([
    "postgres://",
    "postgres://h/d",
    `postgres://:${PASSWORD}@h/d`,
    `postgres://u:${PASSWORD}@/d`,
    `postgres://u:${PASSWORD}@h`,
    `postgres://u:${PASSWORD}@h/`,
    `postgres://u:${PASSWORD}@h/?sslmode=require`,
    `postgres://u:${PASSWORD}/unencoded@h/d`,
  ])("is refused when its URL is not whole, without repeating it: %s", (url) => {
    const run = runStart(dyno, { PORT: "5000", MB_DB_CONNECTION_URI: url });
    expect(run.code).toBe(1);
    expect(run.java).toBeUndefined();
    expect(run.output).toMatch(/^Metabase does not start: MB_DB_CONNECTION_URI lacks .*npm run setup\n$/);
    expect(run.output).not.toContain(PASSWORD);
  });

  it("is named in the log by its variable, and its URL and password are neither printed nor an argument", () => {
    const run = runStart(dyno, { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT, JAVA_OPTS: "-Xmx300m" });
    expect(run.code).toBe(0);
    expect(visible(run)).toContain("at=metabase_start database_from=DWH_URL port=5000");
    expect(visible(run)).not.toContain(PASSWORD);
    expect(visible(run)).not.toContain("amazonaws");
  });
});

describe("the port", () => {
  it("is the one that Heroku names, on every interface", () => {
    const { java } = runStart(dyno, { PORT: "34567", DWH_URL: URL_OF_ATTACHMENT, MB_JETTY_PORT: "3000" });
    expect(java?.env).toMatchObject({ MB_JETTY_PORT: "34567", MB_JETTY_HOST: "0.0.0.0" });
  });

  it.each([{}, { PORT: "" }, { PORT: "http" }])("is needed to serve: %j", (env) => {
    const run = runStart(dyno, { DWH_URL: URL_OF_ATTACHMENT, ...env });
    expect(run.code).toBe(1);
    expect(run.java).toBeUndefined();
    expect(run.output).toMatch(/^Metabase does not start: PORT /);
  });

  it("is not needed for a command of Metabase on a one-off dyno", () => {
    const run = runStart(dyno, { DWH_URL: URL_OF_ATTACHMENT }, { args: ["migrate", "release-locks"] });
    expect(run.java?.args.slice(-4)).toEqual(["-jar", `${dyno.root}/metabase.jar`, "migrate", "release-locks"]);
    expect(run.java?.env.MB_DB_USER).toBe("u1");
  });
});

describe("java", () => {
  it("lets a person's options win over ours", () => {
    const { java } = runStart(dyno, {
      PORT: "5000",
      DWH_URL: URL_OF_ATTACHMENT,
      JAVA_OPTS: "-XX:-ExitOnOutOfMemoryError",
    });
    const args = java?.args ?? [];
    expect(args.indexOf("-XX:-ExitOnOutOfMemoryError")).toBeGreaterThan(args.indexOf("-XX:+ExitOnOutOfMemoryError"));
  });

  it("starts without JAVA_OPTS", () => {
    const run = runStart(dyno, { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT });
    expect(run.code).toBe(0);
    expect(run.java?.args).not.toContain("");
  });

  it("keeps plugins where a user without root can write, unless told where", () => {
    const env = { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT };
    expect(runStart(dyno, env).java?.env.MB_PLUGINS_DIR).toBe("/tmp/metabase-plugins");
    expect(runStart(dyno, { ...env, MB_PLUGINS_DIR: "/x" }).java?.env.MB_PLUGINS_DIR).toBe("/x");
  });

  it("finds the jar where metabase-buildpack puts it", () => {
    const built = anotherDyno("target/uberjar/metabase.jar");
    const run = runStart(built, { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT });
    expect(run.java?.args.at(-1)).toBe(`${built.root}/target/uberjar/metabase.jar`);
  });

  it("is not started without a jar, and the reason is said", () => {
    const run = runStart(anotherDyno(""), { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT });
    expect(run.code).toBe(1);
    expect(run.java).toBeUndefined();
    expect(run.output).toMatch(/no readable metabase\.jar.*npm run setup\n$/);
  });

  it("takes the wrapper's place, so that Heroku's SIGTERM reaches it", async () => {
    const server = startServer(dyno, { PORT: "5000", DWH_URL: URL_OF_ATTACHMENT });
    try {
      let output = "";
      const ready = new Promise<void>((resolve) => {
        server.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
          output += chunk;
          if (output.includes("READY\n")) resolve();
        });
      });
      const ended = once(server, "exit");
      await Promise.race([ready, ended]);
      expect(javaCall(output)?.pid).toBe(server.pid);
      server.kill("SIGTERM");
      expect(await ended).toEqual([143, null]);
    } finally {
      server.kill("SIGKILL");
    }
  });
});
