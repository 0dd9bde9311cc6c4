// Puts an archive where a build can fetch it.
import { ExpectedError, messageOf } from "../common/errors.js";
import { backoffMs, realSleep, type Sleep } from "../common/retry.js";
import { reveal, type Secret } from "../common/secret.js";

const TRIES = 5;
const UPLOAD_DEADLINE_MS = 10 * 60_000;

export interface UploadDeps {
  readonly fetch?: typeof globalThis.fetch;
  readonly sleep?: Sleep;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends the bytes as they are, with no Authorization header and no content type: the address is signed without them
 * (Heroku Dev Center, "Building and Releasing Using the Platform API"). Safe to repeat, so it is.
 */
export async function upload(putUrl: Secret, bytes: Buffer, deps: UploadDeps = {}): Promise<void> {
  const { fetch = globalThis.fetch, sleep = realSleep, signal } = deps;
  for (let attempt = 1; ; attempt++) {
    const problem = await put(fetch, putUrl, bytes, signal);
    if (problem === undefined) return;
    if (attempt === TRIES || problem.final) {
      throw new ExpectedError(
        problem.final ? "failed" : "unreachable",
        `The source could not be uploaded: ${problem.why}.`,
        {
          why: "Heroku stores sources at another host than its API; a firewall may stop it.",
          commands: ["npm run setup"],
        },
      );
    }
    await sleep(backoffMs(attempt), signal);
  }
}

async function put(
  fetch: typeof globalThis.fetch,
  putUrl: Secret,
  bytes: Buffer,
  signal: AbortSignal | undefined,
): Promise<{ why: string; final: boolean } | undefined> {
  const deadline = AbortSignal.timeout(UPLOAD_DEADLINE_MS);
  try {
    const response = await fetch(reveal(putUrl), {
      method: "PUT",
      body: new Uint8Array(bytes),
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    await response.arrayBuffer();
    if (response.ok) return undefined;
    const again = response.status >= 500 || [408, 409, 425, 429].includes(response.status);
    return { why: `the store answers with status ${response.status}`, final: !again };
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { why: messageOf(cause), final: false };
  }
}
