// The studio with the importer and the engine that users have: MNIST, LeNet-300-100, one epoch, pruned to 90 %.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { events } from '#contract/events.ts';
import { procedures } from '#contract/procedures.ts';
import { Recipe, TrainSettings } from '#contract/recipe.ts';
import type { Job } from '#contract/nouns.ts';
import { composeStudio } from '#main/compose-studio.ts';
import { memoryPair } from '#rpc/channel-memory.ts';
import { connect } from '#rpc/connect.ts';
import { freshHome } from '../studio/open-test-studio.ts';

test('the sample project trains to above 94 % in one epoch and is pruned of 90 % of its weights', async (t) => {
  const lines: string[] = [];
  const studio = await composeStudio({ home: freshHome(t), door: 'command', log: (line) => void lines.push(line) });
  t.after(() => studio.close(1000));
  const [near, far] = memoryPair();
  studio.rpc.serve(far);
  const { client, on } = connect(procedures, events, near);
  const ended = (id: string): Promise<Job> =>
    new Promise(
      (resolve) =>
        void on('jobChanged', ({ job }) => {
          if (job.id === id && job.state !== 'queued' && job.state !== 'running') resolve(job);
        }),
    );
  const project = await client.projects.createSample({});
  const { variants, datasets } = await client.projects.open({ id: project.id });
  const order = await client.jobs.train({
    variantId: variants[0]!.id,
    datasetId: datasets[0]!.id,
    settings: TrainSettings.parse({ epochs: 1 }),
  });
  const trained = await ended(order.id);
  assert.equal(trained.state, 'done', `${JSON.stringify(trained.problem)} ${lines.join('\n')}`);
  const baseline = await client.variants.get({ id: trained.variantId! });
  t.diagnostic(`accuracy ${baseline.evaluation?.accuracy}, ${trained.seconds.toFixed(1)} s`);
  assert.ok((baseline.evaluation?.accuracy ?? 0) > 0.94);
  const pruning = await client.jobs.prune({
    variantId: baseline.id,
    datasetId: datasets[0]!.id,
    recipe: Recipe.parse({ sparsity: 0.9, epochs: 1 }),
  });
  const pruned = await ended(pruning.id);
  assert.equal(pruned.state, 'done', `${JSON.stringify(pruned.problem)} ${lines.join('\n')}`);
  const variant = await client.variants.get({ id: pruned.variantId! });
  t.diagnostic(`accuracy ${variant.evaluation?.accuracy}, ${variant.summary.nonzero} of ${variant.summary.parameters} parameters`);
  assert.ok(variant.summary.nonzero < 0.11 * variant.summary.parameters);
  assert.ok((variant.evaluation?.accuracy ?? 0) > 0.9);
});
