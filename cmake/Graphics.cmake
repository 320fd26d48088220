# What the window needs: gui::glfw, gui::imgui (Dear ImGui, ImPlot and both backends), gui::glad, glm, EGL, FreeType.
# scripts/setup unpacks the first three into build/graphics. GLFW opens X11, Wayland and GLX when it runs.
set(ATTNSCOPE_GRAPHICS "${PROJECT_SOURCE_DIR}/build/graphics" CACHE PATH "Folder that scripts/setup filled")
if(NOT EXISTS "${ATTNSCOPE_GRAPHICS}/stamp")
  message(FATAL_ERROR "No graphics libraries in ${ATTNSCOPE_GRAPHICS}: run scripts/setup, or build without a window "
                      "(-DATTNSCOPE_GUI=OFF)")
endif()
find_package(OpenGL REQUIRED COMPONENTS EGL)
find_package(glm REQUIRED)
find_package(Freetype REQUIRED)
find_path(stb_include stb/stb_image_write.h REQUIRED)
mark_as_advanced(stb_include)

add_library(gui::glfw STATIC IMPORTED)
set_target_properties(gui::glfw PROPERTIES
  IMPORTED_LOCATION "${ATTNSCOPE_GRAPHICS}/imgui/lib/libglfw3.a"
  INTERFACE_INCLUDE_DIRECTORIES "${ATTNSCOPE_GRAPHICS}/imgui/include"
  INTERFACE_COMPILE_DEFINITIONS GLFW_INCLUDE_NONE
  INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m;rt")

# The library was built with ImGui's stock configuration: a definition that changes a type's layout would corrupt it.
add_library(gui::imgui STATIC IMPORTED)
set_target_properties(gui::imgui PROPERTIES
  IMPORTED_LOCATION "${ATTNSCOPE_GRAPHICS}/imgui/lib/libimgui.a"
  INTERFACE_INCLUDE_DIRECTORIES "${ATTNSCOPE_GRAPHICS}/imgui/include"
  INTERFACE_LINK_LIBRARIES gui::glfw)

add_library(gui_glad STATIC "${ATTNSCOPE_GRAPHICS}/glad/src/gl.c")
target_include_directories(gui_glad SYSTEM PUBLIC "${ATTNSCOPE_GRAPHICS}/glad/include")
add_library(gui::glad ALIAS gui_glad)
