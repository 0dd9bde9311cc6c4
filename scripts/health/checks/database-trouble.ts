// What it means when the database does not let us in.
import { PostgresUnreachable } from "../../postgres/unreachable.js";
import type { Finding } from "../types.js";
import { sentence } from "../words.js";

/**
 * A failure to connect as a finding: what says nothing about the database itself (a blocked port, a restart) could not
 * be checked, the rest is wrong.
 * @throws an error that is not the connection's
 */
export function troubleOf(error: unknown, app: string): Finding {
  if (!(error instanceof PostgresUnreachable)) throw error;
  const detail = [error.message, ...(error.why ? [error.why] : [])].map(sentence).join(" ");
  const commands = error.commands.length > 0 ? error.commands : [`heroku pg:info -a ${app}`];
  return {
    status: error.kind === "unreachable" ? "unknown" : "fail",
    detail,
    remedy: { text: remedies[error.reason] ?? "Ask Heroku about it:", commands },
  };
}

const remedies: Partial<Readonly<Record<PostgresUnreachable["reason"], string>>> = {
  "blocked port or network": "Ask Heroku about it, and try from another network:",
  "too many connections": "See who is connected, and end what nobody needs:",
  "database gone": "See which add-ons the app has; setup makes one that is missing:",
  "not ready": "Wait for it:",
};
