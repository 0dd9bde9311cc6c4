// Tasks in the order of what they need: what goes on after a failure, what is told meanwhile, and how a run is stopped.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ExpectedError } from "../../scripts/common/errors.js";
import type { ProgressEvent } from "../../scripts/provision/progress.js";
import { type Outcome, runTasks, type Task, type TaskContext } from "../../scripts/provision/run-tasks.js";

type Work = (context: TaskContext) => Promise<string | undefined>;

const task = (id: string, needs: readonly string[] = [], run: Work = async () => undefined): Task => ({
  id,
  role: "pipeline",
  title: `Do ${id}`,
  needs,
  run,
});

interface Ran {
  readonly outcome: Promise<Outcome>;
  readonly events: ProgressEvent[];
  /** "id state" in the order in which it was told */
  readonly states: () => string[];
}

function run(tasks: readonly Task[], signal?: AbortSignal): Ran {
  const events: ProgressEvent[] = [];
  return {
    outcome: runTasks(tasks, { report: (event) => events.push(event), now: Date.now, signal }),
    events,
    states: () => events.flatMap((event) => (event.kind === "state" ? [`${event.id} ${event.state}`] : [])),
  };
}

/** Ends when it is told to. */
function held(): { work: Work; end: (detail?: string) => void; fail: (error: unknown) => void } {
  let end: (detail?: string) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const promise = new Promise<string | undefined>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { work: () => promise, end: (detail) => end(detail), fail: (error) => fail(error) };
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe("tasks", () => {
  it("are announced all at once, before any of them begins", async () => {
    const { outcome, events } = run([task("b", ["a"]), task("a")]);
    await outcome;
    expect(events[0]).toEqual({
      kind: "tasks",
      tasks: [
        { id: "b", role: "pipeline", title: "Do b" },
        { id: "a", role: "pipeline", title: "Do a" },
      ],
    });
  });

  it("begin as soon as what they need is done, in whatever order they were written", async () => {
    const { outcome, states } = run([task("c", ["b"]), task("b", ["a"]), task("a")]);
    expect(await outcome).toEqual({ done: ["c", "b", "a"], failed: [], skipped: [] });
    expect(states()).toEqual(["a running", "a done", "b running", "b done", "c running", "c done"]);
  });

  it("run side by side when they do not need each other", async () => {
    const [slow, other] = [held(), held()];
    const { outcome, states } = run([task("slow", [], slow.work), task("other", [], other.work), task("c", ["other"])]);
    await turns();
    other.end();
    await turns();
    expect(states()).toEqual(["slow running", "other running", "other done", "c running", "c done"]);
    slow.end();
    expect((await outcome).done).toEqual(["slow", "other", "c"]);
  });

  it("do not wait for what is not part of the run", async () => {
    expect((await run([task("a", ["something that was there already"])]).outcome).done).toEqual(["a"]);
  });

  it("tell what came of them, and their lines of output", async () => {
    const { outcome, events } = run([
      task("a", [], async ({ output }) => {
        output("-----> Building");
        return "v3";
      }),
    ]);
    await outcome;
    expect(events.slice(2)).toEqual([
      { kind: "output", id: "a", line: "-----> Building" },
      { kind: "state", id: "a", state: "done", detail: "v3", elapsedMs: expect.any(Number) },
    ]);
  });

  it("may be none at all", async () => {
    expect(await run([]).outcome).toEqual({ done: [], failed: [], skipped: [] });
  });
});

describe("after a failure", () => {
  const broken: Work = async () => {
    throw new ExpectedError("failed", "Heroku could not do it.\nSecond line.");
  };

  it("what does not depend on it goes on, what does is left out, however far away", async () => {
    const { outcome, states, events } = run([
      task("a", [], broken),
      task("b", ["a"]),
      task("c", ["b"]),
      task("x"),
      task("y", ["x"]),
    ]);
    const { done, failed, skipped } = await outcome;
    expect({ done, skipped }).toEqual({ done: ["x", "y"], skipped: ["b", "c"] });
    expect(failed).toMatchObject([{ id: "a", title: "Do a", error: { name: "ExpectedError" } }]);
    expect(states()).toContain("c skipped");
    expect(states()).not.toContain("b running");
    expect(events.find((event) => event.kind === "state" && event.state === "failed")).toMatchObject({
      id: "a",
      detail: "Heroku could not do it.",
    });
  });

  it("that is a bug, the run still comes to its end", async () => {
    const { outcome } = run([
      task("a", [], () => {
        throw new TypeError("x is not a function");
      }),
      task("b"),
    ]);
    expect(await outcome).toMatchObject({ done: ["b"], failed: [{ id: "a", error: { name: "TypeError" } }] });
  });

  it("a task that needs several is left out when one of them failed, once all have ended", async () => {
    const slow = held();
    const { outcome, states } = run([task("a", [], broken), task("b", [], slow.work), task("c", ["a", "b"])]);
    await turns();
    slow.end();
    expect((await outcome).skipped).toEqual(["c"]);
    expect(states().at(-1)).toBe("c skipped");
  });
});

describe("a run that is stopped", () => {
  it("begins nothing more; what is under way comes to its own end", async () => {
    const stop = new AbortController();
    const slow = held();
    const { outcome, states } = run([task("a", [], slow.work), task("b", ["a"]), task("c", ["b"])], stop.signal);
    await turns();
    stop.abort();
    slow.end();
    expect(await outcome).toEqual({ done: ["a"], failed: [], skipped: ["b", "c"] });
    expect(states()).toEqual(["a running", "a done", "b skipped", "c skipped"]);
  });

  it("before it began does nothing", async () => {
    const work = vi.fn(async () => undefined);
    expect((await run([task("a", [], work), task("b", ["a"], work)], AbortSignal.abort()).outcome).skipped).toEqual([
      "a",
      "b",
    ]);
    expect(work).not.toHaveBeenCalled();
  });
});

describe("while a task takes long", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const beats = (events: readonly ProgressEvent[]) =>
    events.flatMap((event) => (event.kind === "heartbeat" ? [`${event.id} ${event.detail} ${event.elapsedMs}`] : []));

  it("says so every ten seconds, in the words of what it waits for", async () => {
    const slow = held();
    const { outcome, events } = run([
      task("a", [], async (context) => {
        setTimeout(() => context.wait("Still creating…"), 15_000);
        return slow.work(context);
      }),
    ]);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(beats(events)).toEqual([]);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(beats(events)).toEqual(["a Still working… 10000", "a Still creating… 20000", "a Still creating… 30000"]);
    slow.end();
    await outcome;
    expect(events.at(-1)).toMatchObject({ state: "done", elapsedMs: 30_999 });
  });

  it("only its own time counts, not that of what it waited for", async () => {
    const [first, second] = [held(), held()];
    const { outcome, events } = run([task("a", [], first.work), task("b", ["a"], second.work)]);
    await vi.advanceTimersByTimeAsync(15_000);
    first.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(beats(events)).toEqual(["a Still working… 10000", "b Still working… 10000"]);
    second.end();
    await outcome;
  });

  it.each(["done", "failed", "stopped"])("no timer is left once it is %s", async (how) => {
    const slow = held();
    const stop = new AbortController();
    const { outcome, events } = run([task("a", [], slow.work), task("b", ["a"])], stop.signal);
    await vi.advanceTimersByTimeAsync(10_000);
    if (how === "stopped") stop.abort();
    if (how === "failed") slow.fail(new Error("x"));
    else slow.end();
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
    const told = events.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events).toHaveLength(told);
  });
});

describe("whatever needs whatever", () => {
  interface Node {
    readonly needs: readonly number[];
    readonly fails: boolean;
    readonly turns: number;
  }
  /** A graph without circles: each task needs only earlier ones; written down in any order. */
  const graph = fc
    .array(fc.record({ needs: fc.array(fc.nat(20), { maxLength: 4 }), fails: fc.boolean(), turns: fc.nat(5) }), {
      minLength: 1,
      maxLength: 14,
    })
    .chain((nodes) => {
      const sound = nodes.map(
        (node, index): Node => ({ ...node, needs: node.needs.filter((need) => need < index || need >= nodes.length) }),
      );
      const order = fc.shuffledSubarray([...sound.keys()], { minLength: sound.length, maxLength: sound.length });
      return fc.tuple(fc.constant(sound), order);
    });

  it("each task runs at most once, never before its needs, and is left out only when one of them failed", async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.boolean(), async ([nodes, order], anyFails) => {
        const begun: number[] = [];
        const ended = new Set<number>();
        const tasks = order.map((index) => {
          const node = nodes[index];
          if (!node) throw new Error("no such node");
          return task(
            `t${index}`,
            node.needs.map((need) => `t${need}`),
            async () => {
              begun.push(index);
              for (const need of node.needs) expect(need >= nodes.length || ended.has(need)).toBe(true);
              for (let turn = 0; turn < node.turns; turn++) await Promise.resolve();
              if (anyFails && node.fails) throw new Error(`t${index}`);
              ended.add(index);
              return undefined;
            },
          );
        });
        const { done, failed, skipped } = await run(tasks).outcome;
        // What should come of each, worked out the plain way.
        const good: boolean[] = [];
        for (const [index, { needs, fails }] of nodes.entries()) {
          good[index] = needs.every((need) => need >= nodes.length || good[need] === true) && !(anyFails && fails);
        }
        const left = (index: number) => nodes[index]?.needs.some((need) => good[need] === false) === true;
        const named = (wanted: (index: number) => boolean) => order.filter(wanted).map((index) => `t${index}`);
        expect(new Set(begun).size).toBe(begun.length);
        expect(done).toEqual(named((index) => good[index] === true));
        expect(skipped).toEqual(named(left));
        expect(failed.map(({ id, error }) => [id, (error as Error).message])).toEqual(
          expect.arrayContaining(named((index) => !good[index] && !left(index)).map((id) => [id, id])),
        );
        expect(done.length + failed.length + skipped.length).toBe(nodes.length);
      }),
      { numRuns: 200 },
    );
  });
});
