// The one error that crosses a process border: a code, a sentence, where it happened and what to do about it.
import { z } from 'zod';

export const ErrorCode = z.enum([
  'bad-input', // a value that the contract refuses
  'not-found', // an id, a file or a name that isn't there
  'conflict', // the thing is in a state in which this can't be done
  'home-in-use', // another studio holds this home
  'not-a-model', // the file is no model that Espalier reads
  'not-a-dataset', // the file is no dataset that Espalier reads
  'damaged-file', // it began well, then it was cut short or contradicts itself
  'unsafe-file', // it holds code, links or paths that are never followed
  'over-limit', // it is larger than the importer's limits allow
  'unsupported', // well formed, but something in it can't be handled
  'wrong-shape', // data and model don't fit together
  'wrong-labels', // labels outside the model's classes
  'disk-full',
  'disk-error',
  'damaged-store', // the project database or an artifact fails its check
  'engine-unavailable', // native TensorFlow can't be had
  'engine-died', // the engine process ended without an answer
  'answers-differ', // an exported file answers otherwise than its source
  'diverged', // the loss became infinite or not a number
  'cancelled',
  'disconnected',
  'unauthorised',
  'unknown-procedure',
  'internal',
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** A file that was refused, for programs: `where` says the same in one line. */
export const FileSource = z.object({
  /** As `keras`, `onnx`, `csv`; absent until it was recognised. */
  format: z.string().optional(),
  file: z.string(),
  /** A member of an archive, a path in an HDF5 file, a line, a layer. */
  member: z.string().optional(),
  /** Bytes from the beginning of the file, or of the member, where it is known. */
  offset: z.int().optional(),
});
export type FileSource = z.infer<typeof FileSource>;

/** What the user reads: "what (where): reason. What to do." */
export const Problem = z.object({
  code: ErrorCode,
  message: z.string(),
  /** A file, a member of a file, a layer, a field: the narrowest place known. */
  where: z.string().optional(),
  whatToDo: z.string().optional(),
  source: FileSource.optional(),
});
export type Problem = z.infer<typeof Problem>;

export class StudioError extends Error {
  override readonly name = 'StudioError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly whatToDo: string | undefined;
  readonly source: FileSource | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { where?: string | undefined; whatToDo?: string | undefined; source?: FileSource | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.where = more.where;
    this.whatToDo = more.whatToDo;
    this.source = more.source;
  }

  toProblem(): Problem {
    return {
      code: this.code,
      message: this.message,
      ...(this.where === undefined ? {} : { where: this.where }),
      ...(this.whatToDo === undefined ? {} : { whatToDo: this.whatToDo }),
      ...(this.source === undefined ? {} : { source: this.source }),
    };
  }

  /** The same refusal, of a file of this format. */
  ofFormat(format: string): StudioError {
    if (this.source === undefined || this.source.format !== undefined) return this;
    return new StudioError(this.code, this.message, { ...this, source: { ...this.source, format }, cause: this.cause });
  }

  static fromProblem(problem: Problem): StudioError {
    return new StudioError(problem.code, problem.message, problem);
  }

  /** Anything thrown, as a StudioError; what isn't one becomes `internal` and keeps its cause for `--verbose`. */
  static from(thrown: unknown): StudioError {
    if (thrown instanceof StudioError) return thrown;
    return new StudioError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
  }
}

/** One line for a terminal or a log. */
export function describeProblem({ message, where, whatToDo }: Problem): string {
  const what = where === undefined || message.includes(where) ? message : `${where}: ${message}`;
  return whatToDo === undefined ? what : `${what} ${whatToDo}`;
}
