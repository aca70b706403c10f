// A tensor (…, channels) seen as rows whose length is a whole number of lanes, and sums over its positions, channel by channel.
#pragma once
#include <vector>
#include "lanes.h"
#include "parallel.h"

namespace espalier {

/**
 * Rows are whole pairs of lanes, 64 numbers or more. Worked example: 1002 positions of 24 channels. 24 and 48 are no multiples of 32, 96 is:
 * a row is four positions, there are 250 rows, and a rest of two positions, 48 numbers.
 */
struct ChannelRows {
  int64_t channels, positions, length, rows, rest;

  ChannelRows(int64_t positions_, int64_t channels_) : channels(channels_), positions(positions_), length(channels_) {
    while (length % (2 * LANES) != 0 || length < 4 * LANES) length *= 2;
    rows = positions * channels / length;
    rest = positions * channels - rows * length;
  }

  /** One number a channel, repeated along a row. */
  std::vector<float> alongRow(const float* byChannel) const {
    std::vector<float> row(static_cast<size_t>(length));
    for (int64_t at = 0; at < length; at++) row[static_cast<size_t>(at)] = byChannel[at % channels];
    return row;
  }
};

/** Partial sums of one thread, kept in double so that a million terms lose no digits of float32. */
struct ChannelSums {
  std::vector<double> first, second;

  explicit ChannelSums(int64_t channels) : first(static_cast<size_t>(channels)), second(static_cast<size_t>(channels)) {}

  void add(const ChannelSums& other) {
    for (size_t channel = 0; channel < first.size(); channel++) {
      first[channel] += other.first[channel];
      second[channel] += other.second[channel];
    }
  }
};

/** Numbers that are added up in float32 before they go into the sums in double; also what is worked on at a time. */
constexpr int64_t BLOCK_NUMBERS = 16384;

}  // namespace espalier
