// Whatever goes wrong on the way, running setup again ends in the same stack, one of each.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fault, type Sandbox, startSandbox } from "../../sandbox/index.js";
import { answersFor, lines, look, makeCheckout, removeFolder, setUp } from "../support/stack.js";

let folder: string;

beforeAll(async () => {
  folder = await makeCheckout();
});

afterAll(() => removeFolder(folder));

/** A world of its own for each run. */
async function inSandbox<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ databases: "addresses" });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.close();
  }
}

const savedSearches = ({ searches }: Sandbox["world"]) =>
  Object.values(searches.searches).reduce((sum, { length }) => sum + length, 0);

/** How many of each there are, straight from the sandbox's own books. */
function inventory({ world }: Sandbox) {
  const addOns = Object.values(world.addons).map(({ name }) => name);
  return {
    apps: Object.values(world.apps)
      .map(({ name }) => name)
      .sort(),
    addOns: addOns.sort(),
    attachments: Object.values(world.attachments).filter(({ name }) => name === "DWH").length,
    jobs: Object.values(world.jobs).length,
    backups: Object.values(world.schedules).length,
    searches: savedSearches(world),
  };
}

const wholeStack = {
  apps: ["reluvia-dwh", "reluvia-metabase"],
  addOns: ["reluvia-dwh-papertrail", "reluvia-dwh-postgresql", "reluvia-dwh-scheduler"],
  attachments: 1,
  jobs: 1,
  backups: 1,
  searches: 2,
};

/** Runs setup until it has nothing left to do, at most three more times. */
async function settle(sandbox: Sandbox): Promise<void> {
  sandbox.faults.clear();
  for (let again = 0; again < 3; again++) {
    const { applied } = await setUp(sandbox, folder, answersFor(sandbox));
    if (applied.failed.length + applied.skipped.length > 0) throw applied.failed[0]?.error;
    const { plan } = await look(sandbox, folder, answersFor(sandbox));
    if (lines(plan).length === 0) return;
  }
  throw new Error(`still to do: ${lines((await look(sandbox, folder, answersFor(sandbox))).plan).join("; ")}`);
}

const effect = fc.oneof<fc.Arbitrary<Fault["effect"]>[]>(
  fc.constantFrom(500, 502, 503, 429).map((status) => ({ status })),
  fc.constantFrom("before" as const, "after" as const).map((reset) => ({ reset })),
  fc.constantFrom("html" as const, "truncated" as const, "empty" as const).map((garbage) => ({ garbage })),
  fc.integer({ min: 1, max: 40 }).map((delayMs) => ({ delayMs })),
);

const fault: fc.Arbitrary<Fault> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH"),
  nth: fc.integer({ min: 1, max: 12 }),
  times: fc.integer({ min: 1, max: 7 }),
  effect,
});

describe("after any fault", () => {
  it("running again ends in the whole stack, one of each", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 5 }), (faults) =>
        inSandbox(async (sandbox) => {
          for (const one of faults) sandbox.faults.add(one);
          // What the faults do to this run does not matter: it may fail in any way.
          await setUp(sandbox, folder, answersFor(sandbox)).catch(() => undefined);
          await settle(sandbox);
          expect(inventory(sandbox)).toEqual(wholeStack);
        }),
      ),
      { numRuns: 25 },
    );
  });

  it("a create whose answer was lost is not made twice: each POST in turn", { timeout: 120_000 }, async () => {
    for (let nth = 1; nth <= 14; nth++) {
      await inSandbox(async (sandbox) => {
        sandbox.faults.add({ method: "POST", nth, effect: { reset: "after" } });
        const { applied } = await setUp(sandbox, folder, answersFor(sandbox));
        expect({ nth, failed: applied.failed.map(({ id, error }) => `${id}: ${error}`) }).toEqual({ nth, failed: [] });
        expect(inventory(sandbox)).toEqual(wholeStack);
        expect(lines((await look(sandbox, folder, answersFor(sandbox))).plan)).toEqual([]);
      });
    }
  });
});

describe("a run that is stopped between any two calls", () => {
  it("is gone on with by the next one", { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: 75 }), fc.boolean(), (calls, before) =>
        inSandbox(async (sandbox) => {
          const stop = new AbortController();
          // The call after which nothing more is sent: its answer is lost, or it never arrives.
          sandbox.faults.add({ nth: calls, times: 1_000, effect: { reset: before ? "before" : "after" } });
          const watch = setInterval(() => {
            if (sandbox.calls.length >= calls) stop.abort();
          }, 1);
          await setUp(sandbox, folder, answersFor(sandbox), { signal: stop.signal }).catch(() => undefined);
          clearInterval(watch);
          await settle(sandbox);
          expect(inventory(sandbox)).toEqual(wholeStack);
        }),
      ),
      { numRuns: 15 },
    );
  });
});

describe("two setups at the same time", () => {
  it("end in one stack, also when answers are lost", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 3 }), (faults) =>
        inSandbox(async (sandbox) => {
          for (const one of faults) sandbox.faults.add(one);
          const both = await Promise.allSettled([
            setUp(sandbox, folder, answersFor(sandbox)),
            setUp(sandbox, folder, answersFor(sandbox)),
          ]);
          await settle(sandbox);
          expect(inventory(sandbox)).toEqual(wholeStack);
          // Without faults both get through.
          if (faults.length === 0) {
            expect(both.map((one) => (one.status === "fulfilled" ? one.value.applied.failed : one.reason))).toEqual([
              [],
              [],
            ]);
          }
        }),
      ),
      { numRuns: 10 },
    );
  });

  it("keep the first encryption key", async () => {
    await inSandbox(async (sandbox) => {
      await Promise.all([setUp(sandbox, folder, answersFor(sandbox)), setUp(sandbox, folder, answersFor(sandbox))]);
      const keys = sandbox.calls
        .filter(
          ({ method, path, status }) =>
            method === "PATCH" && status === 200 && path.endsWith("reluvia-metabase/config-vars"),
        )
        .flatMap(({ requestBody }) => (requestBody as Record<string, string>).MB_ENCRYPTION_SECRET_KEY ?? []);
      expect(keys.length).toBeGreaterThan(0);
      const { actual } = await look(sandbox, folder, answersFor(sandbox));
      if (actual.metabase.state !== "present") throw new Error("not set up");
      expect(keys).toContain(actual.metabase.config.get("MB_ENCRYPTION_SECRET_KEY")?.reveal());
    });
  });
});
