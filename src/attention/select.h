// Which backend runs, by request, environment and machine.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attention/fallback.h"
#include "attention/ops.h"

namespace attnscope {

// float64 plain loops, all ops, all masks, all dtypes: the truth that every backend is held against.
std::unique_ptr<Backend> make_reference_backend();

struct BackendInfo {
  std::string name;  // as ATTNSCOPE_BACKEND takes it
  bool usable = false;
  std::string detail;  // what it is, or why it cannot be used here
};

// Every backend that the program knows, usable or not, best first.
std::vector<BackendInfo> list_backends();

// `forced` is the value of ATTNSCOPE_BACKEND: one of reference, baseline, avx2, avx512, amx, cuda, emulation,
// emulation_sm90 and, where the GPU has kernels of its own, cuda_sm80; it overrides `device` (auto, cpu, cuda). Throws
// InputError for an unknown name and for a backend that cannot run here, with the reason. auto takes the best usable
// one.
std::unique_ptr<Backend> select_backend(std::string_view device, std::string_view forced);

// The same, with the best of the CPU behind a GPU and the emulation (fallback.h): it takes every head. Where auto finds
// a GPU that fails as it is opened, the CPU is taken and the reason reported.
std::unique_ptr<Backend> select_with_fallback(std::string_view device, std::string_view forced,
                                              const FallbackReport& report);

}  // namespace attnscope
