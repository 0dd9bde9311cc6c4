// What the checks ask with: everything that was read already, and the few reads that several checks share.
import { metabaseApp, pipelineApp, type Role } from "../../config/stack.js";
import { type Environment, hostUrl } from "../common/hosts.js";
import { Redactor } from "../common/redact.js";
import type { Secret } from "../common/secret.js";
import type { HerokuApi } from "../heroku/api.js";
import { type Dyno, listDynos } from "../heroku/formation.js";
import { type Known, known, unknown } from "../heroku/known.js";
import type { Measurements } from "../postgres/inspect.js";
import type { Actual, Desired, Plan } from "../provision/types.js";
import type { AmplitudeKeys } from "../sources/amplitude.js";
import type { ProbeDeps, ProbeResult } from "../sources/probe.js";
import { configOf } from "./present.js";
import type { CheckContext } from "./types.js";

interface OneKey {
  readonly key: Secret;
  readonly url: string;
}

export interface SourceProbes {
  readonly stripe: (given: OneKey, deps: ProbeDeps) => Promise<ProbeResult>;
  readonly amplitude: (given: AmplitudeKeys, deps: ProbeDeps) => Promise<ProbeResult>;
  readonly funnelfox: (given: OneKey, deps: ProbeDeps) => Promise<ProbeResult>;
}

/** Addresses of the hosts beside the Platform API, without a slash at the end. */
export interface HealthUrls {
  readonly data: string;
  readonly stripe: string;
  readonly amplitude: (region: "us" | "eu") => string;
  readonly funnelfox: string;
}

export interface HealthInputs {
  readonly actual: Actual;
  readonly desired: Desired;
  readonly plan: Plan;
  readonly api: HerokuApi;
  readonly token: Secret;
  readonly now: () => Date;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly urls: HealthUrls;
  readonly probes: SourceProbes;
  readonly inspectDatabase: (url: Secret) => Promise<Measurements>;
  /** a list that somebody has begun to read already; default: read when the first check asks */
  readonly metabaseDynos?: (() => Promise<readonly Dyno[]>) | undefined;
}

/** Names of facts that checks need. */
export type Fact = "pipeline app" | "Metabase app" | "DATABASE_URL";

export interface HealthContext extends HealthInputs, CheckContext {
  /** the Metabase app's dynos; asked once, however many checks want them */
  readonly dynos: () => Promise<readonly Dyno[]>;
  /** the database behind the pipeline app's DATABASE_URL; asked once */
  readonly database: () => Promise<Measurements>;
}

/** The hosts as the environment names them. @throws ExpectedError (usage) for a variable that is no address */
export function healthUrls(env: Environment): HealthUrls {
  return {
    data: hostUrl("data", env),
    stripe: hostUrl("stripe", env),
    amplitude: (region) => hostUrl("amplitude", env, region),
    funnelfox: hostUrl("funnelfox", env),
  };
}

/** Puts a context together; asks nothing yet. */
export function healthContext(inputs: HealthInputs): HealthContext {
  const { actual, desired } = inputs;
  const redactor = new Redactor();
  redactor.add(inputs.token, ...secretsOf(actual));
  const url = configOf(actual.pipeline, "DATABASE_URL");
  const facts: Record<Fact, Known<unknown>> = {
    "pipeline app": appFact("pipeline", inputs),
    "Metabase app": appFact("metabase", inputs),
    DATABASE_URL: url ? known(url) : unknown(`the app ${desired.pipeline.name} has no DATABASE_URL`),
  };
  return {
    ...inputs,
    facts: new Map(Object.entries(facts)),
    redact: (text) => redactor.text(text),
    dynos: once(inputs.metabaseDynos ?? (() => listDynos(inputs.api, desired.metabase.name))),
    database: once(async () => {
      if (!url) throw new TypeError("the database was asked for without an address");
      return inputs.inspectDatabase(url);
    }),
  };
}

function appFact(role: Role, { actual, desired }: HealthInputs): Known<unknown> {
  const { state } = actual[role];
  if (state === "present") return known(true);
  const { name } = desired[role];
  return unknown(state === "absent" ? `the app ${name} does not exist` : `the app ${name} belongs to somebody else`);
}

/** Values that must not be shown, whoever's sentence they turn up in. */
function secretsOf({ pipeline, metabase }: Actual): Secret[] {
  const declared = [...pipelineApp.config, ...metabaseApp.config]
    .filter(({ secret }) => secret)
    .map(({ name }) => name);
  const names = [...declared, "DATABASE_URL", `${metabaseApp.attachment}_URL`, "PAPERTRAIL_API_TOKEN"];
  return [pipeline, metabase].flatMap((state) => names.flatMap((name) => configOf(state, name) ?? []));
}

/** Calls at most once and hands everybody the same promise. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}
