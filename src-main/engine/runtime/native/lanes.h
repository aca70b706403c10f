// Sixteen float32 numbers at a time, in whatever registers the processor has, and the mark for functions compiled for several of them.
#pragma once
#include <cstdint>
#include <cstring>

// Each marked function is compiled for AVX-512, for AVX2 and for the oldest processor of its kind; the loader picks one. Compilers that can't do
// that would give kernels slower than TensorFlow's own, so they give none.
#if defined(__x86_64__)
#if defined(__linux__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
#define ESPALIER_FAST __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#error "The training kernels need GCC 12 or newer"
#endif
#else
#define ESPALIER_FAST
#endif

namespace espalier {

constexpr int64_t LANES = 16;
typedef float Lanes __attribute__((vector_size(64), aligned(4), may_alias));

}  // namespace espalier

// Macros, as a function that takes or gives Lanes by value has no one calling convention on all processors.
#define ESPALIER_AT(pointer) (*reinterpret_cast<espalier::Lanes*>(pointer))
#define ESPALIER_FROM(pointer) (*reinterpret_cast<const espalier::Lanes*>(pointer))
