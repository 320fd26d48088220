#include "engine/request_hash.h"

#include <cstdint>

#include "capture/hash.h"

namespace attnscope {
namespace {

// Fields one after the other, each mixed with all before it.
template <typename... Fields>
std::uint64_t combine(Fields... fields) {
  std::uint64_t mixed = 0;
  ((mixed = hashed(mixed ^ static_cast<std::uint64_t>(fields))), ...);
  return mixed;
}

std::uint64_t hash_of(const RowRequest& r) { return combine(r.head.layer_id, r.head.head, r.query); }
std::uint64_t hash_of(const ColumnRequest& r) { return combine(r.head.layer_id, r.head.head, r.key); }
std::uint64_t hash_of(const TileRequest& r) { return combine(r.head.layer_id, r.head.head, r.pool, r.level, r.y, r.x); }
std::uint64_t hash_of(const ThumbnailRequest& r) { return combine(r.head.layer_id, r.head.head, r.pool, r.side); }
std::uint64_t hash_of(const EstimateRequest& r) { return combine(r.head.layer_id, r.head.head, r.pool, r.side); }
std::uint64_t hash_of(const LinksRequest& r) { return combine(r.head.layer_id, r.head.head, r.k); }
std::uint64_t hash_of(const ProfileRequest& r) { return combine(r.head.layer_id, r.head.head); }
std::uint64_t hash_of(const PairRequest& r) { return combine(r.head.layer_id, r.head.head, r.query, r.key); }
std::uint64_t hash_of(const PairInHeadsRequest& r) { return combine(r.layer_id, r.query, r.key); }

}  // namespace
}  // namespace attnscope

std::size_t std::hash<attnscope::Request>::operator()(const attnscope::Request& request) const {
  const std::uint64_t fields = std::visit([](const auto& asked) { return attnscope::hash_of(asked); }, request);
  return static_cast<std::size_t>(attnscope::combine(request.index(), fields));
}
