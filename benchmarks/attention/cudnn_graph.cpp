#include "attention_bench/cudnn_graph.h"

#include "core/error.h"

namespace attnscope::bench {

Cudnn::Cudnn() : library({"libcudnn.so." + std::to_string(CUDNN_MAJOR)}) {
  library.find(create, "cudnnCreate");
  library.find(destroy, "cudnnDestroy");
  library.find(version, "cudnnGetVersion");
  library.find(error_string, "cudnnGetErrorString");
  library.find(create_descriptor, "cudnnBackendCreateDescriptor");
  library.find(destroy_descriptor, "cudnnBackendDestroyDescriptor");
  library.find(set_attribute, "cudnnBackendSetAttribute");
  library.find(get_attribute, "cudnnBackendGetAttribute");
  library.find(finalize, "cudnnBackendFinalize");
  library.find(execute, "cudnnBackendExecute");
}

void Cudnn::check(cudnnStatus_t status, const char* what) const {
  if (status != CUDNN_STATUS_SUCCESS) throw Error(std::string("cuDNN: ") + what + ": " + error_string(status));
}

CudnnDescriptor::CudnnDescriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type) : cudnn_(cudnn) {
  cudnn.check(cudnn.create_descriptor(type, &descriptor_), "a descriptor");
}

CudnnDescriptor::~CudnnDescriptor() { cudnn_.destroy_descriptor(descriptor_); }

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
                          const void* values) {
  cudnn_.check(cudnn_.set_attribute(descriptor_, name, type, count, values), "an attribute");
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &other.descriptor_);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
  set(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnDataType_t type) {
  set(name, CUDNN_TYPE_DATA_TYPE, 1, &type);
}

void CudnnDescriptor::finalize(const char* what) { cudnn_.check(cudnn_.finalize(descriptor_), what); }

std::int64_t CudnnDescriptor::int64(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0, count = 0;
  cudnn_.check(cudnn_.get_attribute(descriptor_, name, CUDNN_TYPE_INT64, 1, &count, &value), "an attribute");
  return value;
}

CudnnDescriptor& CudnnGraph::make(cudnnBackendDescriptorType_t type) {
  return *others_.emplace_back(std::make_unique<CudnnDescriptor>(cudnn_, type));
}

std::int64_t CudnnGraph::add(const CudnnTensor& tensor, bool is_virtual, bool by_value) {
  CudnnDescriptor& made =
      *tensors_.emplace_back(std::make_unique<CudnnDescriptor>(cudnn_, CUDNN_BACKEND_TENSOR_DESCRIPTOR));
  const auto id = static_cast<std::int64_t>(tensors_.size());
  made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, tensor.type);
  made.set(CUDNN_ATTR_TENSOR_DIMENSIONS, tensor.dims);
  made.set(CUDNN_ATTR_TENSOR_STRIDES, tensor.strides);
  made.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64, 1, &id);
  constexpr std::int64_t alignment = 16;
  made.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64, 1, &alignment);
  made.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, 1, &is_virtual);
  made.set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, CUDNN_TYPE_BOOLEAN, 1, &by_value);
  made.finalize("a tensor");
  return id;
}

std::int64_t CudnnGraph::multiply(std::int64_t a, std::int64_t b, std::int64_t result) {
  CudnnDescriptor& product = make(CUDNN_BACKEND_MATMUL_DESCRIPTOR);
  product.set(CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_DATA_FLOAT);
  product.finalize("a product");
  CudnnDescriptor& operation = make(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_DESC, product);
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, tensor(a));
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, tensor(b));
  operation.set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, tensor(result));
  operation.finalize("a product of tensors");
  operations_.push_back(operation.get());
  return result;
}

std::int64_t CudnnGraph::pointwise(cudnnPointwiseMode_t mode, std::int64_t axis, std::int64_t x, std::int64_t y,
                                   std::int64_t where, std::int64_t result) {
  CudnnDescriptor& function = make(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  function.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, &mode);
  function.set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_DATA_FLOAT);
  if (axis >= 0) function.set(CUDNN_ATTR_POINTWISE_AXIS, CUDNN_TYPE_INT64, 1, &axis);
  function.finalize("a function of elements");
  CudnnDescriptor& operation = make(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, tensor(x));
  if (y != 0) operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, tensor(y));
  if (where != 0) operation.set(CUDNN_ATTR_OPERATION_POINTWISE_TDESC, tensor(where));
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, tensor(result));
  operation.finalize("a function of tensors");
  operations_.push_back(operation.get());
  return result;
}

std::int64_t CudnnGraph::apply(cudnnPointwiseMode_t mode, std::int64_t x, std::int64_t result) {
  return pointwise(mode, -1, x, 0, 0, result);
}

std::int64_t CudnnGraph::apply(cudnnPointwiseMode_t mode, std::int64_t x, std::int64_t y, std::int64_t result) {
  return pointwise(mode, -1, x, y, 0, result);
}

std::int64_t CudnnGraph::index_along(std::int64_t axis, std::int64_t x, std::int64_t result) {
  return pointwise(CUDNN_POINTWISE_GEN_INDEX, axis, x, 0, 0, result);
}

std::int64_t CudnnGraph::select(std::int64_t where, std::int64_t x, std::int64_t y, std::int64_t result) {
  return pointwise(CUDNN_POINTWISE_BINARY_SELECT, -1, x, y, where, result);
}

std::int64_t CudnnGraph::reduce_columns(cudnnReduceTensorOp_t op, std::int64_t x, std::int64_t result) {
  CudnnDescriptor& reduction = make(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
  reduction.set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, 1, &op);
  reduction.set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  reduction.finalize("a reduction");
  CudnnDescriptor& operation = make(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, reduction);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, tensor(x));
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, tensor(result));
  operation.finalize("a reduction of a tensor");
  operations_.push_back(operation.get());
  return result;
}

CudnnGraph::Plan::Plan(const Cudnn& cudnn, CudnnGraph& graph, cudnnHandle_t handle) : cudnn_(cudnn), handle_(handle) {
  const auto make = [&](cudnnBackendDescriptorType_t type) { return std::make_unique<CudnnDescriptor>(cudnn, type); };
  set_ = make(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  set_->set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &handle_);
  set_->set(CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR,
            static_cast<std::int64_t>(graph.operations_.size()), graph.operations_.data());
  set_->finalize("the graph");
  heuristics_ = make(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  const cudnnBackendHeurMode_t mode = CUDNN_HEUR_MODE_A;
  heuristics_->set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, *set_);
  heuristics_->set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
  heuristics_->finalize("a proposal");
  constexpr std::int64_t most = 16;
  std::vector<std::unique_ptr<CudnnDescriptor>> configs;
  std::vector<cudnnBackendDescriptor_t> proposed;
  for (std::int64_t i = 0; i < most; ++i)
    proposed.push_back(configs.emplace_back(make(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR))->get());
  std::int64_t count = 0;
  cudnn.check(cudnn.get_attribute(heuristics_->get(), CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                                  most, &count, proposed.data()),
              "proposals");
  for (std::size_t i = 0; i < static_cast<std::size_t>(count) && plan_ == nullptr; ++i) {
    auto plan = make(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan->set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1, &handle_);
    plan->set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, *configs[i]);
    if (cudnn.finalize(plan->get()) != CUDNN_STATUS_SUCCESS) continue;
    plan_ = std::move(plan);
    engine_config_ = std::move(configs[i]);
  }
  if (plan_ == nullptr) throw Error("cuDNN: has no plan for this case");
  workspace_bytes_ = static_cast<std::size_t>(plan_->int64(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
}

void CudnnGraph::Plan::run(const std::vector<std::int64_t>& ids, std::vector<void*> data, void* workspace) {
  CudnnDescriptor pack(cudnn_, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids);
  pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, static_cast<std::int64_t>(data.size()),
           data.data());
  pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, &workspace);
  pack.finalize("the tensors");
  cudnn_.check(cudnn_.execute(handle_, plan_->get(), pack.get()), "attention");
}

}  // namespace attnscope::bench
