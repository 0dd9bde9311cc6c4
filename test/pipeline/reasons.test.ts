// Why a run failed, in words.
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { readChildLine } from "../../scripts/pipeline/child-lines.js";
import { Digest } from "../../scripts/pipeline/digest.js";
import { childReason, errorReason, short, stopReason } from "../../scripts/pipeline/reasons.js";
import type { Ended } from "../../scripts/pipeline/supervise.js";
import { PostgresUnreachable } from "../../scripts/postgres/unreachable.js";

const ended = (name: string, more: Partial<Ended> = {}): Ended => ({
  name,
  outcome: "failed",
  cause: "exit",
  exitCode: 1,
  signal: undefined,
  spawnError: undefined,
  startedAt: 0,
  finishedAt: 90_000,
  ...more,
});

function digestOf(step: string, lines: readonly string[]): Digest {
  const digest = new Digest();
  for (const line of lines) digest.take(readChildLine(step, line));
  return digest;
}

/** What Meltano writes around a plugin that fails. */
function meltano(tap: string, part: "extractors" | "loaders", lines: readonly string[]): Digest {
  const name = part === "extractors" ? tap : "target-postgres";
  const noise = part === "extractors" ? "target-postgres" : tap;
  const wrap = (from: string, event: string) => JSON.stringify({ stdio: "stderr", name: from, event, level: "info" });
  return digestOf("meltano", [
    JSON.stringify({ event: `Running job with name 'prod:${tap}-to-target-postgres' and run ID 'x'` }),
    wrap(noise, "BrokenPipeError: [Errno 32] Broken pipe"),
    ...lines.map((line) => wrap(name, line)),
    JSON.stringify({ event: "Extractor failed", level: "error" }),
    JSON.stringify({
      event: "Block run completed",
      block_type: "ExtractLoadBlocks",
      success: false,
      exit_codes: { [part]: 1 },
    }),
  ]);
}

describe("the reason of a failed load", () => {
  it.each([
    [
      "tap-stripe",
      ["singer_sdk.exceptions.FatalAPIError: 401 Client Error: Unauthorized for path: /v1/charges"],
      "Stripe refused the key (401 at /v1/charges): check TAP_STRIPE_API_KEY, from https://dashboard.stripe.com/apikeys",
    ],
    [
      "tap-amplitude",
      ["requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://amplitude.com/api/2/export"],
      "Amplitude does not let this key read (403 at /api/2/export): check the rights of TAP_AMPLITUDE_API_KEY and TAP_AMPLITUDE_SECRET_KEY, and TAP_AMPLITUDE_REGION on Amplitude > Settings > Projects > General",
    ],
    [
      "tap-stripe",
      ["singer_sdk.exceptions.RetriableAPIError: 503 Server Error: Service Unavailable for path: /v1/refunds"],
      "Stripe kept failing (503 at /v1/refunds); see https://status.stripe.com",
    ],
    [
      "tap-stripe",
      ["HTTPError: 429 Client Error: Too Many Requests for path: /v1/events"],
      "Stripe kept refusing for too many requests (429 at /v1/events); the next run goes on from there",
    ],
    [
      "tap-amplitude",
      ["requests.exceptions.ConnectionError: HTTPConnectionPool(host='x'): Max retries exceeded"],
      "Amplitude could not be reached; see https://status.amplitude.com",
    ],
    ["tap-amplitude", ["OSError: [Errno 28] No space left on device"], "Amplitude: the dyno's temporary disk is full"],
    [
      "tap-stripe",
      ["ModuleNotFoundError: No module named 'tap_stripe'"],
      "Stripe: a Python package is missing; make the environment anew with npm run python",
    ],
    [
      "tap-stripe",
      ["Traceback (most recent call last):", '  File "x.py", line 1', "ValueError: odd cursor"],
      "Stripe ended with exit code 1: ValueError: odd cursor",
    ],
  ])("names the source, the status, the key and its page: %s %j", (tap, lines, says) => {
    expect(childReason(ended("meltano"), meltano(tap, "extractors", lines))).toBe(says);
  });

  it.each([
    [
      "psycopg.errors.AdminShutdown: terminating connection due to administrator command",
      "Loading Stripe: the connection to the database broke off",
    ],
    [
      "psycopg.errors.InsufficientPrivilege: permission denied for schema raw_stripe",
      "Loading Stripe: Heroku has restricted the database",
    ],
    ['FATAL:  too many connections for role "x"', "Loading Stripe: the database has no connection left"],
    ["could not extend file: No space left on device", "Loading Stripe: the database's disk is full"],
  ])("names the database when the loader fails: %s", (line, says) => {
    expect(childReason(ended("meltano"), meltano("tap-stripe", "loaders", [line]))).toContain(says);
  });

  it("takes the child's own words when it has some", () => {
    const digest = digestOf("funnelfox", [
      '{"event":"failure","text":"has_more without a new cursor at /sessions"}',
      "Error: x 401",
    ]);
    expect(childReason(ended("funnelfox"), digest)).toBe("FunnelFox: has_more without a new cursor at /sessions");
  });

  it.each([
    [
      "FunnelFox does not take the secret (401: Unauthorized).",
      "FunnelFox does not take the secret (401: Unauthorized); see FunnelFox > Project settings > API",
    ],
    [
      "FunnelFox answered 503 at /sessions, 8 times in a row.",
      "FunnelFox answered 503 at /sessions, 8 times in a row; see FunnelFox's support",
    ],
    [
      "permission denied for schema raw_funnelfox (SQLSTATE 42501)",
      "FunnelFox: Heroku has restricted the database to reading and deleting",
    ],
  ])("puts the page beside a refused key and a vendor's trouble: %s", (text, says) => {
    const digest = digestOf("funnelfox", [JSON.stringify({ event: "failure", text })]);
    expect(childReason(ended("funnelfox"), digest)).toContain(says);
  });

  it("names memory for a child that was killed", () => {
    expect(childReason(ended("funnelfox", { exitCode: 137, signal: "SIGKILL" }), new Digest())).toContain(
      "FunnelFox: was killed, most often for want of memory (Heroku's R15)",
    );
  });

  it.each([
    [ended("meltano", { cause: "spawn", spawnError: "ENOENT" }), "Meltano is not installed here: npm run python"],
    [
      ended("funnelfox", { cause: "spawn", spawnError: "EACCES" }),
      "The FunnelFox extractor could not be started (EACCES)",
    ],
    [ended("dbt", { cause: "timeout", finishedAt: 3 * 3_600_000 }), "dbt took longer than 3 hours and was stopped"],
    [
      ended("funnelfox", { cause: "silence", finishedAt: 3_700_000 }),
      "FunnelFox said nothing for a long time and was stopped after 62 minutes",
    ],
    [ended("funnelfox", { exitCode: 9 }), "FunnelFox ended with exit code 9 without saying why"],
  ])("says how it went when nothing was said", (end, says) => {
    expect(childReason(end, new Digest())).toBe(says);
  });
});

describe("the reason of a killed plugin", () => {
  it.each([
    ["extractors", "Amplitude: was killed, most often for want of memory"],
    ["loaders", "Loading Amplitude: was killed, most often for want of memory"],
  ])("is seen by what Meltano says of its %s", (part, says) => {
    const digest = digestOf("meltano", [
      JSON.stringify({ event: "Running job with name 'prod:tap-amplitude-to-target-postgres' and run ID 'x'" }),
      JSON.stringify({ stdio: "stderr", name: "tap-amplitude", event: "Beginning sync of 'events'" }),
      JSON.stringify({
        event: "Block run completed",
        block_type: "ExtractLoadBlocks",
        success: false,
        exit_codes: { [part]: -9 },
      }),
    ]);
    expect(childReason(ended("meltano"), digest)).toContain(says);
  });
});

describe("the reason of a failed build", () => {
  const results = (failures: { kind: string; name: string; status: string; message?: string; failures?: number }[]) =>
    ({
      kind: "results",
      results: {
        failures: failures.map((one) => ({ message: "", failures: undefined, ...one })),
        warnings: [],
        done: 3,
        skipped: 2,
        rows: 0,
      },
    }) as const;

  it("names the tests that failed", () => {
    const reading = results([
      { kind: "test", name: "unique_fct_charges_charge_id", status: "fail", failures: 3 },
      { kind: "test", name: "not_null_x", status: "fail", failures: 1 },
    ]);
    expect(childReason(ended("dbt"), new Digest(), reading)).toBe(
      "dbt: test unique_fct_charges_charge_id failed (3 rows); test not_null_x failed (1 row)",
    );
  });

  it("names the model that could not be built before the tests, and counts the rest", () => {
    const message =
      'Database Error in model fct_charges (models/marts/fct_charges.sql) column "x" does not exist LINE 3: x';
    const reading = results([
      ...Array.from({ length: 4 }, (_, n) => ({ kind: "test", name: `t${n}`, status: "fail" })),
      { kind: "model", name: "fct_charges", status: "error", message },
    ]);
    expect(childReason(ended("dbt"), new Digest(), reading)).toBe(
      'dbt: model fct_charges could not be built: column "x" does not exist LINE 3: x; test t0 failed; test t1 failed; and 2 more',
    );
  });

  it.each([
    [{ kind: "missing" } as const, 0, "dbt left no run_results.json, so nobody knows what it built"],
    [{ kind: "stale", generatedAt: "2026-11-24T02:00:00Z" } as const, 0, "the one there is from 2026-11-24T02:00:00Z"],
    [{ kind: "unreadable" } as const, 0, "run_results.json cannot be read"],
    [{ kind: "missing" } as const, 2, "dbt ended with exit code 2 before it built anything: Parsing Error"],
  ])("says when there is no result: %j, exit code %i", (reading, exitCode, says) => {
    const digest = digestOf("dbt", ["Running with dbt=1.11", "Parsing Error"]);
    expect(childReason(ended("dbt", { exitCode }), digest, reading)).toContain(says);
  });
});

describe("a reason", () => {
  it("is one line, short, without a full stop", () => {
    expect(short(`a\n  b.`)).toBe("a b");
    expect(short("x".repeat(5_000)).length).toBeLessThan(400);
  });

  it("of our own errors holds what is wrong and the command, or calls a bug a bug", () => {
    expect(errorReason(new ExpectedError("failed", "No Python.", { commands: ["npm run python"] }))).toBe(
      "No Python. npm run python",
    );
    expect(errorReason(Object.assign(new Error("permission denied for table runs"), { code: "42501" }))).toContain(
      "restricted the database to reading and deleting",
    );
    expect(errorReason(new PostgresUnreachable("too many connections", "h:1/d", "app", "x"))).toContain(
      "no connection left",
    );
    expect(errorReason(new TypeError("x is undefined"))).toBe("This is a bug in reluvia-dwh: x is undefined");
  });

  it("of a stop says who stopped it and that nothing is lost", () => {
    expect(stopReason({ kind: "signal", signal: "SIGTERM" })).toContain("SIGTERM");
    expect(stopReason({ kind: "signal", signal: "SIGINT" })).toContain("Ctrl-C");
    expect(stopReason({ kind: "deadline" })).toContain("23 hours");
    expect(stopReason({ kind: "lock lost", error: new Error("Connection terminated\nx") })).toContain(
      "lock was lost (Connection terminated)",
    );
  });
});
