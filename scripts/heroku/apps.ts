// Apps: read, create under a name of ours, move to another stack.
import type * as Schema from "@heroku-cli/schema";
import { ExpectedError } from "../common/errors.js";
import type { Account } from "./account.js";
import { type HerokuApi, isHeroku } from "./api.js";

export interface App {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  /** the stack that the next build is made for */
  readonly stack: string;
  /** the team that owns it, or undefined for a personal app */
  readonly team: string | undefined;
  /** its address; it has a random part, so it is read, never made up */
  readonly webUrl: string;
}

export type AppState =
  | { readonly state: "present"; readonly app: App }
  | { readonly state: "absent" }
  | { readonly state: "foreign" };

function view(app: Schema.App, name: string): App {
  return {
    id: app.id ?? name,
    name: app.name ?? name,
    region: app.region?.name ?? "",
    stack: app.build_stack?.name ?? app.stack?.name ?? "",
    team: app.team?.name ?? undefined,
    webUrl: app.web_url ?? "",
  };
}

/** An app by name: yours, free, or somebody else's (Heroku Platform API, App > Info). */
export async function readApp(api: HerokuApi, name: string): Promise<AppState> {
  try {
    const app = await api.get<Schema.App>(`/apps/${name}`, { doing: `read the app ${name}` });
    return { state: "present", app: view(app, name) };
  } catch (error) {
    if (isHeroku(error, "not_found")) return { state: "absent" };
    if (isHeroku(error, "forbidden")) return { state: "foreign" };
    throw error;
  }
}

export interface AppWish {
  readonly name: string;
  readonly region: string;
  readonly stack: string;
  readonly team: string | undefined;
}

/**
 * Creates an app, or returns the one that another run has just made under this name. Team apps, and personal apps of a
 * user with a default team, have a route of their own (Heroku Platform API, Team App > Create).
 * @throws ExpectedError (refused) when the name is taken by somebody else
 */
export async function createApp(api: HerokuApi, account: Account, wish: AppWish): Promise<App> {
  const { name, region, stack, team } = wish;
  const [path, body] =
    team !== undefined
      ? ["/teams/apps", { name, region, stack, team }]
      : account.defaultTeam !== undefined
        ? ["/teams/apps", { name, region, stack, personal: true }]
        : ["/apps", { name, region, stack }];
  const readBack = async () => {
    const found = await readApp(api, name);
    return found.state === "present" ? found.app : undefined;
  };
  try {
    const made = await api.post<Schema.App | App>(path as string, body, { doing: `create the app ${name}`, readBack });
    return "webUrl" in made ? (made as App) : view(made as Schema.App, name);
  } catch (error) {
    if (!isHeroku(error, 422)) throw error;
    const mine = /taken/i.test(error.said) ? await readBack() : undefined;
    if (mine) return mine;
    if (/taken/i.test(error.said)) throw nameTaken(name);
    throw error;
  }
}

/** The refusal for an app name that belongs to somebody else. */
export function nameTaken(name: string): ExpectedError {
  return new ExpectedError("refused", `The app name ${name} is taken by somebody else on Heroku.`, {
    why: "App names are unique over all of Heroku.",
    commands: [`npm run setup -- ${name.includes("metabase") ? "--metabase-app" : "--pipeline-app"} another-name`],
  });
}

/** Makes the next build use another stack (Heroku Platform API, App > Update). */
export async function changeStack(api: HerokuApi, name: string, stack: string): Promise<void> {
  await api.patch(`/apps/${name}`, { build_stack: stack }, { doing: `move ${name} to the stack ${stack}` });
}
