// Writes a .keras file that Keras 3 loads; the same model gives the same bytes.
import h5wasm from 'h5wasm';
import { zipSync } from 'fflate';
import type { StagedArtifact } from '#contract/engine-messages.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { writeFileDurably } from '#main/files/durable-write.ts';
import { elements } from '../tensor-file/layout.ts';
import { refusal } from '../refusal.ts';
import { inKerasOrder } from './keras-order.ts';
import { writtenOptimizer, type WrittenOptimizer } from './optimizer-state.ts';
import { weightGroups, weightSlots } from './weight-paths.ts';
import { kerasConfig } from './write-config.ts';

const kerasVersion = '3.15.1';
let written = 0;

/** @throws StudioError `unsupported` for what Keras 3 has no equal of, `damaged-file` for a missing weight, `disk-full`, `disk-error`. */
export async function writeKeras(path: string, model: ModelArtifact): Promise<StagedArtifact> {
  return writeFileDurably(path, [await kerasBytes(model, path)]);
}

/** @param file its name, for messages. */
export async function kerasBytes(given: ModelArtifact, file: string): Promise<Uint8Array> {
  const model = { ...given, topology: inKerasOrder(given.topology) };
  const optimizer = writtenOptimizer(model, model.topology);
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const members = {
    'metadata.json': json({ keras_version: kerasVersion, date_saved: '1980-01-01@00:00:00', espalier: model.metadata }),
    'config.json': json({ ...kerasConfig(model.topology, { file }), ...(optimizer === null ? {} : compiledWith(optimizer)) }),
    'model.weights.h5': await weightsHdf5(model, optimizer, file),
  };
  // Stored, as Keras does it; a fixed date (in local time, which is what a zip holds) keeps the bytes equal from day to day.
  return zipSync(members, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** Keras compiles the model with it, and then finds the optimizer's variables in the weights file. */
function compiledWith({ className, config, loss }: WrittenOptimizer): object {
  return {
    compile_config: {
      optimizer: { module: 'keras.optimizers', class_name: className, config, registered_name: null },
      loss,
      loss_weights: null,
      metrics: ['accuracy'],
      weighted_metrics: null,
      run_eagerly: false,
      steps_per_execution: 1,
      jit_compile: false,
    },
  };
}

async function weightsHdf5({ topology, weights }: ModelArtifact, optimizer: WrittenOptimizer | null, file: string): Promise<Uint8Array> {
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]));
  const module = await h5wasm.ready;
  module.activate_throwing_error_handler();
  const name = `/written-${++written}.h5`;
  // HDF5 stamps each object with the time, which h5wasm takes from Date.now: held still, equal models give equal bytes.
  const now = Date.now;
  Date.now = () => 315_532_800_000;
  try {
    const h5 = new h5wasm.File(name, 'w');
    try {
      const made = new Set(['']);
      const group = (path: string): void => {
        path.split('/').forEach((_, index, parts) => {
          const part = `/${parts.slice(0, index + 1).join('/')}`;
          if (!made.has(part)) module.create_group(h5.file_id, part);
          made.add(part);
        });
      };
      const named = (path: string, owner: string): void => {
        group(`${path}/vars`);
        const vars = h5.get(`/${path}/vars`);
        if (vars instanceof h5wasm.Group) vars.create_attribute('name', owner);
      };
      group('layers');
      for (const { path, name: owner, layer } of weightGroups(topology)) {
        named(path, owner);
        if (layer === undefined) continue;
        for (const slot of weightSlots(layer.className, layer.config, layer.weights)) {
          const inner = slot.path === '' ? path : `${path}/${slot.path}`;
          group(`${inner}/vars`);
          slot.weights.forEach((weight, index) => {
            const tensor = byName.get(`${layer.layer}/${weight}`);
            if (tensor === undefined || elements(tensor.shape) === 0)
              throw refusal('damaged-file', { file, member: `${layer.layer}/${weight}` }, 'This weight of the model is missing.');
            const name = `/${inner}/vars/${index}`;
            h5.create_dataset({ name, data: Float32Array.from(tensor.data), shape: [...tensor.shape], dtype: '<f' });
          });
        }
      }
      if (optimizer !== null) {
        named('optimizer', String(optimizer.config['name']));
        optimizer.variables.forEach(({ shape, data }, index) => {
          const whole = data instanceof BigInt64Array;
          h5.create_dataset({ name: `/optimizer/vars/${index}`, data, shape: [...shape], dtype: whole ? '<q' : '<f' });
        });
      }
      group('vars');
      const vars = h5.get('/vars');
      if (vars instanceof h5wasm.Group) vars.create_attribute('name', topology.config.name);
    } finally {
      h5.close();
    }
    return module.FS.readFile(name, { encoding: 'binary' });
  } finally {
    Date.now = now;
    if (module.FS.analyzePath(name).exists) module.FS.unlink(name);
  }
}
