// The types that heroku-client does not ship: only what is used of it.
declare module "heroku-client" {
  import type { RequestOptions } from "heroku-client/lib/request.js";
  export default class Heroku {
    constructor(options?: RequestOptions);
    options: RequestOptions;
    request<T>(options: RequestOptions): Promise<T>;
  }
}

declare module "heroku-client/lib/request.js" {
  import type { Agent, ClientRequest, IncomingMessage } from "node:http";

  export interface RequestOptions {
    host?: string;
    token?: string;
    method?: string;
    path?: string;
    body?: unknown;
    headers?: Record<string, string>;
    partial?: boolean;
    userAgent?: string;
    middleware?: (response: IncomingMessage, next: () => void) => void;
  }

  export default class Request<T = unknown> {
    constructor(options?: RequestOptions);
    options: RequestOptions;
    secure: boolean;
    agent: Agent;
    promise: Promise<T>;
    reject: (error: unknown) => void;
    request(): Promise<T>;
    handleResponse(response: IncomingMessage): void;
    handleError(error: Error): void;
    parseBody(body: string): unknown;
    setRequestTimeout(request: ClientRequest): void;
  }
}
