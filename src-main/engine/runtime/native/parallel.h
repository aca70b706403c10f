// Work shared out among as many threads as TensorFlow's own kernels have.
#pragma once
#include <cstdint>
#include <functional>

namespace espalier {

/** Into how many parts work is cut: the same number in every run with the same TF_NUM_INTRAOP_THREADS. */
int partCount();

/**
 * Cuts 0 … count into `partCount()` ranges and calls `work(part, from, to)` for each, some at the same time. Which range is which part
 * depends on the two numbers alone, so that sums made part by part and added up in order have the same bits in every run.
 */
void inParts(int64_t count, const std::function<void(int part, int64_t from, int64_t to)>& work);

}  // namespace espalier
