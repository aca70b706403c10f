// Data in formats that aren't read: told by name, with how to bring them in.
import type { ErrorCode } from '#contract/errors.ts';

interface OtherFormat {
  readonly what: string;
  readonly whatToDo: string;
  /** Where it is not just `unsupported`. */
  readonly code?: ErrorCode;
}

const asNpz = 'Save its arrays as .npz (numpy.savez with x_train, y_train, x_test and y_test).';
const asCsv = 'Save it as CSV (in pandas: to_csv with index=False).';
const unpacked = 'Unpack it and choose the file or folder that was in it.';

const known: readonly (OtherFormat & { readonly begins: RegExp })[] = [
  { begins: /^PAR1/, what: 'a Parquet file', whatToDo: asCsv },
  { begins: /^ARROW1/, what: 'a Feather or Arrow file', whatToDo: asCsv },
  { begins: /^\xd0\xcf\x11\xe0/, what: 'an old Excel workbook', whatToDo: 'Save its sheet as CSV UTF-8.' },
  { begins: /^\x89HDF\r\n/, what: 'an HDF5 file; it is read as a model, not as data', whatToDo: asNpz },
  { begins: /^MATLAB 5\.0/, what: 'a MATLAB file', whatToDo: asNpz },
  { begins: /^\x80[\x02-\x05]/, what: 'a pickle, which only running code could open', whatToDo: asNpz, code: 'unsafe-file' },
  { begins: /^\x1f\x8b/, what: 'packed with gzip', whatToDo: unpacked },
  { begins: /^(7z\xbc\xaf|Rar!|BZh[1-9]|\xfd7zXZ|\x28\xb5\x2f\xfd)|^.{257}ustar/s, what: 'an archive', whatToDo: unpacked },
  { begins: /^SQLite format 3/, what: 'a SQLite database', whatToDo: asCsv },
  { begins: /^\s*[[{]\s*["[{\d-]/, what: 'JSON', whatToDo: asCsv },
  {
    begins: /^(%[^\n]*\n|\s*\n)*@relation\b/i,
    what: 'an ARFF file',
    whatToDo: 'Save it as CSV: the attribute names as the first line, then its data.',
  },
  { begins: /^\S+([ \t]+\d+:\S+)+[ \t]*\r?\n/, what: "a table in LIBSVM's sparse format", whatToDo: asCsv },
];

/** `head`: its first bytes. */
export function otherFormat(head: Buffer): OtherFormat | undefined {
  const text = head.toString('latin1', 0, 4096);
  return known.find(({ begins }) => begins.test(text));
}
