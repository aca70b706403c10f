// A kernel as a class: its constructor reads attributes, its `run` reads inputs and writes outputs. All tensors are float32.
#pragma once
#include <exception>
#include <stdexcept>
#include <vector>
#include "tensorflow-c-api.h"

namespace espalier {

class Status {
 public:
  Status() : status_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  operator TF_Status*() const { return status_; }
  /** Throws where TensorFlow refused the call before. */
  void check() const {
    if (TF_GetCode(status_) != TF_OK) throw std::runtime_error(TF_Message(status_));
  }

 private:
  TF_Status* status_;
};

class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
  float number(const char* name) const {
    float value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
    status.check();
    return value;
  }
  int64_t integer(const char* name) const {
    int64_t value = 0;
    Status status;
    TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status);
    status.check();
    return value;
  }

 private:
  TF_OpKernelConstruction* construction_;
};

class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(Tensor&& other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  Tensor(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  int rank() const { return TF_NumDims(tensor_); }
  /** Negative axes count from the last. */
  int64_t side(int axis) const { return TF_Dim(tensor_, axis < 0 ? axis + rank() : axis); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> sides;
    for (int axis = 0; axis < rank(); axis++) sides.push_back(side(axis));
    return sides;
  }

 private:
  TF_Tensor* tensor_;
};

/** One call of a kernel. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}
  Tensor input(int index) const {
    TF_Tensor* tensor = nullptr;
    Status status;
    TF_GetInput(context_, index, &tensor, status);
    status.check();
    return Tensor(tensor);
  }
  Tensor output(int index, const std::vector<int64_t>& shape) const {
    size_t bytes = sizeof(float);
    for (int64_t side : shape) bytes *= static_cast<size_t>(side);
    Status status;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), bytes, status);
    status.check();
    return Tensor(tensor);
  }
  /** The memory of input `candidate` where nothing else needs it any more, else fresh memory. */
  Tensor outputInPlaceOf(int candidate, int index, const std::vector<int64_t>& shape) const {
    int forwarded = -1;
    Status status;
    TF_Tensor* tensor = TF_ForwardInputOrAllocateOutput(context_, &candidate, 1, index, shape.data(), static_cast<int>(shape.size()),
                                                        &forwarded, status);
    status.check();
    return Tensor(tensor);
  }

 private:
  TF_OpKernelContext* context_;
};

struct OpDefinition {
  const char* name;
  std::vector<const char*> attributes;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
};

/** What a kernel writes: a first output of the first input's shape; something of another shape; or its inputs, so that it may never be left out. */
enum class Writes { likeFirstInput, anyShape, inputs };
void defineOp(const OpDefinition& definition, Writes writes);
void fail(TF_OpKernelContext* context, const char* message);
void fail(TF_OpKernelConstruction* construction, const char* message);

template <class Kernel>
void registerKernel(const OpDefinition& definition, Writes writes) {
  defineOp(definition, writes);
  const auto create = [](TF_OpKernelConstruction* construction) -> void* {
    try {
      return new Kernel(Attributes(construction));
    } catch (const std::exception& thrown) {
      fail(construction, thrown.what());
      return nullptr;
    }
  };
  const auto compute = [](void* kernel, TF_OpKernelContext* context) {
    try {
      static_cast<Kernel*>(kernel)->run(Call(context));
    } catch (const std::exception& thrown) {
      fail(context, thrown.what());
    }
  };
  Status status;
  TF_KernelBuilder* builder = TF_NewKernelBuilder(definition.name, "CPU", +create, +compute, [](void* kernel) { delete static_cast<Kernel*>(kernel); });
  TF_RegisterKernelBuilder(definition.name, builder, status);
  status.check();
}

}  // namespace espalier
