// Blocks in one arena: the worked example, and that blocks alive together never overlap, at 300 random sets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layOutBlocks } from '#network/lay-out-blocks.ts';

test('4 (steps 0–1), 8 (1–2), 2 (2–3): 8 at 0, the others at 8 one after the other; 12 in all', () => {
  const blocks = [
    { size: 4, born: 0, dies: 1 },
    { size: 8, born: 1, dies: 2 },
    { size: 2, born: 2, dies: 3 },
  ];
  assert.deepEqual(layOutBlocks(blocks), { size: 12, offsets: [8, 0, 8] });
  assert.deepEqual(layOutBlocks([]), { size: 0, offsets: [] });
});

test('what lives at the same time never overlaps, and the arena is at least what lives at once (seed 6)', () => {
  const block = fc
    .record({ size: fc.integer({ min: 1, max: 100 }), born: fc.nat(12), length: fc.nat(5) })
    .map(({ size, born, length }) => ({ size, born, dies: born + length }));
  fc.assert(
    fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
      const { size, offsets } = layOutBlocks(blocks);
      blocks.forEach((one, at) => {
        assert.ok(offsets[at]! + one.size <= size);
        blocks.slice(at + 1).forEach((other, index) => {
          const [own, its] = [offsets[at]!, offsets[at + 1 + index]!];
          const together = one.born <= other.dies && other.born <= one.dies;
          assert.ok(!together || own + one.size <= its || its + other.size <= own);
        });
      });
      for (let step = 0; step < 18; step++) {
        const live = blocks.filter(({ born, dies }) => born <= step && step <= dies).reduce((sum, each) => sum + each.size, 0);
        assert.ok(live <= size);
      }
    }),
    { seed: 6, numRuns: 300 },
  );
});
