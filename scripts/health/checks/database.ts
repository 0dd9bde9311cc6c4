// Checks of the database: reachable, not full, connections to spare, backed up lately.
import { type PlanPrice, planPrices } from "../../../config/prices.js";
import { pipelineApp } from "../../../config/stack.js";
import { lastGoodBackup, listTransfers } from "../../heroku/backups.js";
import { addOnOf } from "../../provision/read.js";
import type { HealthContext } from "../context.js";
import type { Check, Finding } from "../types.js";
import { bytes, duration, moment, percent, sentence } from "../words.js";
import { troubleOf } from "./database-trouble.js";

const SERVICE = "heroku-postgresql";
const HOUR = 60 * 60_000;
const SIZE_WARN = 0.8;
const SIZE_FAIL = 0.95;
const CONNECTIONS_WARN = 0.8;
/** A daily backup that is older has been missed once; after three days somebody has to make one. */
const BACKUP_WARN_MS = 26 * HOUR;
const BACKUP_FAIL_MS = 72 * HOUR;
/** Postgres over TLS takes several round trips before its first answer. */
const TIMEOUT_MS = 15_000;

export const databaseChecks: readonly Check<HealthContext>[] = [
  {
    id: "database.reachable",
    group: "database",
    title: "Database answers",
    needs: ["DATABASE_URL"],
    timeoutMs: TIMEOUT_MS,
    run: async (context) => {
      try {
        const { connections } = await context.database();
        return {
          status: "ok",
          detail: `connected, ${connections} ${connections === 1 ? "connection" : "connections"} open`,
        };
      } catch (error) {
        return troubleOf(error, context.desired.pipeline.name);
      }
    },
  },
  {
    id: "database.size",
    group: "database",
    title: "Size of the database",
    needs: ["database.reachable"],
    run: async (context) => size((await context.database()).sizeBytes, context),
  },
  {
    id: "database.writable",
    group: "database",
    title: "Database can be written to",
    needs: ["database.reachable"],
    run: async (context) => writable((await context.database()).writable, context),
  },
  {
    id: "database.connections",
    group: "database",
    title: "Connections to the database",
    needs: ["database.reachable"],
    run: async (context) => connections(context),
  },
  {
    id: "database.backup",
    group: "database",
    title: "Last backup of the database",
    needs: ["DATABASE_URL"],
    timeoutMs: 25_000,
    run: lastBackup,
  },
];

/** The plan of the database as it is, and what it holds; undefined when its limits are not noted here. */
function planOf(context: HealthContext): { readonly plan: string; readonly limits: PlanPrice | undefined } {
  const plan = addOnOf(SERVICE, context.actual.pipeline)?.plan ?? "";
  return { plan, limits: planPrices[`${SERVICE}:${plan}`] };
}

function size(used: number, context: HealthContext): Finding {
  const { plan, limits } = planOf(context);
  const most = limits?.storageBytes;
  if (most === undefined) {
    return { status: "ok", detail: `${bytes(used)}; the limit of the plan ${plan || "(unknown)"} is not known here` };
  }
  const line = `${bytes(used)} of ${bytes(most)} (${percent(used, most)})`;
  if (used < most * SIZE_WARN) return { status: "ok", detail: line };
  const full = used >= most * SIZE_FAIL;
  return {
    status: full ? "fail" : "warn",
    detail: full
      ? `${line}: full. Above its size Heroku takes the right to write away, and neither the pipeline nor Metabase works.`
      : `${line}: filling up. Above its size Heroku takes the right to write away.`,
    remedy: larger(plan, context.desired.pipeline.name),
  };
}

/** The next plan of the same tier, which Heroku moves to in place. */
function larger(plan: string, app: string): NonNullable<Finding["remedy"]> {
  const tier = plan.replace(/\d+$/, "");
  const own = planPrices[`${SERVICE}:${plan}`]?.storageBytes ?? 0;
  const next = Object.entries(planPrices)
    .map(([name, limits]) => ({ name: name.slice(SERVICE.length + 1), service: name.split(":")[0], ...limits }))
    .filter((one) => one.service === SERVICE && one.name.startsWith(tier) && (one.storageBytes ?? 0) > own)
    .sort((a, b) => a.monthlyCents - b.monthlyCents)[0];
  if (!next?.storageBytes) {
    return {
      text: "No larger plan of this tier is sold; another tier means a new database and a copy.",
      commands: [`heroku pg:info -a ${app}`, `heroku addons:plans ${SERVICE}`],
    };
  }
  return {
    text: `${next.name} holds ${bytes(next.storageBytes)} for $${next.monthlyCents / 100} a month.`,
    commands: [`npm run setup -- --postgres-plan ${next.name}`],
  };
}

/** False when Heroku has taken the right to make tables away, as it does with a database that has been over its size too long. */
function writable(may: boolean, context: HealthContext): Finding {
  if (may) return { status: "ok", detail: "tables can be made" };
  return {
    status: "fail",
    detail:
      "This login may only read and delete, so neither the pipeline nor Metabase can write. Likely the database has been over its plan's size too long.",
    remedy: larger(planOf(context).plan, context.desired.pipeline.name),
  };
}

async function connections(context: HealthContext): Promise<Finding> {
  const { connections: open, connectionLimit } = await context.database();
  const { limits } = planOf(context);
  const app = context.desired.pipeline.name;
  const told = [connectionLimit, limits?.connections].filter((one) => one !== undefined && one > 0);
  const most = Math.min(...(told as number[]));
  if (!Number.isFinite(most)) return { status: "ok", detail: `${open} open; the limit is not known` };
  const line = `${open} of ${most} open`;
  if (open < most * CONNECTIONS_WARN) return { status: "ok", detail: line };
  return {
    status: "warn",
    detail: `${line}. Without a free one neither the pipeline nor Metabase gets in; a forgotten client is the usual cause.`,
    remedy: { text: "See who is connected, and end what nobody needs.", commands: [`heroku pg:ps -a ${app}`] },
  };
}

async function lastBackup(context: HealthContext, signal: AbortSignal): Promise<Finding> {
  const app = context.desired.pipeline.name;
  const byHand = { text: "To make one now:", commands: [`heroku pg:backups:capture DATABASE_URL -a ${app}`] };
  const transfers = await listTransfers(
    { url: context.urls.data, token: context.token, fetch: context.fetch, signal },
    app,
  );
  if (!transfers.known) {
    return {
      status: "warn",
      detail: `Could not tell when. ${sentence(transfers.why)} It should be younger than a day.`,
      remedy: { text: "Compare it with what Heroku's CLI shows.", commands: [`heroku pg:backups -a ${app}`] },
    };
  }
  const last = lastGoodBackup(transfers.value);
  const hour = `${String(pipelineApp.backup.hour).padStart(2, "0")}:00 ${pipelineApp.backup.timezone}`;
  if (!last) {
    return { status: "warn", detail: `There is none yet. One is made every day at ${hour}.`, remedy: byHand };
  }
  const at = last.finishedAt ?? last.createdAt;
  const age = context.now().getTime() - Date.parse(at);
  const line = `${moment(at)}, ${duration(age)} ago`;
  if (age <= BACKUP_WARN_MS) return { status: "ok", detail: line };
  const status = age > BACKUP_FAIL_MS ? "fail" : "warn";
  return { status, detail: `${line}, though one should be made every day at ${hour}.`, remedy: byHand };
}
