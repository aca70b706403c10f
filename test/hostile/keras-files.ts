// Hostile .keras and .h5 files: archives, configurations and HDF5 that climb out, run code, lie about their sizes or never end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync, type Zippable } from 'fflate';
import h5wasm from 'h5wasm';
import { oneFile, type HostileFile } from './hostile-file.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../formats/fixtures', name));
const sound = unzipSync(fixture('mlp.keras'));
const config: string = new TextDecoder().decode(sound['config.json']);
const bytesOf = (text: string) => new TextEncoder().encode(text);

const keras = oneFile('model', 'model.keras');
const h5File = oneFile('model', 'model.h5');

const zipped = (changes: Zippable) => zipSync({ ...sound, ...changes });
const withConfig = (change: (text: string) => string) => zipped({ 'config.json': bytesOf(change(config)) });
const withLayer = (layer: object) => withConfig((text) => text.replace('"layers": [', `"layers": [${JSON.stringify(layer)}, `));
const replaced = (from: string, to: string) => () => withConfig((text) => text.replace(from, to));

const local = 0x04034b50;
const central = 0x02014b50;
/** The zip with a change at each place where a header of this kind begins. */
function patched(bytes: Uint8Array, signature: number, change: (at: Buffer, index: number) => void): Buffer {
  const copy = Buffer.from(bytes);
  let index = 0;
  for (let at = 0; at + 30 < copy.length; at++) if (copy.readUInt32LE(at) === signature) change(copy.subarray(at), index++);
  return copy;
}
/** Of both its headers, so that they agree. The local one has CRC, packed and whole size two bytes further to the front. */
const bothPatched = (change: (at: Buffer, fields: number) => void) =>
  patched(
    patched(zipSync(sound), local, (at) => change(at, 14)),
    central,
    (at) => change(at, 16),
  );
const patch = (change: (at: Buffer, index: number) => void, signature = central) => patched(zipSync(sound), signature, change);
/** A zip whose member `from` is renamed in place to `to`, of the same length. */
const renamed = (bytes: Uint8Array, from: string, to: string) =>
  Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1');
/** A central entry whose size is said to be in a zip64 field, which says 2⁵⁰ bytes. */
function zip64(): Buffer {
  const bytes = Buffer.from(zipSync({ 'config.json': sound['config.json']! }));
  const at = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  const entry = Buffer.from(bytes.subarray(at, at + 46 + bytes.readUInt16LE(at + 28)));
  entry.writeUInt32LE(0xffff_ffff, 24);
  entry.writeUInt16LE(12, 30);
  const field = Buffer.from([1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 4, 0]);
  const end = Buffer.from(bytes.subarray(bytes.length - 22));
  end.writeUInt32LE(entry.length + field.length, 12);
  return Buffer.concat([bytes.subarray(0, at), entry, field, end]);
}

/** The second member's entry in the list leads to a copy of it that is the first member's content. */
function oneInAnother(): Buffer {
  const name = 'config.json';
  const record = zipSync({ [name]: sound[name]! }, { level: 0 }).subarray(0, 30 + name.length + sound[name]!.length);
  const outer = 'outer.bin';
  const whole = zipSync({ [outer]: record, [name]: sound[name]! }, { level: 0 });
  return patched(whole, central, (at, index) => (index === 1 ? at.writeUInt32LE(30 + outer.length, 42) : 0));
}

type File = InstanceType<typeof h5wasm.File>;
let made = 0;
async function h5(build: (file: File) => void): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const name = `/hostile-${++made}.h5`;
  const file = new h5wasm.File(name, 'w');
  build(file);
  file.close();
  return FS.readFile(name, { encoding: 'binary' });
}
const weights = async (build: (file: File) => void) => zipped({ 'model.weights.h5': await h5(build) });
const lambda = {
  module: 'keras.layers',
  class_name: 'Lambda',
  config: { name: 'evil', function: { class_name: '__lambda__', config: { code: 'YQ==' } } },
};
const wrappedIn = (className: string, key = 'layer') => ({ class_name: className, config: { name: 'each', [key]: lambda } });

export const hostileKerasFiles: readonly HostileFile[] = [
  ...(
    [
      ['a member named ../evil', '../evil'],
      ['a member deep down that climbs out', 'a/../../evil'],
      ['a member of an absolute name', '/etc/evil'],
      ['a member on a Windows drive', 'C:evil'],
      ['a member with a backslash', '..\\evil'],
      ['a member with a zero byte in its name', 'evil\0.json'],
      ['a member whose name ends in a dot', 'evil/config.json.'],
    ] as const
  ).map(([what, name]) => keras(`zip: ${what}`, 'unsafe-file', /evil/, () => zipped({ [name]: new Uint8Array(1) }))),
  keras('zip: a name of 1,100 bytes', 'over-limit', /1100 bytes/, () => zipped({ ['n'.repeat(1100)]: new Uint8Array(1) })),
  keras('zip: one name twice', 'unsafe-file', /config\.json/, () =>
    renamed(zipped({ 'c0nfig.json': new Uint8Array(1) }), 'c0nfig', 'config'),
  ),
  keras('zip: a link', 'unsafe-file', /link/, () => patch((at) => at.writeUInt32LE(0xa1ff0000, 38))),
  keras('zip: an encrypted member', 'unsafe-file', /encrypted/, () => patch((at) => at.writeUInt16LE(at.readUInt16LE(8) | 1, 8))),
  keras('zip: a wrong CRC', 'damaged-file', /config\.json/, () => bothPatched((at, fields) => at.writeUInt32LE(1, fields))),
  keras('zip: a size that lies low', 'damaged-file', /json/, () => bothPatched((at, fields) => at.writeUInt32LE(10, fields + 8))),
  keras('zip: 4 GB declared', 'over-limit', /4294967294/, () => patch((at) => at.writeUInt32LE(0xffff_fffe, 24))),
  keras('zip: 2⁵⁰ bytes declared in a zip64 field', 'over-limit', /1125899906842624/, zip64),
  keras('zip: a member named otherwise where it lies', 'unsafe-file', /json.*another name/, () =>
    patch((at, index) => void (index === 0 ? at.write('k', 30) : 0), local),
  ),
  keras('zip: a member of another size where it lies', 'damaged-file', /where it lies/, () =>
    patch((at) => at.writeUInt32LE(at.readUInt32LE(22) + 7, 22), local),
  ),
  keras('zip: a member inside another', 'unsafe-file', /lie on each other/, oneInAnother),
  keras('zip: a bomb of 32 MB in 32 kB', 'over-limit', /bomb/, () => zipped({ bomb: new Uint8Array(32 * 2 ** 20) })),
  keras('zip: zips in zips', 'not-a-model', /config\.json/, () => {
    let inner = zipSync({ 'zeros.bin': new Uint8Array(2 ** 20) });
    for (let level = 0; level < 6; level++)
      inner = zipSync(Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`${at}.zip`, inner])));
    return inner;
  }),
  keras('zip: 20,001 members', 'over-limit', /20000 members/, () =>
    zipSync(Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`m${index}`, new Uint8Array(0)])), { level: 0 }),
  ),
  keras('zip: an unknown packing method', 'unsupported', /method 99/, () => patch((at) => at.writeUInt16LE(99, 10))),
  keras('zip: no config', 'not-a-model', /config\.json/, () => zipSync({ 'metadata.json': sound['metadata.json']! })),
  keras('zip: no weights', 'damaged-file', /model\.weights\.h5/, () => zipSync({ 'config.json': sound['config.json']! })),
  keras('json: a __proto__ key', 'unsafe-file', /__proto__/, replaced('{', '{"__proto__": {"polluted": 1}, ')),
  keras('json: a __proto__ key in escapes', 'unsafe-file', /__proto__/, replaced('{', '{"__pro\\u0074o__": {"polluted": 1}, ')),
  keras('json: a constructor key, deep', 'unsafe-file', /constructor/, replaced('"units": 5', '"units": 5, "x": [{"constructor": 1}]')),
  keras('json: one key twice', 'damaged-file', /config\.json.*units.*twice/, replaced('"units": 5', '"units": 5, "units": 6')),
  keras('json: 100,000 nested lists', 'over-limit', /128 levels/, () => zipped({ 'config.json': bytesOf('['.repeat(100_000)) })),
  keras('json: 1e999', 'damaged-file', /number too large/, () => zipped({ 'config.json': bytesOf('{"class_name": 1e999}') })),
  keras('json: not UTF-8', 'damaged-file', /UTF-8/, () => zipped({ 'config.json': new Uint8Array([0x7b, 0xff, 0xfe]) })),
  keras('config: a Lambda', 'unsafe-file', /evil/, () => withLayer(lambda)),
  keras('config: a Lambda under a registered name', 'unsafe-file', /evil/, () =>
    withLayer({ ...lambda, module: 'os', registered_name: 'harmless>Dense' }),
  ),
  keras('config: a Lambda in a Sequential in the model', 'unsafe-file', /inner\/evil/, () =>
    withLayer({ class_name: 'Sequential', config: { name: 'inner', layers: [lambda] } }),
  ),
  keras('config: a Lambda in TimeDistributed', 'unsafe-file', /each\/evil/, () => withLayer(wrappedIn('TimeDistributed'))),
  keras('config: a Lambda in Bidirectional', 'unsafe-file', /each\/evil/, () => withLayer(wrappedIn('Bidirectional'))),
  keras(
    'config: a lambda as activation',
    'unsafe-file',
    /hidden/,
    replaced('"activation": "relu"', '"activation": {"class_name": "__lambda__", "config": {"code": "YQ=="}}'),
  ),
  keras('config: a custom object beside the layers', 'unsupported', /Payload/, () =>
    withLayer({
      module: 'builtins',
      class_name: 'Payload',
      registered_name: 'custom>Payload',
      config: { name: 'payload', custom_objects: { Payload: 'os.system' } },
    }),
  ),
  keras('config: TorchModuleWrapper', 'unsupported', /torch.*TorchModuleWrapper/, () =>
    withLayer({ class_name: 'TorchModuleWrapper', config: { name: 'torch', module: 'cGlja2xl' } }),
  ),
  keras('config: a class from another module', 'unsupported', /os_system/, () =>
    withLayer({ module: 'os', class_name: 'system', registered_name: 'os>system', config: { name: 'os_system' } }),
  ),
  keras(
    'config: a function as activation',
    'unsupported',
    /hidden/,
    replaced('"activation": "relu"', '"activation": {"module": "os", "class_name": "function", "config": "system"}'),
  ),
  keras('config: a layer that runs a SavedModel', 'unsupported', /TFSMLayer/, () =>
    withLayer({ module: 'keras.layers', class_name: 'TFSMLayer', config: { name: 'saved', filepath: '/etc', call_endpoint: 'serve' } }),
  ),
  keras('config: units of 0', 'damaged-file', /hidden.*units/, replaced('"units": 5', '"units": 0')),
  keras('config: units unlike the weights', 'damaged-file', /hidden\/kernel/, replaced('"units": 5', '"units": 6')),
  keras(
    'config: a setting that would be lost',
    'unsupported',
    /hidden.*quantization_config/,
    replaced('"quantization_config": null', '"quantization_config": 4'),
  ),
  keras('config: no layers', 'damaged-file', /list of layers/, () =>
    zipped({ 'config.json': bytesOf('{"class_name": "Sequential", "config": {"name": "m", "layers": []}}') }),
  ),
  keras('config: a subclassed model', 'unsupported', /MyModel/, () =>
    zipped({ 'config.json': bytesOf('{"class_name": "MyModel", "config": {}}') }),
  ),
  keras('h5: an external link', 'unsafe-file', /stolen/, () =>
    weights((file) => void file.create_external_link('/etc/passwd', '/', 'stolen')),
  ),
  keras('h5: a soft link', 'unsafe-file', /soft link/, () =>
    weights((file) => {
      file.create_group('layers');
      file.create_soft_link('/layers', 'soft');
    }),
  ),
  keras('h5: soft links in a circle', 'unsafe-file', /soft link/, () =>
    weights((file) => {
      file.create_soft_link('/two', 'one');
      file.create_soft_link('/one', 'two');
    }),
  ),
  keras('h5: a group in itself', 'unsafe-file', /themselves/, () =>
    weights((file) => {
      file.create_group('a');
      file.create_hard_link('/a', '/a/a');
    }),
  ),
  keras('h5: 2 GB declared in 2 kB', 'over-limit', /huge/, () =>
    weights(
      (file) =>
        void file
          .create_dataset({ name: 'huge', data: new Float32Array(1), shape: [1], maxshape: [null], chunks: [1], dtype: '<f' })
          .resize([500_000_000]),
    ),
  ),
  keras('h5: a filter that a plug-in would bring', 'unsupported', /packed.*filter/, () =>
    zipped({ 'model.weights.h5': fixture('foreign-filter.h5') }),
  ),
  keras('h5: external storage', 'unsafe-file', /another file/, () => zipped({ 'model.weights.h5': fixture('external-weights.h5') })),
  h5File('h5: a virtual dataset', 'unsafe-file', /stolen.*virtual/, () => fixture('virtual.h5')),
  h5File('h5: a Lambda of Keras 2', 'unsafe-file', /Lambda|doubling/, () => fixture('lambda.keras2.h5')),
  h5File('h5: a Lambda of Keras 3', 'unsafe-file', /Lambda|doubling/, () => fixture('lambda.keras3.h5')),
  keras('h5: no weights inside', 'damaged-file', /hidden/, () => weights((file) => void file.create_group('layers'))),
  h5File('h5: no model inside', 'not-a-model', /without a Keras model/, () => h5((file) => void file.create_group('x'))),
  h5File('h5: weights alone', 'not-a-model', /weights alone/, () => sound['model.weights.h5']!),
  h5File('an empty file', 'not-a-model', /empty/, () => new Uint8Array(0)),
  h5File('a picture', 'not-a-model', /first bytes/, () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
];
