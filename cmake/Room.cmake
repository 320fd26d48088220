# attnscope_room(NAME SOURCES ... LINKS ...): the library of one folder under src. Headers are included as
# "room/header.h", and only a room that is linked can be included: its headers are found through its target.
function(attnscope_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  # Each room is seen through a folder of its own that holds one link, so that an undeclared include does not compile.
  set(view "${PROJECT_BINARY_DIR}/rooms/${name}")
  file(MAKE_DIRECTORY "${view}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${view}/${name}" SYMBOLIC)
  target_include_directories(${name} PUBLIC "${view}")
  target_link_libraries(${name} PUBLIC ${ROOM_LINKS} PRIVATE ${ROOM_PRIVATE_LINKS} attnscope_warnings)
endfunction()

add_library(attnscope_warnings INTERFACE)
target_compile_options(attnscope_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
