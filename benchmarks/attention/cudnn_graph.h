// Graphs of cuDNN's backend interface, as much of it as fused attention needs. cuDNN is opened when it is asked for.
#pragma once
#include <cudnn.h>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "attention_bench/gpu.h"

namespace attnscope::bench {

struct Cudnn {
  Cudnn();

  Library library;
  template <class Function>
  using Pointer = std::remove_pointer_t<Function>*;
  Pointer<decltype(&cudnnCreate)> create = nullptr;
  Pointer<decltype(&cudnnDestroy)> destroy = nullptr;
  Pointer<decltype(&cudnnGetVersion)> version = nullptr;
  Pointer<decltype(&cudnnGetErrorString)> error_string = nullptr;
  Pointer<decltype(&cudnnBackendCreateDescriptor)> create_descriptor = nullptr;
  Pointer<decltype(&cudnnBackendDestroyDescriptor)> destroy_descriptor = nullptr;
  Pointer<decltype(&cudnnBackendSetAttribute)> set_attribute = nullptr;
  Pointer<decltype(&cudnnBackendGetAttribute)> get_attribute = nullptr;
  Pointer<decltype(&cudnnBackendFinalize)> finalize = nullptr;
  Pointer<decltype(&cudnnBackendExecute)> execute = nullptr;

  // Throws Error, "cuDNN: what: reason".
  void check(cudnnStatus_t status, const char* what) const;
};

// One descriptor with its attributes.
class CudnnDescriptor {
 public:
  CudnnDescriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type);
  ~CudnnDescriptor();
  CudnnDescriptor(const CudnnDescriptor&) = delete;
  CudnnDescriptor& operator=(const CudnnDescriptor&) = delete;

  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count, const void* values);
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other);
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values);
  void set(cudnnBackendAttributeName_t name, cudnnDataType_t type);
  void finalize(const char* what);
  std::int64_t int64(cudnnBackendAttributeName_t name) const;
  cudnnBackendDescriptor_t get() const { return descriptor_; }

 private:
  const Cudnn& cudnn_;
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

// Shape [b, h, rows, columns] and how far apart the entries of each dimension lie.
struct CudnnTensor {
  std::vector<std::int64_t> dims, strides;
  cudnnDataType_t type = CUDNN_DATA_FLOAT;
};

// A chain of operations from tensors of the caller to tensors of the caller. Each adds an operation whose result is a
// tensor of the graph: one of the caller's, or a hidden one, which is never stored.
class CudnnGraph {
 public:
  explicit CudnnGraph(const Cudnn& cudnn) : cudnn_(cudnn) {}

  // Ids of new tensors. One of the caller's: of one number in the caller's own memory where `by_value`.
  std::int64_t given(const CudnnTensor& tensor, bool by_value = false) { return add(tensor, false, by_value); }
  std::int64_t hidden(const CudnnTensor& tensor) { return add(tensor, true, false); }

  // Each returns `result`.
  std::int64_t multiply(std::int64_t a, std::int64_t b, std::int64_t result);
  std::int64_t apply(cudnnPointwiseMode_t mode, std::int64_t x, std::int64_t result);
  std::int64_t apply(cudnnPointwiseMode_t mode, std::int64_t x, std::int64_t y, std::int64_t result);
  std::int64_t index_along(std::int64_t axis, std::int64_t x, std::int64_t result);
  // x where `where` is not 0, y elsewhere.
  std::int64_t select(std::int64_t where, std::int64_t x, std::int64_t y, std::int64_t result);
  std::int64_t reduce_columns(cudnnReduceTensorOp_t op, std::int64_t x, std::int64_t result);

  // The first plan that cuDNN proposes and this GPU takes. Throws Error where there is none. The graph must outlive it.
  class Plan {
   public:
    Plan(const Cudnn& cudnn, CudnnGraph& graph, cudnnHandle_t handle);
    std::size_t workspace_bytes() const { return workspace_bytes_; }
    // `data` are the tensors of the caller with the ids in `ids`.
    void run(const std::vector<std::int64_t>& ids, std::vector<void*> data, void* workspace);

   private:
    const Cudnn& cudnn_;
    cudnnHandle_t handle_;
    std::unique_ptr<CudnnDescriptor> set_, heuristics_, engine_config_, plan_;
    std::size_t workspace_bytes_ = 0;
  };

 private:
  std::int64_t add(const CudnnTensor& tensor, bool is_virtual, bool by_value);
  CudnnDescriptor& make(cudnnBackendDescriptorType_t type);
  // Ids begin with 1: 0 is none.
  CudnnDescriptor& tensor(std::int64_t id) { return *tensors_[static_cast<std::size_t>(id - 1)]; }
  // An operation on elements; an id of 0 is an operand that it has not, an axis below 0 one that it does not need.
  std::int64_t pointwise(cudnnPointwiseMode_t mode, std::int64_t axis, std::int64_t x, std::int64_t y,
                         std::int64_t where, std::int64_t result);

  const Cudnn& cudnn_;
  std::vector<std::unique_ptr<CudnnDescriptor>> tensors_, others_;
  std::vector<cudnnBackendDescriptor_t> operations_;
};

}  // namespace attnscope::bench
