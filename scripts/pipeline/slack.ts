// A message to Slack when a run fails and when the next one is well again; it never fails a run and never holds it up.
import { FetchFailed, fetchBounded } from "../common/fetch.js";
import type { Secret } from "../common/secret.js";

/** A failing run has half a minute to end in, and this is the last of it. */
const TIMEOUT_MS = 3_000;

export interface SlackMessage {
  readonly kind: "failed" | "recovered" | "crashed";
  readonly app: string;
  /** why, or what it came to */
  readonly text: string;
}

/** The message as Slack shows it, with what Slack would take for markup written out (Slack API, Formatting text). */
export function slackText({ kind, app, text }: SlackMessage): string {
  const plain = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  switch (kind) {
    case "failed":
      return `:red_circle: ${app}: the pipeline failed. ${plain}.`;
    case "crashed":
      return `:red_circle: ${app}: the run before this one ended without a word. ${plain}.`;
    case "recovered":
      return `:large_green_circle: ${app}: the pipeline is well again. ${plain}.`;
  }
}

/**
 * Sends a message to an incoming webhook (Slack API, Incoming webhooks).
 * @returns undefined when it was sent, else why not; never throws
 */
export async function tellSlack(
  webhook: Secret,
  message: SlackMessage,
  fetch?: typeof globalThis.fetch,
): Promise<string | undefined> {
  try {
    const answer = await fetchBounded(
      {
        url: webhook.reveal(),
        method: "POST",
        body: { text: slackText(message) },
        timeoutMs: TIMEOUT_MS,
        firstBytes: 200,
      },
      { fetch },
    );
    return answer.status < 300 ? undefined : `Slack answered ${answer.status}`;
  } catch (error) {
    // The address is the secret, and a failed request's message may hold it.
    return error instanceof FetchFailed ? `Slack could not be reached (${error.reason})` : "the webhook is no address";
  }
}
