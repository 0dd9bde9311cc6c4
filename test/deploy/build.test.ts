// A build from start to running release: logs that drop or never end, builds taken up, and releases that come late or fail.
import { describe, expect, it } from "vitest";
import { Secret } from "../../scripts/common/secret.js";
import { type BuildOrder, build } from "../../scripts/deploy/build.js";
import type { Build } from "../../scripts/heroku/builds.js";
import type { Reply } from "../../scripts/heroku/transport.js";
import { rejection } from "../heroku/platform.js";
import { lost, oneByOne, scripted, yes } from "../heroku/scripted.js";

const TREE = "0123456789abcdef0123456789abcdef01234567";
const CREATED = "2026-11-25T10:00:00Z";
const MINUTE = 60_000;

type Log = (send: { line(text: string): void; end(): void; drop(): void }) => void;

interface World {
  /** answers to GET of the build, in turn */
  readonly builds: readonly object[];
  /** answers to GET of the releases, in turn */
  readonly releases: readonly object[][];
  /** what each connection to the log does, in turn; without any the log has no address */
  readonly logs?: readonly Log[];
  readonly post?: () => Reply;
  readonly list?: () => Reply;
}

const apiBuild = (more: object = {}) => ({
  id: "b1",
  status: "succeeded",
  created_at: CREATED,
  source_blob: { version: TREE },
  release: { id: "r3" },
  slug: { id: "s1" },
  ...more,
});
const pending = apiBuild({ status: "pending", release: null, slug: null });
const failed = apiBuild({ status: "failed", release: null, slug: null });
const release = (more: object = {}) => ({ id: "r3", version: 3, status: "succeeded", created_at: CREATED, ...more });
const whole: Log = ({ line, end }) => {
  line("-----> Building");
  end();
};
/** Sends a line and stays open, as when a proxy forgets the connection. */
const endless: Log = ({ line }) => line("-----> Building");

/** Runs a build on a clock of its own, on which pauses take no time. */
function start(world: World, more: Partial<BuildOrder> = {}, signal?: AbortSignal) {
  let clock = Date.parse(CREATED);
  const lines: string[] = [];
  const open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  let connection = 0;
  const url = world.logs ? "https://log.example/token" : undefined;
  const { api, lines: calls } = scripted({
    "POST /apps/x/builds": world.post ?? (() => yes({ ...pending, output_stream_url: url })),
    "GET /apps/x/builds": world.list ?? (() => yes([])),
    "GET /apps/x/builds/b1": oneByOne(...world.builds.map((one) => yes({ ...one, output_stream_url: url }))),
    "GET /apps/x/releases": oneByOne(...world.releases.map((one) => yes(one))),
  });
  const fetch = async (_: unknown, init?: RequestInit) => {
    const log = world.logs?.[Math.min(connection++, world.logs.length - 1)];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        open.add(controller);
        const close = (how: () => void) => {
          if (open.delete(controller)) how();
        };
        init?.signal?.addEventListener("abort", () => close(() => controller.error(new Error("aborted"))));
        log?.({
          line: (text) => controller.enqueue(Buffer.from(`${text}\n`)),
          end: () => close(() => controller.close()),
          // A turn later, so that the line before it has been read.
          drop: () => setImmediate(() => close(() => controller.error(new Error("dropped")))),
        });
      },
    });
    const resumed = new Headers(init?.headers).has("range");
    return new Response(body, { status: resumed ? 206 : 200 });
  };
  let uploads = 0;
  const order: BuildOrder = {
    app: "x",
    version: TREE,
    stack: "heroku-26",
    builds: [],
    source: async () => {
      uploads++;
      return { url: new Secret("https://s3.example/get"), checksum: "SHA256:00" };
    },
    ...more,
  };
  const done = build(order, {
    api,
    fetch,
    now: () => clock,
    sleep: async (ms, stop) => {
      stop?.throwIfAborted();
      // Lets what has arrived be read first: in reality a pause is far longer than that.
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      stop?.throwIfAborted();
      clock += ms;
    },
    onLine: (line) => lines.push(line),
    signal,
  });
  return {
    done,
    lines,
    calls,
    openLogs: () => open.size,
    uploads: () => uploads,
    elapsed: () => clock - Date.parse(CREATED),
  };
}

describe("a build", () => {
  it("is started, its log told, and its release awaited", async () => {
    const run = start({ builds: [apiBuild()], releases: [[release()]], logs: [whole] });
    expect(await run.done).toMatchObject({ id: "r3", version: 3 });
    expect(run.lines).toEqual(["-----> Building"]);
    expect(run.calls()).toEqual(["POST /apps/x/builds", "GET /apps/x/builds/b1", "GET /apps/x/releases"]);
    expect(run.uploads()).toBe(1);
  });

  it("is done although its log never ends, and the log's connection is closed", async () => {
    const run = start({ builds: [pending, pending, apiBuild()], releases: [[release()]], logs: [endless] });
    expect(await run.done).toMatchObject({ id: "r3" });
    expect(run.lines).toEqual(["-----> Building"]);
    expect(run.openLogs()).toBe(0);
    expect(run.elapsed()).toBeLessThan(MINUTE);
  });

  it("has its log taken up again when the stream drops", async () => {
    const first: Log = ({ line, drop }) => {
      line("one");
      drop();
    };
    const second: Log = ({ line, end }) => {
      line("two");
      end();
    };
    const run = start({ builds: [pending, apiBuild()], releases: [[release()]], logs: [first, second] });
    await run.done;
    expect(run.lines).toEqual(["one", "two"]);
  });

  it("is waited for without a log", async () => {
    const run = start({ builds: [pending, pending, apiBuild()], releases: [[release()]] });
    expect(await run.done).toMatchObject({ id: "r3" });
    expect(run.lines).toEqual([]);
  });

  it("is not given up because its log cannot be had", async () => {
    const run = start({
      builds: [pending, pending, apiBuild()],
      releases: [[release()]],
      logs: [({ drop }) => drop()],
    });
    expect(await run.done).toMatchObject({ id: "r3" });
  });

  it("is not started a second time when the answer was lost", async () => {
    const run = start({
      builds: [apiBuild()],
      releases: [[release()]],
      post: () => lost,
      list: () => yes([pending]),
    });
    expect(await run.done).toMatchObject({ id: "r3" });
    expect(run.calls().filter((call) => call.startsWith("POST"))).toHaveLength(1);
  });

  it("is given up after 25 minutes, with what goes on from there", async () => {
    const run = start({ builds: [pending], releases: [[]], logs: [endless] });
    expect(await rejection(run.done)).toMatchObject({
      message: "The build of x is not done after 25 minutes.",
      commands: ["npm run setup", "heroku builds -a x"],
    });
    expect(run.elapsed()).toBeGreaterThanOrEqual(25 * MINUTE);
    expect(run.elapsed()).toBeLessThan(26 * MINUTE);
    expect(run.openLogs()).toBe(0);
  });

  it("is left at once when the run is stopped", async () => {
    const stop = new AbortController();
    const log: Log = ({ line }) => {
      line("one");
      setImmediate(() => stop.abort(new DOMException("interrupted", "AbortError")));
    };
    const run = start({ builds: [pending], releases: [[]], logs: [log] }, {}, stop.signal);
    expect(await rejection(run.done)).toMatchObject({ name: "AbortError" });
    expect(run.openLogs()).toBe(0);
  });
});

describe("a build that still goes on from an earlier run", () => {
  const earlier = (more: Partial<Build> = {}): Build => ({
    id: "b1",
    status: "pending",
    version: TREE,
    stack: "heroku-26",
    buildpacks: undefined,
    slugId: undefined,
    releaseId: undefined,
    createdAt: CREATED,
    outputStreamUrl: new Secret("https://log.example/token"),
    ...more,
  });
  const world: World = { builds: [pending, apiBuild()], releases: [[release()]], logs: [whole] };

  it("is followed instead of doubled, and nothing is uploaded", async () => {
    const run = start(world, { builds: [earlier()] });
    expect(await run.done).toMatchObject({ id: "r3" });
    expect(run.calls().filter((call) => call.startsWith("POST"))).toEqual([]);
    expect([run.uploads(), run.lines]).toEqual([0, ["-----> Building"]]);
  });

  it.each([
    ["of another source", { version: "another tree" }],
    ["for another stack", { stack: "heroku-24" }],
    ["that failed", { status: "failed" as const }],
    ["that is done", { status: "succeeded" as const }],
  ])("is not taken for one %s", async (_, more) => {
    const run = start(world, { builds: [earlier({ id: "other", ...more })] });
    await run.done;
    expect(run.calls()[0]).toBe("POST /apps/x/builds");
  });
});

describe("a build that fails", () => {
  const complaint: Log = ({ line, end }) => {
    line("-----> Installing");
    line(" !     No matching distribution found for nope==1.0");
    line(" !     Push failed");
    end();
  };
  const why = "The build's log says: No matching distribution found for nope==1.0";

  it("shows the log's reason and the command for the whole log", async () => {
    const run = start({ builds: [failed], releases: [[]], logs: [complaint] });
    expect(await rejection(run.done)).toMatchObject({
      kind: "failed",
      message: "Heroku could not build x from 012345678.",
      why,
      commands: ["npm run setup", "heroku builds:output -a x"],
    });
  });

  it("shows the reason also when the log had dropped before it", async () => {
    const dropped: Log = ({ line, drop }) => {
      line("-----> Installing");
      drop();
    };
    const run = start({ builds: [failed], releases: [[]], logs: [dropped, complaint] });
    expect(await rejection(run.done)).toMatchObject({ why });
  });

  it("shows the reason also when it is known to have failed before its log has come to the end", async () => {
    const slow: Log = (send) => {
      send.line("-----> Installing");
      let turns = 0;
      const later = () => (++turns < 5 ? setImmediate(later) : complaint(send));
      setImmediate(later);
    };
    const run = start({ builds: [failed], releases: [[]], logs: [slow] });
    expect(await rejection(run.done)).toMatchObject({ why });
  });

  it("does not wait for a log that never ends", async () => {
    const run = start({ builds: [failed], releases: [[]], logs: [endless] });
    expect(await rejection(run.done)).toMatchObject({ why: "The build's log says: -----> Building" });
    expect(run.elapsed()).toBeLessThan(MINUTE);
    expect(run.openLogs()).toBe(0);
  });

  it("says so when there is no log", async () => {
    const run = start({ builds: [failed], releases: [[]] });
    expect(await rejection(run.done)).toMatchObject({ why: "Heroku sent no log of it." });
  });
});

describe("the release of a build", () => {
  it("is awaited while it is pending, as during a release phase", async () => {
    const wait = [release({ status: "pending" })];
    const run = start({ builds: [apiBuild()], releases: [wait, wait, wait, [release()]] });
    expect(await run.done).toMatchObject({ status: "succeeded", version: 3 });
  });

  it("is awaited when it comes late", async () => {
    const other = [release({ id: "r2", version: 2, current: true, slug: { id: "s0" } })];
    const run = start({ builds: [apiBuild()], releases: [other, other, [release(), ...other]] });
    expect(await run.done).toMatchObject({ id: "r3" });
  });

  it("is found by its slug when the build does not name it", async () => {
    const build = apiBuild({ release: null });
    const run = start({ builds: [build], releases: [[release({ slug: { id: "s1" } })]] });
    expect(await run.done).toMatchObject({ id: "r3", slugId: "s1" });
  });

  it("is the one that runs since the build when neither is named", async () => {
    const build = apiBuild({ release: null, slug: null });
    const old = release({ id: "r2", version: 2, current: true, created_at: "2026-11-24T10:00:00Z" });
    const fresh = release({ current: true, created_at: "2026-11-25T10:03:00Z" });
    const run = start({ builds: [build], releases: [[old], [old], [fresh, { ...old, current: false }]] });
    expect(await run.done).toMatchObject({ id: "r3" });
  });

  it("is an error when it failed, with the command for its output", async () => {
    const run = start({
      builds: [apiBuild()],
      releases: [[release({ status: "pending" })], [release({ status: "failed" })]],
    });
    expect(await rejection(run.done)).toMatchObject({
      message: "The release v3 of x failed.",
      why: "The build is there; what runs is still the release before it.",
      commands: ["heroku releases:output -a x", "npm run setup"],
    });
  });

  it("is an error when none has appeared after 15 minutes", async () => {
    const run = start({ builds: [apiBuild()], releases: [[]] });
    expect(await rejection(run.done)).toMatchObject({ message: "x was built, but no release of it has appeared." });
    expect(run.elapsed()).toBeLessThan(16 * MINUTE);
    expect(run.elapsed()).toBeGreaterThan(14 * MINUTE);
  });
});
