// ONNX files, in ONNX Runtime.
import type * as Onnx from 'onnxruntime-node';
import { StudioError } from '#contract/errors.ts';
import { loadOnnxRuntime } from '../runtime/load-onnx-runtime.ts';
import { onnxFeeds } from '../runtime/onnx-feeds.ts';
import type { WorkContext } from '../work-context.ts';
import { inBatches, type Replay } from './replay.ts';
import type { Written } from './write-format.ts';

/** @throws StudioError `internal` where ONNX Runtime won't open what was written */
export async function replayOnnx(context: WorkContext, { entry }: Written): Promise<Replay> {
  const onnx = await loadOnnxRuntime();
  const session = await open(onnx, entry, context.environment.threads);
  return {
    runtime: `ONNX Runtime ${onnx.env.versions.node ?? onnx.env.versions.common}`,
    speed: 1e10,
    step: 0,
    answer: (inputs) =>
      inBatches(context, inputs, async (batch) => {
        const answers = await session.run(onnxFeeds(onnx, session, batch));
        return session.outputNames.map((name) => answers[name]!.data as Float32Array);
      }),
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
