#include "models/decoder_config.h"

#include <cmath>
#include <numbers>

namespace attnscope {
namespace {

// Llama 3.1's scaling: long wavelengths are divided by the factor, short ones kept, those between blended.
double llama3(double frequency, const RotaryScaling& scaling) {
  const double wavelength = 2 * std::numbers::pi / frequency;
  const double longest = scaling.original_context / scaling.low_frequency_factor;
  const double shortest = scaling.original_context / scaling.high_frequency_factor;
  if (wavelength > longest) return frequency / scaling.factor;
  if (wavelength < shortest) return frequency;
  const double blend = (scaling.original_context / wavelength - scaling.low_frequency_factor) /
                       (scaling.high_frequency_factor - scaling.low_frequency_factor);
  return (1 - blend) * frequency / scaling.factor + blend * frequency;
}

}  // namespace

std::vector<float> rotary_frequencies(const DecoderConfig& config, const std::vector<float>& divisors) {
  const std::int64_t pairs = config.head_dim / 2;
  std::vector<float> frequencies(static_cast<std::size_t>(pairs));
  for (std::int64_t c = 0; c < pairs; ++c) {
    const float exponent = static_cast<float>(2 * c) / static_cast<float>(config.head_dim);
    float frequency = 1.0F / static_cast<float>(std::pow(config.rotary_base, static_cast<double>(exponent)));
    const RotaryScaling& scaling = config.rotary_scaling;
    if (scaling.kind == RotaryScaling::Kind::linear) frequency /= static_cast<float>(scaling.factor);
    if (scaling.kind == RotaryScaling::Kind::llama3) {
      frequency = static_cast<float>(llama3(static_cast<double>(frequency), scaling));
    }
    if (!divisors.empty()) frequency /= divisors[static_cast<std::size_t>(c)];
    frequencies[static_cast<std::size_t>(c)] = frequency;
  }
  return frequencies;
}

}  // namespace attnscope
