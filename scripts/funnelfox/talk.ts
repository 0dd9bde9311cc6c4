// What the extractor says while it works: one JSON object a line on stderr, for the pipeline and for people.

export interface Tell {
  /** rows of a stream so far */
  progress(stream: string, rows: number): void;
  /** a sentence for the run record */
  notice(stream: string, text: string): void;
  /** why it is about to fail */
  failure(text: string): void;
  /** a plain line */
  say(text: string): void;
}

/** @param write takes whole lines */
export function talkTo(write: (line: string) => void): Tell {
  const event = (fields: object) => write(`${JSON.stringify(fields)}\n`);
  return {
    progress: (stream, rows) => event({ event: "progress", stream, rows }),
    notice: (stream, text) => event({ event: "notice", stream, text }),
    failure: (text) => event({ event: "failure", text }),
    say: (text) => write(`${text}\n`),
  };
}
