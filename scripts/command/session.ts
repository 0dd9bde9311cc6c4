// What a command works with: its environment, `.env`, output, and whether anybody can be asked.
import { answers } from "../../config/answers.js";
import { hosts } from "../../config/hosts.js";
import { type EnvFile, readEnvFile } from "../common/env-file.js";
import { ExpectedError } from "../common/errors.js";
import { type Environment, redirectedHosts } from "../common/hosts.js";
import { Redactor } from "../common/redact.js";
import { Secret } from "../common/secret.js";
import { headline } from "../terminal/messages.js";
import { createOutput, type Output } from "../terminal/output.js";
import { isInteractive } from "../wizard/interactive.js";
import type { Prompts } from "../wizard/ui.js";
import { followUp } from "./follow-up.js";
import type { Given, Signals } from "./main.js";

/** The switches that decide what a command works with. */
export interface SessionOptions {
  readonly json: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly envFile: string | undefined;
  readonly sandbox: boolean;
}

export interface Session {
  /** variables that count: the process's own, or with --sandbox the sandbox's in place of hosts, keys and tokens */
  readonly env: Environment;
  readonly envFile: EnvFile;
  /** hosts may be named in either */
  readonly hostEnv: Environment;
  readonly output: Output;
  readonly redactor: Redactor;
  readonly signals: Signals;
  /** ids of the consents that the person has given in this run */
  readonly agreed: Set<string>;
  /** undefined where nobody can be asked */
  readonly prompts: Prompts | undefined;
  close(): Promise<void>;
}

/** Where a sandbox of this folder keeps its world and its answers. */
const SANDBOX_FOLDER = ".sandbox";

/**
 * Opens a session. The caller closes it, whatever happens: a sandbox that was started ends with it.
 * @throws ExpectedError (usage) for an `.env` or a host variable that cannot be used
 */
export async function openSession(given: Given<SessionOptions>, signals: Signals): Promise<Session> {
  const { options, flags } = given;
  const redactor = new Redactor();
  const called = { sandbox: options.sandbox, envFile: options.envFile, flags };
  const output = createOutput(
    {
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      json: options.json,
      commandAs: (command) => followUp(command, called),
    },
    redactor,
  );
  const sandbox = options.sandbox ? await startSandbox() : undefined;
  try {
    const env: Environment = sandbox ? { ...withoutSecrets(process.env), ...sandbox.env } : process.env;
    const envFile = await readEnvFile(options.envFile ?? (sandbox ? `${SANDBOX_FOLDER}/.env` : ".env"), {
      required: options.envFile !== undefined,
    });
    for (const { variable, secret } of answers) {
      if (secret)
        redactor.add(
          ...[env[variable], envFile.values[variable]].map((value) => (value ? new Secret(value) : undefined)),
        );
    }
    const hostEnv = { ...hostsIn(envFile.values), ...hostsIn(env) };
    redirectedHosts(hostEnv);
    const first = headline(hostEnv);
    if (first) output.talk(first);
    const interactive = isInteractive({
      stdinIsTty: process.stdin.isTTY === true,
      stderrIsTty: process.stderr.isTTY === true,
      options,
      env: process.env,
    });
    return {
      env,
      envFile,
      hostEnv,
      output,
      redactor,
      signals,
      agreed: new Set<string>(),
      prompts: interactive ? await prompts(output, signals) : undefined,
      close: async () => {
        await sandbox?.close();
        await output.flush();
        output.close();
      },
    };
  } catch (error) {
    await sandbox?.close();
    throw error;
  }
}

/** inquirer is loaded only where somebody can be asked. */
async function prompts(output: Output, signals: Signals): Promise<Prompts> {
  const { createPrompts } = await import("../wizard/prompts.js");
  return createPrompts({ say: (text) => output.talk(text), style: output.style.talk, signal: signals.signal });
}

interface RunningSandbox {
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

/** The one door to the sandbox. It does not travel to Heroku, so its absence has a sentence. */
async function startSandbox(): Promise<RunningSandbox> {
  const door = new URL("../../sandbox/index.js", import.meta.url).href;
  let module: { useSandbox(options: { stateDir: string }): Promise<RunningSandbox> };
  try {
    module = (await import(door)) as typeof module;
  } catch (error) {
    throw new ExpectedError("usage", "The sandbox is not installed here.", {
      why: "It belongs to the repository and its development packages, which a deployed app does not carry.",
      commands: ["npm ci"],
      cause: error,
    });
  }
  return module.useSandbox({ stateDir: SANDBOX_FOLDER });
}

/** Variables that say where a host is. */
const hostVariables = new Set<string>(Object.values(hosts).map(({ variable }) => variable));

/** The process's variables without any that could lead out of the sandbox or into an account. */
function withoutSecrets(env: Environment): Environment {
  const secrets = new Set<string>(answers.filter(({ secret }) => secret).map(({ variable }) => variable));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secrets.has(name) && !hostVariables.has(name)));
}

function hostsIn(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => hostVariables.has(name) && value?.trim()));
}
