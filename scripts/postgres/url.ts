// A Postgres connection string taken apart: the only place that parses one.
import { ExpectedError } from "../common/errors.js";
import { reveal, Secret } from "../common/secret.js";

export interface PostgresParts {
  /** without the brackets of an IPv6 address */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** empty when the string has none */
  readonly password: Secret;
  /** the string's sslmode=, when it has one */
  readonly sslmode?: string;
}

const DEFAULT_PORT = 5432;

/**
 * @param url postgres:// or postgresql:// (PostgreSQL documentation, libpq > Connection URIs), with one host
 * @throws ExpectedError (usage) that never quotes the string
 */
export function parsePostgresUrl(url: Secret | string): PostgresParts {
  const text = reveal(url).trim();
  if (text === "") throw unusable("is empty");
  if (!/^postgres(ql)?:\/\//i.test(text)) throw unusable("does not begin with postgres:// or postgresql://");
  // The platform's own error carries the whole string, so it is not passed on.
  if (!URL.canParse(text)) throw unusable("cannot be taken apart into user, password, host, port and database");
  const parsed = new URL(text);
  if (parsed.hash !== "") throw unusable("holds a # that has to be written as %23");
  const host = decoded(parsed.hostname.replace(/^\[|\]$/g, ""), "host");
  const database = decoded(parsed.pathname.replace(/^\//, ""), "database");
  const user = decoded(parsed.username, "user");
  const missing = Object.entries({ host, database, user }).find(([, value]) => value === "")?.[0];
  if (missing) throw unusable(`names no ${missing}`);
  const sslmode = parsed.searchParams.get("sslmode");
  return {
    host,
    port: parsed.port === "" ? DEFAULT_PORT : Number(parsed.port),
    database,
    user,
    password: new Secret(decoded(parsed.password, "password")),
    ...(sslmode ? { sslmode } : {}),
  };
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable(`has a % in its ${part} that has to be written as %25`);
  }
}

function unusable(problem: string): ExpectedError {
  return new ExpectedError("usage", `The Postgres connection string ${problem}.`, {
    why: "It has to look like postgres://user:password@host:5432/database.",
  });
}
