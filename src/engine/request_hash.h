// A hash of requests, so that results can be found by what was asked.
#pragma once
#include <cstddef>

#include "engine/requests.h"

template <>
struct std::hash<attnscope::Request> {
  std::size_t operator()(const attnscope::Request& request) const;
};
