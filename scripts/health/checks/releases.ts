// Checks of what was last released and built on each app: did it succeed?

import type { Role } from "../../../config/stack.js";
import { shortVersion } from "../../deploy/checkout.js";
import type { Build } from "../../heroku/builds.js";
import type { Release } from "../../heroku/releases.js";
import type { HealthContext } from "../context.js";
import { appGroup } from "../plan/titles.js";
import { presentApp } from "../present.js";
import type { Check, Finding } from "../types.js";
import { moment, sentence } from "../words.js";

const appWord = { pipeline: "the pipeline app", metabase: "the Metabase app" } as const;

export const releaseChecks: readonly Check<HealthContext>[] = (["pipeline", "metabase"] as const).flatMap((role) => [
  {
    id: `${role}.release`,
    group: appGroup[role],
    title: `Last release of ${appWord[role]}`,
    needs: [appGroup[role]],
    run: async ({ actual, desired }) => lastRelease(presentApp(actual[role])?.releases ?? [], desired[role].name),
  },
  {
    id: `${role}.build`,
    group: appGroup[role],
    title: `Last build of ${appWord[role]}`,
    needs: [appGroup[role]],
    run: async (context) => lastBuild(role, context),
  },
]);

function lastRelease(releases: readonly Release[], app: string): Finding {
  const last = newest(releases, (release) => release.version);
  if (!last) return { status: "skipped", detail: "Nothing has been released yet." };
  const line = `v${last.version}, ${last.description || "without a description"}, ${moment(last.createdAt)}`;
  if (last.status === "failed") {
    return {
      status: "fail",
      detail: `${line}: failed, so an older release runs. Its output says why.`,
      remedy: {
        text: "Read what it said, then release again.",
        commands: [
          `heroku releases:output v${last.version} -a ${app}`,
          `heroku logs -n 200 -a ${app}`,
          "npm run setup",
        ],
      },
    };
  }
  if (last.status === "pending") {
    return {
      status: "warn",
      detail: `${line}: still under way.`,
      remedy: { text: "Look again in a minute.", commands: [`heroku releases:info v${last.version} -a ${app}`] },
    };
  }
  return { status: "ok", detail: line };
}

function lastBuild(role: Role, { actual, desired, plan }: HealthContext): Finding {
  const last = newest(presentApp(actual[role])?.builds ?? [], (build: Build) => Date.parse(build.createdAt) || 0);
  if (!last) return { status: "skipped", detail: "Nothing has been built yet." };
  const version = last.version ? `version ${shortVersion(last.version)}` : "a version that nobody noted";
  const line = `${version}, ${moment(last.createdAt)}`;
  if (last.status === "pending") {
    return {
      status: "warn",
      detail: `${line}: still under way.`,
      remedy: {
        text: "Look again in a few minutes; setup takes up a build that is under way.",
        commands: [`npm run verify -- --only ${role}.build`],
      },
    };
  }
  if (last.status === "succeeded") return { status: "ok", detail: line };
  const app = desired[role].name;
  // A later attempt failed, and the wanted version had been built before: there is nothing to build again.
  if (plan.steps.some((step) => step.role === role && step.resource === "build" && step.action === "keep")) {
    return {
      status: "warn",
      detail: `${line}: failed. What runs is an earlier build, of the wanted version.`,
      remedy: {
        text: "Its log is on the dashboard.",
        commands: [`open https://dashboard.heroku.com/apps/${app}/activity`],
      },
    };
  }
  return {
    status: "fail",
    detail: sentence(`${line}: failed, so what runs is older, or nothing`),
    remedy: {
      text: "Setup builds again and shows the log's last lines.",
      commands: ["npm run setup", `open https://dashboard.heroku.com/apps/${app}/activity`],
    },
  };
}

function newest<T>(all: readonly T[], rank: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || rank(one) > rank(best) ? one : best),
    undefined,
  );
}
