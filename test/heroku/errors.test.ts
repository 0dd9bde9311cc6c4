// Each refusal of Heroku's, and each way of not reaching it, has a sentence of its own and something to do about it.
import { describe, expect, it } from "vitest";
import { type HerokuError, refusalError, troubleError } from "../../scripts/heroku/errors.js";

const at = { doing: "create the app reluvia-dwh", host: "https://api.heroku.com" };
const refused = (status: number, body: unknown, where = at) => refusalError(status, body, {}, where);
const said = (status: number, id: string, message = "") => refused(status, { id, message });
const failed = (code: string, message = code) => troubleError(Object.assign(new Error(message), { code }), at);

const table: readonly [string, HerokuError, number, RegExp, RegExp][] = [
  ["401", said(401, "unauthorized"), 3, /does not accept this token/, /wrong, expired or revoked/],
  ["403 two_factor", said(403, "two_factor"), 3, /two-factor code/, /two-factor authentication/],
  ["403 forbidden", said(403, "forbidden", "No access"), 1, /does not let you create the app/, /role .*No access/],
  ["403 suspended", said(403, "suspended"), 1, /has suspended this account/, /support/],
  ["402 delinquent", said(402, "delinquent"), 1, /unpaid bill/, /^$/],
  ["402 unverified", said(402, "verification_required", "Please verify"), 1, /to be verified/, /card.*Please verify/],
  ["404", said(404, "not_found", "Couldn't find it."), 1, /could not create .*: not found/, /Couldn't find it/],
  ["409", said(409, "conflict", "Busy"), 1, /something else was being done to the same app/, /Busy/],
  [
    "422",
    said(422, "invalid_params", "Name is too long"),
    1,
    /refused to create .*: Name is too long/,
    /invalid_params/,
  ],
  ["429", said(429, "rate_limit"), 3, /4,500 calls an hour/, /refills/],
  ["500", said(500, "internal_server_error"), 3, /Heroku is in trouble/, /status 500/],
  ["503", said(503, "maintenance"), 3, /Heroku is in trouble/, /status 503/],
  ["ECONNREFUSED", failed("ECONNREFUSED"), 3, /could not be reached/, /nothing listens there/i],
  ["ENOTFOUND", failed("ENOTFOUND"), 3, /could not be reached/, /name cannot be found/],
  ["ECONNRESET", failed("ECONNRESET"), 3, /could not be reached/, /was reset/],
  ["a bad certificate", failed("SELF_SIGNED_CERT_IN_CHAIN"), 3, /could not be reached/, /certificate of its own/],
  ["HTML", troubleError(new SyntaxError("<"), at), 3, /could not be reached/, /not what Heroku sends/],
  ["silence", troubleError(new Error("no answer within 30 s"), at), 3, /could not be reached/, /No answer within 30 s/],
];

describe("an error of Heroku's", () => {
  it.each(table)("%s says what is wrong, why, and what to do", (_, error, exitCode, message, why) => {
    expect(error.message).toMatch(message);
    expect(error.why ?? "").toMatch(why);
    expect(error.exitCode).toBe(exitCode);
    expect(error.message).toMatch(/[.]$|too long$/);
  });

  it("is worded as no other one", () => {
    const texts = table.map(([, { message, why }]) => `${message} ${why}`);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("has a command wherever one helps", () => {
    const without = table.filter(([, { commands }]) => commands.length === 0).map(([name]) => name);
    expect(without).toEqual(["422"]);
  });

  it("goes by the status where the id is new", () => {
    expect(said(401, "token_expired").message).toBe(said(401, "unauthorized").message);
    expect(said(402, "payment_overdue").message).toBe(said(402, "delinquent").message);
    expect(said(429, "slow_down").message).toBe(said(429, "rate_limit").message);
  });

  it.each([
    [402, "payment_required", "Please verify your account to install this add-on."],
    [402, "verification_needed", ""],
    [422, "verification_required", ""],
    [422, "verification_something_new", ""],
  ])("takes %i %s for an account that is not verified", (status, id, message) => {
    expect(said(status, id, message).message).toBe(said(402, "verification_required").message);
  });

  it("says that the token may belong elsewhere when HEROKU_HOST points elsewhere", () => {
    const elsewhere = refused(401, { id: "unauthorized" }, { ...at, host: "http://127.0.0.1:5000" });
    expect(elsewhere.why).toContain("HEROKU_HOST points to http://127.0.0.1:5000");
    expect(elsewhere.commands[0]).toBe("unset HEROKU_HOST");
  });

  it.each([undefined, null, "", "<html></html>", [], { id: 5, message: {} }])("is made of any body: %j", (body) => {
    const error = refused(418, body);
    expect(error).toMatchObject({ id: "http_418", said: "status 418 without a message" });
  });

  it("is not misled by ids that name parts of every object", () => {
    expect(said(422, "constructor", "no").message).toBe("Heroku refused to create the app reluvia-dwh: no");
    expect(said(422, "toString", "no").id).toBe("toString");
  });

  it("finds the system's code behind other errors", () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(troubleError(new Error("fetch failed", { cause }), at).id).toBe("ECONNREFUSED");
    const both = new AggregateError([cause, cause]);
    expect(troubleError(both, at).id).toBe("ECONNREFUSED");
  });
});
