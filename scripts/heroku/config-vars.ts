// Config vars: read as secrets, written as one difference.
import { reveal, Secret } from "../common/secret.js";
import type { HerokuApi } from "./api.js";

/** All config vars of an app. Every value counts as a secret (Heroku Platform API, Config Vars > Info for App). */
export async function readConfig(api: HerokuApi, app: string): Promise<Map<string, Secret>> {
  const vars = await api.get<Record<string, unknown>>(`/apps/${app}/config-vars`, {
    doing: `read the config vars of ${app}`,
  });
  return new Map(
    Object.entries(vars).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, new Secret(value)] as const] : [],
    ),
  );
}

/** Sets only these vars, in one release; the others stay (Heroku Platform API, Config Vars > Update). */
export async function patchConfig(
  api: HerokuApi,
  app: string,
  changes: ReadonlyMap<string, Secret | string>,
): Promise<void> {
  const body = Object.fromEntries([...changes].map(([name, value]) => [name, reveal(value)]));
  await api.patch(`/apps/${app}/config-vars`, body, { doing: `set config vars of ${app}` });
}
