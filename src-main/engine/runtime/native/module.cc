// The Node addon that brings the kernels: loading it registers them with the TensorFlow of the process.
#include <node_api.h>
#include <cstdio>
#include <exception>

namespace espalier {
void registerAdam();
void registerBatchNorm();
}  // namespace espalier

/** The same for a process without Node, as the profiler is. Null, or why not. */
extern "C" __attribute__((visibility("default"))) const char* espalier_register_kernels() {
  static char reason[256];
  try {
    espalier::registerAdam();
    espalier::registerBatchNorm();
    return nullptr;
  } catch (const std::exception& thrown) {
    std::snprintf(reason, sizeof reason, "%s", thrown.what());
    return reason;
  }
}

NAPI_MODULE_INIT() {
  if (const char* reason = espalier_register_kernels()) napi_throw_error(env, nullptr, reason);
  return exports;
}
