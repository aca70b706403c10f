// NumPy's .npz: a zip of .npy arrays, each read when it is asked for, as a whole or as bytes for a scratch file.
import type { NumericArray } from '../numeric-array.ts';
import type { ByteSource } from './guarded-file.ts';
import { readNpy } from './npy.ts';
import { openZip } from './zip.ts';

export interface NpzArchive {
  /** Without the `.npy` of the member. */
  readonly names: readonly string[];
  /** All members, whatever they are. */
  readonly members: readonly string[];
  has(name: string): boolean;
  /** The whole array, where it is known to be small. @throws StudioError as `readNpy` does. */
  read(name: string): Promise<NumericArray>;
  /** The member's bytes as they are unpacked. @throws StudioError `damaged-file`. */
  unpack(name: string, take: (part: Uint8Array) => void): Promise<void>;
}

export async function openNpz(archive: Buffer | ByteSource, file: string): Promise<NpzArchive> {
  const zip = await openZip(archive, file);
  return {
    members: zip.names,
    names: zip.names.filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -4)),
    has: (name) => zip.has(`${name}.npy`),
    read: async (name) => readNpy(await zip.read(`${name}.npy`), { file, member: `${name}.npy` }),
    unpack: (name, take) => zip.unpack(`${name}.npy`, take),
  };
}
