// NumPy's .npz: a zip of .npy arrays, each read when it is asked for.
import type { NumericArray } from '../numeric-array.ts';
import { readNpy } from './npy.ts';
import { openZip } from './zip.ts';

export interface NpzArchive {
  /** Without the `.npy` of the member. */
  readonly names: readonly string[];
  has(name: string): boolean;
  read(name: string): Promise<NumericArray>;
}

export async function openNpz(bytes: Buffer, file: string): Promise<NpzArchive> {
  const zip = await openZip(bytes, file);
  return {
    names: zip.names.filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -4)),
    has: (name) => zip.has(`${name}.npy`),
    read: async (name) => readNpy(await zip.read(`${name}.npy`), { file, member: `${name}.npy` }),
  };
}
