// Pictures as Pillow reads and resizes them: every kind of PNG exactly, JPEG and WebP as their reference libraries decode them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openNpz } from '#formats/containers/npz.ts';
import { decodeImage } from '#formats/images/decode-image.ts';
import { readImageHeader } from '#formats/images/read-header.ts';
import { resize, toChannels } from '#formats/images/resize.ts';

const folder = join(import.meta.dirname, 'image-fixtures');
const answers = await openNpz(readFileSync(join(folder, 'answers.npz')), 'answers.npz');

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs(a[at]! - b[at]!));
  return most;
}

for (const name of readdirSync(folder).filter((each) => /\.(png|jpg|webp)$/.test(each))) {
  test(`${name} has Pillow's pixels, and resized to 12 × 16 its very bytes`, async () => {
    const bytes = readFileSync(join(folder, name));
    const place = { file: name };
    const header = readImageHeader(bytes, place);
    assert.deepEqual([header.height, header.width], [29, 37]);
    const image = await decodeImage(bytes, header, place);
    const wanted = await answers.read(name);
    assert.equal(image.channels, wanted.shape[2] ?? 1);
    assert.ok(largest(image.data, wanted.data) <= (name.endsWith('.png') || name === 'lossless.webp' ? 0 : 2));
    const exact = { ...image, data: Uint8Array.from(wanted.data) };
    assert.ok(largest(resize(exact, 12, 16).data, (await answers.read(`${name} resized`)).data) === 0);
  });
}

test('grey of red, green, blue and white is 76, 150, 29 and 255; grey as colour is three times itself', () => {
  const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
  const gray = toChannels({ width: 4, height: 1, channels: 3, data }, 1);
  assert.deepEqual([...gray.data], [76, 150, 29, 255]);
  assert.deepEqual([...toChannels({ ...gray, width: 1, data: gray.data.subarray(0, 1) }, 3).data], [76, 76, 76]);
});
