// ONNX files, in ONNX Runtime.
import type * as Onnx from 'onnxruntime-node';
import { StudioError } from '#contract/errors.ts';
import { loadOnnxRuntime } from '../runtime/load-onnx-runtime.ts';
import type { WorkContext } from '../work-context.ts';
import type { Replay } from './replay.ts';
import type { Written } from './write-format.ts';

const BATCH = 32;

/** @throws StudioError `internal` where ONNX Runtime won't open what was written */
export async function replayOnnx({ environment, interruption }: WorkContext, { entry }: Written): Promise<Replay> {
  const onnx = await loadOnnxRuntime();
  const session = await open(onnx, entry, environment.threads);
  const types = session.inputMetadata.map((input) => (input.isTensor ? input.type : 'float32'));
  return {
    runtime: `ONNX Runtime ${onnx.env.versions.node ?? onnx.env.versions.common}`,
    speed: 1e10,
    step: 0,
    async answer(inputs) {
      const count = inputs[0]?.shape[0] ?? 0;
      const results: Float32Array[] = [];
      for (let from = 0; from < count; from += BATCH) {
        await interruption.breathe();
        const to = Math.min(count, from + BATCH);
        const feeds = Object.fromEntries(
          inputs.map(({ shape, data }, index): [string, Onnx.Tensor] => {
            const size = data.length / count;
            const values = data.slice(from * size, to * size);
            const sizes = [to - from, ...shape.slice(1)];
            return [
              session.inputNames[index]!,
              types[index] === 'int32'
                ? new onnx.Tensor('int32', Int32Array.from(values), sizes)
                : new onnx.Tensor('float32', values, sizes),
            ];
          }),
        );
        const answers = await session.run(feeds);
        session.outputNames.forEach((name, output) => {
          const values = answers[name]!.data as Float32Array;
          const whole = (results[output] ??= new Float32Array((values.length / (to - from)) * count));
          whole.set(values, (values.length / (to - from)) * from);
        });
      }
      return results;
    },
    dispose: () => void session.release(),
  };
}

async function open(onnx: Pick<typeof Onnx, 'InferenceSession'>, path: string, threads: number): Promise<Onnx.InferenceSession> {
  try {
    return await onnx.InferenceSession.create(path, { executionProviders: ['cpu'], intraOpNumThreads: threads, logSeverityLevel: 3 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new StudioError('internal', `ONNX Runtime won't open the exported file: ${reason}`, { whatToDo: 'Please report this.', cause });
  }
}
