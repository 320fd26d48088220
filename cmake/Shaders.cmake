# attnscope_shaders(TARGET FILE...): embeds GLSL files into a library. The header "shaders.h", seen by that library's own
# sources only, holds one ShaderText (render/gl_objects.h) a file: map.frag is shaders::map_frag. Written anew when a
# shader changes. A line #include "NAME.glsl" stands for the text of that file, which is listed with the others. The
# second half of this file is the script that writes it, run at build time as
# cmake -DHEADER=... -DFILES=... -P Shaders.cmake.
function(attnscope_shaders target)
  set(files "")
  foreach(name IN LISTS ARGN)
    list(APPEND files "${PROJECT_SOURCE_DIR}/shaders/${name}")
  endforeach()
  set(header "${CMAKE_CURRENT_BINARY_DIR}/shaders/shaders.h")
  add_custom_command(
    OUTPUT "${header}"
    COMMAND "${CMAKE_COMMAND}" "-DHEADER=${header}" "-DFILES=${files}" -P "${PROJECT_SOURCE_DIR}/cmake/Shaders.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/Shaders.cmake"
    COMMENT "Embedding shaders" VERBATIM)
  target_sources(${target} PRIVATE "${header}")
  target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/shaders")
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  return()
endif()
set(stage_vert 0x8B31)  # GL_VERTEX_SHADER
set(stage_frag 0x8B30)  # GL_FRAGMENT_SHADER
set(stage_comp 0x91B9)  # GL_COMPUTE_SHADER
set(text "#pragma once\n#include \"render/gl_objects.h\"\n\nnamespace attnscope::shaders {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  if(extension STREQUAL "glsl")
    continue()
  endif()
  string(MAKE_C_IDENTIFIER "${name}" identifier)
  get_filename_component(folder "${file}" DIRECTORY)
  file(READ "${file}" source)
  while(source MATCHES "#include \"([a-z_]+\\.glsl)\"\n")
    set(line "${CMAKE_MATCH_0}")
    file(READ "${folder}/${CMAKE_MATCH_1}" included)
    string(REPLACE "${line}" "${included}" source "${source}")
  endwhile()
  string(APPEND text "\ninline constexpr ShaderText ${identifier}{${stage_${extension}}, \"${name}\", "
         "R\"glsl(${source})glsl\"};\n")
endforeach()
file(WRITE "${HEADER}" "${text}\n}  // namespace attnscope::shaders\n")
