// The fused forward on this machine's GPU, by both families of kernels where it has two, against cuBLAS and cuDNN,
// without the command line of the program and its packages: what scripts/gpu_check measures.
//   gpu_bench [SECONDS]     of runs for each row (default 1); prints a JSON array, a row a figure
#include <cstdlib>
#include <iostream>

#include "attention/select.h"
#include "attention_bench/contender.h"
#include "core/error.h"

namespace attnscope::bench {
namespace {

constexpr std::int64_t head_dims[] = {64, 128, 256};
constexpr std::int64_t lengths[] = {4096, 16384};
constexpr const char* masks[] = {"full", "causal"};

void print_row(const Task& task, const Figure& figure, const BenchShape& shape) {
  static bool first = true;
  std::cout << (first ? "" : ",\n") << R"({"op":")" << task.op << R"(","contender":")" << task.contender
            << R"(","backend":")" << task.backend << R"(","dtype":")" << name_of(shape.dtype) << R"(","heads":)"
            << shape.heads << R"(,"n":)" << shape.n << R"(,"head_dim":)" << shape.head_dim << R"(,"mask":")"
            << shape.mask << R"(","device_seconds":)" << figure.device_seconds << R"(,"interval":[)" << figure.low
            << ',' << figure.high << R"(],"wall_seconds":)" << figure.seconds << R"(,"runs":)" << figure.runs
            << R"(,"gflops":)" << figure.gflops << R"(,"peak_gflops":)" << figure.peak_gflops << R"(,"max_error":)"
            << figure.check.max_error << R"(,"rms_error":)" << figure.check.rms_error << '}' << std::flush;
  first = false;
}

// Whether all that ran was right.
bool measure_shape(const BenchShape& shape, std::span<const std::unique_ptr<Contender>> contenders, double seconds) {
  Pool pool(1);
  BenchCase which(shape);
  which.forget_results();
  std::vector<Task> tasks;
  for (const auto& contender : contenders) tasks.push_back(forward_task(which, *contender));
  const std::vector<Figure> figures = measure(tasks, seconds, {pool});
  bool right = true;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::string what = tasks[i].contender + ", n " + std::to_string(shape.n) + ", d " +
                             std::to_string(shape.head_dim) + ", " + std::string(name_of(shape.dtype)) + ", " +
                             shape.mask;
    if (!tasks[i].why_not.empty()) {
      std::cerr << "gpu_bench: not run: " << what << ": " << tasks[i].why_not << '\n';
    } else if (!figures[i].check.right) {
      std::cerr << "gpu_bench: wrong, so not measured: " << what << ": " << figures[i].check.max_error << '\n';
      right = false;
    } else {
      print_row(tasks[i], figures[i], shape);
    }
  }
  return right;
}

int run(double seconds) {
  std::vector<std::unique_ptr<Contender>> contenders;
  contenders.push_back(make_backend_contender("ours", select_backend("cuda", "")));
  for (const BackendInfo& info : list_backends()) {
    if (info.name == "cuda_sm80")
      contenders.push_back(make_backend_contender(info.name, select_backend("", info.name)));
  }
  for (const std::string& name : gpu_contenders()) contenders.push_back(make_other_contender(name));
  bool right = true;
  std::cout << '[';
  for (const char* mask : masks) {
    for (const std::int64_t n : lengths) {
      for (const std::int64_t d : head_dims)
        right = measure_shape({8, 8, n, d, mask, DType::f16}, contenders, seconds) && right;
    }
  }
  right = measure_shape({8, 8, lengths[1], 128, "full", DType::bf16}, contenders, seconds) && right;
  std::cout << "]\n";
  return right ? 0 : 1;
}

}  // namespace
}  // namespace attnscope::bench

int main(int count, char** arguments) {
  try {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 1;
    if (count > 2 || seconds <= 0) throw attnscope::InputError("usage: gpu_bench [SECONDS]");
    return attnscope::bench::run(seconds);
  } catch (const attnscope::InputError& error) {
    std::cerr << "gpu_bench: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "gpu_bench: " << error.what() << '\n';
    return 1;
  }
}
