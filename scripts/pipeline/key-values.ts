// One line an event: key=value, quoted where a reader or a machine would otherwise be in doubt.

export type Value = string | number | boolean | undefined;

/** "event=step_started step=dbt"; what is undefined is left out. */
export function keyValues(fields: Readonly<Record<string, Value>>): string {
  return Object.entries(fields)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoted(String(value))}`]))
    .join(" ");
}

function quoted(text: string): string {
  const line = text.replace(/[\r\n]+/g, " ");
  return line === "" || /[\s"=\\]/.test(line) ? JSON.stringify(line) : line;
}
