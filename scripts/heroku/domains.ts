// Host names that people gave an app.
import type * as Schema from "@heroku-cli/schema";
import { type HerokuApi, isHeroku } from "./api.js";

/** The app's own host names, Heroku's and custom ones; none when the API does not tell (Heroku Platform API, Domain > List). */
export async function listDomains(api: HerokuApi, app: string): Promise<string[]> {
  try {
    const domains = await api.list<Schema.Domain>(`/apps/${app}/domains`, { doing: `list the domains of ${app}` });
    return domains.flatMap((domain) => (domain.hostname ? [domain.hostname] : []));
  } catch (error) {
    if (isHeroku(error, "unauthorized", "rate_limit")) throw error;
    return [];
  }
}
