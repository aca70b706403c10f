// Where each tensor of a network lies in one static block of memory, so that tensors that never live together share it.
import { layOutBlocks } from '#network/lay-out-blocks.ts';
import { shapeIn, type PlainNetwork, type PlainOperation } from '../lowering/plain-network.ts';

/** A place for a tensor: a place in the arena (in floats), or memory of the caller's. */
export type Place = { readonly in: 'arena'; readonly offset: number } | { readonly in: 'input' | 'output'; readonly index: number };

export interface ArenaPlan {
  /** Floats. */
  readonly size: number;
  readonly places: ReadonlyMap<string, Place>;
  /** Outputs that the caller's memory doesn't hold by itself: to be copied at the end. */
  readonly copies: readonly { readonly tensor: string; readonly output: number }[];
}

/** Entry by entry, so that the result may take the place of the input. */
const inPlace: ReadonlySet<PlainOperation['kind']> = new Set(['activation', 'affine', 'prelu', 'softmax', 'merge']);

interface Block {
  readonly size: number;
  readonly born: number;
  dies: number;
}

/**
 * Worked example: [4] → Dense 8 → Dense 2 → Dense 8 → output: blocks of 8, 2, and the output's own; 10 floats.
 */
export function planArena(network: PlainNetwork): ArenaPlan {
  const size = (tensor: string): number => shapeIn(network, tensor).reduce((product, length) => product * length, 1);
  const lastUse = new Map<string, number>();
  network.operations.forEach(({ inputs }, step) => inputs.forEach((input) => lastUse.set(input, step)));
  const owner = owners(network, size, lastUse);
  const places = new Map<string, Place>(network.inputs.map((name, index) => [name, { in: 'input', index }]));
  const copies: { tensor: string; output: number }[] = [];
  network.outputs.forEach((tensor, output) => {
    const root = owner.get(tensor) ?? tensor;
    if (places.has(root)) copies.push({ tensor, output });
    else places.set(root, { in: 'output', index: output });
  });
  const blocks = new Map<string, Block>();
  network.operations.forEach(({ output, inputs }, step) => {
    for (const tensor of [output, ...inputs]) {
      const root = owner.get(tensor) ?? tensor;
      const block = blocks.get(root) ?? { size: size(root), born: step, dies: step };
      block.dies = step;
      if (!places.has(root)) blocks.set(root, block);
    }
  });
  // An output that is copied at the end has to live until then.
  for (const { tensor } of copies) {
    const block = blocks.get(owner.get(tensor) ?? tensor);
    if (block !== undefined) block.dies = network.operations.length;
  }
  const total = layOut(blocks, places);
  for (const [tensor, root] of owner) places.set(tensor, places.get(root)!);
  return { size: total, places, copies };
}

/** For each tensor the one whose memory it uses: a reshape's input, or an input that nobody reads any more. */
function owners(
  network: PlainNetwork,
  size: (tensor: string) => number,
  lastUse: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> {
  const owner = new Map<string, string>();
  // Of everything that shares one block, when the last of it is read.
  const readUntil = new Map<string, number>();
  const root = (tensor: string): string => owner.get(tensor) ?? tensor;
  const kept = new Set([...network.inputs, ...network.outputs]);
  network.operations.forEach((operation, step) => {
    const { output, inputs, kind } = operation;
    const free = inputs.find(
      (input) =>
        !kept.has(root(input)) &&
        !network.inputs.includes(root(input)) &&
        size(input) === size(output) &&
        Math.max(lastUse.get(input) ?? step, readUntil.get(root(input)) ?? step) === step &&
        inputs.filter((each) => root(each) === root(input)).length === 1,
    );
    const shared = kind === 'reshape' ? inputs[0] : inPlace.has(kind) ? free : undefined;
    if (shared === undefined) return;
    owner.set(output, root(shared));
    const until = network.outputs.includes(output) ? Infinity : (lastUse.get(output) ?? step);
    readUntil.set(root(shared), Math.max(readUntil.get(root(shared)) ?? lastUse.get(root(shared)) ?? step, until));
  });
  return owner;
}

function layOut(blocks: ReadonlyMap<string, Block>, places: Map<string, Place>): number {
  const { size, offsets } = layOutBlocks([...blocks.values()]);
  [...blocks.keys()].forEach((root, at) => places.set(root, { in: 'arena', offset: offsets[at]! }));
  return size;
}
