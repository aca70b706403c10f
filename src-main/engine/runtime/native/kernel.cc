// Registers operations with TensorFlow and tells it of failures.
#include "kernel.h"

namespace espalier {

namespace {

void sameAsFirstInput(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, 0, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, 0, shape, status);
  TF_DeleteShapeHandle(shape);
}

}  // namespace

void defineOp(const OpDefinition& definition, Writes writes) {
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* attribute : definition.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  for (const char* input : definition.inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : definition.outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(
      builder, writes == Writes::likeFirstInput ? sameAsFirstInput : TF_ShapeInferenceContextSetUnknownShape);
  if (writes == Writes::inputs) TF_OpDefinitionBuilderSetIsStateful(builder, true);
  Status status;
  TF_RegisterOpDefinition(builder, status);
  status.check();
}

void fail(TF_OpKernelContext* context, const char* message) {
  Status status;
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
  TF_OpKernelContext_Failure(context, status);
}

void fail(TF_OpKernelConstruction* construction, const char* message) {
  Status status;
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
  TF_OpKernelConstruction_Failure(construction, status);
}

}  // namespace espalier
