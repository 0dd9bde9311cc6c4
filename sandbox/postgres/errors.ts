// What can go wrong with the sandbox's Postgres, as one error class.

/** Something about the sandbox's PostgreSQL failed; the message says what, likely why, and what to do. Never holds a password. */
export class PostgresError extends Error {
  override name = "PostgresError";
}
