// From a session to Heroku: the token, and the client that carries it.
import { ExpectedError } from "../common/errors.js";
import { hostUrl } from "../common/hosts.js";
import { Secret } from "../common/secret.js";
import { herokuApi } from "../heroku/api.js";
import { closeConnections, herokuTransport } from "../heroku/transport.js";
import type { Remote } from "../provision/read.js";
import type { Answer } from "../provision/types.js";
import { findToken } from "../wizard/token.js";
import type { Session } from "./session.js";

export interface Connection {
  readonly remote: Remote;
  readonly token: Answer;
  close(): void;
}

/**
 * Finds or asks for the token and makes the client.
 * @returns undefined when there is no token and nobody to ask
 * @throws ExpectedError (refused) when the token may belong to another Heroku
 */
export async function connect(session: Session): Promise<Connection | undefined> {
  const { env, envFile, hostEnv, prompts, redactor, signals } = session;
  const url = hostUrl("heroku", hostEnv);
  const found = await findToken({
    env: { ...env, ...only(hostEnv, "HEROKU_HOST", env) },
    envFile: envFile.values,
    herokuUrl: url,
  });
  const token: Answer | undefined = found ? { value: found.token, origin: found.origin } : await askToken(session);
  if (!token) return undefined;
  const secret = token.value instanceof Secret ? token.value : new Secret(token.value);
  redactor.add(secret);
  let code: Secret | undefined;
  const askTwoFactor = prompts
    ? async () => {
        const { askTwoFactorCode } = await import("../wizard/questions.js");
        code = await askTwoFactorCode(prompts);
        redactor.add(code);
        return true;
      }
    : undefined;
  const { signal } = signals;
  const transport = herokuTransport({ url, token: secret, twoFactorCode: () => code, signal });
  const api = herokuApi({
    transport,
    host: url,
    signal,
    ...(askTwoFactor ? { askTwoFactor } : {}),
  });
  return {
    remote: {
      api,
      token: secret,
      schedulerUrl: hostUrl("scheduler", hostEnv),
      dataUrl: hostUrl("data", hostEnv),
      papertrailUrl: hostUrl("papertrail", hostEnv),
      signal,
    },
    token,
    close: closeConnections,
  };
}

/** The variable as it was exported, so that the guard can tell it from one of `.env`. */
function only(hostEnv: Session["hostEnv"], name: string, env: Session["env"]): Record<string, string> {
  const value = env[name]?.trim() ? hostEnv[name] : undefined;
  return value === undefined ? {} : { [name]: value };
}

async function askToken({ prompts }: Session): Promise<Answer | undefined> {
  if (!prompts) return undefined;
  const { askAnswers } = await import("../wizard/questions.js");
  const asked = await askAnswers(["token"], {}, prompts);
  return asked.token;
}

/** The error for a run without a token. */
export const noToken = (): ExpectedError =>
  new ExpectedError("missing", "There is no Heroku token, and nobody can be asked here.", {
    why: "HEROKU_API_KEY is not set, and the Heroku CLI is not logged in.",
    commands: ["export HEROKU_API_KEY=$(heroku auth:token)", "heroku login"],
  });
