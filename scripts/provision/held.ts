// The answers that the remote already holds: what a run from another laptop goes by.
import { answerChecks } from "../../config/answer-checks.js";
import type { AnswerName } from "../../config/answers.js";
import { dynoSizeOf } from "../../config/prices.js";
import { metabaseApp, pipelineApp } from "../../config/stack.js";
import { Secret } from "../common/secret.js";
import { addOnOf } from "./read.js";
import type { Actual, ActualApp } from "./types.js";

/** Answers by name, as they stand on Heroku. Values that would not pass as an answer are left out. */
export function answersFromHeroku(actual: Actual): Partial<Record<AnswerName, string | Secret>> {
  const pipeline = actual.pipeline.state === "present" ? actual.pipeline : undefined;
  const metabase = actual.metabase.state === "present" ? actual.metabase : undefined;
  const app = pipeline?.app ?? metabase?.app;
  const database = addOnOf("heroku-postgresql", actual.pipeline);
  const job = actual.jobs.known ? ourJob(actual.jobs.value) : undefined;
  const found: Partial<Record<AnswerName, string | undefined>> = {
    region: app?.region,
    team: app?.team,
    "postgres-plan": database?.plan,
    "metabase-runtime": metabase && runtimeOf(metabase),
    "metabase-dyno": metabase && wantedDyno(metabase),
    "pipeline-dyno": dynoSizeOf(job?.dynoSize),
    schedule: job && job.every === pipelineApp.job.everyMinutes ? clockTime(job.at) : undefined,
  };
  const texts = Object.entries(found) as [AnswerName, string | undefined][];
  return { ...valid(texts), ...configAnswers(pipeline) };
}

/** Container unless Metabase's buildpack is really installed: a bare app says nothing. */
function runtimeOf(metabase: ActualApp): string | undefined {
  if (metabase.app.stack === metabaseApp.runtimes.container.stack) return "container";
  const wanted = metabaseApp.runtimes.buildpack.buildpacks.at(-1);
  return wanted && metabase.buildpacks.includes(wanted) ? "buildpack" : undefined;
}

/** The size that an earlier setup wrote down; on an app that was set up by hand, the size that runs. */
function wantedDyno(metabase: ActualApp): string | undefined {
  const remembered = metabase.config.get("METABASE_DYNO")?.reveal();
  if (remembered !== undefined) return remembered;
  const web = metabase.formation.find((process) => process.type === "web");
  return web && web.quantity > 0 ? dynoSizeOf(web.size) : undefined;
}

function configAnswers(pipeline: ActualApp | undefined): Partial<Record<AnswerName, string | Secret>> {
  if (!pipeline) return {};
  const entries = pipelineApp.config.flatMap(({ name, value, secret }): [AnswerName, string | Secret][] => {
    const held = value.from === "answer" ? pipeline.config.get(name) : undefined;
    if (!held || held.isEmpty || value.from !== "answer") return [];
    return [[value.answer, secret ? held : held.reveal()]];
  });
  const secrets = entries.filter(([, value]) => value instanceof Secret);
  const texts = entries.filter((entry): entry is [AnswerName, string] => typeof entry[1] === "string");
  return { ...valid(texts), ...Object.fromEntries(secrets) };
}

function valid(entries: readonly [AnswerName, string | undefined][]): Partial<Record<AnswerName, string>> {
  return Object.fromEntries(
    entries.flatMap(([name, text]) => {
      const checked = text ? answerChecks[name].safeParse(text) : undefined;
      return checked?.success ? [[name, checked.data]] : [];
    }),
  );
}

/** The job that runs the pipeline, whatever its exact words: ours to change. */
export function ourJob<J extends { readonly command: string }>(jobs: readonly J[]): J | undefined {
  return (
    jobs.find((job) => job.command.trim() === pipelineApp.job.command) ??
    jobs.find((job) => /(^|[\s/])scripts\/pipeline(\.js)?(\s|$)|npm run pipeline(\s|$)/.test(job.command))
  );
}

/** Minutes after midnight as HH:MM. */
export function clockTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
