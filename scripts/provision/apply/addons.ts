// The tasks of the pipeline app's add-ons: created one at a time, waited for, attached.
import { metabaseApp, type Role } from "../../../config/stack.js";
import { ExpectedError } from "../../common/errors.js";
import { poll } from "../../common/retry.js";
import { type AddOn, changePlan, createAddOn, readAddOn } from "../../heroku/addons.js";
import { isHeroku } from "../../heroku/api.js";
import { attach } from "../../heroku/attachments.js";
import { readConfig } from "../../heroku/config-vars.js";
import { chosen } from "../candidates.js";
import type { Task, TaskContext } from "../run-tasks.js";
import type { DesiredAddOn } from "../types.js";
import { taskId } from "./app.js";
import { type ApplyContext, writes } from "./context.js";

const READY_MINUTES = 30;

const createId = (wish: DesiredAddOn) => `pipeline.add-on.${wish.spec.service}`;

/** The task after which an add-on of this service can be used; a service that is ready has none. */
export const readyId = (service: string) => `pipeline.add-on.${service}.ready`;

/** All add-on tasks of the pipeline app. */
export function addOnTasks(context: ApplyContext): Task[] {
  const wishes = context.desired.pipeline.addOns;
  const created = wishes.filter((wish) =>
    writes(context, "pipeline", "add-on").some(({ name }) => name === nameOf(context, wish)),
  );
  const creates = created.map((wish, index) => createTask(context, wish, created[index - 1]));
  const waits = wishes.filter((wish) => isAwaited(context, wish, created)).map((wish) => readyTask(context, wish));
  return [...creates, ...waits];
}

/** The name that a wish goes by on Heroku: ours, or that of the adopted add-on. */
function nameOf(context: ApplyContext, wish: DesiredAddOn): string {
  const { pipeline } = context.actual;
  return (pipeline.state === "present" && chosen(wish.spec, pipeline)?.name) || wish.name;
}

/** Made in this run, or still on its way from an earlier one that was killed. */
function isAwaited(context: ApplyContext, wish: DesiredAddOn, created: readonly DesiredAddOn[]): boolean {
  const { pipeline } = context.actual;
  if (created.includes(wish)) return true;
  const addOn = pipeline.state === "present" ? chosen(wish.spec, pipeline) : undefined;
  if (!addOn || pipeline.state !== "present") return false;
  return addOn.state === "provisioning" || wish.spec.provides.some((name) => !pipeline.config.has(name));
}

/** Heroku takes one add-on at a time for an app, so each waits for the one before to be taken. */
function createTask(context: ApplyContext, wish: DesiredAddOn, previous: DesiredAddOn | undefined): Task {
  const { remote, made, desired } = context;
  const { service, optional, attachment } = wish.spec;
  const app = desired.pipeline.name;
  const existing = made.addOns.get(nameOf(context, wish));
  return {
    id: createId(wish),
    role: "pipeline",
    title: existing ? `Move ${existing.name} to ${service}:${wish.plan}` : `Create ${service}:${wish.plan}`,
    needs: [taskId.app("pipeline"), ...(previous ? [createId(previous)] : [])],
    run: async () => {
      if (existing) {
        await changePlan(remote.api, existing, wish.plan);
        return undefined;
      }
      try {
        made.addOns.set(
          wish.name,
          await createAddOn(remote.api, { app, name: wish.name, service, plan: wish.plan, attachment }),
        );
        return undefined;
      } catch (error) {
        const refused = isHeroku(error, 400, 402, 403, 404, 422);
        if (!optional || !refused) throw error;
        made.notices.push({
          id: createId(wish),
          text: `Heroku did not provide ${service}:${wish.plan}, so the stack goes without it. Heroku says: ${error.said}`,
          commands: [`heroku addons:plans ${service}`],
        });
        return "not provided, gone on without";
      }
    },
  };
}

function readyTask(context: ApplyContext, wish: DesiredAddOn): Task {
  const { service, optional } = wish.spec;
  return {
    id: readyId(service),
    role: "pipeline",
    title: `Wait for ${service}`,
    needs: [createId(wish)],
    run: async (task) => {
      const name = nameOf(context, wish);
      if (optional && !context.made.addOns.has(name)) return "left out";
      const ready = await waitUntilReady(context, wish, name, task);
      if (ready) return ready.name;
      if (optional) return "still being provisioned; the next setup looks again";
      throw stillNotThere(`${name} is still being provisioned`, READY_MINUTES, [
        `heroku addons:wait ${name} -a ${context.desired.pipeline.name}`,
        "npm run setup",
      ]);
    },
  };
}

/** Provisioned, with the values of its config vars there: they can come after the state says so. */
async function waitUntilReady(
  context: ApplyContext,
  wish: DesiredAddOn,
  name: string,
  task: TaskContext,
): Promise<AddOn | undefined> {
  const { remote, made, sleep, now, signal, desired } = context;
  const { spec } = wish;
  const app = desired.pipeline.name;
  const isDatabase = spec.attachment !== undefined;
  task.wait("Still creating…");
  return poll(
    async () => {
      const [addOn, config, metabaseConfig] = await Promise.all([
        readAddOn(remote.api, app, name),
        spec.provides.length > 0 ? readConfig(remote.api, app) : undefined,
        // Read in the same round, because the next thing that is written is Metabase's config vars.
        isDatabase && made.apps.has("metabase") ? readConfig(remote.api, desired.metabase.name) : undefined,
      ]);
      if (!addOn || addOn.state === "deprovisioned") throw provisioningFailed(app, name, spec.service);
      const values = spec.provides.map((variable) => config?.get(variable));
      if (addOn.state !== "provisioned" || values.some((value) => !value || value.isEmpty)) return undefined;
      made.addOns.set(name, addOn);
      if (metabaseConfig) made.metabaseConfig = metabaseConfig;
      if (isDatabase) made.databaseUrl = values[0];
      if (spec.service === "papertrail") made.papertrailToken = values[0];
      return addOn;
    },
    { sleep, now, deadlineMs: (spec.optional ? 3 : READY_MINUTES) * 60_000, signal },
  );
}

/** The error of a wait that came to its deadline. */
function stillNotThere(what: string, minutes: number, commands: readonly string[]): ExpectedError {
  return new ExpectedError("failed", `${what} after ${minutes} minutes.`, {
    why: "Heroku is slow or in trouble (https://status.heroku.com). Nothing is lost: setup goes on where it is.",
    commands,
  });
}

function provisioningFailed(app: string, name: string, service: string): ExpectedError {
  return new ExpectedError("failed", `Heroku could not provision ${name}.`, {
    why: `${service} reported a failure, which is not your fault. Heroku bills nothing for it.`,
    commands: ["npm run setup", `heroku addons:info ${name} -a ${app}`],
  });
}

/** The database's attachment to Metabase, or to its own app where it was taken away. */
export function attachTasks(context: ApplyContext, role: Role): Task[] {
  const { remote, desired } = context;
  return writes(context, role, "attachment").map((step) => ({
    id: step.id,
    role,
    title: role === "metabase" ? `Attach the database as ${step.name}` : `Attach ${step.after} as ${step.name} again`,
    needs: [taskId.app(role), ...(role === "metabase" ? [readyId("heroku-postgresql")] : [])],
    run: async () => {
      await attach(remote.api, { addOn: step.after ?? "", app: desired[role].name, name: step.name });
      return undefined;
    },
  }));
}

/** The id of the attachment's task on Metabase, for those who wait for it. */
export const warehouseAttachmentId = `metabase.attachment.${metabaseApp.attachment}`;
