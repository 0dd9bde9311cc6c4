// How checks are run: side by side, bounded in time, and never worse than one line that says why.
import { describe, expect, it } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import { runChecks } from "../../scripts/health/run.js";
import type { Check, CheckContext, Finding } from "../../scripts/health/types.js";
import { known, unknown } from "../../scripts/heroku/known.js";

const context = (facts: CheckContext["facts"] = new Map()): CheckContext => ({
  facts,
  redact: (text) => text.replaceAll("hunter2", "•••"),
});

const ok: Finding = { status: "ok", detail: "fine" };
const check = (
  id: string,
  run: Check<CheckContext>["run"],
  more: Partial<Check<CheckContext>> = {},
): Check<CheckContext> => ({
  id,
  group: "account",
  title: `Title of ${id}`,
  needs: [],
  run,
  ...more,
});

/** A clock that stands still: sleepers wake when the test says so, longest-waiting first. */
function clock() {
  const sleepers: { ms: number; wake: () => void }[] = [];
  return {
    sleepers,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const sleeper = { ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(signal.reason);
        });
      }),
  };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("running checks", () => {
  it("starts all that are independent at once, and keeps their order whoever answers first", async () => {
    const started: string[] = [];
    const answers = new Map<string, (finding: Finding) => void>();
    const slow = (id: string) =>
      check(id, () => {
        started.push(id);
        return new Promise((resolve) => answers.set(id, resolve));
      });
    const running = runChecks([slow("a"), slow("b"), slow("c")], context(), { sleep: clock().sleep });
    await settle();
    expect(started).toEqual(["a", "b", "c"]);
    for (const id of ["c", "a", "b"]) answers.get(id)?.({ status: "ok", detail: id });
    expect((await running).map(({ id, detail }) => `${id}=${detail}`)).toEqual(["a=a", "b=b", "c=c"]);
  });

  it("runs only as many at once as it is told", async () => {
    let now = 0;
    let most = 0;
    const checks = ["a", "b", "c", "d", "e"].map((id) =>
      check(id, async () => {
        now += 1;
        most = Math.max(most, now);
        await settle();
        now -= 1;
        return ok;
      }),
    );
    const results = await runChecks(checks, context(), { sleep: clock().sleep, concurrency: 2 });
    expect(most).toBe(2);
    expect(results.every(({ status }) => status === "ok")).toBe(true);
  });

  it("says unknown of a check that does not answer in its time, and tells that check to stop", async () => {
    const { sleep, sleepers } = clock();
    let stopped = false;
    const hanging = check("slow", (_, signal) => {
      signal.addEventListener("abort", () => {
        stopped = true;
      });
      return new Promise(() => undefined);
    });
    const running = runChecks([hanging, check("quick", async () => ok, { timeoutMs: 2_500 })], context(), { sleep });
    await settle();
    expect(sleepers.map(({ ms }) => ms)).toEqual([10_000]);
    sleepers[0]?.wake();
    const [slow, quick] = await running;
    expect(slow).toMatchObject({ status: "unknown", detail: "No answer within 10 s." });
    expect(quick?.status).toBe("ok");
    expect(stopped).toBe(true);
  });

  it("leaves no timer behind once a check has answered", async () => {
    const { sleep, sleepers } = clock();
    await runChecks([check("a", async () => ok)], context(), { sleep });
    expect(sleepers).toEqual([]);
  });

  it("makes one line of an exception, with its advice and without its secrets", async () => {
    const [plain, expected, thrown] = await runChecks(
      [
        check("plain", async () => {
          throw new Error("cannot read postgres://u:hunter2@h");
        }),
        check("expected", async () => {
          throw new ExpectedError("unreachable", "Heroku could not be reached.", {
            why: "Nothing listens there.",
            commands: ["curl -I https://api.heroku.com"],
          });
        }),
        check("thrown", () => {
          throw "a string";
        }),
      ],
      context(),
      { sleep: clock().sleep },
    );
    expect(plain).toMatchObject({ status: "unknown", detail: "cannot read postgres://u:•••@h." });
    expect(expected).toMatchObject({
      status: "unknown",
      detail: "Heroku could not be reached. Nothing listens there.",
      remedy: { commands: ["curl -I https://api.heroku.com"] },
    });
    expect(thrown).toMatchObject({ status: "unknown", detail: "a string." });
  });

  it("skips what needs a check that did not pass, naming it, down the whole chain", async () => {
    let asked = false;
    const results = await runChecks(
      [
        check(
          "third",
          async () => {
            asked = true;
            return ok;
          },
          { needs: ["second"] },
        ),
        check("second", async () => ok, { needs: ["first"] }),
        check("first", async () => ({ status: "fail", detail: "broken" })),
      ],
      context(),
      { sleep: clock().sleep },
    );
    expect(results.map(({ detail }) => detail)).toEqual([
      'Not checked, because "Title of second" (second) was not checked.',
      'Not checked, because "Title of first" (first) failed.',
      "broken",
    ]);
    expect(asked).toBe(false);
  });

  it("goes on after a check that only warned", async () => {
    const [, second] = await runChecks(
      [
        check("first", async () => ({ status: "warn", detail: "hm" })),
        check("second", async () => ok, { needs: ["first"] }),
      ],
      context(),
      { sleep: clock().sleep },
    );
    expect(second?.status).toBe("ok");
  });

  it("skips what needs a fact that is not there, and says why it is not", async () => {
    const facts = new Map([
      ["there", known(1)],
      ["app", unknown("the app reluvia-dwh does not exist")],
    ]);
    const results = await runChecks(
      [check("a", async () => ok, { needs: ["app"] }), check("b", async () => ok, { needs: ["there"] })],
      context(facts),
      { sleep: clock().sleep },
    );
    expect(results.map(({ status, detail }) => `${status}: ${detail}`)).toEqual([
      "skipped: Not checked, because the app reluvia-dwh does not exist.",
      "ok: fine",
    ]);
  });

  it("refuses at once a need that nobody provides, and needs that go in a circle", async () => {
    await expect(runChecks([check("a", async () => ok, { needs: ["nothing"] })], context())).rejects.toThrow(
      "the check a needs nothing, which is not there",
    );
    const circle = [check("a", async () => ok, { needs: ["b"] }), check("b", async () => ok, { needs: ["a"] })];
    await expect(runChecks(circle, context())).rejects.toThrow("checks need each other: a → b → a");
  });

  it("tells each result as soon as it is there", async () => {
    const told: string[] = [];
    await runChecks([check("late", async () => settle().then(() => ok)), check("soon", async () => ok)], context(), {
      sleep: clock().sleep,
      onResult: ({ id }) => told.push(id),
    });
    expect(told).toEqual(["soon", "late"]);
  });

  it("ends with the person's reason when they give up", async () => {
    const stop = new AbortController();
    const running = runChecks([check("slow", () => new Promise(() => undefined))], context(), {
      sleep: clock().sleep,
      signal: stop.signal,
    });
    await settle();
    stop.abort(new Error("interrupted by the person"));
    await expect(running).rejects.toThrow("interrupted by the person");
  });
});
