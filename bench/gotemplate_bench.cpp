// CPU time of one execution, and of parse + execution, of a template: gotemplate_bench TEMPLATE DATA.json [print].
// bench/go/gotemplate is the other side; both render the same bytes.
#include <time.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "engines/gotemplate/template.h"
#include "foundation/json/text.h"

namespace lesto::gotemplate {
namespace {

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

double cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <class Work>
void measure(const char* name, Work work) {
  for (int i = 0; i < 200; ++i) work();
  constexpr int kRounds = 20000;
  double started = cpu();
  for (int i = 0; i < kRounds; ++i) work();
  std::printf("lesto %s: %.2f us CPU\n", name, (cpu() - started) / kRounds * 1e6);
}

int run(int argc, char** argv) {
  if (argc < 3) return 2;
  std::string text = read(argv[1]);
  auto data = json::parse(read(argv[2]));
  auto compiled = Template::parse("t", text);
  if (!data || !compiled) return 1;
  ExecuteOptions options;
  auto out = (*compiled)->execute(Value::of_json(*data), options);
  if (!out) {
    std::fprintf(stderr, "%s\n", out.error().message().c_str());
    return 1;
  }
  if (argc > 3) {
    std::fputs(out->c_str(), stdout);
    return 0;
  }
  std::size_t bytes = 0;
  measure("execute", [&] { bytes += (*compiled)->execute(Value::of_json(*data), options)->size(); });
  measure("parse+execute",
          [&] { bytes += (*Template::parse("t", text))->execute(Value::of_json(*data), options)->size(); });
  return bytes > 0 ? 0 : 1;
}

}  // namespace
}  // namespace lesto::gotemplate

int main(int argc, char** argv) { return lesto::gotemplate::run(argc, argv); }
