# embed(<target> <namespace> <folder>)
#
# Makes a static library that holds every .json below a folder as read-only data and defines, in that namespace,
#   std::string_view embedded(std::string_view name);
# which gives the content of a file by its path in the folder, and "" for a name that is not there. The header is the
# room's own.
function(embed target namespace folder)
  set(dir ${CMAKE_SOURCE_DIR}/${folder})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${dir} ${dir}/*.json)
  list(SORT files)
  set(assembly)
  set(externs)
  set(rows)
  set(n 0)
  foreach(file ${files})
    set(symbol lesto_embedded_${target}_${n})
    string(APPEND assembly "    \".balign 16\\n${symbol}:\\n.incbin \\\"${dir}/${file}\\\"\\n${symbol}_end:\\n\"\n")
    string(APPEND externs "extern const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND rows "    {\"${file}\", ${symbol}, ${symbol}_end},\n")
    math(EXPR n "${n} + 1")
  endforeach()
  set(out ${CMAKE_BINARY_DIR}/embed/${target}.cpp)
  file(CONFIGURE OUTPUT ${out} CONTENT "// Written by cmake/embed.cmake.
#include <string_view>

__asm__(\".section .rodata\\n\"
${assembly}    \".text\\n\");

extern \"C\" {
${externs}}

namespace ${namespace} {
namespace {
struct Row {
  std::string_view name;
  const char* begin;
  const char* end;
};
const Row kRows[] = {
${rows}};
}  // namespace

std::string_view embedded(std::string_view name);
std::string_view embedded(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return {row.begin, row.end};
  }
  return {};
}
}  // namespace ${namespace}
")
  list(TRANSFORM files PREPEND ${dir}/)
  add_library(${target} STATIC ${out})
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${files}")
endfunction()
