// Checks of Metabase: does its dyno run, does it answer, has it memory enough? A sleeping dyno is left asleep.
import { dynoSizeOf, dynoSizes } from "../../../config/prices.js";
import { type BoundedAnswer, FetchFailed, fetchBounded } from "../../common/fetch.js";
import type { Dyno } from "../../heroku/formation.js";
import type { HealthContext } from "../context.js";
import { presentApp } from "../present.js";
import type { Check, Finding } from "../types.js";
import { duration, sentence } from "../words.js";

const TIMEOUT_MS = 10_000;
/** Metabase's makers recommend 1 GB (Metabase docs, Running Metabase > System requirements). */
const BASELINE_MB = 1024;
const BIGGER = "npm run setup -- --metabase-dyno standard-2x";
const biggerSays = `Standard-2X has 1 GB, for $${dynoSizes["standard-2x"].monthlyCents / 100} a month.`;

export const metabaseChecks: readonly Check<HealthContext>[] = [
  {
    id: "metabase.dyno",
    group: "Metabase",
    title: "Metabase's web dyno",
    needs: ["Metabase app"],
    timeoutMs: TIMEOUT_MS,
    run: async (context) => dyno(webOf(await context.dynos()), context),
  },
  {
    id: "metabase.health",
    group: "Metabase",
    title: "Metabase answers",
    needs: ["Metabase app"],
    timeoutMs: 2 * TIMEOUT_MS,
    run: health,
  },
  {
    id: "metabase.memory",
    group: "Metabase",
    title: "Memory of Metabase's dyno",
    needs: ["Metabase app"],
    run: async (context) => memory(context),
  },
];

/** The web dynos; Heroku names their states crashed, down, idle, starting, up (Heroku Platform API, Dyno > state). */
function webOf(dynos: readonly Dyno[]): readonly Dyno[] {
  return dynos.filter(({ type }) => type === "web");
}

/** Worst first: one crashed dyno is worth more attention than those that run. */
const worst = ["crashed", "down", "starting", "up", "idle"];

function dyno(web: readonly Dyno[], { actual, desired, now }: HealthContext): Finding {
  const app = desired.metabase.name;
  const logs = `heroku logs -n 500 -a ${app}`;
  const one = web.toSorted((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))[0];
  if (!one) return none(actual, app);
  const since = now().getTime() - Date.parse(one.updatedAt);
  const line = `${one.name} (${one.size}): ${one.state}${Number.isNaN(since) ? "" : `, since ${duration(since)}`}`;
  switch (one.state) {
    case "up":
      return { status: "ok", detail: line };
    case "idle":
      return {
        status: "ok",
        detail: `${one.name} (${one.size}) is asleep, as Eco dynos are after 30 minutes without visitors. The next one waits minutes.`,
      };
    case "starting":
      return {
        status: "warn",
        detail: `${line}. A first start can take ten minutes.`,
        remedy: { text: "Watch it:", commands: [`heroku logs --tail -a ${app}`] },
      };
    case "crashed":
      return {
        status: "fail",
        detail:
          `${line}. The log says why: R14 or R15 is too little memory, R10 a start of over a minute, "changelog lock" a ` +
          `start that was cut off, "does not start" a missing database address.${lowMemory(one.size) ? ` On ${memoryOf(one.size)} MB memory is the usual cause.` : ""}`,
        remedy: {
          text: `Read the log, then restart it. ${biggerSays}`,
          commands: [
            logs,
            `heroku ps:restart -a ${app}`,
            ...(lowMemory(one.size) ? [BIGGER] : []),
            `heroku run -a ${app} '/app/start migrate release-locks'`,
          ],
        },
      };
    default:
      return {
        status: "fail",
        detail: `${line}, so nobody reaches Metabase. Likely it is being restarted, or Heroku has stopped it.`,
        remedy: { text: "Read the log, then restart it.", commands: [logs, `heroku ps:restart -a ${app}`] },
      };
  }
}

function none(actual: HealthContext["actual"], app: string): Finding {
  const web = presentApp(actual.metabase)?.formation.find(({ type }) => type === "web");
  if (!web)
    return { status: "skipped", detail: "Not checked, because nothing has been released yet that has a web dyno." };
  if (web.quantity === 0) {
    return {
      status: "fail",
      detail: "No web dyno runs: somebody has scaled it to 0.",
      remedy: { text: "Setup starts it again.", commands: ["npm run setup", `heroku ps:scale web=1 -a ${app}`] },
    };
  }
  return {
    status: "warn",
    detail: `No web dyno exists, though ${web.quantity} should. One may be about to start.`,
    remedy: { text: "Look again in a minute.", commands: [`heroku ps -a ${app}`] },
  };
}

/** Asks Metabase itself, and only when its dyno is up: a request would wake a sleeping one, and use up Eco hours. */
async function health(context: HealthContext, signal: AbortSignal): Promise<Finding> {
  const web = webOf(await context.dynos());
  if (!web.some(({ state }) => state === "up")) {
    const asleep = web.some(({ state }) => state === "idle");
    return {
      status: "skipped",
      detail: asleep
        ? "Not asked, because it is asleep and a request would wake it."
        : "Not asked, because no web dyno is up.",
    };
  }
  const app = context.desired.metabase.name;
  const address = presentApp(context.actual.metabase)?.app.webUrl ?? "";
  if (!URL.canParse(address)) return { status: "unknown", detail: `Heroku told no web address of ${app}.` };
  const url = new URL("api/health", address.endsWith("/") ? address : `${address}/`).href;
  const logs = `heroku logs -n 500 -a ${app}`;
  try {
    const answer = await fetchBounded({ url, timeoutMs: TIMEOUT_MS, signal }, { fetch: context.fetch });
    return answered(answer, url, app, logs);
  } catch (error) {
    if (!(error instanceof FetchFailed)) throw error;
    // Neither of these two is Metabase's: Heroku's own router answers for every app that exists.
    if (error.reason === "dns" || error.reason === "tls") return { status: "unknown", detail: error.message };
    return {
      status: "fail",
      detail: `${error.message} Its dyno is up, so Metabase hangs, or has no memory left (R14 in the log).`,
      remedy: { text: "Read the log, then restart it.", commands: [logs, `heroku ps:restart -a ${app}`] },
    };
  }
}

function answered({ status, json }: BoundedAnswer, url: string, app: string, logs: string): Finding {
  const said = typeof json === "object" && json !== null ? (json as { status?: unknown }).status : undefined;
  if (status === 200 && said === "ok") return { status: "ok", detail: `${url} says ok` };
  if (status === 503 && said === "initializing") {
    return {
      status: "warn",
      detail: "Metabase is starting: it prepares its tables, which takes up to ten minutes the first time.",
      remedy: { text: "Watch it:", commands: [`heroku logs --tail -a ${app}`] },
    };
  }
  const what =
    status === 200
      ? "with something that Metabase does not say"
      : typeof said === "string"
        ? `${status}, "${said}"`
        : `${status}`;
  const why =
    status === 200
      ? "Another program may be deployed on this app."
      : status === 503
        ? "Metabase is not ready or has stopped; a 503 without words is Heroku's own error page (H10, H12, H20 in the log)."
        : "Metabase is in trouble, or cannot reach its database.";
  return {
    status: "fail",
    detail: `${url} answered ${sentence(what)} ${why}`,
    remedy: { text: "Read the log, then restart it.", commands: [logs, `heroku ps:restart -a ${app}`] },
  };
}

function memory({ actual, desired }: HealthContext): Finding {
  const web = presentApp(actual.metabase)?.formation.find(({ type }) => type === "web");
  const size = web?.size ?? dynoSizes[desired.metabase.dyno].name;
  const mb = memoryOf(size);
  if (mb === undefined) return { status: "ok", detail: `${size}, whose memory is not noted here` };
  if (mb >= BASELINE_MB) return { status: "ok", detail: `${size}, ${mb} MB` };
  return {
    status: "ok",
    detail: `${size}, ${mb} MB: below the 1 GB that Metabase recommends, so expect slow starts and R14 in the log. ${biggerSays}`,
  };
}

function memoryOf(size: string): number | undefined {
  const name = dynoSizeOf(size);
  return name && dynoSizes[name].memoryMb;
}

function lowMemory(size: string): boolean {
  return (memoryOf(size) ?? BASELINE_MB) < BASELINE_MB;
}
