# The kernels for NVIDIA GPUs. Sets ATTNSCOPE_GPU where they are built: with ATTNSCOPE_CUDA=AUTO, if there is an nvcc.
# Nothing of CUDA is needed to run the program: the runtime is linked statically and opens the driver by itself.
set(ATTNSCOPE_CUDA AUTO CACHE STRING "AUTO: kernels for NVIDIA GPUs if nvcc is there; ON: fail without it; OFF")
set_property(CACHE ATTNSCOPE_CUDA PROPERTY STRINGS AUTO ON OFF)
# Code of sm_80 runs on all 8.x; what is newer is compiled from PTX by the driver, once. The preset `gpu` has code of all.
set(ATTNSCOPE_CUDA_ARCHITECTURES 80 CACHE STRING "Architectures of the kernels, as CMAKE_CUDA_ARCHITECTURES")

set(ATTNSCOPE_GPU OFF)
if(NOT ATTNSCOPE_CUDA STREQUAL "OFF")
  set(CMAKE_CUDA_ARCHITECTURES ${ATTNSCOPE_CUDA_ARCHITECTURES})
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that nvcc can, from 12.0
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
    # CMake 3.25 wants to say something about this library, which CUDA 13 does not have any more.
    if(NOT TARGET CUDA::nvToolsExt)
      add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
    endif()
    find_package(CUDAToolkit REQUIRED)
    set(ATTNSCOPE_GPU ON)
  elseif(ATTNSCOPE_CUDA STREQUAL "ON")
    message(FATAL_ERROR "ATTNSCOPE_CUDA=ON, but there is no nvcc; put it on PATH or set CMAKE_CUDA_COMPILER")
  endif()
endif()

# attnscope_check_ptxas(TARGET): the build of the target fails where ptxas says that a kernel is slower than it looks.
function(attnscope_check_ptxas target)
  target_compile_options(${target} PRIVATE -Xptxas=-v)
  set(launcher "${PROJECT_SOURCE_DIR}/cmake/check_ptxas" ${CMAKE_CUDA_COMPILER_LAUNCHER})
  set_target_properties(${target} PROPERTIES CUDA_COMPILER_LAUNCHER "${launcher}")
endfunction()
