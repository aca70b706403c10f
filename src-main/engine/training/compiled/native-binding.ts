// The part of tfjs-node's native binding that recording and running whole graphs needs.
import type { TensorInfo } from '@tensorflow/tfjs-node';
import type { Tensorflow } from '../../runtime/load-tensorflow.ts';

export interface NativeTensor {
  readonly id: number;
  readonly dtype: number;
  readonly shape: readonly number[];
}
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

export interface NativeBinding {
  executeOp(name: string, attributes: readonly NativeAttribute[], inputs: readonly number[], outputs: number): NativeTensor[];
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): ArrayBufferView;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly [constant: `TF_ATTR_${string}`]: number;
}

interface TensorRecord {
  id: number;
  shape: number[];
  dtype: number;
  values: ArrayBufferView | null;
}

export interface NativeBackend {
  binding: NativeBinding;
  readonly tensorMap: { get(dataId: object): TensorRecord };
  createOutputTensor(tensor: NativeTensor): TensorInfo;
}

export function nativeBackend(tf: Tensorflow): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** The native id of a tensor, which tfjs makes only when a kernel first asks for it. */
export function nativeId({ binding, tensorMap }: NativeBackend, tensor: TensorInfo): number {
  const record = tensorMap.get(tensor.dataId);
  if (record.values !== null && record.values !== undefined) {
    record.id = binding.createTensor(record.shape, record.dtype, record.values);
    record.values = null;
  }
  return record.id;
}
