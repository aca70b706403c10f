// The options that TFLite's operators carry, as tables to be written.
import * as schema from './generated/tflite-schema.ts';
import type { Fused, Merge, Pooling, SlidingWindow } from '../lowering/plain-network.ts';
import type { Options } from './tflite-graph.ts';

const { BuiltinOptions } = schema;
const fusedCodes: Readonly<Record<Fused, number>> = {
  none: schema.ActivationFunctionType.NONE,
  relu: schema.ActivationFunctionType.RELU,
  relu6: schema.ActivationFunctionType.RELU6,
};

function paddingOf({ padding }: SlidingWindow): number {
  return padding === 'same' ? schema.Padding.SAME : schema.Padding.VALID;
}

export function convolutionOptions(window: SlidingWindow, fused: Fused): Options {
  return {
    type: BuiltinOptions.Conv2DOptions,
    fields: schema.Conv2DOptionsFields,
    set: (builder) => {
      schema.Conv2DOptionsAddPadding(builder, paddingOf(window));
      schema.Conv2DOptionsAddStrideH(builder, window.strides[0]);
      schema.Conv2DOptionsAddStrideW(builder, window.strides[1]);
      schema.Conv2DOptionsAddFusedActivationFunction(builder, fusedCodes[fused]);
      schema.Conv2DOptionsAddDilationHFactor(builder, window.dilation[0]);
      schema.Conv2DOptionsAddDilationWFactor(builder, window.dilation[1]);
    },
  };
}

export function depthwiseOptions(window: SlidingWindow, fused: Fused, multiplier: number): Options {
  return {
    type: BuiltinOptions.DepthwiseConv2DOptions,
    fields: schema.DepthwiseConv2DOptionsFields,
    set: (builder) => {
      schema.DepthwiseConv2DOptionsAddPadding(builder, paddingOf(window));
      schema.DepthwiseConv2DOptionsAddStrideH(builder, window.strides[0]);
      schema.DepthwiseConv2DOptionsAddStrideW(builder, window.strides[1]);
      schema.DepthwiseConv2DOptionsAddDepthMultiplier(builder, multiplier);
      schema.DepthwiseConv2DOptionsAddFusedActivationFunction(builder, fusedCodes[fused]);
      schema.DepthwiseConv2DOptionsAddDilationHFactor(builder, window.dilation[0]);
      schema.DepthwiseConv2DOptionsAddDilationWFactor(builder, window.dilation[1]);
    },
  };
}

export function transposedOptions(window: SlidingWindow): Options {
  return {
    type: BuiltinOptions.TransposeConvOptions,
    fields: schema.TransposeConvOptionsFields,
    set: (builder) => {
      schema.TransposeConvOptionsAddPadding(builder, paddingOf(window));
      schema.TransposeConvOptionsAddStrideH(builder, window.strides[0]);
      schema.TransposeConvOptionsAddStrideW(builder, window.strides[1]);
    },
  };
}

export function denseOptions(fused: Fused, keepAxes: boolean): Options {
  return {
    type: BuiltinOptions.FullyConnectedOptions,
    fields: schema.FullyConnectedOptionsFields,
    set: (builder) => {
      schema.FullyConnectedOptionsAddFusedActivationFunction(builder, fusedCodes[fused]);
      schema.FullyConnectedOptionsAddKeepNumDims(builder, keepAxes);
    },
  };
}

export function poolOptions({ window }: Pooling): Options {
  return {
    type: BuiltinOptions.Pool2DOptions,
    fields: schema.Pool2DOptionsFields,
    set: (builder) => {
      schema.Pool2DOptionsAddPadding(builder, paddingOf(window));
      schema.Pool2DOptionsAddStrideH(builder, window.strides[0]);
      schema.Pool2DOptionsAddStrideW(builder, window.strides[1]);
      schema.Pool2DOptionsAddFilterHeight(builder, window.size[0]);
      schema.Pool2DOptionsAddFilterWidth(builder, window.size[1]);
    },
  };
}

/** Maximum and minimum have options without a fused activation. */
export function mergeOptions(mode: Merge['mode'] | 'divide', fused: Fused): Options {
  const code = fusedCodes[fused];
  switch (mode) {
    case 'add':
      return {
        type: BuiltinOptions.AddOptions,
        fields: schema.AddOptionsFields,
        set: (builder) => schema.AddOptionsAddFusedActivationFunction(builder, code),
      };
    case 'subtract':
      return {
        type: BuiltinOptions.SubOptions,
        fields: schema.SubOptionsFields,
        set: (builder) => schema.SubOptionsAddFusedActivationFunction(builder, code),
      };
    case 'multiply':
      return {
        type: BuiltinOptions.MulOptions,
        fields: schema.MulOptionsFields,
        set: (builder) => schema.MulOptionsAddFusedActivationFunction(builder, code),
      };
    case 'divide':
      return {
        type: BuiltinOptions.DivOptions,
        fields: schema.DivOptionsFields,
        set: (builder) => schema.DivOptionsAddFusedActivationFunction(builder, code),
      };
    case 'maximum':
    case 'minimum':
      return { type: BuiltinOptions.MaximumMinimumOptions, fields: schema.MaximumMinimumOptionsFields, set: () => {} };
  }
}

export function concatenationOptions(axis: number): Options {
  return {
    type: BuiltinOptions.ConcatenationOptions,
    fields: schema.ConcatenationOptionsFields,
    set: (builder) => schema.ConcatenationOptionsAddAxis(builder, axis),
  };
}

export function softmaxOptions(): Options {
  return {
    type: BuiltinOptions.SoftmaxOptions,
    fields: schema.SoftmaxOptionsFields,
    set: (builder) => schema.SoftmaxOptionsAddBeta(builder, 1),
  };
}

export function leakyOptions(slope: number): Options {
  return {
    type: BuiltinOptions.LeakyReluOptions,
    fields: schema.LeakyReluOptionsFields,
    set: (builder) => schema.LeakyReluOptionsAddAlpha(builder, slope),
  };
}

/** With pixel centres at a half, so that rounding never picks the neighbour. */
export function resizeOptions(): Options {
  return {
    type: BuiltinOptions.ResizeNearestNeighborOptions,
    fields: schema.ResizeNearestNeighborOptionsFields,
    set: (builder) => schema.ResizeNearestNeighborOptionsAddHalfPixelCenters(builder, true),
  };
}

export function bilinearOptions(corners: boolean): Options {
  return {
    type: BuiltinOptions.ResizeBilinearOptions,
    fields: schema.ResizeBilinearOptionsFields,
    set: (builder) =>
      corners ? schema.ResizeBilinearOptionsAddAlignCorners(builder, true) : schema.ResizeBilinearOptionsAddHalfPixelCenters(builder, true),
  };
}

export function productOptions(turned: boolean): Options {
  return {
    type: BuiltinOptions.BatchMatMulOptions,
    fields: schema.BatchMatMulOptionsFields,
    set: (builder) => schema.BatchMatMulOptionsAddAdjY(builder, turned),
  };
}

/** From floats to whole numbers. */
export function castOptions(): Options {
  return {
    type: BuiltinOptions.CastOptions,
    fields: schema.CastOptionsFields,
    set: (builder) => {
      schema.CastOptionsAddInDataType(builder, schema.TensorType.FLOAT32);
      schema.CastOptionsAddOutDataType(builder, schema.TensorType.INT32);
    },
  };
}

/** Operators whose options are an empty table or one that is right when left at its defaults. */
export function plainOptions(type: number): Options {
  return { type, fields: 1, set: () => {} };
}
