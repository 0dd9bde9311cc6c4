// Everything that verify finds out: what the plan says of the declared stack, and what only a check can tell.
import { gitIn } from "../../deploy/checkout.js";
import { grouped, healthChecks } from "../../health/checks/index.js";
import { healthContext, healthUrls } from "../../health/context.js";
import { only } from "../../health/only.js";
import { planChecks } from "../../health/plan-checks.js";
import { runChecks } from "../../health/run.js";
import type { CheckResult } from "../../health/types.js";
import { listDynos } from "../../heroku/formation.js";
import { inspectDatabase } from "../../postgres/inspect.js";
import { settle } from "../../provision/desired.js";
import { answersFromHeroku } from "../../provision/held.js";
import { plan as judge } from "../../provision/plan/index.js";
import type { Remote } from "../../provision/read.js";
import type { Answers, Plan } from "../../provision/types.js";
import { probeAmplitude } from "../../sources/amplitude.js";
import { probeFunnelfox } from "../../sources/funnelfox.js";
import { probeStripe } from "../../sources/stripe.js";
import { fillDefaults, fillFromHeroku } from "../../wizard/answers.js";
import { namesOf, readStack } from "../read-stack.js";
import type { Session } from "../session.js";

export interface Look {
  readonly results: readonly CheckResult[];
  readonly plan: Plan;
}

/**
 * Reads, plans and checks; writes nothing.
 * @param wanted ids or groups of checks; undefined for all
 * @throws HerokuError when Heroku cannot be read
 */
export async function look(
  session: Session,
  remote: Remote,
  given: Answers,
  wanted: readonly string[] | undefined,
): Promise<Look> {
  const today = new Date();
  const names = namesOf(given, today);
  // Begun at once, so that Metabase's health waits for one answer less.
  const dynos = listDynos(remote.api, names.metabaseApp);
  dynos.catch(() => undefined);
  const { actual, checkout } = await readStack(session, remote, gitIn(process.cwd()), names);
  const answers = fillDefaults(fillFromHeroku(given, answersFromHeroku(actual)), { today });
  const desired = settle(answers, checkout);
  const plan = judge(desired, actual);
  const declared = planChecks(plan, desired, actual);
  const selected = only(wanted ?? [], [...declared, ...healthChecks]);
  const context = healthContext({
    actual,
    desired,
    plan,
    api: remote.api,
    token: remote.token,
    now: () => new Date(),
    urls: healthUrls(session.hostEnv),
    probes: { stripe: probeStripe, amplitude: probeAmplitude, funnelfox: probeFunnelfox },
    inspectDatabase: (url) => inspectDatabase(url, { env: session.env, app: desired.pipeline.name, timeoutMs: 8_000 }),
    metabaseDynos: () => dynos,
  });
  const checks = healthChecks.filter(({ id }) => selected.has(id));
  const found = await runChecks(checks, context, { signal: session.signals.signal });
  return { plan, results: grouped([...declared.filter(({ id }) => selected.has(id)), ...found]) };
}
