// How a criterion judges single weights and blocks of them.
import { eachOf } from '#criteria/along.ts';
import type { Criterion, Scores } from '#criteria/criterion.ts';
import { criterionNamed } from '#criteria/all-criteria.ts';
import { pairOf, type Recipe } from '#contract/recipe.ts';
import { evidenceFor, type Evidence } from './evidence.ts';
import type { Kernel } from './kernels.ts';
import { draws } from './random-scores.ts';

/** One number a weight, to be ranked in the criterion's order; for norms the weights themselves, uncopied. */
export function weightScores(kernel: Kernel, recipe: Recipe, evidence: Evidence): Float32Array {
  const criterion = criterionNamed(recipe.criterion);
  return criterion.asMagnitude === true ? kernel.data : float32(sumsOf(kernel, criterion, recipe.seed, evidence));
}

/**
 * One number a block, row of blocks after row. A kernel is a matrix here: all axes but the last are its rows, the last its columns.
 * A score is the mean over the block's weights, so that the smaller blocks at the edges rank fairly. Example: 4x4 blocks of a
 * convolution's [3, 3, 8, 10] are 18 × 3 blocks over 72 × 10 weights, the last of each row only 2 columns wide.
 */
export function blockScores(kernel: Kernel, recipe: Recipe, evidence: Evidence): Float32Array {
  const criterion = criterionNamed(recipe.criterion);
  const grid = blockGrid(kernel, recipe);
  const rowOf = rowSums(kernel, criterion, grid.columns, recipe.seed, evidence);
  const totals = new Float64Array(grid.count);
  const sizes = new Int32Array(grid.count);
  let row: Scores = new Float32Array();
  eachRow(grid, (block, from, to, start) => {
    if (from === start) row = rowOf(start);
    for (let index = from; index < to; index++) totals[block]! += row[index - start]!;
    sizes[block]! += to - from;
  });
  // A loop: `Float32Array.from` with a function gathers every number in a list first.
  const scores = new Float32Array(grid.count);
  for (let block = 0; block < grid.count; block++) {
    const mean = totals[block]! / sizes[block]!;
    scores[block] = criterion.finish === undefined ? mean : criterion.finish(mean);
  }
  return scores;
}

/** The mask of the kernel's weights from that of its blocks. */
export function spreadBlocks(kernel: Kernel, recipe: Recipe, blocks: Uint8Array): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(kernel.data.length);
  eachRow(blockGrid(kernel, recipe), (block, from, to) => {
    if (blocks[block] === 1) mask.fill(1, from, to);
  });
  return mask;
}

interface BlockGrid {
  readonly rows: number;
  readonly columns: number;
  /** Of one block. */
  readonly height: number;
  readonly width: number;
  /** Blocks in a row, and in all. */
  readonly across: number;
  readonly count: number;
}

function blockGrid({ shape, data }: Kernel, { block }: Recipe): BlockGrid {
  const [height, width] = pairOf(block);
  const columns = shape.at(-1) ?? 1;
  const rows = data.length / Math.max(columns, 1);
  const across = Math.ceil(columns / width);
  return { rows, columns, height, width, across, count: Math.ceil(rows / height) * across };
}

/** Row by row of each block: its weights from `from` up to but without `to`, which are neighbours in memory, in the row that begins at `start`. */
function eachRow(
  { rows, columns, height, width, across }: BlockGrid,
  visit: (block: number, from: number, to: number, start: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    const first = Math.floor(row / height) * across;
    const start = row * columns;
    for (let block = 0; block < across; block++)
      visit(first + block, start + block * width, start + Math.min((block + 1) * width, columns), start);
  }
}

/** One row of `sumsOf` after the other; of the weights alone without a copy of the whole kernel. */
function rowSums(kernel: Kernel, criterion: Criterion, columns: number, seed: number, evidence: Evidence): (start: number) => Scores {
  if (criterion.looksAt !== 'weights') {
    const all = sumsOf(kernel, criterion, seed, evidence);
    return (start) => all.subarray(start, start + columns);
  }
  const row = new Float32Array(columns);
  const along = eachOf(columns);
  return (start) => {
    row.fill(0);
    criterion.add(row, kernel.data.subarray(start, start + columns), along);
    return row;
  };
}

function sumsOf(kernel: Kernel, criterion: Criterion, seed: number, evidence: Evidence): Scores {
  if (criterion.looksAt === 'weights') {
    const sums = new Float32Array(kernel.data.length);
    criterion.add(sums, kernel.data, eachOf(sums.length));
    return sums;
  }
  return criterion.looksAt === 'chance' ? draws(seed, kernel.name, kernel.data) : evidenceFor(evidence, kernel.name, criterion);
}

function float32(scores: Scores): Float32Array {
  return scores instanceof Float32Array ? scores : Float32Array.from(scores);
}
