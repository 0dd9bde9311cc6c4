// A build from start to running release: started or taken up, its log followed, its release awaited.
import { ExpectedError } from "../common/errors.js";
import { poll, realSleep, type Sleep } from "../common/retry.js";
import type { Secret } from "../common/secret.js";
import type { HerokuApi } from "../heroku/api.js";
import { type Build, createBuild, readBuild } from "../heroku/builds.js";
import { currentRelease, listReleases, type Release } from "../heroku/releases.js";
import { shortVersion } from "./checkout.js";
import { logReason } from "./log-reason.js";
import { followLog, startOfLog } from "./log-stream.js";

export interface BuildDeps {
  readonly api: HerokuApi;
  readonly fetch?: typeof globalThis.fetch;
  readonly sleep?: Sleep;
  readonly now?: () => number;
  readonly signal?: AbortSignal | undefined;
  /** each line of the build's log */
  readonly onLine: (line: string) => void;
}

export interface BuildOrder {
  readonly app: string;
  readonly version: string;
  readonly stack: string;
  /** builds that were there when the app was read */
  readonly builds: readonly Build[];
  /** where the archive is; asked for only when a build has to be started */
  readonly source: () => Promise<{ readonly url: Secret; readonly checksum: string }>;
}

/** Heroku ends a build after 15 minutes; it can wait in a queue before that. */
const BUILD_DEADLINE_MS = 25 * 60_000;
const RELEASE_DEADLINE_MS = 15 * 60_000;

/** Builds and waits until the new release runs. A build of the same source that still goes on is followed, not doubled. */
export async function build(order: BuildOrder, deps: BuildDeps): Promise<Release> {
  const { app, version } = order;
  const running = order.builds.find(
    (one) => one.status === "pending" && one.version === version && (one.stack ?? order.stack) === order.stack,
  );
  const log = logReason();
  const onLine = (line: string) => {
    log.read(line);
    deps.onLine(line);
  };
  const started = running ?? (await start(order, deps));
  const done = await finished(app, started, { ...deps, onLine });
  if (done.build.status === "failed") throw failed(app, log.reason(), order);
  return released(app, done.build, done.releases, deps);
}

async function start(order: BuildOrder, deps: BuildDeps): Promise<Build> {
  const { url, checksum } = await order.source();
  const before = new Set(order.builds.map(({ id }) => id));
  return createBuild(deps.api, { app: order.app, url, version: order.version, checksum, before });
}

interface Finished {
  readonly build: Build;
  /** read in the same round, since the next question is always the release */
  readonly releases: readonly Release[];
}

/** How often the build itself is asked for while its log still streams. */
const ASK_BESIDE_LOG_MS = 10_000;
/** How long the end of a failed build's log is waited for: it says why. */
const LAST_LINES_MS = 5_000;

/** Follows the log; whenever it ends or drops, and now and then beside it, asks whether the build is done. */
async function finished(app: string, started: Build, deps: BuildDeps): Promise<Finished> {
  const { api, sleep = realSleep, now = Date.now, signal } = deps;
  const over = new AbortController();
  const logSignal = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const at = startOfLog();
  const url = started.outputStreamUrl;
  const log: { state: "off" | "on" | "complete" } = { state: "off" };
  let following: Promise<void> = Promise.resolve();
  const listen = (from: Secret) => {
    log.state = "on";
    following = followLog(from, at, deps.onLine, {
      ...(deps.fetch ? { fetch: deps.fetch } : {}),
      signal: logSignal,
    }).then((complete) => {
      log.state = complete ? "complete" : "off";
    });
  };
  const end = now() + BUILD_DEADLINE_MS;
  try {
    for (let asked = 0; now() < end; asked++) {
      if (url && log.state === "off") listen(url);
      if (log.state === "on") await atMost(ASK_BESIDE_LOG_MS, following, sleep, signal);
      const [build, releases] = await Promise.all([readBuild(api, app, started.id), listReleases(api, app, 10)]);
      if (build.status === "failed" && url && log.state !== "complete") {
        if (log.state === "off") listen(url);
        await atMost(LAST_LINES_MS, following, sleep, signal);
      }
      if (build.status !== "pending") return { build, releases };
      if (log.state !== "on") await sleep(Math.min(5_000, 100 * 1.5 ** asked), signal);
    }
  } finally {
    over.abort();
  }
  throw new ExpectedError("failed", `The build of ${app} is not done after ${BUILD_DEADLINE_MS / 60_000} minutes.`, {
    why: "Heroku ends builds after 15 minutes; this one may wait in a queue. Setup takes it up again where it is.",
    commands: ["npm run setup", `heroku builds -a ${app}`],
  });
}

/** Waits for a promise that never rejects, but no longer than this; leaves no timer behind. */
async function atMost(
  ms: number,
  promise: Promise<void>,
  sleep: Sleep,
  signal: AbortSignal | undefined,
): Promise<void> {
  const done = new AbortController();
  const pause = sleep(ms, signal ? AbortSignal.any([signal, done.signal]) : done.signal).catch(() => undefined);
  await Promise.race([promise, pause]);
  done.abort();
  signal?.throwIfAborted();
}

function failed(app: string, last: string | undefined, order: BuildOrder): ExpectedError {
  return new ExpectedError("failed", `Heroku could not build ${app} from ${shortVersion(order.version)}.`, {
    why: last ? `The build's log says: ${last}` : "Heroku sent no log of it.",
    commands: ["npm run setup", `heroku builds:output -a ${app}`],
  });
}

/** Waits for the release of a build: it may still be pending, and its id may come late. */
async function released(app: string, build: Build, seen: readonly Release[], deps: BuildDeps): Promise<Release> {
  const { api, sleep = realSleep, now = Date.now, signal } = deps;
  let releases: readonly Release[] | undefined = seen;
  const release = await poll(
    async () => {
      const list = releases ?? (await listReleases(api, app, 10));
      releases = undefined;
      const found = releaseOf(build, list);
      return found && found.status !== "pending" ? found : undefined;
    },
    { sleep, now, deadlineMs: RELEASE_DEADLINE_MS, signal },
  );
  if (release && release.status !== "failed") return release;
  throw new ExpectedError(
    "failed",
    release
      ? `The release v${release.version} of ${app} failed.`
      : `${app} was built, but no release of it has appeared.`,
    {
      why: "The build is there; what runs is still the release before it.",
      commands: [`heroku releases:output -a ${app}`, "npm run setup"],
    },
  );
}

function releaseOf(build: Build, releases: readonly Release[]): Release | undefined {
  if (build.releaseId) return releases.find(({ id }) => id === build.releaseId);
  if (build.slugId) return releases.find(({ slugId }) => slugId === build.slugId);
  const current = currentRelease(releases);
  return current && current.createdAt >= build.createdAt ? current : undefined;
}
