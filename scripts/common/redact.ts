// Takes known secrets out of text that others wrote: build logs, API messages, a child's output.
import { MASK, type Secret } from "./secret.js";

/** Shorter values would mask ordinary words. */
const SHORTEST = 6;

/** Collects the secrets of a run and masks them, plain or percent-encoded, wherever a text holds them. */
export class Redactor {
  readonly #texts = new Set<string>();

  /** Remembers a secret; a connection string also by its password alone. */
  add(...secrets: (Secret | undefined)[]): void {
    for (const secret of secrets) {
      if (!secret) continue;
      const value = secret.reveal();
      this.#remember(value);
      const password = /^[a-z0-9+]+:\/\/[^:/@]*:([^@]+)@/i.exec(value)?.[1];
      if (password) this.#remember(password);
    }
  }

  /** The text with every remembered secret replaced by the mask. */
  text(text: string): string {
    let masked = text;
    for (const value of this.#texts) if (masked.includes(value)) masked = masked.replaceAll(value, MASK);
    return masked;
  }

  #remember(value: string): void {
    for (const form of [value, encodeURIComponent(value), decoded(value), JSON.stringify(value).slice(1, -1)]) {
      if (form.length >= SHORTEST) this.#texts.add(form);
    }
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
