// Records what an eager computation asks of TensorFlow, kernel by kernel, while it runs.
import type { NativeAttribute, NativeBackend, NativeBinding, NativeTensor } from './native-binding.ts';

export interface RecordedOp {
  readonly name: string;
  readonly attributes: readonly NativeAttribute[];
  readonly inputs: readonly number[];
  readonly outputs: readonly NativeTensor[];
}

export interface RecordedConstant {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: ArrayBufferView;
}

export interface Recording {
  readonly ops: readonly RecordedOp[];
  /** Tensors that JavaScript made during the recording, by id. */
  readonly constants: ReadonlyMap<number, RecordedConstant>;
  /** Deletes what was kept alive so that ids stay unique; ids mean nothing afterwards. */
  release(): void;
}

/** Runs `work` with every kernel call recorded. Tensors that tfjs disposes of meanwhile are kept until `release`. */
export function recordOps<T>(backend: NativeBackend, work: () => T): { result: T; recording: Recording } {
  const native = backend.binding;
  const ops: RecordedOp[] = [];
  const constants = new Map<number, RecordedConstant>();
  const doomed: number[] = [];
  const spy: Partial<NativeBinding> = {
    executeOp(name, attributes, inputs, count) {
      const outputs = native.executeOp(name, attributes, inputs, count);
      ops.push({ name, attributes, inputs: [...inputs], outputs });
      return outputs;
    },
    createTensor(shape, dtype, values) {
      const id = native.createTensor(shape, dtype, values);
      constants.set(id, { shape: [...shape], dtype, values });
      return id;
    },
    deleteTensor: (id) => void doomed.push(id),
  };
  // The target is empty because the binding's own properties may not be answered differently by a proxy over it.
  backend.binding = new Proxy({} as NativeBinding, {
    get: (_, key: keyof NativeBinding) =>
      spy[key] ?? (typeof native[key] === 'function' ? (native[key] as () => unknown).bind(native) : native[key]),
  });
  try {
    return {
      result: work(),
      recording: {
        ops,
        constants,
        release: () => {
          for (const id of doomed.splice(0)) native.deleteTensor(id);
        },
      },
    };
  } finally {
    backend.binding = native;
  }
}
