// Espalier's side of `masks`: the k smallest magnitudes of all tensors together.
import { readFileSync } from 'node:fs';
import { selectSmallest } from '#pruning/select-smallest.ts';
import { answerRounds } from './answer-rounds.ts';
import { extraMemory } from './extra-memory.ts';
import type { MaskTask } from './masks.ts';

const { weights: path, shapes, sparsity } = JSON.parse(process.argv[2]!) as MaskTask;
const file = readFileSync(path);
const values = new Float32Array(file.buffer, file.byteOffset, file.byteLength / 4);
let at = 0;
const tensors = shapes.map((shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return values.slice(at, (at += size));
});

function select() {
  const { result, seconds, extra } = extraMemory(() => selectSmallest(tensors, Math.round(sparsity * values.length)));
  return { seconds, extra, removed: result.reduce((sum, mask) => sum + mask.reduce((zeros, keep) => zeros + 1 - keep, 0), 0) };
}

// Once for the compiler; the first selection of a process takes longer.
const first = select();
await answerRounds({ first }, () => Promise.resolve(select()));
