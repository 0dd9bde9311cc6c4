// Streams that keep what is written to them: a pipe, or a terminal with a screen.
import { Writable } from "node:stream";
import xterm from "@xterm/headless";
import type { OutputStream } from "../../scripts/terminal/output.js";

export type Kept = OutputStream & { readonly text: () => string };

/** A stream that remembers everything. */
export function kept(facts: { isTTY?: boolean; columns?: number; rows?: number } = {}): Kept {
  let written = "";
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString("utf8");
      done();
    },
  });
  return Object.assign(stream, facts, { text: () => written });
}

/** The lines that a person sees after all of a text was written to a terminal. */
export async function screenOf(text: string, columns = 80, rows = 40): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: buffer.length }, (_, at) => buffer.getLine(at)?.translateToString(true) ?? "");
  terminal.dispose();
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
