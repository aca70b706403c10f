// This machine's speed of multiplying matrices through TensorFlow, the yardstick of how well a training step uses it.
import { answerRounds } from './answer-rounds.ts';
import { openContext } from './espalier-context.ts';

const SIZE = 2048;
const TIMES = 8;
const {
  context: { tf },
} = await openContext('');
const [a, b] = [tf.randomUniform([SIZE, SIZE]), tf.randomUniform([SIZE, SIZE])];
const multiply = () => {
  const product = tf.matMul(a, b);
  // The first number alone would do, but a slice is asked for after the whole product is there.
  const corner = tf.slice(product, [0, 0], [1, 1]);
  corner.dataSync();
  tf.dispose([product, corner]);
};
for (let warm = 0; warm < 2; warm++) multiply();
await answerRounds({ size: SIZE }, async () => {
  let best = Infinity;
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now();
    multiply();
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  // A multiplication and an addition for each of SIZE³ terms.
  return { seconds: best, flopsPerSecond: (2 * SIZE ** 3) / best };
});
