// The errors Heroku answers with: an HTTP status and a body {id, message, url?, resource?}.
import type { ContentfulStatusCode } from "hono/utils/http-status";

export interface ErrorBody {
  id: string;
  message: string;
  url?: string;
  resource?: string;
}

/** Thrown by a route; answered as Heroku answers it. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    readonly body: ErrorBody,
  ) {
    super(body.message);
    this.name = "ApiError";
  }
}

/** 422 invalid_params. */
export function invalid(message: string): ApiError {
  return new ApiError(422, { id: "invalid_params", message });
}

/** 404 not_found; `resource` is what the CLI branches on (`app`, `add_on`, …). */
export function notFound(what: string, resource: string): ApiError {
  return new ApiError(404, { id: "not_found", message: `Couldn't find that ${what}.`, resource });
}

/** 403 forbidden. */
export function forbidden(message: string): ApiError {
  return new ApiError(403, { id: "forbidden", message });
}

/** The id Heroku gives to an error of that status, for faults that name none. */
export function idOfStatus(status: number): string {
  const ids: Record<number, string> = {
    400: "bad_request",
    401: "unauthorized",
    402: "delinquent",
    403: "forbidden",
    404: "not_found",
    406: "not_acceptable",
    409: "conflict",
    410: "gone",
    416: "requested_range_not_satisfiable",
    422: "invalid_params",
    429: "rate_limit",
    503: "service_unavailable",
  };
  return ids[status] ?? "internal_server_error";
}
