// One static block of memory for many tensors: where each lies so that those that never live together share it.

export interface Block {
  /** In bytes or in entries: offsets are in the same unit. */
  readonly size: number;
  /** The steps between which it is needed, both included. */
  readonly born: number;
  readonly dies: number;
}

/**
 * Blocks are laid from the largest to the smallest, each at the lowest offset that is free for all of its life, as TensorFlow Lite does
 * (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020: greedy by size). Of equal sizes the first given is laid first.
 * Worked example: sizes 4 (steps 0–1), 8 (1–2), 2 (2–3): 8 at 0, 4 at 8, 2 at 8, as the 4 is gone by then; 12 in all.
 */
export function layOutBlocks(blocks: readonly Block[]): { readonly size: number; readonly offsets: readonly number[] } {
  const placed: { readonly block: Block; readonly offset: number }[] = [];
  const offsets = new Array<number>(blocks.length).fill(0);
  let size = 0;
  for (const [at, block] of [...blocks.entries()].sort(([, one], [, other]) => other.size - one.size)) {
    const others = placed
      .filter(({ block: other }) => other.born <= block.dies && block.born <= other.dies)
      .sort((one, other) => one.offset - other.offset);
    let offset = 0;
    for (const other of others) {
      if (other.offset - offset >= block.size) break;
      offset = Math.max(offset, other.offset + other.block.size);
    }
    placed.push({ block, offset });
    offsets[at] = offset;
    size = Math.max(size, offset + block.size);
  }
  return { size, offsets };
}
