// Files made to harm or to confuse: each is refused with the right code, in words that name the member.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import h5wasm from 'h5wasm';
import { StudioError } from '#contract/errors.ts';
import { parseJson } from '#formats/containers/json.ts';
import { readNpy } from '#formats/containers/npy.ts';
import { openZip } from '#formats/containers/zip.ts';
import { readModel } from '#formats/read-model.ts';
import { record } from '../fuzz/record.ts';
import { readTfjs } from '#formats/tfjs/read-tfjs.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const sound = unzipSync(fixture('mlp.keras'));
const config: string = new TextDecoder().decode(sound['config.json']);
let made = 0;

function read(bytes: Uint8Array): Promise<unknown> {
  const path = join(folder, `case-${++made}`);
  writeFileSync(path, bytes);
  return readModel(path);
}
const keras = (changes: Zippable) => read(zipSync({ ...sound, ...changes }));
const withConfig = (change: (text: string) => string) => keras({ 'config.json': new TextEncoder().encode(change(config)) });
const withLayer = (layer: object) => withConfig((text) => text.replace('"layers": [', `"layers": [${JSON.stringify(layer)}, `));

/** The zip with a change at each place where `name`'s header of this kind (local 0x04034b50, central 0x02014b50) begins. */
function patched(bytes: Uint8Array, signature: number, change: (at: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + 46 < copy.length; at++) if (copy.readUInt32LE(at) === signature) change(copy.subarray(at));
  return copy;
}
const central = 0x02014b50;

async function h5(build: (file: InstanceType<typeof h5wasm.File>) => void): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const name = `/hostile-${++made}.h5`;
  const file = new h5wasm.File(name, 'w');
  build(file);
  file.close();
  return FS.readFile(name, { encoding: 'binary' });
}
const weights = async (build: (file: InstanceType<typeof h5wasm.File>) => void) => keras({ 'model.weights.h5': await h5(build) });

function tfjs(paths: unknown, more: object = {}, shard?: Uint8Array): Promise<unknown> {
  const target = join(folder, `tfjs-${++made}`);
  mkdirSync(target);
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } }];
  const manifest = [{ paths, weights: [{ name: 'd/kernel', shape: [2, 1], dtype: 'float32', ...more }] }];
  writeFileSync(
    join(target, 'model.json'),
    JSON.stringify({ modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } }, weightsManifest: manifest }),
  );
  if (shard !== undefined) writeFileSync(join(target, 'w.bin'), shard);
  return Promise.resolve().then(() => readTfjs(join(target, 'model.json')));
}
const npy = (header: string, body = 0) => {
  const head = Buffer.from(`\x93NUMPY\x01\x00..${header}\n`, 'latin1');
  head.writeUInt16LE(head.length - 10, 8);
  return readNpy(Buffer.concat([head, Buffer.alloc(body)]), { file: 'x.npz', member: 'x.npy' });
};
const lambda = {
  module: 'keras.layers',
  class_name: 'Lambda',
  config: { name: 'evil', function: { class_name: '__lambda__', config: { code: 'YQ==' } } },
};

const cases: [string, string, RegExp, () => Promise<unknown>][] = [
  ['zip: a member named ../evil', 'unsafe-file', /evil/, () => keras({ '../evil': new Uint8Array(1) })],
  ['zip: a member deep down that climbs out', 'unsafe-file', /evil/, () => keras({ 'a/../../evil': new Uint8Array(1) })],
  ['zip: an absolute name', 'unsafe-file', /passwd/, () => keras({ '/etc/passwd': new Uint8Array(1) })],
  ['zip: a Windows drive', 'unsafe-file', /C:/, () => keras({ 'C:evil': new Uint8Array(1) })],
  ['zip: a backslash', 'unsafe-file', /evil/, () => keras({ '..\\evil': new Uint8Array(1) })],
  [
    'zip: one name twice',
    'unsafe-file',
    /config\.json/,
    () =>
      read(
        Buffer.from(
          Buffer.from(zipSync({ ...sound, 'c0nfig.json': new Uint8Array(1) }))
            .toString('latin1')
            .replaceAll('c0nfig', 'config'),
          'latin1',
        ),
      ),
  ],
  ['zip: a link', 'unsafe-file', /link/, () => read(patched(zipSync(sound), central, (at) => at.writeUInt32LE(0xa1ff0000, 38)))],
  [
    'zip: an encrypted member',
    'unsafe-file',
    /encrypted/,
    () => read(patched(zipSync(sound), central, (at) => at.writeUInt16LE(at.readUInt16LE(8) | 1, 8))),
  ],
  ['zip: a wrong CRC', 'damaged-file', /config\.json/, () => read(patched(zipSync(sound), central, (at) => at.writeUInt32LE(1, 16)))],
  ['zip: a size that lies low', 'damaged-file', /json/, () => read(patched(zipSync(sound), central, (at) => at.writeUInt32LE(10, 24)))],
  [
    'zip: 4 GB declared',
    'over-limit',
    /4294967294/,
    () => read(patched(zipSync(sound), central, (at) => at.writeUInt32LE(0xffff_fffe, 24))),
  ],
  ['zip: a bomb of 32 MB in 32 kB', 'over-limit', /bomb/, () => keras({ bomb: new Uint8Array(32 * 2 ** 20) })],
  [
    'zip: an unknown packing method',
    'unsupported',
    /method 99/,
    () => read(patched(zipSync(sound), central, (at) => at.writeUInt16LE(99, 10))),
  ],
  ['zip: no config', 'not-a-model', /config\.json/, () => read(zipSync({ 'metadata.json': sound['metadata.json']! }))],
  ['zip: no weights', 'damaged-file', /model\.weights\.h5/, () => read(zipSync({ 'config.json': sound['config.json']! }))],
  ['json: a __proto__ key', 'unsafe-file', /__proto__/, () => withConfig((text) => text.replace('{', '{"__proto__": {"polluted": 1}, '))],
  [
    'json: a constructor key, deep',
    'unsafe-file',
    /constructor/,
    () => withConfig((text) => text.replace('"units": 5', '"units": 5, "x": [{"constructor": 1}]')),
  ],
  ['json: 100,000 nested lists', 'over-limit', /128 levels/, async () => parseJson('['.repeat(100_000), { file: 'x.json' })],
  ['json: 1e999', 'damaged-file', /number too large/, async () => parseJson('[1e999]', { file: 'x.json' })],
  ['json: not UTF-8', 'damaged-file', /UTF-8/, () => keras({ 'config.json': new Uint8Array([0x7b, 0xff, 0xfe]) })],
  ['config: a Lambda', 'unsafe-file', /evil/, () => withLayer(lambda)],
  [
    'config: a Lambda in a Sequential in the model',
    'unsafe-file',
    /inner\/evil/,
    () => withLayer({ class_name: 'Sequential', config: { name: 'inner', layers: [lambda] } }),
  ],
  [
    'config: a Lambda in TimeDistributed',
    'unsafe-file',
    /each\/evil/,
    () => withLayer({ class_name: 'TimeDistributed', config: { name: 'each', layer: lambda } }),
  ],
  [
    'config: a lambda as activation',
    'unsafe-file',
    /hidden/,
    () =>
      withConfig((text) => text.replace('"activation": "relu"', '"activation": {"class_name": "__lambda__", "config": {"code": "YQ=="}}')),
  ],
  [
    'config: TorchModuleWrapper',
    'unsupported',
    /torch.*TorchModuleWrapper/,
    () => withLayer({ class_name: 'TorchModuleWrapper', config: { name: 'torch', module: 'cGlja2xl' } }),
  ],
  [
    'config: a class from another module',
    'unsupported',
    /os_system/,
    () => withLayer({ module: 'os', class_name: 'system', registered_name: 'os>system', config: { name: 'os_system' } }),
  ],
  [
    'config: a function as activation',
    'unsupported',
    /hidden/,
    () =>
      withConfig((text) =>
        text.replace('"activation": "relu"', '"activation": {"module": "os", "class_name": "function", "config": "system"}'),
      ),
  ],
  ['config: units of 0', 'damaged-file', /hidden.*units/, () => withConfig((text) => text.replace('"units": 5', '"units": 0'))],
  [
    'config: units unlike the weights',
    'damaged-file',
    /hidden\/kernel/,
    () => withConfig((text) => text.replace('"units": 5', '"units": 6')),
  ],
  [
    'config: a setting that would be lost',
    'unsupported',
    /hidden.*quantization_config/,
    () => withConfig((text) => text.replace('"quantization_config": null', '"quantization_config": 4')),
  ],
  [
    'config: no layers',
    'damaged-file',
    /list of layers/,
    () => keras({ 'config.json': new TextEncoder().encode('{"class_name": "Sequential", "config": {"name": "m", "layers": []}}') }),
  ],
  [
    'config: a subclassed model',
    'unsupported',
    /MyModel/,
    () => keras({ 'config.json': new TextEncoder().encode('{"class_name": "MyModel", "config": {}}') }),
  ],
  ['h5: an external link', 'unsafe-file', /stolen/, () => weights((file) => void file.create_external_link('/etc/passwd', '/', 'stolen'))],
  [
    'h5: a soft link',
    'unsafe-file',
    /soft link/,
    () =>
      weights((file) => {
        file.create_group('layers');
        file.create_soft_link('/layers', 'soft');
      }),
  ],
  [
    'h5: a group in itself',
    'unsafe-file',
    /themselves/,
    () =>
      weights((file) => {
        file.create_group('a');
        file.create_hard_link('/a', '/a/a');
      }),
  ],
  [
    'h5: 2 GB declared in 2 kB',
    'over-limit',
    /huge/,
    () =>
      weights(
        (file) =>
          void file
            .create_dataset({ name: 'huge', data: new Float32Array(1), shape: [1], maxshape: [null], chunks: [1], dtype: '<f' })
            .resize([500_000_000]),
      ),
  ],
  [
    'h5: external storage',
    'unsafe-file',
    /another file|contradicts|stolen/,
    async () =>
      (await import('#formats/containers/hdf5.ts')).withHdf5(fixture('external-storage.h5'), { file: 'x.h5' }, (file) =>
        file.tensor('/stolen'),
      ),
  ],
  ['h5: a virtual dataset', 'unsafe-file', /stolen.*virtual/, () => read(fixture('virtual.h5'))],
  ['h5: no weights inside', 'damaged-file', /hidden/, () => weights((file) => void file.create_group('layers'))],
  ['h5: no model inside', 'not-a-model', /without a Keras model/, async () => read(await h5((file) => void file.create_group('x')))],
  ['h5: weights alone', 'not-a-model', /weights alone/, () => read(sound['model.weights.h5']!)],
  ['tfjs: ../secret.bin', 'unsafe-file', /\.\.\/secret\.bin/, () => tfjs(['../secret.bin'])],
  ['tfjs: an absolute path', 'unsafe-file', /\/etc\/passwd/, () => tfjs(['/etc/passwd'])],
  ['tfjs: a URL', 'unsafe-file', /http/, () => tfjs(['http://example.org/w.bin'])],
  ['tfjs: .. alone', 'unsafe-file', /plain file name/, () => tfjs(['..'])],
  ['tfjs: a missing shard', 'damaged-file', /w\.bin/, () => tfjs(['w.bin'])],
  ['tfjs: a shard too short', 'damaged-file', /d\/kernel/, () => tfjs(['w.bin'], {}, new Uint8Array(7))],
  ['tfjs: a shard too long', 'damaged-file', /w\.bin.*more than the manifest/, () => tfjs(['w.bin'], {}, new Uint8Array(9))],
  ['tfjs: a vast shape', 'damaged-file', /d\/kernel/, () => tfjs(['w.bin'], { shape: [1e9, 1e9] }, new Uint8Array(8))],
  ['tfjs: a negative shape', 'damaged-file', /d\/kernel/, () => tfjs(['w.bin'], { shape: [-2, -1] }, new Uint8Array(8))],
  ['tfjs: a dtype of strings', 'unsupported', /d\/kernel/, () => tfjs(['w.bin'], { dtype: 'string' }, new Uint8Array(8))],
  [
    'npy: Python objects',
    'unsafe-file',
    /x\.npy.*Python objects/,
    async () => npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8),
  ],
  [
    'npy: code in the header',
    'damaged-file',
    /x\.npy/,
    async () => npy("{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os').getpid(),), }", 4),
  ],
  [
    'npy: a structured dtype',
    'unsupported',
    /x\.npy/,
    async () => npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4),
  ],
  [
    'npy: a vast shape',
    'over-limit',
    /x\.npy/,
    async () => npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999), }", 4),
  ],
  [
    'npy: a body too short',
    'damaged-file',
    /needs 8 bytes.*holds 4/,
    async () => npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4),
  ],
  ['an empty file', 'not-a-model', /empty/, () => read(new Uint8Array(0))],
  ['a picture', 'not-a-model', /first bytes/, () => read(Buffer.from('\x89PNG\r\n\x1a\n'))],
  ['no file', 'not-found', /absent/, () => readModel(join(folder, 'absent.keras'))],
];

const outcomes: Record<string, string> = {};
after(() => record('hostile', 'models and containers', { files: cases.length, outcomes }));
for (const [what, code, words, action] of cases) {
  test(`refused: ${what} (${code})`, async () => {
    const error = await action().then(
      () => assert.fail('it was read'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof StudioError, String(error));
    outcomes[what] = `${error.code}: ${error.where}: ${error.message}`;
    assert.equal(error.code, code, `${error.where}: ${error.message}`);
    assert.match(`${error.where}: ${error.message}`, words);
    assert.ok((error.whatToDo ?? '').length > 0, 'it should say what to do');
  });
}

test('tfjs: a shard that is a link is not followed, though its target is sound', async () => {
  const target = join(folder, 'linked');
  mkdirSync(target);
  writeFileSync(join(folder, 'outside.bin'), new Uint8Array(8));
  symlinkSync(join(folder, 'outside.bin'), join(target, 'w.bin'));
  const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } }];
  writeFileSync(
    join(target, 'model.json'),
    JSON.stringify({
      modelTopology: { class_name: 'Sequential', config: { name: 'm', layers } },
      weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [2, 1], dtype: 'float32' }] }],
    }),
  );
  await assert.rejects(readModel(join(target, 'model.json')), { code: 'unsafe-file', where: /w\.bin/ });
});

test('tfjs: uint8 quantisation q · scale + min: 255 · 0.5 − 1 = 126.5', async () => {
  const model = await tfjs(['w.bin'], { quantization: { dtype: 'uint8', scale: 0.5, min: -1 } }, new Uint8Array([0, 255]));
  assert.ok(typeof model === 'object' && model !== null && 'weights' in model);
  assert.deepEqual(model.weights, [{ name: 'd/kernel', dtype: 'float32', shape: [2, 1], data: new Float32Array([-1, 126.5]) }]);
});

test('a zip with 20,001 members is over the limit', async () => {
  const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`m${index}`, new Uint8Array(0)]));
  await assert.rejects(openZip(Buffer.from(zipSync(many, { level: 0 })), 'many.zip'), { code: 'over-limit' });
});
