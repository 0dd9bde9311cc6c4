// The source keys that a plan would write, tried before anything is bought.
import type { AnswerName } from "../../../config/answers.js";
import { ExpectedError } from "../../common/errors.js";
import { hostUrl } from "../../common/hosts.js";
import { reveal, Secret } from "../../common/secret.js";
import { type Answers, changesOf } from "../../provision/types.js";
import { type ProbedAnswer, probeSources, type SourceKeys } from "../../sources/all.js";
import type { ProbeResult } from "../../sources/probe.js";
import type { Session } from "../session.js";
import type { Gathered } from "./gather.js";

/** Answers that a probe speaks for; Amplitude's is about three of them. */
const partsOf: Readonly<Record<ProbedAnswer, readonly AnswerName[]>> = {
  "stripe-api-key": ["stripe-api-key"],
  "amplitude-api-key": ["amplitude-api-key", "amplitude-secret-key", "amplitude-region"],
  "funnelfox-api-key": ["funnelfox-api-key"],
};

const services: Readonly<Record<ProbedAnswer, string>> = {
  "stripe-api-key": "Stripe",
  "amplitude-api-key": "Amplitude",
  "funnelfox-api-key": "FunnelFox",
};

/** done: go on · again: keys were typed anew · left: the person does not want to go on */
export type Probing =
  | { readonly kind: "done" }
  | { readonly kind: "left" }
  | { readonly kind: "again"; readonly answers: Answers };

/**
 * Tries the keys that are new or different. A wrong one is refused, or asked for again; one that nobody could try is
 * said, and a person decides; without one, the run goes on and says so.
 */
export async function probeKeys(session: Session, gathered: Gathered, begun?: BegunProbes): Promise<Probing> {
  const { output, prompts, signals } = session;
  const results = await resultsFor(session, gathered, begun);
  signals.signal.throwIfAborted();
  const entries = Object.entries(results) as [ProbedAnswer, ProbeResult][];
  for (const [, result] of entries)
    if (result.status === "ok") output.talk(result.warnings.map((warning) => `⚠ ${warning}`));
  const refused = entries.flatMap(([name, result]) => (result.status === "refused" ? [{ name, result }] : []));
  if (refused.length > 0) {
    const error = new ExpectedError("refused", refused.map(({ result }) => result.problem).join("\n"), {
      why: refused.map(({ result }) => result.why).join(" "),
      commands: refused.map(({ result }) => result.where),
    });
    if (!prompts) throw error;
    output.fail(error);
    const { askAnswers } = await import("../../wizard/questions.js");
    const names = refused.flatMap(({ name }) => partsOf[name]);
    return { kind: "again", answers: await askAnswers(names, gathered.desired.answers, prompts) };
  }
  for (const [name, result] of entries) {
    if (result.status !== "unreachable") continue;
    if (!prompts) {
      output.talk(
        `⚠ The ${services[name]} key could not be tried. ${result.problem} Going on without knowing whether it works.`,
      );
      continue;
    }
    const { askProbeFailed } = await import("../../wizard/questions.js");
    if (!(await askProbeFailed({ source: services[name], why: result.problem }, prompts))) return { kind: "left" };
  }
  return { kind: "done" };
}

type Results = Partial<Record<ProbedAnswer, ProbeResult>>;

/** Probes that were begun before it was known whether they are needed. */
export interface BegunProbes {
  readonly keys: SourceKeys;
  readonly results: Promise<Results>;
}

/** Begins to try the keys that were given, while Heroku is still being read. */
export function beginProbes(session: Session, given: Answers): BegunProbes {
  const keys = keysOf(session, given);
  return { keys, results: probeSources(keys, { signal: session.signals.signal }) };
}

/** Results for the keys whose config vars the plan would write; what was begun with the same keys is not asked again. */
async function resultsFor(session: Session, gathered: Gathered, begun: BegunProbes | undefined): Promise<Results> {
  const due = dueProbes(gathered);
  const all = keysOf(session, gathered.desired.answers);
  const known = begun ? due.filter(({ source }) => sameKeys(begun.keys[source], all[source])) : [];
  const earlier = known.length > 0 && begun ? await begun.results : {};
  const open = due.filter((one) => !known.includes(one));
  const later = await probeSources(Object.fromEntries(open.map(({ source }) => [source, all[source]])), {
    signal: session.signals.signal,
  });
  const reused = Object.entries(earlier).filter(([name]) => known.some((one) => one.name === name));
  return { ...Object.fromEntries(reused), ...later };
}

const probes = [
  { name: "stripe-api-key", source: "stripe" },
  { name: "amplitude-api-key", source: "amplitude" },
  { name: "funnelfox-api-key", source: "funnelfox" },
] as const satisfies readonly { readonly name: ProbedAnswer; readonly source: keyof SourceKeys }[];

function dueProbes({ desired, plan }: Gathered) {
  const written = new Set(
    changesOf(plan)
      .filter(({ resource }) => resource === "config-var")
      .map(({ name }) => name),
  );
  return probes.filter(({ name }) =>
    desired.pipeline.config.some(
      ({ spec }) => spec.value.from === "answer" && partsOf[name].includes(spec.value.answer) && written.has(spec.name),
    ),
  );
}

/** True when both would ask the same question. */
function sameKeys(a: SourceKeys[keyof SourceKeys], b: SourceKeys[keyof SourceKeys]): boolean {
  if (!a || !b) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.every(([name, value]) => {
    const other = right.get(name);
    return value instanceof Secret && other instanceof Secret ? value.equals(other) : value === other;
  });
}

/** The keys among the answers, with where to ask. */
function keysOf({ hostEnv }: Session, answers: Answers): SourceKeys {
  const secret = (name: AnswerName): Secret | undefined => {
    const value = answers[name]?.value;
    return value instanceof Secret ? value : undefined;
  };
  const region = reveal(answers["amplitude-region"]?.value ?? "us") === "eu" ? "eu" : "us";
  const stripe = secret("stripe-api-key");
  const apiKey = secret("amplitude-api-key");
  const secretKey = secret("amplitude-secret-key");
  const funnelfox = secret("funnelfox-api-key");
  return {
    ...(stripe ? { stripe: { key: stripe, url: hostUrl("stripe", hostEnv) } } : {}),
    ...(apiKey && secretKey
      ? { amplitude: { apiKey, secretKey, region, url: hostUrl("amplitude", hostEnv, region) } }
      : {}),
    ...(funnelfox ? { funnelfox: { key: funnelfox, url: hostUrl("funnelfox", hostEnv) } } : {}),
  };
}
