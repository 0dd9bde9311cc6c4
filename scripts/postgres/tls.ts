// Whether and how a Postgres connection is encrypted: decided here and nowhere else.
import type { ConnectionOptions } from "node:tls";
import { ExpectedError } from "../common/errors.js";
import { type Environment, isLoopback } from "../common/hosts.js";
import type { PostgresParts } from "./url.js";

/**
 * What pg takes as `ssl`. Heroku Postgres wants TLS and shows a self-signed chain (Heroku Dev Center, Connecting to
 * Heroku Postgres > Node.js): encrypted, not verified. `sslmode=` in the string, else PGSSLMODE, say otherwise, with
 * libpq's words (PostgreSQL documentation, libpq > SSL Support); without either, this machine's own server is spoken
 * to in plain.
 * @throws ExpectedError (usage) for a mode that libpq does not have
 */
export function tlsFor(
  { host, sslmode }: Pick<PostgresParts, "host" | "sslmode">,
  env: Environment,
): false | ConnectionOptions {
  const fromEnv = env.PGSSLMODE?.trim();
  const mode = (sslmode ?? (fromEnv || undefined))?.toLowerCase();
  const local = isLoopback(host) || host.startsWith("/");
  switch (mode) {
    case "disable":
      return false;
    // These two mean "whichever the server has"; pg cannot change its mind half-way.
    case undefined:
    case "allow":
    case "prefer":
      return local ? false : { rejectUnauthorized: false };
    case "require":
    case "no-verify":
      return { rejectUnauthorized: false };
    case "verify-ca":
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case "verify-full":
      return { rejectUnauthorized: true };
    default:
      throw new ExpectedError(
        "usage",
        `${sslmode ? "sslmode in the Postgres connection string" : "PGSSLMODE"} is not a mode that Postgres knows.`,
        {
          why: "The modes are disable, allow, prefer, require, verify-ca and verify-full.",
          commands: sslmode ? [] : ["unset PGSSLMODE"],
        },
      );
  }
}
