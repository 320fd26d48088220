// Results by their requests, as many as fit into a number of bytes. One thread's, the UI's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

#include "engine/request_hash.h"
#include "engine/requests.h"

namespace attnscope {

class ResultStore {
 public:
  explicit ResultStore(std::size_t bytes) : most_(bytes) {}

  void put(const Request& request, std::shared_ptr<const void> result, std::size_t bytes);
  // The result or null; found ones count as wanted in this frame.
  std::shared_ptr<const void> want(const Request& request);
  // The result or null; leaves the order of wanting as it is.
  std::shared_ptr<const void> find(const Request& request) const;
  // Ends a frame: the results wanted longest ago go until the others fit. What was wanted or put in this frame stays
  // even if it does not fit: it would be computed again at once.
  void end_frame();
  void clear();

  std::size_t bytes() const { return used_; }

 private:
  struct Entry {
    Request request;
    std::shared_ptr<const void> result;
    std::size_t bytes = 0;
    std::uint64_t frame = 0;  // in which it was wanted last
  };
  std::size_t most_;
  std::size_t used_ = 0;
  std::uint64_t frame_ = 0;
  std::list<Entry> entries_;  // wanted last, first
  std::unordered_map<Request, std::list<Entry>::iterator> places_;
};

}  // namespace attnscope
