// The tasks that both apps have: the app, its stack and buildpacks, its source, build and formation.
import { dynoSizes } from "../../../config/prices.js";
import type { Role } from "../../../config/stack.js";
import { packTree } from "../../deploy/archive.js";
import { build } from "../../deploy/build.js";
import { shortVersion } from "../../deploy/checkout.js";
import { upload } from "../../deploy/upload.js";
import { changeStack, createApp } from "../../heroku/apps.js";
import { putBuildpacks } from "../../heroku/buildpacks.js";
import { createSource } from "../../heroku/builds.js";
import { listFormation, type ProcessWish, patchFormation } from "../../heroku/formation.js";
import { formationWishes } from "../plan/release.js";
import type { Task } from "../run-tasks.js";
import { type ApplyContext, appOf, writes } from "./context.js";

/** Ids of the tasks that others wait for. */
export const taskId = {
  app: (role: Role) => `${role}.app`,
  stack: (role: Role) => `${role}.stack`,
  buildpacks: (role: Role) => `${role}.buildpacks`,
  config: (role: Role) => `${role}.config-vars`,
  source: (role: Role) => `${role}.source`,
  build: (role: Role) => `${role}.build`,
};

/** The app, its stack and its buildpacks. */
export function placeTasks(context: ApplyContext, role: Role): Task[] {
  const { desired, actual, remote, made } = context;
  const wanted = desired[role];
  const { api } = remote;
  const tasks: Task[] = [];
  if (writes(context, role, "app").length > 0) {
    tasks.push({
      id: taskId.app(role),
      role,
      title: `Create the app ${wanted.name}`,
      needs: [],
      run: async () => {
        const region = String(desired.region.value);
        const wish = { name: wanted.name, region, stack: wanted.stack, team: desired.team };
        const app = await createApp(api, actual.account, wish);
        made.apps.set(role, app);
        // Another run may have made it on another stack, or Heroku ignored the wish.
        if (app.stack !== "" && app.stack !== wanted.stack) await changeStack(api, app.name, wanted.stack);
        return undefined;
      },
    });
  }
  if (writes(context, role, "stack").length > 0) {
    tasks.push({
      id: taskId.stack(role),
      role,
      title: `Move to the stack ${wanted.stack}`,
      needs: [taskId.app(role)],
      run: async () => {
        await changeStack(api, wanted.name, wanted.stack);
        return undefined;
      },
    });
  }
  if (writes(context, role, "buildpacks").length > 0) {
    tasks.push({
      id: taskId.buildpacks(role),
      role,
      title: `Set the buildpacks ${wanted.buildpacks.join(", ")}`,
      needs: [taskId.app(role)],
      run: async () => {
        await putBuildpacks(api, wanted.name, wanted.buildpacks);
        return undefined;
      },
    });
  }
  return tasks;
}

/** Its source and its build. */
export function deployTasks(context: ApplyContext, role: Role): Task[] {
  if (writes(context, role, "build").length === 0) return [];
  const { desired, actual, remote, made, git, fetch, sleep, now, signal } = context;
  const wanted = desired[role];
  const { source } = wanted;
  if (!source.known) return [];
  const state = actual[role];
  const builds = state.state === "present" ? state.builds : [];
  const deps = { fetch, sleep, signal };
  const archive = () => {
    const ready =
      made.archives.get(role) ??
      (async () => {
        const [{ bytes, checksum }, place] = await Promise.all([packTree(git, source.tree), createSource(remote.api)]);
        await upload(place.putUrl, bytes, deps);
        return { url: place.getUrl, checksum };
      })();
    made.archives.set(role, ready);
    return ready;
  };
  return [
    {
      id: taskId.source(role),
      role,
      title: "Upload the source",
      needs: [taskId.app(role)],
      run: async () => {
        await archive();
        return shortVersion(source.tree);
      },
    },
    {
      id: taskId.build(role),
      role,
      title: "Build and release",
      needs: [taskId.app, taskId.stack, taskId.buildpacks, taskId.config, taskId.source].map((id) => id(role)),
      run: async ({ output, wait }) => {
        wait("Still building…");
        const order = { app: wanted.name, version: source.tree, stack: wanted.stack, builds, source: archive };
        const release = await build(order, { api: remote.api, ...deps, now, onLine: output });
        return `v${release.version}`;
      },
    },
  ];
}

/** The size and number of its dynos. */
export function formationTasks(context: ApplyContext, role: Role): Task[] {
  if (writes(context, role, "formation").length === 0) return [];
  const { desired, actual, remote } = context;
  const wanted = desired[role];
  const size = dynoSizes[wanted.dyno].name;
  return [
    {
      id: `${role}.formation`,
      role,
      title: wanted.webQuantity > 0 ? `Run ${wanted.webQuantity} × ${size}` : `Run no web dyno, size jobs as ${size}`,
      needs: [taskId.app(role), taskId.build(role)],
      run: async () => {
        const state = actual[role];
        const before = state.state === "present" ? state.formation : [];
        const wishes = wanted.webQuantity > 0 ? webWishes(context, role, before) : await processWishes(context, role);
        if (wishes.length > 0) await patchFormation(remote.api, appOf(context, role).name, wishes);
        return undefined;
      },
    },
  ];
}

/** The web process by name, without asking first: Heroku has started it already, on a size of its own. */
function webWishes(context: ApplyContext, role: Role, before: Parameters<typeof formationWishes>[1]): ProcessWish[] {
  const wanted = context.desired[role];
  const size = dynoSizes[wanted.dyno].name;
  const others = formationWishes(wanted, before).filter(({ type }) => type !== "web");
  return [{ type: "web", quantity: wanted.webQuantity, size }, ...others];
}

/** What the new release declares, where it is not as wanted. */
async function processWishes(context: ApplyContext, role: Role): Promise<ProcessWish[]> {
  return formationWishes(context.desired[role], await listFormation(context.remote.api, appOf(context, role).name));
}
