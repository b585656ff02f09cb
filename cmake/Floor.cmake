# SPDX-License-Identifier: Apache-2.0
# mantissa_floor(NAME [BELOW floors...] [LIBRARIES libs...] [EXCLUDE regex] [ALONE regex])
# A floor is one OBJECT-backed static library of all .cpp files under its folder. OBJECT, since units
# and estimators register themselves and a plain static library would drop them at link time.
function(mantissa_floor NAME)
  cmake_parse_arguments(ARG "" "EXCLUDE;ALONE" "BELOW;LIBRARIES" ${ARGN})
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(ARG_EXCLUDE)
    list(FILTER SOURCES EXCLUDE REGEX "${ARG_EXCLUDE}")
  endif()
  add_library(mantissa_${NAME} OBJECT ${SOURCES})
  target_include_directories(mantissa_${NAME} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_link_libraries(mantissa_${NAME} PUBLIC ${ARG_LIBRARIES})
  mantissa_together(mantissa_${NAME} EXCEPT "${ARG_ALONE}")
  # Object libraries do not pass their objects on transitively; a floor names those it stands on.
  add_library(mantissa_${NAME}_all INTERFACE)
  # Among the objects CMake counts precompiled headers, which no linker takes.
  set(objects $<FILTER:$<TARGET_OBJECTS:mantissa_${NAME}>,EXCLUDE,[.][gp]ch$>)
  target_link_libraries(mantissa_${NAME}_all INTERFACE mantissa_${NAME} ${objects})
  foreach(floor ${ARG_BELOW})
    target_link_libraries(mantissa_${NAME} PUBLIC mantissa_${floor})
    target_link_libraries(mantissa_${NAME}_all INTERFACE mantissa_${floor} $<TARGET_OBJECTS:mantissa_${floor}>)
  endforeach()
endfunction()

# mantissa_together(TARGET [EXCEPT regex]): files of a folder are compiled together, ten at a time:
# what their common headers cost is paid once. Files whose paths match are compiled alone. Names in
# anonymous namespaces have to differ within a folder.
function(mantissa_together TARGET)
  cmake_parse_arguments(ARG "" "EXCEPT" "" ${ARGN})
  if(NOT MANTISSA_PRECOMPILE)
    return()
  endif()
  set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${TARGET} SOURCES)
  list(FILTER sources INCLUDE REGEX "[.]cpp$")
  if(ARG_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "${ARG_EXCEPT}")
  endif()
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER ${folder} folder)
    math(EXPR ${folder}_files "${${folder}_files} + 1")
    math(EXPR part "(${${folder}_files} - 1) / 10")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${part})
  endforeach()
endfunction()

# mantissa_precompile(TARGET headers...): unless MANTISSA_PRECOMPILE is off. ccache keeps objects of
# g++ with precompiled headers only when it sees them preprocessed.
function(mantissa_precompile TARGET)
  if(MANTISSA_PRECOMPILE)
    target_precompile_headers(${TARGET} PRIVATE ${ARGN})
    target_compile_options(${TARGET} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()
