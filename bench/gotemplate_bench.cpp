// CPU time of one execution, and of parse + execution, of each template of a folder:
//   gotemplate_bench FOLDER [print]
// A case is NAME.tmpl with NAME.json. bench/go/gotemplate is the other side; both render the same
// bytes.
#include <cstdio>

#include "bench/cases.h"
#include "engines/gotemplate/template.h"
#include "foundation/json/text.h"

namespace lesto::gotemplate {
namespace {

int run(int argc, char** argv) {
  if (argc < 2) return 2;
  for (const bench::Case& each : bench::cases(argv[1], ".tmpl")) {
    auto data = json::parse(each.data);
    auto compiled = Template::parse("t", each.text);
    if (!data || !compiled) return 1;
    ExecuteOptions options;
    auto out = (*compiled)->execute(Value::of_json(*data), options);
    if (!out) {
      std::fprintf(stderr, "%s: %s\n", each.name.c_str(), out.error().message().c_str());
      return 1;
    }
    if (argc > 2) {
      std::printf("== %s\n%s\n", each.name.c_str(), out->c_str());
      continue;
    }
    double execute =
        bench::measure([&] { (void)(*compiled)->execute(Value::of_json(*data), options); });
    double both = bench::measure(
        [&] { (void)(*Template::parse("t", each.text))->execute(Value::of_json(*data), options); });
    std::printf("execute/%s %.3f\nparse+execute/%s %.3f\n", each.name.c_str(), execute,
                each.name.c_str(), both);
  }
  return 0;
}

}  // namespace
}  // namespace lesto::gotemplate

int main(int argc, char** argv) { return lesto::gotemplate::run(argc, argv); }
