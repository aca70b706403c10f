// Wrong use of the command line: exit code 2, with a sentence that says what, where and what to do.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C ended the command before its work was done: exit code 130. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
