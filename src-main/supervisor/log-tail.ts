// The last lines of a child's output: enough to tell why it died, never more than fits in a log entry.

const longest = 16_384;

export class LogTail {
  #text = '';

  add(bytes: Buffer): void {
    this.#text = (this.#text + bytes.toString('utf8')).slice(-longest);
  }

  /** Newest last, at most 40. */
  lines(): string[] {
    return this.#text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .slice(-40);
  }
}
