// Samples as the tensors that an ONNX file's inputs want.
import type * as Onnx from 'onnxruntime-node';
import type { Samples } from '../data/samples.ts';

/** `inputs` in the order of the file's; whole numbers where an input takes those. */
export function onnxFeeds(
  { Tensor }: Pick<typeof Onnx, 'Tensor'>,
  session: Onnx.InferenceSession,
  inputs: readonly Samples[],
): Record<string, Onnx.Tensor> {
  return Object.fromEntries(
    inputs.map(({ shape, data }, index) => {
      const wanted = session.inputMetadata[index];
      const whole = wanted?.isTensor === true && wanted.type === 'int32';
      const tensor = whole ? new Tensor('int32', Int32Array.from(data), [...shape]) : new Tensor('float32', data.slice(), [...shape]);
      return [session.inputNames[index]!, tensor];
    }),
  );
}
