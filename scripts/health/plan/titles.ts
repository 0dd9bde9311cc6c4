// What the declared things are called, and under which heading they stand.
import type { Role } from "../../../config/stack.js";
import type { Step } from "../../provision/types.js";
import type { CheckGroup } from "../types.js";

/** The heading of an app's own things. */
export const appGroup: Readonly<Record<Role, CheckGroup>> = { pipeline: "pipeline app", metabase: "Metabase app" };

/** The heading of a step's thing: the job, the backup and the searches have their own. */
export function groupOf({ resource, role }: Pick<Step, "resource" | "role">): CheckGroup {
  if (resource === "job") return "schedule";
  if (resource === "backup") return "database";
  return resource === "search" ? "log" : appGroup[role];
}

/** A step's thing, for a person. */
export function titleOf({ resource, name, app }: Pick<Step, "resource" | "name" | "app">): string {
  switch (resource) {
    case "app":
      return `App ${app}`;
    case "stack":
      return `Stack of ${app}`;
    case "buildpacks":
      return `Buildpacks of ${app}`;
    case "add-on":
      return `Add-on ${name}`;
    case "attachment":
      return `Attachment ${name} of ${app}`;
    case "config-var":
      return `Config var ${name}`;
    case "build":
      return `Deployed version of ${app}`;
    case "formation":
      return `Formation of ${app}`;
    case "job":
      return "Daily job";
    case "backup":
      return "Daily backup of the database";
    case "search":
      return `Saved search for ${name}`;
  }
}
