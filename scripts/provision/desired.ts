// What is wanted: the declared stack with every answer filled in.
import { randomBytes } from "node:crypto";
import type { AnswerName, MetabaseRuntime } from "../../config/answers.js";
import { type DynoSizeName, dynoSizeOf } from "../../config/prices.js";
import { addOnName, type ConfigVarSpec, javaOptions, metabaseApp, pipelineApp } from "../../config/stack.js";
import { reveal, Secret } from "../common/secret.js";
import type { CheckoutSource } from "../deploy/checkout.js";
import type { Answer, Answers, Desired, DesiredAddOn, DesiredVar } from "./types.js";

export interface Sources {
  readonly pipeline: CheckoutSource;
  readonly metabase: CheckoutSource;
}

/**
 * Puts answers into the declaration. Every required answer that is not a secret has to be there; a secret that is
 * missing stays as Heroku has it.
 * @throws TypeError when a required plain answer is missing: the caller asks first
 */
export function settle(answers: Answers, sources: Sources): Desired {
  const text = (name: AnswerName): string => {
    const answer = answers[name];
    if (!answer) throw new TypeError(`the answer ${name} is not settled`);
    return reveal(answer.value);
  };
  const pipelineName = text("pipeline-app");
  const metabaseName = text("metabase-app");
  const metabaseDyno = dyno(text("metabase-dyno"));
  const pipelineDyno = dyno(text("pipeline-dyno"));
  const runtime = text("metabase-runtime") as MetabaseRuntime;
  const way = metabaseApp.runtimes[runtime];
  const [hours = 0, minutes = 0] = text("schedule").split(":").map(Number);
  return {
    region: answers.region ?? { value: text("region"), origin: "default" },
    team: text("team") || undefined,
    runtime,
    answers,
    pipeline: {
      role: "pipeline",
      name: pipelineName,
      stack: pipelineApp.stack,
      buildpacks: pipelineApp.buildpacks,
      addOns: pipelineApp.addOns.map((spec): DesiredAddOn => {
        const answer = typeof spec.plan === "string" ? undefined : answers[spec.plan.answer];
        return {
          spec,
          name: addOnName(pipelineName, spec),
          plan: typeof spec.plan === "string" ? spec.plan : text(spec.plan.answer),
          origin: answer?.origin ?? "declared",
        };
      }),
      config: pipelineApp.config.map((spec) => variable(spec, answers, pipelineDyno)),
      dyno: pipelineDyno,
      webQuantity: 0,
      source: sources.pipeline,
    },
    metabase: {
      role: "metabase",
      name: metabaseName,
      stack: way.stack,
      buildpacks: way.buildpacks,
      addOns: [],
      config: metabaseApp.config.map((spec) => variable(spec, answers, metabaseDyno)),
      dyno: metabaseDyno,
      webQuantity: metabaseApp.web.quantity,
      source: sources.metabase,
    },
    job: {
      command: pipelineApp.job.command,
      every: pipelineApp.job.everyMinutes,
      at: hours * 60 + minutes,
      size: pipelineDyno,
    },
  };
}

function dyno(text: string): DynoSizeName {
  const size = dynoSizeOf(text);
  if (!size) throw new TypeError(`no dyno size is called ${text}`);
  return size;
}

/** A config var with its value, where that is known before anything has been made. */
function variable(spec: ConfigVarSpec, answers: Answers, size: DynoSizeName): DesiredVar {
  const { value } = spec;
  switch (value.from) {
    case "constant":
      return { spec, answer: { value: value.value, origin: "declared" } };
    case "java-options":
      return { spec, answer: { value: javaOptions(size), origin: "declared" } };
    case "generated":
      return { spec, answer: { value: new Secret(randomBytes(value.bytes).toString("base64")), origin: "generated" } };
    case "answer": {
      const answer: Answer | undefined = answers[value.answer];
      return answer === undefined ? { spec } : { spec, answer };
    }
    default:
      return { spec };
  }
}
