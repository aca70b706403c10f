// The equivalence certificate catches a compaction that went wrong, and names the layer where it did.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, test } from 'node:test';
import type { FromEngine } from '#contract/engine-messages.ts';
import { Recipe } from '#contract/recipe.ts';
import { certifyCompaction } from '#main/engine/measuring/certify-compaction.ts';
import { initialise } from '#network/initialise.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { maskChannels } from '#pruning/channel-masks.ts';
import { compactChannels } from '#pruning/compact.ts';
import { selectMasks } from '#pruning/recipe-masks.ts';
import { contextFor } from './in-process.ts';
import { scratchFolder } from './run-engine.ts';
import { writeSmallData } from './small-data.ts';
import { smallNetworks } from './small-networks.ts';

const folder = scratchFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const data = writeSmallData(folder);

/** One weight of the tensor, moved by a tenth. */
function spoilt(artifact: ModelArtifact, name: string): ModelArtifact {
  const weights = artifact.weights.map((tensor) =>
    tensor.name === name ? { ...tensor, data: tensor.data.map((value, at) => (at === 0 ? value + 0.1 : value)) } : tensor,
  );
  return { ...artifact, weights };
}

for (const network of ['everything', 'depthwise'] as const) {
  test(`${network}: the right compaction is equal; one wrong weight in any tensor is not, and its layer is named`, async (t) => {
    const heard: FromEngine[] = [];
    const context = contextFor(folder, (message) => heard.push(message));
    const source = initialise(smallNetworks[network], 5);
    const { removal } = selectMasks(source, Recipe.parse({ granularity: 'filter', sparsity: 0.5 }), 0.5);
    assert.ok(removal !== null);
    const [whole, compacted] = [maskChannels(source, removal), compactChannels(source, removal)];
    for (const inputs of [data, null]) {
      const right = await certifyCompaction(context, { whole, removal, compacted, data: inputs });
      assert.deepEqual([right.verdict, right.firstDivergingLayer, right.samples], ['equal', null, inputs === null ? 256 : 90]);
      assert.ok(right.maxDifference <= right.tolerance);
      assert.deepEqual(heard, []);
    }
    let planted = 0;
    for (const { name } of compacted.weights) {
      const wrong = await certifyCompaction(context, { whole, removal, compacted: spoilt(compacted, name), data });
      assert.equal(wrong.verdict, 'different', name);
      assert.equal(wrong.firstDivergingLayer, name.slice(0, name.lastIndexOf('/')), name);
      assert.ok(wrong.maxDifference > wrong.tolerance, name);
      const note = heard.pop();
      assert.ok(note?.kind === 'note' && note.text.includes(`"${wrong.firstDivergingLayer}"`), JSON.stringify(note));
      planted++;
    }
    t.diagnostic(`${planted} of ${compacted.weights.length} faults found where they were planted`);
  });
}
