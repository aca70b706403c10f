// The one reader of gzip: unpacked piece by piece to where the caller says, counted as it comes out.
import { constants, createGunzip } from 'node:zlib';
import { refusal, type Place } from '../refusal.ts';
import type { ByteSource } from './guarded-file.ts';

const limits = { total: 64 * 1024 ** 3, ratio: 200, ratioFrom: 16 * 1024 * 1024 };
const piece = 1024 * 1024;

export function isGzip(source: ByteSource): boolean {
  const [first, second] = source.read(0, 2);
  return first === 0x1f && second === 0x8b;
}

/** @throws StudioError `over-limit` past 200 times its size, `damaged-file` where it is cut short or its checksum is wrong. */
export function gunzip(source: ByteSource, place: Place, take: (part: Uint8Array) => void): Promise<void> {
  const most = Math.min(limits.total, Math.max(limits.ratioFrom, source.bytes * limits.ratio));
  const unpacker = createGunzip({ finishFlush: constants.Z_FINISH });
  return new Promise((done, fail) => {
    let count = 0;
    const stop = (error: unknown): void => {
      unpacker.destroy();
      fail(error);
    };
    unpacker.on('data', (part: Buffer) => {
      count += part.length;
      if (count > most) return stop(refusal('over-limit', place, `It unpacks to more than ${limits.ratio} times its size.`));
      try {
        take(part);
      } catch (thrown) {
        stop(thrown);
      }
    });
    unpacker.on('error', (cause) =>
      stop(refusal('damaged-file', place, "It can't be unpacked: gzip finds an error in it.", undefined, cause)),
    );
    unpacker.on('end', () => done());
    void feed(source, unpacker).catch(stop);
  });
}

async function feed(source: ByteSource, unpacker: ReturnType<typeof createGunzip>): Promise<void> {
  for (let start = 0; start < source.bytes && !unpacker.destroyed; start += piece) {
    if (!unpacker.write(source.read(start, piece))) await new Promise((ready) => unpacker.once('drain', ready).once('close', ready));
  }
  if (!unpacker.destroyed) unpacker.end();
}
