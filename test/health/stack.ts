// A whole, healthy stack as it would be read from Heroku, for tests that break one thing of it.
import type { AnswerName } from "../../config/answers.js";
import { javaOptions, metabaseApp } from "../../config/stack.js";
import { Secret } from "../../scripts/common/secret.js";
import { type HealthContext, type HealthInputs, healthContext } from "../../scripts/health/context.js";
import type { HerokuApi } from "../../scripts/heroku/api.js";
import type { Dyno } from "../../scripts/heroku/formation.js";
import { known } from "../../scripts/heroku/known.js";
import { settle } from "../../scripts/provision/desired.js";
import { plan as planOf } from "../../scripts/provision/plan/index.js";
import type { Actual, ActualApp, Answer, Answers, Desired, DesiredApp, Plan } from "../../scripts/provision/types.js";

export const NOW = new Date("2026-11-24T09:00:00Z");
export const TREE = "0123456789abcdef0123456789abcdef01234567";
export const MB_TREE = "89abcdef0123456789abcdef0123456789abcdef";
export const DATABASE = "postgres://owner:pa55word-one@db.example.com:5432/warehouse";

const plain = {
  "pipeline-app": "reluvia-dwh",
  "metabase-app": "reluvia-metabase",
  region: "eu",
  team: "",
  "postgres-plan": "essential-0",
  "metabase-runtime": "container",
  "metabase-dyno": "eco",
  "pipeline-dyno": "eco",
  schedule: "02:00",
  "start-date": "2026-08-01",
  "amplitude-region": "us",
} satisfies Partial<Record<AnswerName, string>>;

const keys = {
  "stripe-api-key": "rk_live_stripe0123456789",
  "amplitude-api-key": "amplitude-api-0123456789",
  "amplitude-secret-key": "amplitude-secret-0123456789",
  "funnelfox-api-key": "funnelfox-0123456789",
} satisfies Partial<Record<AnswerName, string>>;

export const allSecrets = [
  ...Object.values(keys),
  DATABASE,
  "pa55word-one",
  "metabase-encryption-key-0123",
  "the-token-0123",
];

/** The answers of a run, with some changed or, with undefined, left out. */
export function answersWith(changes: Partial<Record<AnswerName, Answer | undefined>> = {}): Answers {
  const all: Partial<Record<AnswerName, Answer | undefined>> = {
    ...Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, { value, origin: "default" }])),
    ...Object.fromEntries(
      Object.entries(keys).map(([name, value]) => [name, { value: new Secret(value), origin: ".env" }]),
    ),
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, answer]) => answer !== undefined)) as Answers;
}

export const cleanSource = (tree: string): DesiredApp["source"] => ({ known: true, tree, dirty: false });

export function desiredWith(
  answers: Answers = answersWith(),
  sources: { pipeline: DesiredApp["source"]; metabase: DesiredApp["source"] } = {
    pipeline: cleanSource(TREE),
    metabase: cleanSource(MB_TREE),
  },
): Desired {
  return settle(answers, sources);
}

const secretMap = (vars: Record<string, string>) =>
  new Map(Object.entries(vars).map(([name, value]) => [name, new Secret(value)]));

const release = (version: number, slugId: string | undefined, releaseId = `release-${version}`) => ({
  id: releaseId,
  version,
  status: "succeeded",
  current: true,
  slugId,
  artifactIds: [],
  description: `Deploy ${TREE.slice(0, 8)}`,
  createdAt: "2026-11-20T10:00:00Z",
});

const build = (tree: string, slugId: string | undefined, releaseId: string, stack: string) => ({
  id: `build-of-${tree.slice(0, 6)}`,
  status: "succeeded" as const,
  version: tree,
  stack,
  buildpacks: undefined,
  slugId,
  releaseId,
  createdAt: "2026-11-20T09:58:00Z",
  outputStreamUrl: undefined,
});

export const pipelineApp: ActualApp = {
  state: "present",
  app: {
    id: "11111111-1111-4111-8111-111111111111",
    name: "reluvia-dwh",
    region: "eu",
    stack: "heroku-26",
    team: undefined,
    webUrl: "https://reluvia-dwh-1a2b.herokuapp.com/",
  },
  addOns: [
    ["heroku-postgresql", "essential-0", "reluvia-dwh-postgresql", ["DATABASE_URL"]],
    ["scheduler", "standard", "reluvia-dwh-scheduler", []],
    ["papertrail", "choklad", "reluvia-dwh-papertrail", ["PAPERTRAIL_API_TOKEN"]],
  ].map(([service, plan, name, configVars]) => ({
    id: `id-${name}`,
    name: name as string,
    service: service as string,
    plan: plan as string,
    state: "provisioned" as const,
    app: "reluvia-dwh",
    configVars: configVars as string[],
  })),
  attachments: [{ name: "DATABASE", addOnName: "reluvia-dwh-postgresql", ownerApp: "reluvia-dwh", app: "reluvia-dwh" }],
  config: secretMap({
    DATABASE_URL: DATABASE,
    PAPERTRAIL_API_TOKEN: "papertrail-token-0123",
    TAP_STRIPE_API_KEY: keys["stripe-api-key"],
    TAP_AMPLITUDE_API_KEY: keys["amplitude-api-key"],
    TAP_AMPLITUDE_SECRET_KEY: keys["amplitude-secret-key"],
    TAP_AMPLITUDE_REGION: "us",
    FUNNELFOX_API_KEY: keys["funnelfox-api-key"],
    PIPELINE_START_DATE: "2026-08-01",
  }),
  buildpacks: ["heroku/nodejs", "heroku/python"],
  formation: [],
  releases: [release(7, "slug-1")],
  builds: [build(TREE, "slug-1", "release-7", "heroku-26")],
  domains: [],
};

/** Metabase's app; the formation of the pipeline app is filled in below, for it needs a type to carry a size. */
export const metabaseActual: ActualApp = {
  state: "present",
  app: {
    id: "22222222-2222-4222-8222-222222222222",
    name: "reluvia-metabase",
    region: "eu",
    stack: "container",
    team: undefined,
    webUrl: "https://reluvia-metabase-3c4d.herokuapp.com/",
  },
  addOns: [],
  attachments: [{ name: "DWH", addOnName: "reluvia-dwh-postgresql", ownerApp: "reluvia-dwh", app: "reluvia-metabase" }],
  config: secretMap({
    ...Object.fromEntries(
      metabaseApp.config.flatMap(({ name, value }) => (value.from === "constant" ? [[name, value.value]] : [])),
    ),
    DWH_URL: DATABASE,
    MB_DB_CONNECTION_URI: DATABASE,
    JAVA_OPTS: javaOptions("eco"),
    MB_ENCRYPTION_SECRET_KEY: "metabase-encryption-key-0123",
    MB_SITE_URL: "https://reluvia-metabase-3c4d.herokuapp.com",
    METABASE_DYNO: "eco",
  }),
  buildpacks: [],
  formation: [{ type: "web", quantity: 1, size: "Eco" }],
  releases: [release(4, undefined)],
  builds: [build(MB_TREE, undefined, "release-4", "container")],
  domains: [],
};

export const healthyActual: Actual = {
  account: {
    id: "account-1",
    email: "ada@example.com",
    verified: true,
    suspended: false,
    delinquent: false,
    defaultTeam: undefined,
  },
  eco: { boughtSeconds: 3_600_000, usedSeconds: 360_000 },
  pipeline: { ...pipelineApp, formation: [{ type: "web", quantity: 0, size: "Eco" }] },
  metabase: metabaseActual,
  jobs: known([
    {
      id: "job-1",
      command: "node dist/scripts/pipeline.js",
      dynoSize: "Eco",
      every: 1440,
      at: 120,
      ranAt: "2026-11-24T02:00:12Z",
    },
  ]),
  backups: known([{ uuid: "schedule-1", name: "DATABASE_URL", hour: 4, timezone: "UTC" }]),
  searches: known([
    { id: "1", name: "Pipeline failed", query: "PIPELINE_FAILED" },
    { id: "2", name: "Errors", query: "ERROR" },
  ]),
  plans: new Map(),
  elsewhere: [],
};

/** The healthy stack with one app changed. */
export function actualWith(changes: {
  pipeline?: Partial<ActualApp>;
  metabase?: Partial<ActualApp>;
  rest?: Partial<Actual>;
}): Actual {
  const { pipeline, metabase } = healthyActual;
  return {
    ...healthyActual,
    pipeline: { ...(pipeline as ActualApp), ...changes.pipeline },
    metabase: { ...(metabase as ActualApp), ...changes.metabase },
    ...changes.rest,
  };
}

/** Config vars with some changed or, with undefined, taken out. */
export function configWith(app: ActualApp, changes: Record<string, string | undefined>): ReadonlyMap<string, Secret> {
  const config = new Map(app.config);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) config.delete(name);
    else config.set(name, new Secret(value));
  }
  return config;
}

export function planFor(desired: Desired, actual: Actual): Plan {
  return planOf(desired, actual);
}

export const upDyno: Dyno = {
  name: "web.1",
  type: "web",
  state: "up",
  size: "Eco",
  command: "/app/start",
  updatedAt: "2026-11-24T08:30:00Z",
};

const noApi = {
  host: "https://api.heroku.com",
  get: () => Promise.reject(new Error("nobody should ask")),
} as unknown as HerokuApi;

/** A context over the healthy stack whose every outside answer is good; parts can be replaced. */
export function contextWith(changes: Partial<HealthInputs> = {}): HealthContext {
  const actual = changes.actual ?? healthyActual;
  const desired = changes.desired ?? desiredWith();
  const good = async () => ({ status: "ok" as const, detail: "live mode", warnings: [] });
  return healthContext({
    actual,
    desired,
    plan: planFor(desired, actual),
    api: noApi,
    token: new Secret("the-token-0123"),
    now: () => NOW,
    fetch: goodFetch,
    urls: {
      data: "https://data.example.com",
      stripe: "https://stripe.example.com",
      amplitude: (region) => `https://amplitude.${region}.example.com`,
      funnelfox: "https://funnelfox.example.com",
    },
    probes: { stripe: good, amplitude: good, funnelfox: good },
    inspectDatabase: async () => ({ sizeBytes: 300 * 1024 ** 2, connections: 6, connectionLimit: 20, writable: true }),
    metabaseDynos: async () => [upDyno],
    ...changes,
  });
}

export const goodBackup = {
  uuid: "transfer-1",
  from_type: "pg_dump",
  to_type: "gof3r",
  from_name: "DATABASE",
  created_at: "2026-11-24T04:00:10Z",
  finished_at: "2026-11-24T04:01:10Z",
  succeeded: true,
  processed_bytes: 1000,
  schedule: { uuid: "schedule-1" },
};

/** Answers the two requests that checks make themselves: Metabase's health and the list of backups. */
export const goodFetch: typeof globalThis.fetch = async (input) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.pathname === "/api/health") return Response.json({ status: "ok" });
  if (url.pathname === "/client/v11/apps/reluvia-dwh/transfers") return Response.json([goodBackup]);
  throw new TypeError(`an unexpected request to ${url.host}${url.pathname}`);
};
