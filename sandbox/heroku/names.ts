// Names that Heroku's schemas constrain, as zod pieces shared by the resources.
import { z } from "zod";

/** Name of an app (Heroku Platform API, App > name). */
export const appName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/,
    "Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes, 3 to 30 of them",
  );

/** Name of an add-on (Heroku Platform API, Add-on > name). */
export const addonName = z
  .string()
  .regex(/^[a-zA-Z][A-Za-z0-9_-]+$/, "must begin with a letter and hold only letters, digits, _ and -");

/** Name of a config var. */
export const varName = z.string().regex(/^\w+$/, "can only contain letters, digits and _");

/** How a reference is written: its id or its name. */
export const reference = z.string().min(1);

/** How the official CLI writes one: also as `{name}` or `{id}`. */
export const cliReference = z.union([
  reference,
  z.strictObject({ name: reference }).transform(({ name }) => name),
  z.strictObject({ id: reference }).transform(({ id }) => id),
]);

/** Throws away what the CLI leaves null. */
export const nullable = <T extends z.ZodType>(schema: T) => schema.nullable().transform((value) => value ?? undefined);
