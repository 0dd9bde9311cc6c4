// Follows a build's log line by line, and takes it up again where it dropped.
import { TextDecoder } from "node:util";
import { reveal, type Secret } from "../common/secret.js";

export interface StreamDeps {
  readonly fetch?: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/** How far a log has been read, so that the next try goes on from there. */
export interface LogPosition {
  bytes: number;
  partial: string;
  /** keeps the bytes of a character whose rest comes with the next chunk, or with the next try */
  readonly decoder: TextDecoder;
}

export const startOfLog = (): LogPosition => ({ bytes: 0, partial: "", decoder: new TextDecoder() });

/**
 * Reads until the stream ends, drops or is aborted; never throws, since the log is only told, never needed. Resumes with a
 * Range header (Heroku Platform API, Build > output_stream_url).
 * @returns true when the stream came to its end
 */
export async function followLog(
  url: Secret,
  at: LogPosition,
  onLine: (line: string) => void,
  deps: StreamDeps,
): Promise<boolean> {
  const { fetch = globalThis.fetch, signal } = deps;
  try {
    const headers: Record<string, string> = { Accept: "text/plain" };
    if (at.bytes > 0) headers.Range = `bytes=${at.bytes}-`;
    const response = await fetch(reveal(url), { headers, signal });
    if (response.status === 416) return lastLine(at, onLine);
    if (!response.ok || !response.body) return false;
    // A server that does not resume sends everything again: what was read already is passed over.
    let skip = response.status === 206 ? 0 : at.bytes;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      at.bytes += fresh.length;
      const lines = (at.partial + at.decoder.decode(fresh, { stream: true })).split(/\r?\n/);
      at.partial = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    }
    return lastLine(at, onLine);
  } catch {
    return false;
  }
}

/** Tells what stands after the last line break. */
function lastLine(at: LogPosition, onLine: (line: string) => void): true {
  if (at.partial) onLine(at.partial);
  at.partial = "";
  return true;
}
