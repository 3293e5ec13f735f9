# room(<floor/room> [DEPS room...] [LIBS library...])
#
# Makes a static library from every .cpp of a room, and one test program from every *_test.cpp when tests
# are built. Files are globbed: a new file needs no list. What a room may include is granted in src/rooms.txt
# and checked by the tidy test; DEPS only says what to link.
#
# target of a room: floor_room, for example foundation_json.

# Without time stamps the precompiled header has the same bytes in every build of one path, so that ccache hits.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
add_library(lesto_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(lesto_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)

function(room path)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  set(dir ${CMAKE_SOURCE_DIR}/src/${path})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_fuzz\\.cpp$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(deps)
  foreach(dep ${ARG_DEPS})
    string(REPLACE "/" "_" dep ${dep})
    list(APPEND deps ${dep})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${deps} PRIVATE ${ARG_LIBS})
    target_precompile_headers(${name} REUSE_FROM lesto_pch)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} INTERFACE ${deps} ${ARG_LIBS})
  endif()
  if(LESTO_TESTS AND tests)
    add_executable(${name}_test ${tests})
    # For tests/support.
    target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gtest_main GTest::gmock GTest::gtest)
    target_precompile_headers(${name}_test REUSE_FROM lesto_pch)
    target_compile_definitions(${name}_test PRIVATE LESTO_ROOT="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()
