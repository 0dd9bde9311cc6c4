// Why Postgres could not be used, in words for people, from what the driver and the server say.
import { codeOf, type ErrorKind, ExpectedError, messageOf } from "../common/errors.js";

export type PostgresReason =
  | "blocked port or network"
  | "password refused"
  | "too many connections"
  | "database gone"
  | "tls"
  | "read-only/restricted"
  | "not ready"
  | "other";

/** Postgres could not be used. Its kind is `unreachable` when that says nothing about the database itself. */
export class PostgresUnreachable extends ExpectedError {
  override readonly name = "PostgresUnreachable";
  readonly reason: PostgresReason;

  constructor(reason: PostgresReason, where: string, app: string, detail: string) {
    const { kind, says, why, commands } = advice[reason];
    super(kind, `${says(where)}${reason === "other" ? ` (${detail})` : ""}.`, {
      why,
      commands: commands.map((command) => command.replaceAll("APP", app)),
    });
    this.reason = reason;
  }
}

interface Advice {
  readonly kind: ErrorKind;
  readonly says: (where: string) => string;
  readonly why?: string;
  readonly commands: readonly string[];
}

const INFO = "heroku pg:info -a APP";

const advice: Readonly<Record<PostgresReason, Advice>> = {
  "blocked port or network": {
    kind: "unreachable",
    says: (where) => `Postgres at ${where} cannot be reached`,
    why: "Office and hotel networks often block its port, a VPN may stand in between, or the database is down.",
    commands: [INFO],
  },
  "password refused": {
    kind: "failed",
    says: (where) => `Postgres at ${where} refuses the user or the password`,
    why: "Heroku has probably rotated the credentials since this connection string was read.",
    commands: ["heroku config:get DATABASE_URL -a APP", INFO],
  },
  "too many connections": {
    kind: "failed",
    says: (where) => `Postgres at ${where} has no connection left`,
    why: "The plan's connections are all in use, or the plan's size is exceeded and Heroku restricted the login to one connection.",
    commands: ["heroku pg:ps -a APP", INFO],
  },
  "database gone": {
    kind: "failed",
    says: (where) => `Postgres at ${where} does not have the database`,
    why: "The add-on was removed or replaced by another.",
    commands: ["heroku addons -a APP", INFO],
  },
  tls: {
    kind: "failed",
    says: (where) => `Postgres at ${where} gives no TLS connection as it is asked for`,
    why: "sslmode in the connection string or PGSSLMODE asks for something that the server does not have: Heroku's certificate is self-signed, a server of your own may have none.",
    commands: ["unset PGSSLMODE", INFO],
  },
  "read-only/restricted": {
    kind: "failed",
    says: (where) => `Postgres at ${where} does not let this login do that`,
    why: "The database is larger than its plan and Heroku restricted it to reading and deleting, or it is a read-only copy.",
    commands: [INFO, "heroku addons:upgrade heroku-postgresql:essential-1 -a APP"],
  },
  "not ready": {
    kind: "unreachable",
    says: (where) => `Postgres at ${where} is starting, stopping or under maintenance`,
    why: "This passes within minutes.",
    commands: ["heroku pg:wait -a APP"],
  },
  other: { kind: "failed", says: (where) => `Postgres at ${where} could not be used`, commands: [INFO] },
};

/** SQLSTATEs (PostgreSQL documentation, Appendix A. Error Codes). */
const byState: Readonly<Record<string, PostgresReason>> = {
  "28P01": "password refused",
  "28000": "password refused",
  "53300": "too many connections",
  "3D000": "database gone",
  "42501": "read-only/restricted",
  "25006": "read-only/restricted",
  "57P01": "not ready",
  "57P02": "not ready",
  "57P03": "not ready",
};

const networkCodes = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
];

/**
 * What went wrong, from what pg threw.
 * @param where host:port/database, for the message
 * @param app the app that owns the database, for the commands
 */
export function postgresUnreachable(error: unknown, where: string, app = "APP"): PostgresUnreachable {
  if (error instanceof PostgresUnreachable) return error;
  return new PostgresUnreachable(reasonOf(error), where, app, codeOf(error) ?? "no code");
}

function reasonOf(error: unknown): PostgresReason {
  const code = codeOf(error) ?? "";
  const message = messageOf(error);
  // Without TLS where TLS is a must, Postgres finds no matching line in pg_hba.conf: 28000 as for an unknown user.
  if (code === "28000" && /no encryption|SSL off/i.test(message)) return "tls";
  const state = byState[code];
  if (state) return state;
  if (networkCodes.includes(code)) return "blocked port or network";
  if (/^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO)/.test(code)) return "tls";
  // What pg throws itself has no code.
  if (/does not support SSL/i.test(message)) return "tls";
  if (/password must be/i.test(message)) return "password refused";
  if (/timeout|terminated unexpectedly|closed/i.test(message)) return "blocked port or network";
  return "other";
}
