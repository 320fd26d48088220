// The backends that tests are made for, one of each.
#pragma once
#include <string>
#include <vector>

#include "attention/select.h"

namespace attnscope::test {

// Names of those that this machine can run, as list_backends() orders them.
inline std::vector<std::string> usable_backends() {
  std::vector<std::string> names;
  for (const BackendInfo& backend : list_backends()) {
    if (backend.usable) names.push_back(backend.name);
  }
  return names;
}

// The same without the reference, which the others are held against.
inline std::vector<std::string> tested_backends() {
  std::vector<std::string> names = usable_backends();
  std::erase(names, "reference");
  return names;
}

}  // namespace attnscope::test
