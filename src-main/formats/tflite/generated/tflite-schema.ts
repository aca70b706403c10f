// node schema-to-typescript.mjs tensorflow/lite/python/schema_py_generated.py > tflite-schema.ts   (TFLite's schema, of tensorflow 2.21.0, Apache-2.0)
import type { Builder, Offset } from 'flatbuffers';

export const TensorType = {
  FLOAT32: 0,
  FLOAT16: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT64: 10,
  COMPLEX128: 11,
  UINT64: 12,
  RESOURCE: 13,
  VARIANT: 14,
  UINT32: 15,
  UINT16: 16,
  INT4: 17,
  BFLOAT16: 18,
  INT2: 19,
  UINT4: 20,
} as const;

export const QuantizationDetails = {
  NONE: 0,
  CustomQuantization: 1,
  BlockwiseQuantization: 2,
} as const;

export const DimensionType = {
  DENSE: 0,
  SPARSE_CSR: 1,
} as const;

export const SparseIndexVector = {
  NONE: 0,
  Int32Vector: 1,
  Uint16Vector: 2,
  Uint8Vector: 3,
} as const;

export const BuiltinOperator = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONCATENATION: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  DEPTH_TO_SPACE: 5,
  DEQUANTIZE: 6,
  EMBEDDING_LOOKUP: 7,
  FLOOR: 8,
  FULLY_CONNECTED: 9,
  HASHTABLE_LOOKUP: 10,
  L2_NORMALIZATION: 11,
  L2_POOL_2D: 12,
  LOCAL_RESPONSE_NORMALIZATION: 13,
  LOGISTIC: 14,
  LSH_PROJECTION: 15,
  LSTM: 16,
  MAX_POOL_2D: 17,
  MUL: 18,
  RELU: 19,
  RELU_N1_TO_1: 20,
  RELU6: 21,
  RESHAPE: 22,
  RESIZE_BILINEAR: 23,
  RNN: 24,
  SOFTMAX: 25,
  SPACE_TO_DEPTH: 26,
  SVDF: 27,
  TANH: 28,
  CONCAT_EMBEDDINGS: 29,
  SKIP_GRAM: 30,
  CALL: 31,
  CUSTOM: 32,
  EMBEDDING_LOOKUP_SPARSE: 33,
  PAD: 34,
  UNIDIRECTIONAL_SEQUENCE_RNN: 35,
  GATHER: 36,
  BATCH_TO_SPACE_ND: 37,
  SPACE_TO_BATCH_ND: 38,
  TRANSPOSE: 39,
  MEAN: 40,
  SUB: 41,
  DIV: 42,
  SQUEEZE: 43,
  UNIDIRECTIONAL_SEQUENCE_LSTM: 44,
  STRIDED_SLICE: 45,
  BIDIRECTIONAL_SEQUENCE_RNN: 46,
  EXP: 47,
  TOPK_V2: 48,
  SPLIT: 49,
  LOG_SOFTMAX: 50,
  DELEGATE: 51,
  BIDIRECTIONAL_SEQUENCE_LSTM: 52,
  CAST: 53,
  PRELU: 54,
  MAXIMUM: 55,
  ARG_MAX: 56,
  MINIMUM: 57,
  LESS: 58,
  NEG: 59,
  PADV2: 60,
  GREATER: 61,
  GREATER_EQUAL: 62,
  LESS_EQUAL: 63,
  SELECT: 64,
  SLICE: 65,
  SIN: 66,
  TRANSPOSE_CONV: 67,
  SPARSE_TO_DENSE: 68,
  TILE: 69,
  EXPAND_DIMS: 70,
  EQUAL: 71,
  NOT_EQUAL: 72,
  LOG: 73,
  SUM: 74,
  SQRT: 75,
  RSQRT: 76,
  SHAPE: 77,
  POW: 78,
  ARG_MIN: 79,
  FAKE_QUANT: 80,
  REDUCE_PROD: 81,
  REDUCE_MAX: 82,
  PACK: 83,
  LOGICAL_OR: 84,
  ONE_HOT: 85,
  LOGICAL_AND: 86,
  LOGICAL_NOT: 87,
  UNPACK: 88,
  REDUCE_MIN: 89,
  FLOOR_DIV: 90,
  REDUCE_ANY: 91,
  SQUARE: 92,
  ZEROS_LIKE: 93,
  FILL: 94,
  FLOOR_MOD: 95,
  RANGE: 96,
  RESIZE_NEAREST_NEIGHBOR: 97,
  LEAKY_RELU: 98,
  SQUARED_DIFFERENCE: 99,
  MIRROR_PAD: 100,
  ABS: 101,
  SPLIT_V: 102,
  UNIQUE: 103,
  CEIL: 104,
  REVERSE_V2: 105,
  ADD_N: 106,
  GATHER_ND: 107,
  COS: 108,
  WHERE: 109,
  RANK: 110,
  ELU: 111,
  REVERSE_SEQUENCE: 112,
  MATRIX_DIAG: 113,
  QUANTIZE: 114,
  MATRIX_SET_DIAG: 115,
  ROUND: 116,
  HARD_SWISH: 117,
  IF: 118,
  WHILE: 119,
  NON_MAX_SUPPRESSION_V4: 120,
  NON_MAX_SUPPRESSION_V5: 121,
  SCATTER_ND: 122,
  SELECT_V2: 123,
  DENSIFY: 124,
  SEGMENT_SUM: 125,
  BATCH_MATMUL: 126,
  PLACEHOLDER_FOR_GREATER_OP_CODES: 127,
  CUMSUM: 128,
  CALL_ONCE: 129,
  BROADCAST_TO: 130,
  RFFT2D: 131,
  CONV_3D: 132,
  IMAG: 133,
  REAL: 134,
  COMPLEX_ABS: 135,
  HASHTABLE: 136,
  HASHTABLE_FIND: 137,
  HASHTABLE_IMPORT: 138,
  HASHTABLE_SIZE: 139,
  REDUCE_ALL: 140,
  CONV_3D_TRANSPOSE: 141,
  VAR_HANDLE: 142,
  READ_VARIABLE: 143,
  ASSIGN_VARIABLE: 144,
  BROADCAST_ARGS: 145,
  RANDOM_STANDARD_NORMAL: 146,
  BUCKETIZE: 147,
  RANDOM_UNIFORM: 148,
  MULTINOMIAL: 149,
  GELU: 150,
  DYNAMIC_UPDATE_SLICE: 151,
  RELU_0_TO_1: 152,
  UNSORTED_SEGMENT_PROD: 153,
  UNSORTED_SEGMENT_MAX: 154,
  UNSORTED_SEGMENT_SUM: 155,
  ATAN2: 156,
  UNSORTED_SEGMENT_MIN: 157,
  SIGN: 158,
  BITCAST: 159,
  BITWISE_XOR: 160,
  RIGHT_SHIFT: 161,
  STABLEHLO_LOGISTIC: 162,
  STABLEHLO_ADD: 163,
  STABLEHLO_DIVIDE: 164,
  STABLEHLO_MULTIPLY: 165,
  STABLEHLO_MAXIMUM: 166,
  STABLEHLO_RESHAPE: 167,
  STABLEHLO_CLAMP: 168,
  STABLEHLO_CONCATENATE: 169,
  STABLEHLO_BROADCAST_IN_DIM: 170,
  STABLEHLO_CONVOLUTION: 171,
  STABLEHLO_SLICE: 172,
  STABLEHLO_CUSTOM_CALL: 173,
  STABLEHLO_REDUCE: 174,
  STABLEHLO_ABS: 175,
  STABLEHLO_AND: 176,
  STABLEHLO_COSINE: 177,
  STABLEHLO_EXPONENTIAL: 178,
  STABLEHLO_FLOOR: 179,
  STABLEHLO_LOG: 180,
  STABLEHLO_MINIMUM: 181,
  STABLEHLO_NEGATE: 182,
  STABLEHLO_OR: 183,
  STABLEHLO_POWER: 184,
  STABLEHLO_REMAINDER: 185,
  STABLEHLO_RSQRT: 186,
  STABLEHLO_SELECT: 187,
  STABLEHLO_SUBTRACT: 188,
  STABLEHLO_TANH: 189,
  STABLEHLO_SCATTER: 190,
  STABLEHLO_COMPARE: 191,
  STABLEHLO_CONVERT: 192,
  STABLEHLO_DYNAMIC_SLICE: 193,
  STABLEHLO_DYNAMIC_UPDATE_SLICE: 194,
  STABLEHLO_PAD: 195,
  STABLEHLO_IOTA: 196,
  STABLEHLO_DOT_GENERAL: 197,
  STABLEHLO_REDUCE_WINDOW: 198,
  STABLEHLO_SORT: 199,
  STABLEHLO_WHILE: 200,
  STABLEHLO_GATHER: 201,
  STABLEHLO_TRANSPOSE: 202,
  DILATE: 203,
  STABLEHLO_RNG_BIT_GENERATOR: 204,
  REDUCE_WINDOW: 205,
  STABLEHLO_COMPOSITE: 206,
  STABLEHLO_SHIFT_LEFT: 207,
  STABLEHLO_CBRT: 208,
  STABLEHLO_CASE: 209,
} as const;

export const BuiltinOptions = {
  NONE: 0,
  Conv2DOptions: 1,
  DepthwiseConv2DOptions: 2,
  ConcatEmbeddingsOptions: 3,
  LSHProjectionOptions: 4,
  Pool2DOptions: 5,
  SVDFOptions: 6,
  RNNOptions: 7,
  FullyConnectedOptions: 8,
  SoftmaxOptions: 9,
  ConcatenationOptions: 10,
  AddOptions: 11,
  L2NormOptions: 12,
  LocalResponseNormalizationOptions: 13,
  LSTMOptions: 14,
  ResizeBilinearOptions: 15,
  CallOptions: 16,
  ReshapeOptions: 17,
  SkipGramOptions: 18,
  SpaceToDepthOptions: 19,
  EmbeddingLookupSparseOptions: 20,
  MulOptions: 21,
  PadOptions: 22,
  GatherOptions: 23,
  BatchToSpaceNDOptions: 24,
  SpaceToBatchNDOptions: 25,
  TransposeOptions: 26,
  ReducerOptions: 27,
  SubOptions: 28,
  DivOptions: 29,
  SqueezeOptions: 30,
  SequenceRNNOptions: 31,
  StridedSliceOptions: 32,
  ExpOptions: 33,
  TopKV2Options: 34,
  SplitOptions: 35,
  LogSoftmaxOptions: 36,
  CastOptions: 37,
  DequantizeOptions: 38,
  MaximumMinimumOptions: 39,
  ArgMaxOptions: 40,
  LessOptions: 41,
  NegOptions: 42,
  PadV2Options: 43,
  GreaterOptions: 44,
  GreaterEqualOptions: 45,
  LessEqualOptions: 46,
  SelectOptions: 47,
  SliceOptions: 48,
  TransposeConvOptions: 49,
  SparseToDenseOptions: 50,
  TileOptions: 51,
  ExpandDimsOptions: 52,
  EqualOptions: 53,
  NotEqualOptions: 54,
  ShapeOptions: 55,
  PowOptions: 56,
  ArgMinOptions: 57,
  FakeQuantOptions: 58,
  PackOptions: 59,
  LogicalOrOptions: 60,
  OneHotOptions: 61,
  LogicalAndOptions: 62,
  LogicalNotOptions: 63,
  UnpackOptions: 64,
  FloorDivOptions: 65,
  SquareOptions: 66,
  ZerosLikeOptions: 67,
  FillOptions: 68,
  BidirectionalSequenceLSTMOptions: 69,
  BidirectionalSequenceRNNOptions: 70,
  UnidirectionalSequenceLSTMOptions: 71,
  FloorModOptions: 72,
  RangeOptions: 73,
  ResizeNearestNeighborOptions: 74,
  LeakyReluOptions: 75,
  SquaredDifferenceOptions: 76,
  MirrorPadOptions: 77,
  AbsOptions: 78,
  SplitVOptions: 79,
  UniqueOptions: 80,
  ReverseV2Options: 81,
  AddNOptions: 82,
  GatherNdOptions: 83,
  CosOptions: 84,
  WhereOptions: 85,
  RankOptions: 86,
  ReverseSequenceOptions: 87,
  MatrixDiagOptions: 88,
  QuantizeOptions: 89,
  MatrixSetDiagOptions: 90,
  HardSwishOptions: 91,
  IfOptions: 92,
  WhileOptions: 93,
  DepthToSpaceOptions: 94,
  NonMaxSuppressionV4Options: 95,
  NonMaxSuppressionV5Options: 96,
  ScatterNdOptions: 97,
  SelectV2Options: 98,
  DensifyOptions: 99,
  SegmentSumOptions: 100,
  BatchMatMulOptions: 101,
  CumsumOptions: 102,
  CallOnceOptions: 103,
  BroadcastToOptions: 104,
  Rfft2dOptions: 105,
  Conv3DOptions: 106,
  HashtableOptions: 107,
  HashtableFindOptions: 108,
  HashtableImportOptions: 109,
  HashtableSizeOptions: 110,
  VarHandleOptions: 111,
  ReadVariableOptions: 112,
  AssignVariableOptions: 113,
  RandomOptions: 114,
  BucketizeOptions: 115,
  GeluOptions: 116,
  DynamicUpdateSliceOptions: 117,
  UnsortedSegmentProdOptions: 118,
  UnsortedSegmentMaxOptions: 119,
  UnsortedSegmentMinOptions: 120,
  UnsortedSegmentSumOptions: 121,
  ATan2Options: 122,
  SignOptions: 123,
  BitcastOptions: 124,
  BitwiseXorOptions: 125,
  RightShiftOptions: 126,
} as const;

export const BuiltinOptions2 = {
  NONE: 0,
  StablehloConcatenateOptions: 1,
  StablehloBroadcastInDimOptions: 2,
  StablehloSliceOptions: 3,
  StablehloConvolutionOptions: 4,
  StablehloCustomCallOptions: 5,
  StablehloReduceOptions: 6,
  StablehloScatterOptions: 7,
  StablehloCompareOptions: 8,
  StablehloDynamicSliceOptions: 9,
  StablehloPadOptions: 10,
  StablehloIotaOptions: 11,
  StablehloDotGeneralOptions: 12,
  StablehloReduceWindowOptions: 13,
  StablehloSortOptions: 14,
  StablehloWhileOptions: 15,
  StablehloGatherOptions: 16,
  StablehloTransposeOptions: 17,
  DilateOptions: 18,
  StablehloRngBitGeneratorOptions: 19,
  ReduceWindowOptions: 20,
  StableHLOCompositeOptions: 21,
  StablehloShiftLeftOptions: 22,
  StablehloCaseOptions: 23,
} as const;

export const StablehloPrecisionConfig = {
  DEFAULT: 0,
  HIGH: 1,
  HIGHEST: 2,
} as const;

export const StablehloComparisonDirection = {
  STABLEHLO_COMPARISON_DIRECTION_EQ: 0,
  STABLEHLO_COMPARISON_DIRECTION_NE: 1,
  STABLEHLO_COMPARISON_DIRECTION_GE: 2,
  STABLEHLO_COMPARISON_DIRECTION_GT: 3,
  STABLEHLO_COMPARISON_DIRECTION_LE: 4,
  STABLEHLO_COMPARISON_DIRECTION_LT: 5,
} as const;

export const StablehloComparisonType = {
  STABLEHLO_COMPARISON_TYPE_NOTYPE: 0,
  STABLEHLO_COMPARISON_TYPE_FLOAT: 1,
  STABLEHLO_COMPARISON_TYPE_FLOAT_TOTAL_ORDER: 2,
  STABLEHLO_COMPARISON_TYPE_SIGNED: 3,
  STABLEHLO_COMPARISON_TYPE_UNSIGNED: 4,
} as const;

export const RngAlgorithm = {
  DEFAULT: 0,
  PHILOX: 1,
  THREEFRY: 2,
} as const;

export const Padding = {
  SAME: 0,
  VALID: 1,
} as const;

export const ActivationFunctionType = {
  NONE: 0,
  RELU: 1,
  RELU_N1_TO_1: 2,
  RELU6: 3,
  TANH: 4,
  SIGN_BIT: 5,
} as const;

export const LSHProjectionType = {
  UNKNOWN: 0,
  SPARSE: 1,
  DENSE: 2,
} as const;

export const FullyConnectedOptionsWeightsFormat = {
  DEFAULT: 0,
  SHUFFLED4x16INT8: 1,
} as const;

export const LSTMKernelType = {
  FULL: 0,
  BASIC: 1,
} as const;

export const CombinerType = {
  SUM: 0,
  MEAN: 1,
  SQRTN: 2,
} as const;

export const MirrorPadMode = {
  REFLECT: 0,
  SYMMETRIC: 1,
} as const;

export const ReduceWindowFunction = {
  UNSUPPORTED: 0,
  ADD: 1,
  MUL: 2,
  MINIMUM: 3,
  MAXIMUM: 4,
  ALL: 5,
  ANY: 6,
} as const;

export const CustomOptionsFormat = {
  FLEXBUFFERS: 0,
} as const;

/** How many fields each table has. */
export const CustomQuantizationFields = 1;
export const BlockwiseQuantizationFields = 3;
export const QuantizationParametersFields = 7;
export const Int32VectorFields = 1;
export const Uint16VectorFields = 1;
export const Uint8VectorFields = 1;
export const DimensionMetadataFields = 6;
export const SparsityParametersFields = 3;
export const VariantSubTypeFields = 3;
export const TensorFields = 11;
export const StablehloGatherOptionsFields = 6;
export const StablehloTransposeOptionsFields = 1;
export const StablehloDotGeneralOptionsFields = 5;
export const StablehloReduceWindowOptionsFields = 6;
export const StablehloWhileOptionsFields = 2;
export const StablehloSortOptionsFields = 3;
export const StablehloConcatenateOptionsFields = 1;
export const StablehloBroadcastInDimOptionsFields = 1;
export const StablehloCompareOptionsFields = 2;
export const StablehloDynamicSliceOptionsFields = 1;
export const StablehloPadOptionsFields = 3;
export const StablehloIotaOptionsFields = 1;
export const StablehloCustomCallOptionsFields = 6;
export const StablehloReduceOptionsFields = 2;
export const StablehloSliceOptionsFields = 3;
export const StablehloConvolutionOptionsFields = 17;
export const StablehloScatterOptionsFields = 7;
export const StablehloCaseOptionsFields = 1;
export const StablehloRngBitGeneratorOptionsFields = 1;
export const Conv2DOptionsFields = 7;
export const Conv3DOptionsFields = 8;
export const Pool2DOptionsFields = 6;
export const DepthwiseConv2DOptionsFields = 7;
export const ConcatEmbeddingsOptionsFields = 3;
export const LSHProjectionOptionsFields = 1;
export const SVDFOptionsFields = 3;
export const RNNOptionsFields = 2;
export const SequenceRNNOptionsFields = 3;
export const BidirectionalSequenceRNNOptionsFields = 4;
export const FullyConnectedOptionsFields = 5;
export const SoftmaxOptionsFields = 1;
export const ConcatenationOptionsFields = 2;
export const AddOptionsFields = 2;
export const MulOptionsFields = 1;
export const L2NormOptionsFields = 1;
export const LocalResponseNormalizationOptionsFields = 4;
export const LSTMOptionsFields = 5;
export const UnidirectionalSequenceLSTMOptionsFields = 6;
export const BidirectionalSequenceLSTMOptionsFields = 6;
export const ResizeBilinearOptionsFields = 4;
export const ResizeNearestNeighborOptionsFields = 2;
export const CallOptionsFields = 1;
export const PadOptionsFields = 0;
export const PadV2OptionsFields = 0;
export const ReshapeOptionsFields = 1;
export const SpaceToBatchNDOptionsFields = 0;
export const BatchToSpaceNDOptionsFields = 0;
export const SkipGramOptionsFields = 3;
export const SpaceToDepthOptionsFields = 1;
export const DepthToSpaceOptionsFields = 1;
export const SubOptionsFields = 2;
export const DivOptionsFields = 1;
export const TopKV2OptionsFields = 0;
export const EmbeddingLookupSparseOptionsFields = 1;
export const GatherOptionsFields = 2;
export const TransposeOptionsFields = 0;
export const ExpOptionsFields = 0;
export const CosOptionsFields = 0;
export const ReducerOptionsFields = 1;
export const SqueezeOptionsFields = 1;
export const SplitOptionsFields = 1;
export const SplitVOptionsFields = 1;
export const StridedSliceOptionsFields = 6;
export const LogSoftmaxOptionsFields = 0;
export const CastOptionsFields = 2;
export const DequantizeOptionsFields = 0;
export const MaximumMinimumOptionsFields = 0;
export const TileOptionsFields = 0;
export const ArgMaxOptionsFields = 1;
export const ArgMinOptionsFields = 1;
export const GreaterOptionsFields = 0;
export const GreaterEqualOptionsFields = 0;
export const LessOptionsFields = 0;
export const LessEqualOptionsFields = 0;
export const NegOptionsFields = 0;
export const SelectOptionsFields = 0;
export const SliceOptionsFields = 0;
export const TransposeConvOptionsFields = 5;
export const ExpandDimsOptionsFields = 0;
export const SparseToDenseOptionsFields = 1;
export const EqualOptionsFields = 0;
export const NotEqualOptionsFields = 0;
export const ShapeOptionsFields = 1;
export const RankOptionsFields = 0;
export const PowOptionsFields = 0;
export const FakeQuantOptionsFields = 4;
export const PackOptionsFields = 2;
export const LogicalOrOptionsFields = 0;
export const OneHotOptionsFields = 1;
export const AbsOptionsFields = 0;
export const HardSwishOptionsFields = 0;
export const LogicalAndOptionsFields = 0;
export const LogicalNotOptionsFields = 0;
export const UnpackOptionsFields = 2;
export const FloorDivOptionsFields = 0;
export const SquareOptionsFields = 0;
export const ZerosLikeOptionsFields = 0;
export const FillOptionsFields = 0;
export const FloorModOptionsFields = 0;
export const RangeOptionsFields = 0;
export const LeakyReluOptionsFields = 1;
export const SquaredDifferenceOptionsFields = 0;
export const MirrorPadOptionsFields = 1;
export const UniqueOptionsFields = 1;
export const ReverseV2OptionsFields = 0;
export const AddNOptionsFields = 0;
export const GatherNdOptionsFields = 0;
export const WhereOptionsFields = 0;
export const ReverseSequenceOptionsFields = 2;
export const MatrixDiagOptionsFields = 0;
export const QuantizeOptionsFields = 0;
export const MatrixSetDiagOptionsFields = 0;
export const IfOptionsFields = 2;
export const CallOnceOptionsFields = 1;
export const WhileOptionsFields = 2;
export const NonMaxSuppressionV4OptionsFields = 0;
export const NonMaxSuppressionV5OptionsFields = 0;
export const ScatterNdOptionsFields = 0;
export const SelectV2OptionsFields = 0;
export const DensifyOptionsFields = 0;
export const SegmentSumOptionsFields = 0;
export const BatchMatMulOptionsFields = 3;
export const CumsumOptionsFields = 2;
export const BroadcastToOptionsFields = 0;
export const Rfft2dOptionsFields = 0;
export const HashtableOptionsFields = 3;
export const HashtableFindOptionsFields = 0;
export const HashtableImportOptionsFields = 0;
export const HashtableSizeOptionsFields = 0;
export const VarHandleOptionsFields = 2;
export const ReadVariableOptionsFields = 0;
export const AssignVariableOptionsFields = 0;
export const RandomOptionsFields = 2;
export const BucketizeOptionsFields = 1;
export const GeluOptionsFields = 1;
export const DynamicUpdateSliceOptionsFields = 0;
export const UnsortedSegmentProdOptionsFields = 0;
export const UnsortedSegmentMaxOptionsFields = 0;
export const UnsortedSegmentSumOptionsFields = 0;
export const ATan2OptionsFields = 0;
export const UnsortedSegmentMinOptionsFields = 0;
export const SignOptionsFields = 0;
export const BitcastOptionsFields = 0;
export const BitwiseXorOptionsFields = 0;
export const RightShiftOptionsFields = 0;
export const DilateOptionsFields = 0;
export const ReduceWindowOptionsFields = 1;
export const OperatorCodeFields = 4;
export const StableHLOCompositeOptionsFields = 5;
export const StablehloShiftLeftOptionsFields = 0;
export const OperatorFields = 14;
export const SubGraphFields = 6;
export const BufferFields = 3;
export const ExternalBufferGroupFields = 1;
export const ExternalBufferFields = 5;
export const MetadataFields = 2;
export const TensorMapFields = 2;
export const SignatureDefFields = 5;
export const ModelFields = 10;

export const CustomQuantizationAddCustom = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const BlockwiseQuantizationAddScales = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const BlockwiseQuantizationAddZeroPoints = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const BlockwiseQuantizationAddBlockSize = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const QuantizationParametersAddMin = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const QuantizationParametersAddMax = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const QuantizationParametersAddScale = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const QuantizationParametersAddZeroPoint = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const QuantizationParametersAddDetailsType = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const QuantizationParametersAddDetails = (builder: Builder, value: Offset): void => { builder.addFieldOffset(5, value, 0); };
export const QuantizationParametersAddQuantizedDimension = (builder: Builder, value: number): void => { builder.addFieldInt32(6, value, 0); };
export const Int32VectorAddValues = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const Uint16VectorAddValues = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const Uint8VectorAddValues = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const DimensionMetadataAddFormat = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const DimensionMetadataAddDenseSize = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const DimensionMetadataAddArraySegmentsType = (builder: Builder, value: number): void => { builder.addFieldInt8(2, value, 0); };
export const DimensionMetadataAddArraySegments = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const DimensionMetadataAddArrayIndicesType = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const DimensionMetadataAddArrayIndices = (builder: Builder, value: Offset): void => { builder.addFieldOffset(5, value, 0); };
export const SparsityParametersAddTraversalOrder = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const SparsityParametersAddBlockMap = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const SparsityParametersAddDimMetadata = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const VariantSubTypeAddShape = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const VariantSubTypeAddType = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const VariantSubTypeAddHasRank = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const TensorAddShape = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const TensorAddType = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const TensorAddBuffer = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const TensorAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const TensorAddQuantization = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const TensorAddIsVariable = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const TensorAddSparsity = (builder: Builder, value: Offset): void => { builder.addFieldOffset(6, value, 0); };
export const TensorAddShapeSignature = (builder: Builder, value: Offset): void => { builder.addFieldOffset(7, value, 0); };
export const TensorAddHasRank = (builder: Builder, value: boolean): void => { builder.addFieldInt8(8, +value, 0); };
export const TensorAddVariantTensors = (builder: Builder, value: Offset): void => { builder.addFieldOffset(9, value, 0); };
export const TensorAddExternalBuffer = (builder: Builder, value: number): void => { builder.addFieldInt32(10, value, 0); };
export const StablehloGatherOptionsAddOffsetDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloGatherOptionsAddCollapsedSliceDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloGatherOptionsAddStartIndexMap = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloGatherOptionsAddIndexVectorDim = (builder: Builder, value: bigint): void => { builder.addFieldInt64(3, value, 0n); };
export const StablehloGatherOptionsAddSliceSizes = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const StablehloGatherOptionsAddIndicesAreSorted = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const StablehloTransposeOptionsAddPermutation = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloDotGeneralOptionsAddLhsBatchingDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloDotGeneralOptionsAddRhsBatchingDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloDotGeneralOptionsAddLhsContractingDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloDotGeneralOptionsAddRhsContractingDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const StablehloDotGeneralOptionsAddPrecisionConfig = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const StablehloReduceWindowOptionsAddWindowDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloReduceWindowOptionsAddWindowStrides = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloReduceWindowOptionsAddBaseDilations = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloReduceWindowOptionsAddWindowDilations = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const StablehloReduceWindowOptionsAddPadding = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const StablehloReduceWindowOptionsAddBodySubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(5, value, 0); };
export const StablehloWhileOptionsAddCondSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const StablehloWhileOptionsAddBodySubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const StablehloSortOptionsAddDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(0, value, 0n); };
export const StablehloSortOptionsAddIsStable = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const StablehloSortOptionsAddComparatorSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const StablehloConcatenateOptionsAddDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(0, value, 0n); };
export const StablehloBroadcastInDimOptionsAddBroadcastDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloCompareOptionsAddComparisonDirection = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const StablehloCompareOptionsAddCompareType = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const StablehloDynamicSliceOptionsAddSliceSizes = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloPadOptionsAddEdgePaddingLow = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloPadOptionsAddEdgePaddingHigh = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloPadOptionsAddInteriorPadding = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloIotaOptionsAddIotaDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(0, value, 0n); };
export const StablehloCustomCallOptionsAddCallTargetName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloCustomCallOptionsAddHasSideEffect = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const StablehloCustomCallOptionsAddBackendConfig = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloCustomCallOptionsAddApiVersion = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const StablehloCustomCallOptionsAddCalledComputations = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const StablehloCustomCallOptionsAddCustomAttributes = (builder: Builder, value: Offset): void => { builder.addFieldOffset(5, value, 0); };
export const StablehloReduceOptionsAddDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloReduceOptionsAddBodySubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const StablehloSliceOptionsAddStartIndices = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloSliceOptionsAddLimitIndices = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloSliceOptionsAddStrides = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloConvolutionOptionsAddWindowStrides = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloConvolutionOptionsAddPadding = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloConvolutionOptionsAddLhsDilation = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloConvolutionOptionsAddRhsDilation = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const StablehloConvolutionOptionsAddWindowReversal = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const StablehloConvolutionOptionsAddInputBatchDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(5, value, 0n); };
export const StablehloConvolutionOptionsAddInputFeatureDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(6, value, 0n); };
export const StablehloConvolutionOptionsAddInputSpatialDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(7, value, 0); };
export const StablehloConvolutionOptionsAddKernelInputFeatureDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(8, value, 0n); };
export const StablehloConvolutionOptionsAddKernelOutputFeatureDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(9, value, 0n); };
export const StablehloConvolutionOptionsAddKernelSpatialDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(10, value, 0); };
export const StablehloConvolutionOptionsAddOutputBatchDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(11, value, 0n); };
export const StablehloConvolutionOptionsAddOutputFeatureDimension = (builder: Builder, value: bigint): void => { builder.addFieldInt64(12, value, 0n); };
export const StablehloConvolutionOptionsAddOutputSpatialDimensions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(13, value, 0); };
export const StablehloConvolutionOptionsAddFeatureGroupCount = (builder: Builder, value: bigint): void => { builder.addFieldInt64(14, value, 0n); };
export const StablehloConvolutionOptionsAddBatchGroupCount = (builder: Builder, value: bigint): void => { builder.addFieldInt64(15, value, 0n); };
export const StablehloConvolutionOptionsAddPrecisionConfig = (builder: Builder, value: Offset): void => { builder.addFieldOffset(16, value, 0); };
export const StablehloScatterOptionsAddIndicesAreSorted = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const StablehloScatterOptionsAddUpdateWindowDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const StablehloScatterOptionsAddInsertedWindowDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StablehloScatterOptionsAddScatterDimsToOperandDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const StablehloScatterOptionsAddIndexVectorDim = (builder: Builder, value: bigint): void => { builder.addFieldInt64(4, value, 0n); };
export const StablehloScatterOptionsAddUniqueIndices = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const StablehloScatterOptionsAddUpdateComputationSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(6, value, 0); };
export const StablehloCaseOptionsAddBranchSubgraphIndices = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StablehloRngBitGeneratorOptionsAddAlgorithm = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const Conv2DOptionsAddPadding = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const Conv2DOptionsAddStrideW = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const Conv2DOptionsAddStrideH = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const Conv2DOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(3, value, 0); };
export const Conv2DOptionsAddDilationWFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(4, value, 1); };
export const Conv2DOptionsAddDilationHFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(5, value, 1); };
export const Conv2DOptionsAddQuantizedBiasType = (builder: Builder, value: number): void => { builder.addFieldInt8(6, value, 0); };
export const Conv3DOptionsAddPadding = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const Conv3DOptionsAddStrideD = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const Conv3DOptionsAddStrideW = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const Conv3DOptionsAddStrideH = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const Conv3DOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const Conv3DOptionsAddDilationDFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(5, value, 1); };
export const Conv3DOptionsAddDilationWFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(6, value, 1); };
export const Conv3DOptionsAddDilationHFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(7, value, 1); };
export const Pool2DOptionsAddPadding = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const Pool2DOptionsAddStrideW = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const Pool2DOptionsAddStrideH = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const Pool2DOptionsAddFilterWidth = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const Pool2DOptionsAddFilterHeight = (builder: Builder, value: number): void => { builder.addFieldInt32(4, value, 0); };
export const Pool2DOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(5, value, 0); };
export const DepthwiseConv2DOptionsAddPadding = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const DepthwiseConv2DOptionsAddStrideW = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const DepthwiseConv2DOptionsAddStrideH = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const DepthwiseConv2DOptionsAddDepthMultiplier = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const DepthwiseConv2DOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const DepthwiseConv2DOptionsAddDilationWFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(5, value, 1); };
export const DepthwiseConv2DOptionsAddDilationHFactor = (builder: Builder, value: number): void => { builder.addFieldInt32(6, value, 1); };
export const ConcatEmbeddingsOptionsAddNumChannels = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ConcatEmbeddingsOptionsAddNumColumnsPerChannel = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const ConcatEmbeddingsOptionsAddEmbeddingDimPerChannel = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const LSHProjectionOptionsAddType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const SVDFOptionsAddRank = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const SVDFOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const SVDFOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const RNNOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const RNNOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const SequenceRNNOptionsAddTimeMajor = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const SequenceRNNOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const SequenceRNNOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const BidirectionalSequenceRNNOptionsAddTimeMajor = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const BidirectionalSequenceRNNOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const BidirectionalSequenceRNNOptionsAddMergeOutputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const BidirectionalSequenceRNNOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const FullyConnectedOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const FullyConnectedOptionsAddWeightsFormat = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const FullyConnectedOptionsAddKeepNumDims = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const FullyConnectedOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const FullyConnectedOptionsAddQuantizedBiasType = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const SoftmaxOptionsAddBeta = (builder: Builder, value: number): void => { builder.addFieldFloat32(0, value, 0); };
export const ConcatenationOptionsAddAxis = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ConcatenationOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const AddOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const AddOptionsAddPotScaleInt16 = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const MulOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const L2NormOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const LocalResponseNormalizationOptionsAddRadius = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const LocalResponseNormalizationOptionsAddBias = (builder: Builder, value: number): void => { builder.addFieldFloat32(1, value, 0); };
export const LocalResponseNormalizationOptionsAddAlpha = (builder: Builder, value: number): void => { builder.addFieldFloat32(2, value, 0); };
export const LocalResponseNormalizationOptionsAddBeta = (builder: Builder, value: number): void => { builder.addFieldFloat32(3, value, 0); };
export const LSTMOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const LSTMOptionsAddCellClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(1, value, 0); };
export const LSTMOptionsAddProjClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(2, value, 0); };
export const LSTMOptionsAddKernelType = (builder: Builder, value: number): void => { builder.addFieldInt8(3, value, 0); };
export const LSTMOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(4, +value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddCellClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(1, value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddProjClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(2, value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddTimeMajor = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(4, +value, 0); };
export const UnidirectionalSequenceLSTMOptionsAddDiagonalRecurrentTensors = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const BidirectionalSequenceLSTMOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const BidirectionalSequenceLSTMOptionsAddCellClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(1, value, 0); };
export const BidirectionalSequenceLSTMOptionsAddProjClip = (builder: Builder, value: number): void => { builder.addFieldFloat32(2, value, 0); };
export const BidirectionalSequenceLSTMOptionsAddMergeOutputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const BidirectionalSequenceLSTMOptionsAddTimeMajor = (builder: Builder, value: boolean): void => { builder.addFieldInt8(4, +value, 0); };
export const BidirectionalSequenceLSTMOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const ResizeBilinearOptionsAddAlignCorners = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const ResizeBilinearOptionsAddHalfPixelCenters = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const ResizeNearestNeighborOptionsAddAlignCorners = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const ResizeNearestNeighborOptionsAddHalfPixelCenters = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const CallOptionsAddSubgraph = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ReshapeOptionsAddNewShape = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const SkipGramOptionsAddNgramSize = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const SkipGramOptionsAddMaxSkipSize = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const SkipGramOptionsAddIncludeAllNgrams = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const SpaceToDepthOptionsAddBlockSize = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const DepthToSpaceOptionsAddBlockSize = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const SubOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const SubOptionsAddPotScaleInt16 = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const DivOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const EmbeddingLookupSparseOptionsAddCombiner = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const GatherOptionsAddAxis = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const GatherOptionsAddBatchDims = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const ReducerOptionsAddKeepDims = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const SqueezeOptionsAddSqueezeDims = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const SplitOptionsAddNumSplits = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const SplitVOptionsAddNumSplits = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const StridedSliceOptionsAddBeginMask = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const StridedSliceOptionsAddEndMask = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const StridedSliceOptionsAddEllipsisMask = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const StridedSliceOptionsAddNewAxisMask = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const StridedSliceOptionsAddShrinkAxisMask = (builder: Builder, value: number): void => { builder.addFieldInt32(4, value, 0); };
export const StridedSliceOptionsAddOffset = (builder: Builder, value: boolean): void => { builder.addFieldInt8(5, +value, 0); };
export const CastOptionsAddInDataType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const CastOptionsAddOutDataType = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const ArgMaxOptionsAddOutputType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const ArgMinOptionsAddOutputType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const TransposeConvOptionsAddPadding = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const TransposeConvOptionsAddStrideW = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const TransposeConvOptionsAddStrideH = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const TransposeConvOptionsAddFusedActivationFunction = (builder: Builder, value: number): void => { builder.addFieldInt8(3, value, 0); };
export const TransposeConvOptionsAddQuantizedBiasType = (builder: Builder, value: number): void => { builder.addFieldInt8(4, value, 0); };
export const SparseToDenseOptionsAddValidateIndices = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const ShapeOptionsAddOutType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const FakeQuantOptionsAddMin = (builder: Builder, value: number): void => { builder.addFieldFloat32(0, value, 0); };
export const FakeQuantOptionsAddMax = (builder: Builder, value: number): void => { builder.addFieldFloat32(1, value, 0); };
export const FakeQuantOptionsAddNumBits = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 0); };
export const FakeQuantOptionsAddNarrowRange = (builder: Builder, value: boolean): void => { builder.addFieldInt8(3, +value, 0); };
export const PackOptionsAddValuesCount = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const PackOptionsAddAxis = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const OneHotOptionsAddAxis = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const UnpackOptionsAddNum = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const UnpackOptionsAddAxis = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const LeakyReluOptionsAddAlpha = (builder: Builder, value: number): void => { builder.addFieldFloat32(0, value, 0); };
export const MirrorPadOptionsAddMode = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const UniqueOptionsAddIdxOutType = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 2); };
export const ReverseSequenceOptionsAddSeqDim = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ReverseSequenceOptionsAddBatchDim = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const IfOptionsAddThenSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const IfOptionsAddElseSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const CallOnceOptionsAddInitSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const WhileOptionsAddCondSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const WhileOptionsAddBodySubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const BatchMatMulOptionsAddAdjX = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const BatchMatMulOptionsAddAdjY = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const BatchMatMulOptionsAddAsymmetricQuantizeInputs = (builder: Builder, value: boolean): void => { builder.addFieldInt8(2, +value, 0); };
export const CumsumOptionsAddExclusive = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const CumsumOptionsAddReverse = (builder: Builder, value: boolean): void => { builder.addFieldInt8(1, +value, 0); };
export const HashtableOptionsAddTableId = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const HashtableOptionsAddKeyDtype = (builder: Builder, value: number): void => { builder.addFieldInt8(1, value, 0); };
export const HashtableOptionsAddValueDtype = (builder: Builder, value: number): void => { builder.addFieldInt8(2, value, 0); };
export const VarHandleOptionsAddContainer = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const VarHandleOptionsAddSharedName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const RandomOptionsAddSeed = (builder: Builder, value: bigint): void => { builder.addFieldInt64(0, value, 0n); };
export const RandomOptionsAddSeed2 = (builder: Builder, value: bigint): void => { builder.addFieldInt64(1, value, 0n); };
export const BucketizeOptionsAddBoundaries = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const GeluOptionsAddApproximate = (builder: Builder, value: boolean): void => { builder.addFieldInt8(0, +value, 0); };
export const ReduceWindowOptionsAddReduceFunction = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const OperatorCodeAddDeprecatedBuiltinCode = (builder: Builder, value: number): void => { builder.addFieldInt8(0, value, 0); };
export const OperatorCodeAddCustomCode = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const OperatorCodeAddVersion = (builder: Builder, value: number): void => { builder.addFieldInt32(2, value, 1); };
export const OperatorCodeAddBuiltinCode = (builder: Builder, value: number): void => { builder.addFieldInt32(3, value, 0); };
export const StableHLOCompositeOptionsAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const StableHLOCompositeOptionsAddDecompositionSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const StableHLOCompositeOptionsAddCompositeAttributes = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const StableHLOCompositeOptionsAddCompositeAttributesFormat = (builder: Builder, value: number): void => { builder.addFieldInt8(3, value, 0); };
export const StableHLOCompositeOptionsAddVersion = (builder: Builder, value: number): void => { builder.addFieldInt32(4, value, 0); };
export const OperatorAddOpcodeIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const OperatorAddInputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const OperatorAddOutputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const OperatorAddBuiltinOptionsType = (builder: Builder, value: number): void => { builder.addFieldInt8(3, value, 0); };
export const OperatorAddBuiltinOptions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const OperatorAddCustomOptions = (builder: Builder, value: Offset): void => { builder.addFieldOffset(5, value, 0); };
export const OperatorAddCustomOptionsFormat = (builder: Builder, value: number): void => { builder.addFieldInt8(6, value, 0); };
export const OperatorAddMutatingVariableInputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(7, value, 0); };
export const OperatorAddIntermediates = (builder: Builder, value: Offset): void => { builder.addFieldOffset(8, value, 0); };
export const OperatorAddLargeCustomOptionsOffset = (builder: Builder, value: bigint): void => { builder.addFieldInt64(9, value, 0n); };
export const OperatorAddLargeCustomOptionsSize = (builder: Builder, value: bigint): void => { builder.addFieldInt64(10, value, 0n); };
export const OperatorAddBuiltinOptions2Type = (builder: Builder, value: number): void => { builder.addFieldInt8(11, value, 0); };
export const OperatorAddBuiltinOptions2 = (builder: Builder, value: Offset): void => { builder.addFieldOffset(12, value, 0); };
export const OperatorAddDebugMetadataIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(13, value, -1); };
export const SubGraphAddTensors = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const SubGraphAddInputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const SubGraphAddOutputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const SubGraphAddOperators = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const SubGraphAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const SubGraphAddDebugMetadataIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(5, value, -1); };
export const BufferAddData = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const BufferAddOffset = (builder: Builder, value: bigint): void => { builder.addFieldInt64(1, value, 0n); };
export const BufferAddSize = (builder: Builder, value: bigint): void => { builder.addFieldInt64(2, value, 0n); };
export const ExternalBufferGroupAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const ExternalBufferAddId = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ExternalBufferAddGroup = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const ExternalBufferAddOffset = (builder: Builder, value: bigint): void => { builder.addFieldInt64(2, value, 0n); };
export const ExternalBufferAddLength = (builder: Builder, value: bigint): void => { builder.addFieldInt64(3, value, 0n); };
export const ExternalBufferAddPacking = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const MetadataAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const MetadataAddBuffer = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const TensorMapAddName = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const TensorMapAddTensorIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(1, value, 0); };
export const SignatureDefAddInputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(0, value, 0); };
export const SignatureDefAddOutputs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const SignatureDefAddSignatureKey = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const SignatureDefAddSubgraphIndex = (builder: Builder, value: number): void => { builder.addFieldInt32(4, value, 0); };
export const ModelAddVersion = (builder: Builder, value: number): void => { builder.addFieldInt32(0, value, 0); };
export const ModelAddOperatorCodes = (builder: Builder, value: Offset): void => { builder.addFieldOffset(1, value, 0); };
export const ModelAddSubgraphs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(2, value, 0); };
export const ModelAddDescription = (builder: Builder, value: Offset): void => { builder.addFieldOffset(3, value, 0); };
export const ModelAddBuffers = (builder: Builder, value: Offset): void => { builder.addFieldOffset(4, value, 0); };
export const ModelAddMetadataBuffer = (builder: Builder, value: Offset): void => { builder.addFieldOffset(5, value, 0); };
export const ModelAddMetadata = (builder: Builder, value: Offset): void => { builder.addFieldOffset(6, value, 0); };
export const ModelAddSignatureDefs = (builder: Builder, value: Offset): void => { builder.addFieldOffset(7, value, 0); };
export const ModelAddExternalBufferGroups = (builder: Builder, value: Offset): void => { builder.addFieldOffset(8, value, 0); };
export const ModelAddExternalBuffers = (builder: Builder, value: Offset): void => { builder.addFieldOffset(9, value, 0); };
