// Batch normalisation over all axes but the last, while training, with the ReLU (and the addition of a shortcut) after it in the same pass over
// memory; and its gradient, with the ReLU's. Ioffe & Szegedy 2015.
// Worked example: one channel, x = 1, 3, scale 2, offset 0, epsilon 0: mean 2, variance 1, so y = −2, 2 and after ReLU 0, 2. A slope of 1
// for both passes the ReLU at the second only: dOffset = 1, dScale = 1 · (3 − 2) = 1, dx = 2 · ((0, 1) − ½ − (−1, 1) · ½) = 0, 0.
#include <algorithm>
#include <cmath>
#include "channel-rows.h"
#include "kernel.h"

namespace espalier {

namespace {

/** Sums of x − pivot and of its square over `rows` rows. */
ESPALIER_FAST void addMoments(const float* x, int64_t rows, int64_t length, const float* pivot, float* first, float* second) {
  for (int64_t at = 0; at < length; at += 2 * LANES) {
    const Lanes p0 = ESPALIER_FROM(pivot + at), p1 = ESPALIER_FROM(pivot + at + LANES);
    Lanes s0 = {}, s1 = {}, q0 = {}, q1 = {};
    for (int64_t row = 0; row < rows; row++) {
      const Lanes d0 = ESPALIER_FROM(x + row * length + at) - p0, d1 = ESPALIER_FROM(x + row * length + at + LANES) - p1;
      s0 += d0;
      s1 += d1;
      q0 += d0 * d0;
      q1 += d1 * d1;
    }
    ESPALIER_AT(first + at) = s0;
    ESPALIER_AT(first + at + LANES) = s1;
    ESPALIER_AT(second + at) = q0;
    ESPALIER_AT(second + at + LANES) = q1;
  }
}

/** y = x · factor + shift (+ side), then ReLU where asked for. */
ESPALIER_FAST void normalise(const float* x, const float* side, int64_t rows, int64_t length, const float* factor, const float* shift, bool relu,
                             float* y) {
  const Lanes zero = {};
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t at = 0; at < length; at += LANES) {
      const int64_t here = row * length + at;
      Lanes value = ESPALIER_FROM(x + here) * ESPALIER_FROM(factor + at) + ESPALIER_FROM(shift + at);
      if (side != nullptr) value += ESPALIER_FROM(side + here);
      if (relu) value = value > zero ? value : zero;
      ESPALIER_AT(y + here) = value;
    }
  }
}

/** Sums of the slope that the ReLU lets through, and of that slope times x − mean. */
ESPALIER_FAST void addSlopes(const float* slope, const float* x, int64_t rows, int64_t length, const float* factor, const float* shift,
                             const float* mean, bool relu, float* first, float* second) {
  const Lanes zero = {};
  for (int64_t at = 0; at < length; at += LANES) {
    const Lanes f = ESPALIER_FROM(factor + at), b = ESPALIER_FROM(shift + at), m = ESPALIER_FROM(mean + at);
    Lanes s = {}, q = {};
    for (int64_t row = 0; row < rows; row++) {
      const Lanes value = ESPALIER_FROM(x + row * length + at);
      Lanes g = ESPALIER_FROM(slope + row * length + at);
      if (relu) g = value * f + b > zero ? g : zero;
      s += g;
      q += g * (value - m);
    }
    ESPALIER_AT(first + at) = s;
    ESPALIER_AT(second + at) = q;
  }
}

/** dx = factor · (slope − meanSlope − (x − mean) · tilt). */
ESPALIER_FAST void differentiate(const float* slope, const float* x, int64_t rows, int64_t length, const float* factor, const float* shift,
                                 const float* mean, const float* meanSlope, const float* tilt, bool relu, float* dx) {
  const Lanes zero = {};
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t at = 0; at < length; at += LANES) {
      const int64_t here = row * length + at;
      const Lanes value = ESPALIER_FROM(x + here), f = ESPALIER_FROM(factor + at);
      Lanes g = ESPALIER_FROM(slope + here);
      if (relu) g = value * f + ESPALIER_FROM(shift + at) > zero ? g : zero;
      ESPALIER_AT(dx + here) =
          f * (g - ESPALIER_FROM(meanSlope + at) - (value - ESPALIER_FROM(mean + at)) * ESPALIER_FROM(tilt + at));
    }
  }
}

using OverRows = std::function<void(int64_t from, int64_t rows, float* first, float* second)>;

/** Adds up what `over` gives for blocks of rows, by channel; rows are cut among threads. */
ChannelSums sumOverRows(const ChannelRows& rows, const OverRows& over) {
  const int64_t block = std::max<int64_t>(1, BLOCK_NUMBERS / rows.length);
  std::vector<ChannelSums> parts(static_cast<size_t>(partCount()), ChannelSums(rows.channels));
  inParts(rows.rows, [&](int part, int64_t from, int64_t to) {
    std::vector<float> first(static_cast<size_t>(rows.length)), second(first);
    ChannelSums& sums = parts[static_cast<size_t>(part)];
    for (int64_t row = from; row < to; row += block) {
      over(row, std::min(block, to - row), first.data(), second.data());
      for (int64_t at = 0, channel = 0; at < rows.length; at++) {
        sums.first[static_cast<size_t>(channel)] += first[static_cast<size_t>(at)];
        sums.second[static_cast<size_t>(channel)] += second[static_cast<size_t>(at)];
        if (++channel == rows.channels) channel = 0;
      }
    }
  });
  ChannelSums all(rows.channels);
  for (const ChannelSums& part : parts) all.add(part);
  return all;
}

/** y = x · factor + shift: the same two numbers a channel forwards and backwards, so that the ReLU opens at the same places. */
struct Scaling {
  std::vector<float> factor, shift;

  Scaling(const float* scale, const float* offset, const float* mean, const float* inverse, int64_t channels) {
    for (int64_t channel = 0; channel < channels; channel++) {
      factor.push_back(scale[channel] * inverse[channel]);
      shift.push_back(offset[channel] - mean[channel] * factor.back());
    }
  }
};

/** x (…, C), scale (C), offset (C), side (…, C) or empty → y (…, C), mean (C), variance (C) times n / (n − 1), mean, 1 / √(variance + ε), nothing. */
class BatchNorm {
 public:
  explicit BatchNorm(const Attributes& attributes) : epsilon_(attributes.number("epsilon")), relu_(attributes.integer("relu") != 0) {}

  void run(const Call& call) const {
    const Tensor x = call.input(0), scale = call.input(1), offset = call.input(2), side = call.input(3);
    const int64_t channels = x.side(-1), positions = x.size() / channels;
    const ChannelRows rows(positions, channels);
    if (side.size() != 0 && side.size() != x.size()) throw std::invalid_argument("the shortcut has another shape");
    const Tensor y = call.output(0, x.shape());
    const Tensor mean = call.output(1, {channels}), corrected = call.output(2, {channels}), kept = call.output(3, {channels}),
                 inverse = call.output(4, {channels}), nothing = call.output(5, {0});
    const float* in = x.data();
    const std::vector<float> pivot = rows.alongRow(in);
    const int64_t done = rows.rows * rows.length;
    ChannelSums sums = sumOverRows(rows, [&](int64_t from, int64_t count, float* first, float* second) {
      addMoments(in + from * rows.length, count, rows.length, pivot.data(), first, second);
    });
    for (int64_t at = 0; at < rows.rest; at++) {
      const size_t channel = static_cast<size_t>(at % channels);
      const double away = in[done + at] - pivot[channel];
      sums.first[channel] += away;
      sums.second[channel] += away * away;
    }
    const double n = static_cast<double>(positions);
    for (int64_t channel = 0; channel < channels; channel++) {
      const size_t at = static_cast<size_t>(channel);
      const double away = sums.first[at] / n, variance = std::max(0.0, sums.second[at] / n - away * away);
      mean.data()[channel] = kept.data()[channel] = static_cast<float>(pivot[at] + away);
      corrected.data()[channel] = static_cast<float>(positions > 1 ? variance * n / (n - 1) : variance);
      inverse.data()[channel] = static_cast<float>(1 / std::sqrt(variance + epsilon_));
    }
    const Scaling scaling(scale.data(), offset.data(), mean.data(), inverse.data(), channels);
    const std::vector<float> factor = rows.alongRow(scaling.factor.data()), shift = rows.alongRow(scaling.shift.data());
    const float* added = side.size() == 0 ? nullptr : side.data();
    inParts(rows.rows, [&](int, int64_t from, int64_t to) {
      // From the end: that is what the sums have left in the cache.
      const int64_t block = std::max<int64_t>(1, BLOCK_NUMBERS / rows.length);
      for (int64_t end = to; end > from; end -= block) {
        const int64_t start = std::max(from, end - block), here = start * rows.length;
        normalise(in + here, added == nullptr ? nullptr : added + here, end - start, rows.length, factor.data(), shift.data(), relu_,
                  y.data() + here);
      }
    });
    for (int64_t at = 0; at < rows.rest; at++) {
      const size_t channel = static_cast<size_t>(at % channels);
      float value = in[done + at] * scaling.factor[channel] + scaling.shift[channel];
      if (added != nullptr) value += added[done + at];
      y.data()[done + at] = relu_ && !(value > 0) ? 0 : value;
    }
  }

 private:
  const float epsilon_;
  const bool relu_;
};

/** slope (…, C), x (…, C), scale (C), offset (C), mean (C), 1 / √(variance + ε) (C) → dx (…, C), dScale (C), dOffset (C), nothing, nothing. */
class BatchNormGrad {
 public:
  explicit BatchNormGrad(const Attributes& attributes) : relu_(attributes.integer("relu") != 0) {}

  void run(const Call& call) const {
    const Tensor x = call.input(1), scale = call.input(2), offset = call.input(3), mean = call.input(4),
                 inverse = call.input(5);
    const int64_t channels = x.side(-1), positions = x.size() / channels;
    // TensorFlow keeps the slope until the kernel is done; let go of here, its memory can take dx.
    const float* given = slopeOf(call, x.size());
    const ChannelRows rows(positions, channels);
    const float* in = x.data();
    const Scaling scaling(scale.data(), offset.data(), mean.data(), inverse.data(), channels);
    const std::vector<float> factor = rows.alongRow(scaling.factor.data()), shift = rows.alongRow(scaling.shift.data()),
                             middle = rows.alongRow(mean.data());
    const int64_t done = rows.rows * rows.length;
    const auto through = [&](int64_t at) {
      const size_t channel = static_cast<size_t>(at % channels);
      return !relu_ || in[at] * scaling.factor[channel] + scaling.shift[channel] > 0 ? given[at] : 0;
    };
    ChannelSums sums = sumOverRows(rows, [&](int64_t from, int64_t count, float* first, float* second) {
      const int64_t here = from * rows.length;
      addSlopes(given + here, in + here, count, rows.length, factor.data(), shift.data(), middle.data(), relu_, first, second);
    });
    for (int64_t at = done; at < done + rows.rest; at++) {
      const size_t channel = static_cast<size_t>(at % channels);
      const double g = through(at);
      sums.first[channel] += g;
      sums.second[channel] += g * (in[at] - mean.data()[channel]);
    }
    const Tensor dx = call.outputInPlaceOf(0, 0, x.shape());
    const Tensor dScale = call.output(1, {channels}), dOffset = call.output(2, {channels}), nothing = call.output(3, {0}),
                 nothingMore = call.output(4, {0});
    std::vector<float> meanSlopes, tilts;
    const double n = static_cast<double>(positions);
    for (int64_t channel = 0; channel < channels; channel++) {
      const size_t at = static_cast<size_t>(channel);
      const double spread = inverse.data()[channel];
      dOffset.data()[channel] = static_cast<float>(sums.first[at]);
      dScale.data()[channel] = static_cast<float>(sums.second[at] * spread);
      meanSlopes.push_back(static_cast<float>(sums.first[at] / n));
      tilts.push_back(static_cast<float>(sums.second[at] / n * spread * spread));
    }
    const std::vector<float> meanSlope = rows.alongRow(meanSlopes.data()), tilt = rows.alongRow(tilts.data());
    inParts(rows.rows, [&](int, int64_t from, int64_t to) {
      const int64_t block = std::max<int64_t>(1, BLOCK_NUMBERS / rows.length);
      for (int64_t end = to; end > from; end -= block) {
        const int64_t start = std::max(from, end - block), here = start * rows.length;
        differentiate(given + here, in + here, end - start, rows.length, factor.data(), shift.data(), middle.data(), meanSlope.data(),
                      tilt.data(), relu_, dx.data() + here);
      }
    });
    for (int64_t at = done; at < done + rows.rest; at++) {
      const size_t channel = static_cast<size_t>(at % channels);
      dx.data()[at] =
          scaling.factor[channel] * (through(at) - meanSlopes[channel] - (in[at] - mean.data()[channel]) * tilts[channel]);
    }
  }

 private:
  static const float* slopeOf(const Call& call, int64_t size) {
    const Tensor slope = call.input(0);
    if (slope.size() != size) throw std::invalid_argument("the slope has another shape than the values");
    return slope.data();
  }

  const bool relu_;
};

}  // namespace

void registerBatchNorm() {
  registerKernel<BatchNorm>({"EspalierBatchNorm",
                             {"epsilon: float", "relu: int"},
                             {"x: float", "scale: float", "offset: float", "side: float"},
                             {"y: float", "mean: float", "variance: float", "kept_mean: float", "inverse: float", "nothing: float"}},
                            Writes::likeFirstInput);
  registerKernel<BatchNormGrad>({"EspalierBatchNormGrad",
                                 {"relu: int"},
                                 {"slope: float", "x: float", "scale: float", "offset: float", "mean: float", "inverse: float"},
                                 {"dx: float", "dscale: float", "doffset: float", "nothing: float", "nothing_more: float"}},
                                Writes::likeFirstInput);
}

}  // namespace espalier
