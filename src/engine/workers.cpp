#include "engine/workers.h"

#include <array>
#include <chrono>
#include <new>
#include <utility>

#include "core/error.h"
#include "engine/compute.h"

namespace attnscope {
namespace {

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

std::string_view kind_name(std::size_t kind) {
  constexpr std::array<std::string_view, std::variant_size_v<Request>> kinds = {
      "row", "column", "tile", "thumbnail", "estimate", "links", "profile", "pair", "pair in heads"};
  return kinds.at(kind);
}

Workers::Workers(Backend& backend, Pool& pool, WorkBoard& board, std::function<void()> wake)
    : backend_(backend), pool_(pool), board_(board), wake_(std::move(wake)) {
  for (const Urgency least : {Urgency::refine, Urgency::visible, Urgency::answer}) {
    threads_.emplace_back([this, least](const std::stop_token& stop) { work(least, stop); });
  }
}

Workers::~Workers() {
  for (std::jthread& thread : threads_) thread.request_stop();
  board_.stop_all();
}

void Workers::work(Urgency least, const std::stop_token& stop) {
  while (const std::shared_ptr<Task> task = board_.take(least, stop)) {
    std::optional<Finished> finished = finish(*task);
    const bool tell = finished.has_value();
    board_.end(task, std::move(finished));
    if (tell) wake_();
  }
}

std::optional<Finished> Workers::finish(Task& task) {
  std::string failure;
  try {
    return compute_task(task);
  } catch (const Stopped&) {
    return std::nullopt;
  } catch (const std::bad_alloc&) {
    failure = "not enough memory for a " + std::string(kind_name(task.want.request.index()));
  } catch (const std::exception& error) {
    failure = error.what();
  }
  return Finished{task.want.request, nullptr, 0, failure, seconds_since(task.began)};
}

Finished Workers::compute_task(Task& task) {
  const Want& want = task.want;
  const Priority priority = want.urgency == Urgency::refine ? Priority::background : Priority::visible;
  const Job job{pool_for(want), priority, task.stop.get_token(), &task.progress};
  OpRunner runner{backend_, job};
  const auto ids = want.tokens == nullptr ? std::span<const std::int32_t>() : std::span(*want.tokens);
  const ComputeContext context{want.layer, runner, cache_, ids};
  return std::visit(
      [&](const auto& request) {
        auto result = compute(request, context);
        const std::size_t bytes = bytes_of(result);
        auto shared = std::make_shared<const decltype(result)>(std::move(result));
        return Finished{want.request, std::move(shared), bytes, {}, seconds_since(task.began)};
      },
      want.request);
}

Pool& Workers::pool_for(const Want& want) {
  constexpr std::int64_t most_tokens = 1 << 17;
  if (want.layer->tokens() > most_tokens) return pool_;
  const bool row = std::holds_alternative<RowRequest>(want.request) ||
                   std::holds_alternative<PairRequest>(want.request) ||
                   std::holds_alternative<PairInHeadsRequest>(want.request);
  // A column needs the lse of all queries.
  const bool column = std::holds_alternative<ColumnRequest>(want.request) && want.layer->lse.has_value();
  return row || column ? own_thread_ : pool_;
}

}  // namespace attnscope
