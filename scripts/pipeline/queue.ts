// Events in the order in which they happen, for one reader.

export class Queue<T> {
  readonly #waiting: T[] = [];
  #wake: ((event: T) => void) | undefined;

  push(event: T): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake(event);
    else this.#waiting.push(event);
  }

  /** The next event, as soon as there is one. Only one call may wait at a time. */
  next(): Promise<T> {
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
