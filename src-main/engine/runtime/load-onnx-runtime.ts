// Loads ONNX Runtime, when it is first needed: it takes a third of a second.
import { StudioError } from '#contract/errors.ts';

/** @throws StudioError `engine-unavailable` where its library is missing or doesn't load */
export async function loadOnnxRuntime(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new StudioError('engine-unavailable', `ONNX Runtime doesn't load here: ${reason}`, {
      whatToDo: 'Measure in TensorFlow or export to another format, or install on a platform that onnxruntime-node has a library for.',
      cause,
    });
  }
}
