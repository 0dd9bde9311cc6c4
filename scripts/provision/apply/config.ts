// The task of an app's config vars: one PATCH that holds only the differences.
import type { Role } from "../../../config/stack.js";
import { ExpectedError } from "../../common/errors.js";
import type { Secret } from "../../common/secret.js";
import { patchConfig } from "../../heroku/config-vars.js";
import { siteUrl } from "../plan/config.js";
import type { Task } from "../run-tasks.js";
import type { DesiredVar } from "../types.js";
import { readyId } from "./addons.js";
import { taskId } from "./app.js";
import { type ApplyContext, appOf, writes } from "./context.js";

/** None when no var differs. */
export function configTasks(context: ApplyContext, role: Role): Task[] {
  const names = new Set(writes(context, role, "config-var").map(({ name }) => name));
  if (names.size === 0) return [];
  const { desired, remote } = context;
  const wishes = desired[role].config.filter(({ spec }) => names.has(spec.name));
  const needsDatabase = wishes.some(({ spec }) => spec.value.from === "database-url");
  return [
    {
      id: taskId.config(role),
      role,
      title: `Set ${names.size === 1 ? "the config var" : `${names.size} config vars:`} ${[...names].join(", ")}`,
      needs: [
        taskId.app(role),
        // Metabase's site address and the warehouse's address are known only now.
        ...(needsDatabase ? [readyId("heroku-postgresql"), "pipeline.attachment.DATABASE"] : []),
      ],
      run: async () => {
        const changes = new Map(
          wishes.flatMap((wish) => {
            const value = valueToSet(context, role, wish);
            return value === undefined ? [] : [[wish.spec.name, value] as const];
          }),
        );
        if (changes.size > 0) await patchConfig(remote.api, desired[role].name, changes);
        return undefined;
      },
    },
  ];
}

/** The value to write, or undefined for one that another run has generated meanwhile. */
function valueToSet(context: ApplyContext, role: Role, wish: DesiredVar): Secret | string | undefined {
  const { made } = context;
  switch (wish.spec.value.from) {
    case "database-url":
      if (made.databaseUrl) return made.databaseUrl;
      throw new ExpectedError("failed", "The database has no address yet.", {
        why: "DATABASE_URL of the pipeline app is empty or not attached.",
        commands: [`heroku pg:info -a ${context.desired.pipeline.name}`, "npm run setup"],
      });
    case "web-url":
      return siteUrl({ app: appOf(context, role) });
    case "generated":
      return made.metabaseConfig.get(wish.spec.name)?.isEmpty === false ? undefined : wish.answer?.value;
    default:
      return wish.answer?.value;
  }
}
