// `espalier demo`: LeNet-300-100 to 98 % or more, 12× fewer weights within 0.3 points, and cnn-small with half its filters gone.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newBench } from './run-espalier.ts';

interface Row {
  name: string;
  path: string;
  summary: { parameters: number; nonzero: number; macs: number; bytes: { raw: number } };
  evaluation: { accuracy: number } | null;
  latency: { p50: number } | null;
}

const bench = newBench();
after(() => bench.remove());

test('the demo keeps its promises on MNIST', async (context) => {
  const { variants, certificate } = await bench.json<{
    variants: Row[];
    certificate: { verdict: string; maxDifference: number; tolerance: number };
  }>('demo');
  const [dense, pruned, cnn, half] = variants;
  assert.ok(dense && pruned && cnn && half, `four variants, not ${variants.length}`);
  for (const row of variants)
    context.diagnostic(
      `${row.name}: accuracy ${row.evaluation!.accuracy}, non-zero ${row.summary.nonzero}, MACs ${row.summary.macs}, p50 ${row.latency!.p50} ms`,
    );
  assert.ok(dense.evaluation!.accuracy >= 0.98, `dense ${dense.evaluation!.accuracy}`);
  assert.ok(
    pruned.evaluation!.accuracy >= dense.evaluation!.accuracy - 0.003,
    `pruned ${pruned.evaluation!.accuracy} against ${dense.evaluation!.accuracy}`,
  );
  assert.equal(pruned.summary.nonzero, 266_200 - Math.round(0.917 * 266_200) + 410);
  assert.equal(certificate.verdict, 'equal');
  assert.ok(half.summary.parameters < 0.6 * cnn.summary.parameters && half.summary.macs < 0.5 * cnn.summary.macs);
  assert.ok(half.summary.bytes.raw < 0.6 * cnn.summary.bytes.raw);
  for (const { latency } of variants) assert.ok(latency!.p50 > 0);
});
