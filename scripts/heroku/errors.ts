// What Heroku's refusals mean for the person: one sentence each, with what to do next.
import type { IncomingHttpHeaders } from "node:http";
import { codeOf, type ErrorAdvice, type ErrorKind, ExpectedError } from "../common/errors.js";

/** An error of the Platform API, with the API's own id and request id for those who ask Heroku about it. */
export class HerokuError extends ExpectedError {
  override readonly name = "HerokuError";
  readonly id: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** what Heroku itself said */
  readonly said: string;

  constructor(kind: ErrorKind, message: string, facts: HerokuFacts, advice: ErrorAdvice = {}) {
    super(kind, message, advice);
    this.id = facts.id;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.said = facts.said;
  }
}

interface HerokuFacts {
  readonly id: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly said: string;
}

/** What was being done, as a person would say it: "create the app reluvia-dwh". */
export interface Doing {
  readonly doing: string;
  readonly host: string;
}

const REAL_HOST = "https://api.heroku.com";

type Sentence = (facts: HerokuFacts, at: Doing) => readonly [ErrorKind, string, ErrorAdvice];

const unverified: Sentence = (facts) => [
  "refused",
  "Heroku wants your account to be verified before it provides this.",
  { why: `A payment card is missing. Heroku says: ${facts.said}`, commands: ["open https://heroku.com/verify"] },
];

const sentences: Readonly<Record<string, Sentence>> = {
  unauthorized: (_, at) => [
    "unreachable",
    "Heroku does not accept this token.",
    {
      why:
        at.host === REAL_HOST
          ? "It is wrong, expired or revoked."
          : `It is wrong or expired, or belongs to another Heroku: HEROKU_HOST points to ${at.host}.`,
      commands:
        at.host === REAL_HOST
          ? ["heroku authorizations:create"]
          : ["unset HEROKU_HOST", "heroku authorizations:create"],
    },
  ],
  two_factor: () => [
    "unreachable",
    "Heroku asks for a two-factor code with this token.",
    {
      why: "Your account has two-factor authentication and this token is that of a login.",
      commands: ["heroku authorizations:create"],
    },
  ],
  suspended: () => [
    "refused",
    "Heroku has suspended this account.",
    { why: "Only Heroku's support can lift that.", commands: ["open https://help.heroku.com"] },
  ],
  delinquent: () => [
    "refused",
    "This Heroku account has an unpaid bill, so Heroku provides nothing new.",
    { commands: ["open https://dashboard.heroku.com/account/billing"] },
  ],
  verification_required: unverified,
  verification_needed: unverified,
  forbidden: (facts, at) => [
    "refused",
    `Heroku does not let you ${at.doing}.`,
    {
      why: `It belongs to somebody else, or your role in the team is too small. Heroku says: ${facts.said}`,
      commands: ["heroku apps", "heroku access -a APP"],
    },
  ],
  not_found: (facts, at) => [
    "failed",
    `Heroku could not ${at.doing}: not found.`,
    { why: facts.said, commands: ["npm run verify"] },
  ],
  conflict: (facts, at) => [
    "failed",
    `Heroku could not ${at.doing}, because something else was being done to the same app.`,
    { why: facts.said, commands: ["npm run setup"] },
  ],
  rate_limit: () => [
    "unreachable",
    "Heroku's limit of 4,500 calls an hour is used up for this account.",
    { why: "Other tools with the same account count too. It refills by 75 a minute.", commands: ["npm run setup"] },
  ],
};

/** The message of an answer that is no success, whatever its body is. */
function facts(status: number, body: unknown, headers: IncomingHttpHeaders): HerokuFacts {
  const record = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const requestId = headers["request-id"];
  return {
    id: typeof record.id === "string" ? record.id : `http_${status}`,
    status,
    requestId: Array.isArray(requestId) ? requestId[0] : requestId,
    said: typeof record.message === "string" ? record.message : `status ${status} without a message`,
  };
}

function sentenceFor(known: HerokuFacts): Sentence | undefined {
  const { id, status } = known;
  const exact = Object.hasOwn(sentences, id) ? sentences[id] : undefined;
  if (exact) return exact;
  if (id.startsWith("verification_")) return unverified;
  if (status === 402) return /verif|card|payment method/i.test(known.said) ? unverified : sentences.delinquent;
  const byStatus: Record<number, string> = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "rate_limit",
  };
  return status === undefined ? undefined : sentences[byStatus[status] ?? ""];
}

/** The error for an answer that is no success (Heroku Platform API, Errors). */
export function refusalError(status: number, body: unknown, headers: IncomingHttpHeaders, at: Doing): HerokuError {
  const known = facts(status, body, headers);
  const sentence = sentenceFor(known);
  if (sentence) return new HerokuError(...withFacts(sentence(known, at), known));
  if (status >= 500) {
    return new HerokuError("unreachable", `Heroku is in trouble: it could not ${at.doing}.`, known, {
      why: `It answers with status ${status}, which is not your fault. See https://status.heroku.com.`,
      commands: ["npm run setup"],
    });
  }
  return new HerokuError("failed", `Heroku refused to ${at.doing}: ${known.said}`, known, {
    why: `Heroku's word for it is "${known.id}".`,
  });
}

function withFacts(
  [kind, message, advice]: readonly [ErrorKind, string, ErrorAdvice],
  known: HerokuFacts,
): readonly [ErrorKind, string, HerokuFacts, ErrorAdvice] {
  return [kind, message, known, advice];
}

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "its name cannot be found, so there may be no network",
  EAI_AGAIN: "its name cannot be looked up, so there may be no network",
  ECONNRESET: "the connection was reset",
  ETIMEDOUT: "the connection timed out",
  CERT_HAS_EXPIRED: "its certificate has expired",
  SELF_SIGNED_CERT_IN_CHAIN: "a proxy on the way shows a certificate of its own",
};

/** The error for a request that got no answer, or one that is not Heroku's (HTML, half a body). */
export function troubleError(cause: Error, at: Doing): HerokuError {
  const code = codeOf(cause);
  const reason =
    (code && networkReasons[code]) ??
    (cause instanceof SyntaxError
      ? "what came back is not what Heroku sends (a proxy or a login page on the way?)"
      : cause.message);
  return new HerokuError(
    "unreachable",
    `Heroku could not be reached at ${at.host} to ${at.doing}.`,
    { id: code ?? "no_answer", said: reason },
    {
      why: `${reason[0]?.toUpperCase() ?? ""}${reason.slice(1)}.`,
      commands: at.host === REAL_HOST ? [`curl -I ${at.host}`] : ["unset HEROKU_HOST"],
      // A parser's message quotes the text around its error, and that can be a config var.
      ...(cause instanceof SyntaxError ? {} : { cause }),
    },
  );
}
