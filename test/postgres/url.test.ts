// Connection strings taken apart, and how the connection is encrypted.
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { Secret } from "../../scripts/common/secret.js";
import { tlsFor } from "../../scripts/postgres/tls.js";
import { parsePostgresUrl } from "../../scripts/postgres/url.js";

describe("a connection string", () => {
  it.each(["postgres", "postgresql", "POSTGRES"])("may begin with %s://", (scheme) => {
    const parts = parsePostgresUrl(`${scheme}://u1:p1@ec2-1.compute.amazonaws.com:6432/d1?sslmode=require`);
    expect(parts).toMatchObject({
      host: "ec2-1.compute.amazonaws.com",
      port: 6432,
      database: "d1",
      user: "u1",
      sslmode: "require",
    });
    expect(parts.password.reveal()).toBe("p1");
  });

  it("has port 5432 when it names none, and an empty password when it has none", () => {
    const parts = parsePostgresUrl(new Secret("postgres://u@h/d"));
    expect(parts).toMatchObject({ port: 5432 });
    expect(parts.password.isEmpty).toBe(true);
    expect(parts).not.toHaveProperty("sslmode");
  });

  it("may name an IPv6 host", () => {
    expect(parsePostgresUrl("postgres://u:p@[::1]:5433/d")).toMatchObject({ host: "::1", port: 5433 });
  });

  it("gives back what was percent-encoded into it", () => {
    const part = fc.string({ minLength: 1, unit: "binary" });
    fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        // A path of only dots is a path, not a name.
        if (/^\.{1,2}$/.test(database)) return;
        const parts = parsePostgresUrl(`postgres://${u}:${p}@h/${d}`);
        expect([parts.user, parts.password.reveal(), parts.database]).toEqual([user, password, database]);
      }),
    );
  });

  it("shows its password nowhere", () => {
    expect(inspect(parsePostgresUrl("postgres://u:hunter2@h/d"), { depth: 9 })).not.toContain("hunter2");
  });

  it.each([
    ["nothing", " ", "is empty"],
    ["another database's", "mysql://u:hunter2@h/d", "does not begin with postgres://"],
    ["a port that is none", "postgres://u:hunter2@h:port/d", "cannot be taken apart"],
    ["several hosts", "postgres://u:hunter2@h1:1,h2:2/d", "cannot be taken apart"],
    ["no database", "postgres://u:hunter2@h/", "names no database"],
    ["no user", "postgres://:hunter2@h/d", "names no user"],
    ["a bare % in the password", "postgres://u:hunter2%@h/d", "a % in its password"],
    ["a bare # in the password", "postgres://u@h/d#hunter2", "a # that has to be written as %23"],
  ])("is refused without being quoted: %s", (_, text, problem) => {
    let error: unknown;
    try {
      parsePostgresUrl(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ExpectedError);
    expect((error as ExpectedError).message).toContain(problem);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("hunter2");
  });
});

describe("the connection's encryption", () => {
  const unverified = { rejectUnauthorized: false };
  it.each([
    ["required but not verified on Heroku", "ec2.amazonaws.com", undefined, {}, unverified],
    ["off on this machine", "127.0.0.1", undefined, {}, false],
    ["off on this machine over IPv6", "::1", undefined, {}, false],
    ["off when the string says so", "ec2.amazonaws.com", "disable", {}, false],
    ["off when PGSSLMODE says so", "ec2.amazonaws.com", undefined, { PGSSLMODE: "disable" }, false],
    ["on on this machine when asked for", "localhost", undefined, { PGSSLMODE: "require" }, unverified],
    [
      "what the string says before what PGSSLMODE says",
      "h",
      "verify-full",
      { PGSSLMODE: "disable" },
      { rejectUnauthorized: true },
    ],
    ["on with prefer, for pg cannot change its mind", "h", "prefer", {}, unverified],
    ["off on this machine with prefer", "localhost", "prefer", {}, false],
    ["not impressed by an empty PGSSLMODE", "h", undefined, { PGSSLMODE: "" }, unverified],
  ] as const)("is %s", (_, host, sslmode, env, expected) => {
    expect(tlsFor({ host, ...(sslmode ? { sslmode } : {}) }, env)).toEqual(expected);
  });

  it("checks the chain but not the name with verify-ca", () => {
    expect(tlsFor({ host: "h", sslmode: "verify-ca" }, {})).toMatchObject({
      rejectUnauthorized: true,
      checkServerIdentity: expect.any(Function),
    });
  });

  it("refuses a mode that Postgres does not know, naming who said it", () => {
    expect(() => tlsFor({ host: "h" }, { PGSSLMODE: "yes" })).toThrow("PGSSLMODE is not a mode");
    expect(() => tlsFor({ host: "h", sslmode: "yes" }, {})).toThrow("sslmode in the Postgres connection string");
  });
});
