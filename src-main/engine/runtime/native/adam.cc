// Adam and AdamW over all weights at once, the masks inside: one pass over weight, two means and slope. Kingma & Ba 2015; Loshchilov & Hutter 2019.
// Worked example, first step, slope 0.5, rate 0.001: m = 0.05, v = 0.00025, rate₁ = 0.001 · √0.001 / 0.1, so the weight falls by 0.001.
#include <algorithm>
#include <cmath>
#include "kernel.h"
#include "lanes.h"
#include "parallel.h"

namespace espalier {

namespace {

struct Rates {
  float step, beta1, beta2, epsilon, decay;
};

/** `mask` is null where nothing is masked. A masked slope is 0, which keeps a weight and means that are +0.0 at +0.0. */
ESPALIER_FAST void adam(int64_t count, float* __restrict weight, float* __restrict first, float* __restrict second,
                        const float* __restrict slope, const float* __restrict mask, Rates rates) {
  const float share1 = 1 - rates.beta1, share2 = 1 - rates.beta2;
  for (int64_t at = 0; at < count; at++) {
    const float g = mask == nullptr ? slope[at] : slope[at] * mask[at];
    const float m = first[at] + (g - first[at]) * share1;
    const float v = second[at] + (g * g - second[at]) * share2;
    const float w = weight[at] - weight[at] * rates.decay;
    first[at] = m;
    second[at] = v;
    weight[at] = w - m * rates.step / (std::sqrt(v) + rates.epsilon);
  }
}

/**
 * Changes weights and means where they are: they must be the variables' own memory, read by nothing else that is still to run, and known to
 * nobody outside of the graph. beta1Power, beta2Power, rate, decay, then n weights, n first means, n second means, n slopes, and n masks, which
 * are empty where nothing is masked → nothing.
 */
class Adam {
 public:
  explicit Adam(const Attributes& attributes)
      : count_(static_cast<int>(attributes.integer("N"))),
        beta1_(attributes.number("beta1")),
        beta2_(attributes.number("beta2")),
        epsilon_(attributes.number("epsilon")) {}

  void run(const Call& call) const {
    const float power1 = *call.input(0).data(), power2 = *call.input(1).data(), rate = *call.input(2).data(), decay = *call.input(3).data();
    const Rates rates{rate * std::sqrt(1 - power2) / (1 - power1), beta1_, beta2_, epsilon_, decay};
    std::vector<Tensor> weights, firsts, seconds, slopes, masks;
    std::vector<int64_t> ends;
    int64_t all = 0;
    for (int index = 0; index < count_; index++) {
      int at = 4 + index;
      for (std::vector<Tensor>* list : {&weights, &firsts, &seconds, &slopes, &masks}) {
        list->push_back(call.input(at));
        at += count_;
      }
      const int64_t size = weights.back().size();
      if (slopes.back().size() != size || firsts.back().size() != size || seconds.back().size() != size ||
          (masks.back().size() != size && masks.back().size() != 0))
        throw std::invalid_argument("a weight, its means, its slope and its mask differ in size");
      all += size;
      ends.push_back(all);
    }
    inParts(all, [&](int, int64_t from, int64_t to) {
      for (size_t index = 0; index < ends.size(); index++) {
        const int64_t before = index == 0 ? 0 : ends[index - 1];
        const int64_t start = std::max(from, before) - before, end = std::min(to, ends[index]) - before;
        if (start >= end) continue;
        const float* mask = masks[index].size() == 0 ? nullptr : masks[index].data() + start;
        adam(end - start, weights[index].data() + start, firsts[index].data() + start, seconds[index].data() + start,
             slopes[index].data() + start, mask, rates);
      }
    });
    call.output(0, {0});
  }

 private:
  const int count_;
  const float beta1_, beta2_, epsilon_;
};

}  // namespace

void registerAdam() {
  registerKernel<Adam>({"EspalierAdam",
                        {"N: int", "beta1: float", "beta2: float", "epsilon: float"},
                        {"beta1_power: float", "beta2_power: float", "rate: float", "decay: float", "weights: N * float", "first: N * float",
                         "second: N * float", "slopes: N * float", "masks: N * float"},
                        {"nothing: float"}},
                       Writes::inputs);
}

}  // namespace espalier
