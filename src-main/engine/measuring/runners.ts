// A network ready to answer one batch in a runtime, over and over, to be timed: TensorFlow here, ONNX Runtime beside it.
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { StudioError } from '#contract/errors.ts';
import type { Runtime } from '#contract/nouns.ts';
import { writeOnnx } from '#formats/onnx/write/write-onnx.ts';
import type { ModelArtifact } from '#network/model-artifact.ts';
import { randomInputs } from '../data/random-inputs.ts';
import { tensorsOf } from '../data/samples.ts';
import { loadModel } from '../models/load-model.ts';
import { loadOnnxRuntime } from '../runtime/load-onnx-runtime.ts';
import { onnxFeeds } from '../runtime/onnx-feeds.ts';
import { openForward } from '../training/compiled/compiled-forward.ts';
import type { WorkContext } from '../work-context.ts';

export interface Runner {
  readonly runtime: Runtime;
  readonly version: string;
  /** Answers the batch once and reads the answer back: a result that nobody reads may not have been worked out. */
  run(): void | Promise<void>;
  dispose(): Promise<void>;
}

/** The same random inputs in every runtime. @throws StudioError `unsupported` for layers that the runtime's format can't say */
export async function openRunner(context: WorkContext, artifact: ModelArtifact, runtime: Runtime, batch: number): Promise<Runner> {
  return runtime === 'onnxruntime' ? openOnnxRunner(context, artifact, batch) : openTensorflowRunner(context, artifact, batch);
}

async function openTensorflowRunner({ tf, environment }: WorkContext, artifact: ModelArtifact, batch: number): Promise<Runner> {
  const loaded = await loadModel(tf, artifact);
  const inputs = tensorsOf(tf, randomInputs(loaded.model, artifact, batch, 1));
  const forward = openForward(tf, loaded);
  return {
    runtime: 'tensorflow',
    version: environment.tensorflow,
    run() {
      const answers = forward.run(inputs);
      for (const answer of answers) answer.dataSync();
      tf.dispose(answers);
    },
    async dispose() {
      forward.dispose();
      tf.dispose(inputs);
      loaded.dispose();
    },
  };
}

let written = 0;

/** By way of our own ONNX file; as many threads as TensorFlow has, and the runtime's own rewrites of the graph at their fullest, as in production. */
async function openOnnxRunner({ tf, environment, workspace }: WorkContext, artifact: ModelArtifact, batch: number): Promise<Runner> {
  const loaded = await loadModel(tf, artifact);
  const inputs = randomInputs(loaded.model, artifact, batch, 1);
  loaded.dispose();
  const { path } = await writeOnnx(join(workspace, `measured-${++written}.onnx`), artifact);
  const onnx = await loadOnnxRuntime();
  const { InferenceSession, env } = onnx;
  const session = await openSession(InferenceSession, path, environment.threads, artifact.topology.config.name);
  const feeds = onnxFeeds(onnx, session, inputs);
  return {
    runtime: 'onnxruntime',
    version: env.versions.node ?? env.versions.common,
    async run() {
      const answer = await session.run(feeds);
      for (const name of session.outputNames) void answer[name]?.data;
    },
    dispose: () => session.release(),
  };
}

async function openSession({ create }: typeof InferenceSession, path: string, threads: number, where: string): Promise<InferenceSession> {
  try {
    return await create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    throw new StudioError('unsupported', `ONNX Runtime can't run this network: ${firstLine(cause)}`, {
      where,
      whatToDo: 'Measure it in TensorFlow.',
      cause,
    });
  }
}

function firstLine(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]!.slice(0, 300);
}
