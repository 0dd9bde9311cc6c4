// The steps of config vars: one for each declared var, and those that are there undeclared.
import { pipelineApp } from "../../../config/stack.js";
import type { Secret } from "../../common/secret.js";
import { chosen } from "../candidates.js";
import type { Actual, ActualApp, ActualState, DesiredApp, DesiredVar, Step } from "../types.js";
import { actionFor, KNOWN_AFTER, originOf, shown, step } from "./steps.js";

/** The live connection string of the warehouse, when the pipeline app has one. */
export function liveDatabaseUrl(pipeline: ActualState): Secret | undefined {
  const spec = pipelineApp.addOns.find(({ attachment }) => attachment !== undefined);
  if (pipeline.state !== "present" || !spec || !chosen(spec, pipeline)) return undefined;
  const url = pipeline.config.get(`${spec.attachment}_URL`);
  return url?.isEmpty ? undefined : url;
}

/** Steps for the config vars of one app. */
export function configSteps(app: DesiredApp, state: ActualState, actual: Actual): Step[] {
  const present = state.state === "present" ? state : undefined;
  const declared = app.config.flatMap((wish) => {
    const one = variableStep(app, wish, present, actual);
    return one ? [one] : [];
  });
  return [...declared, ...undeclaredVars(app, present)];
}

function variableStep(
  app: DesiredApp,
  wish: DesiredVar,
  present: ActualApp | undefined,
  actual: Actual,
): Step | undefined {
  const { name, secret, value } = wish.spec;
  const held = present?.config.get(name);
  const facts = { resource: "config-var" as const, name };
  const before = held ? { before: shown(held.reveal(), secret) } : {};
  const keep = (reason: string) => step(app, { ...facts, action: "keep", reason, ...originOf(wish.answer) });
  const write = (after: string, reason: string) =>
    step(app, { ...facts, action: actionFor(held, false), reason, ...before, after, ...originOf(wish.answer) });

  switch (value.from) {
    case "generated":
      return held && !held.isEmpty
        ? keep("generated once, never changed")
        : write(shown("", true), "generated once, never changed afterwards");
    case "database-url": {
      const live = liveDatabaseUrl(actual.pipeline);
      if (live && held?.equals(live)) return keep("the warehouse's address");
      const reason = held ? "the warehouse has another address or password now" : "not set";
      return write(live ? shown(live, true) : KNOWN_AFTER, reason);
    }
    case "web-url": {
      if (!present) return write(KNOWN_AFTER, "not set");
      if (held && isSiteUrl(held.reveal(), present)) return keep("the site's address");
      return write(siteUrl(present), held ? "not an address of this app" : "not set");
    }
    default: {
      const { answer } = wish;
      // One that is missing is asked for before there is a plan.
      if (!answer) return held ? keep("set on Heroku, kept") : undefined;
      if (held?.equals(answer.value)) return keep("as wanted");
      return write(shown(answer.value, secret), held ? "another value is wanted" : "not set");
    }
  }
}

/** The address that Heroku gave the app, without a slash at its end. */
export function siteUrl(present: Pick<ActualApp, "app">): string {
  return present.app.webUrl.replace(/\/+$/, "");
}

/** True for the app's own address and for any host name that people gave the app. */
function isSiteUrl(text: string, present: ActualApp): boolean {
  if (text.replace(/\/+$/, "") === siteUrl(present)) return true;
  const host = URL.canParse(text) ? new URL(text).hostname : undefined;
  return host !== undefined && present.domains.includes(host);
}

function undeclaredVars(app: DesiredApp, present: ActualApp | undefined): Step[] {
  if (!present) return [];
  const ours = new Set([...app.config.map(({ spec }) => spec.name), ...pipelineApp.optionalConfig]);
  const addOns = new Set(present.addOns.flatMap((addOn) => addOn.configVars));
  const prefixes = present.attachments.map(({ name }) => `${name}_`);
  return [...present.config.keys()]
    .filter((name) => !ours.has(name) && !addOns.has(name) && !prefixes.some((prefix) => name.startsWith(prefix)))
    .map((name) =>
      step(app, { action: "unmanaged", resource: "config-var", name, reason: "not declared here, left as it is" }),
    );
}
