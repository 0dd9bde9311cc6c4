// Names, passwords and addresses of databases, in the form in which Heroku Postgres gives them out.
import { randomBytes } from "node:crypto";

/** One database as an add-on hands it out. */
export interface Database {
  /** `d` and 14 hex characters. */
  name: string;
  /** `u` and 14 hex characters; owns the database. */
  user: string;
  /** `postgres://user:password@127.0.0.1:port/name`, user and password percent-encoded. */
  url: string;
}

/** A login: name and password as the server knows them, not percent-encoded. */
export interface Credentials {
  user: string;
  password: string;
}

const hex = (bytes: number) => randomBytes(bytes).toString("hex");

/** A name for a new database. */
export const newDatabaseName = () => `d${hex(7)}`;

/** Whether `name` can be one of ours; nothing else is put into a statement. */
export const isDatabaseName = (name: string) => /^d[0-9a-f]{14}$/.test(name);

/**
 * A new login. Heroku's passwords are `p` and 64 hex characters; an awkward one also holds characters that a URL must percent-encode,
 * because nothing promises that they never appear and a client has to cope.
 */
export function newCredentials(kind: "plain" | "awkward"): Credentials {
  return { user: `u${hex(7)}`, password: kind === "plain" ? `p${hex(32)}` : `p${hex(28)}/@:%#?+ &'` };
}

/** The address of a database for a login. */
export function databaseOf(name: string, login: Credentials, port: number): Database {
  const url = `postgres://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@127.0.0.1:${port}/${name}`;
  return { name, user: login.user, url };
}

/** The same address at another port, for addresses that were kept while the server was down. */
export function atPort(url: string, port: number): string {
  return url.replace(/@127\.0\.0\.1:\d+\//, `@127.0.0.1:${port}/`);
}
