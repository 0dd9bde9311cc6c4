// Bytes of a child into whole lines, whatever the pieces they come in.
import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut here, so that a child that never ends one cannot fill the memory. */
export const LONGEST_LINE = 64 * 1024;
/** Kept beyond the cut, so that whoever masks secrets still sees one whole that begins before it. */
const MARGIN = 4 * 1024;

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** The last line, when it has no end of its own. */
  end(): void;
}

/**
 * Splits at \n, \r\n and a lone \r; a character whose bytes come in two pieces stays one (Node.js, string_decoder).
 * @param onLine a line without its end, of at most LONGEST_LINE and a margin of 4,096 characters
 */
export function lineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder("utf8");
  let held = "";
  let afterReturn = false;
  const take = (text: string) => {
    let rest = text;
    if (afterReturn && rest.startsWith("\n")) rest = rest.slice(1);
    if (rest !== "" || text !== "") afterReturn = false;
    for (;;) {
      const at = rest.search(/[\r\n]/);
      if (at < 0) break;
      onLine(cut(held + rest.slice(0, at)));
      held = "";
      const isReturn = rest[at] === "\r";
      if (isReturn && at === rest.length - 1) afterReturn = true;
      rest = rest.slice(at + (isReturn && rest[at + 1] === "\n" ? 2 : 1));
    }
    held = cut(held + rest);
  };
  return {
    push: (bytes) => take(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    end: () => {
      take(decoder.end());
      if (held !== "") onLine(held);
      held = "";
    },
  };
}

function cut(text: string): string {
  return text.length > LONGEST_LINE + MARGIN ? text.slice(0, LONGEST_LINE + MARGIN) : text;
}
