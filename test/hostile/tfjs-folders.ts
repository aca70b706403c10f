// Hostile TensorFlow.js folders: weight files elsewhere, manifests that lie, graphs that read, write or run something.
import { symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ErrorCode } from '#contract/errors.ts';
import { laid, type Content, type HostileFile } from './hostile-file.ts';

const layers = [{ class_name: 'Dense', config: { name: 'd', units: 1, use_bias: false, batch_input_shape: [null, 2] } }];
const topology = { class_name: 'Sequential', config: { name: 'm', layers } };

/** `files` beside a model.json whose one weight has `more` in its entry of the manifest. */
function manifest(
  what: string,
  code: ErrorCode,
  words: RegExp,
  paths: unknown,
  files: Readonly<Record<string, Content>> = {},
  more: object = {},
): HostileFile {
  const weightsManifest = [{ paths, weights: [{ name: 'd/kernel', shape: [2, 1], dtype: 'float32', ...more }] }];
  const json = JSON.stringify({ modelTopology: topology, weightsManifest });
  return {
    what: `tfjs: ${what}`,
    as: 'model',
    code,
    words,
    lay(folder) {
      for (const [name, content] of Object.entries(files)) laid(folder, name, content);
      return laid(folder, 'model/model.json', json);
    },
  };
}

/** A graph of one input and one node between it and the output. */
function graph(op: string, code: ErrorCode, more: object = {}): HostileFile {
  const shape = { shape: { dim: [{ size: '-1' }, { size: '2' }] } };
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape } },
    { name: 'deed', op, input: ['x'], attr: {}, ...more },
    { name: 'y', op: 'Identity', input: ['deed'], attr: { T: { type: 'DT_FLOAT' } } },
  ];
  const json = JSON.stringify({ format: 'graph-model', modelTopology: { node, versions: {} }, weightsManifest: [] });
  return { what: `tfjs: a graph with ${op}`, as: 'model', code, words: /deed/, lay: (folder) => laid(folder, 'model.json', json) };
}

const shard = { 'model/w.bin': new Uint8Array(8) };
export const hostileTfjsFolders: readonly HostileFile[] = [
  manifest('../secret.bin', 'unsafe-file', /\.\.\/secret\.bin/, ['../secret.bin'], { 'secret.bin': new Uint8Array(8) }),
  manifest('a way up in the middle', 'unsafe-file', /a\/\.\.\/\.\.\/w\.bin/, ['a/../../w.bin'], { 'w.bin': new Uint8Array(8) }),
  manifest('an absolute path', 'unsafe-file', /\/etc\/passwd/, ['/etc/passwd']),
  manifest('a path of Windows', 'unsafe-file', /C:/, ['C:\\w.bin']),
  manifest('a URL', 'unsafe-file', /http/, ['http://example.org/w.bin']),
  manifest('a file URL', 'unsafe-file', /file:/, ['file:///etc/passwd']),
  manifest('.. alone', 'unsafe-file', /plain file name/, ['..']),
  manifest('a path that is no text', 'unsafe-file', /plain file name/, [{ toString: 'w.bin' }], shard),
  manifest('a missing shard', 'damaged-file', /w\.bin/, ['w.bin']),
  manifest('a shard too short', 'damaged-file', /d\/kernel/, ['w.bin'], { 'model/w.bin': new Uint8Array(7) }),
  manifest('a shard too long', 'damaged-file', /w\.bin.*more than the manifest/, ['w.bin'], { 'model/w.bin': new Uint8Array(9) }),
  manifest('a vast shape', 'damaged-file', /d\/kernel/, ['w.bin'], shard, { shape: [1e9, 1e9] }),
  manifest('a negative shape', 'damaged-file', /d\/kernel/, ['w.bin'], shard, { shape: [-2, -1] }),
  manifest('a dtype of strings', 'unsupported', /d\/kernel/, ['w.bin'], shard, { dtype: 'string' }),
  {
    what: 'tfjs: a shard that is a link',
    as: 'model',
    code: 'unsafe-file',
    words: /w\.bin.*link/,
    lay(folder) {
      const path = manifest('', 'unsafe-file', /./, ['w.bin'], { 'secret.bin': new Uint8Array(8) }).lay(folder);
      symlinkSync(join(folder, 'secret.bin'), join(folder, 'model/w.bin'));
      return path;
    },
  },
  {
    what: 'tfjs: a shard that is a pipe',
    as: 'model',
    code: 'unsafe-file',
    words: /w\.bin.*regular/,
    lay(folder) {
      const path = manifest('', 'unsafe-file', /./, ['w.bin']).lay(folder);
      execFileSync('mkfifo', [join(folder, 'model/w.bin')]);
      return path;
    },
  },
  graph('WriteFile', 'unsupported'),
  graph('ReadFile', 'unsupported'),
  graph('PyFunc', 'unsupported'),
  graph('EagerPyFunc', 'unsupported'),
  graph('SomethingNew', 'unsupported'),
  {
    what: 'a SavedModel, which is a program',
    as: 'model',
    code: 'unsupported',
    words: /SavedModel/,
    lay(folder) {
      laid(folder, 'saved/saved_model.pb', '\x08\x01\x12\x00WriteFile');
      return join(folder, 'saved');
    },
  },
];
