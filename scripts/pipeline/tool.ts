// Meltano or dbt by hand, with the same variables as in a run: `node dist/scripts/dbt.js build`, `node dist/scripts/meltano.js state list`.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { ExpectedError, exitCodes } from "../common/errors.js";
import { Secret } from "../common/secret.js";
import { environmentFor, projectRoot } from "./launch.js";
import { errorReason } from "./reasons.js";
import { ensureSchemas } from "./schemas.js";
import { withSideConnection } from "./side-connection.js";

const SCHEMA_MS = 15_000;

/**
 * Runs the program in the foreground, in its project's folder, and returns its exit code. The schemas and tables that it
 * expects are made first.
 * @param argv its own words, handed on as they are
 */
export async function runTool(program: "meltano" | "dbt", argv: readonly string[]): Promise<number> {
  const { env } = process;
  try {
    const url = env.DATABASE_URL?.trim();
    if (!url) throw new ExpectedError("missing", `DATABASE_URL is not set, which ${program} is started with.`);
    const databaseUrl = new Secret(url);
    const variables = environmentFor(databaseUrl, env);
    const { ensurePython } = await import("../python/ensure.js");
    const report = (line: string) => void process.stderr.write(`${line}\n`);
    const { bin } = await ensurePython({ root: projectRoot, env, report });
    await withSideConnection(databaseUrl, { env, timeoutMs: SCHEMA_MS }, ensureSchemas);
    const path = [bin, env.PATH].filter(Boolean).join(delimiter);
    return await foreground(join(bin, program), argv, {
      cwd: join(projectRoot, program === "dbt" ? "dbt" : "reluvia"),
      env: { ...env, ...variables, PATH: path },
    });
  } catch (error) {
    process.stderr.write(`${errorReason(error)}.\n`);
    return error instanceof ExpectedError ? error.exitCode : exitCodes.failed;
  }
}

/** Ctrl-C reaches both of us; SIGTERM only us, so it is handed on. */
function foreground(
  command: string,
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...argv], { ...options, stdio: "inherit" });
    const handOn = () => void child.kill("SIGTERM");
    const wait = () => undefined;
    process.on("SIGTERM", handOn).on("SIGINT", wait);
    const over = () => void process.off("SIGTERM", handOn).off("SIGINT", wait);
    child.once("error", (error) => {
      over();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      over();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
