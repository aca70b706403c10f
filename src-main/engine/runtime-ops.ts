// TensorFlow's own kernels by name, for what tfjs has no function for.
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-node';
import type { Tensorflow } from './runtime/load-tensorflow.ts';

export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that runs a kernel by its TensorFlow name. */
export interface NativeOps {
  executeSingleOutput(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(name: string, attributes: readonly OpAttribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[];
  readonly binding: {
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
  };
}

/** @throws Error where the backend is not the native one */
export function nativeOps(tf: Tensorflow): NativeOps {
  const backend: unknown = tf.backend();
  if (typeof backend !== 'object' || backend === null || !('executeMultipleOutputs' in backend))
    throw new Error('The native backend of TensorFlow is not in use.');
  return backend as NativeOps;
}
