// What it means when the database does not let us in.
import { ExpectedError } from "../../common/errors.js";
import type { Finding } from "../types.js";
import { sentence } from "../words.js";

/**
 * A failure to connect as a finding. Heroku itself has answered by now, so a host that is not there or a refusal is the
 * database's; only silence is more likely this network's, since many offices block port 5432.
 * @throws an error that is none of the database's
 */
export function troubleOf(error: unknown, app: string): Finding {
  if (!(error instanceof ExpectedError)) throw error;
  const { reason } = error as { readonly reason?: unknown };
  const said = [error.message, ...(error.why ? [error.why] : [])].map(sentence).join(" ");
  const look = `heroku pg:info -a ${app}`;
  if (reason === "timeout") {
    return {
      status: "unknown",
      detail: `${said} If this network blocks port 5432, as many offices do, the database may be well.`,
      remedy: { text: "Ask Heroku about it, or try from another network.", commands: [look] },
    };
  }
  const commands = [...new Set([...error.commands, look])];
  return { status: "fail", detail: said, remedy: { text: "What to try:", commands } };
}
