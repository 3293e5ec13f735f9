// Compiled templates: Go's text/template with Sprig and Sveltos' functions.
//
//   auto compiled = Template::parse("ConfigMap default/service-policy key service.yaml", text, {});
//   Heap heap;
//   Result<std::string> output = (*compiled)->execute(Value::of_json(data), options);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engines/gotemplate/heap.h"
#include "engines/gotemplate/options.h"
#include "engines/gotemplate/parser.h"
#include "engines/gotemplate/value.h"
#include "foundation/base/result.h"

namespace lesto::gotemplate {

struct ParseOptions {
  Dialect dialect = Dialect::ByMap;
};

// The value at which an execution failed.
struct Fault {
  // How the template calls it: ".Resource.metadata", "$port", "argument 2 of index"; empty when no
  // value is at fault.
  std::string what;
  // Its Go type.
  std::string type;
  // Null also for what JSON cannot say.
  json::Value value;
};

// Immutable and shared: any number of threads may execute one template at a time.
class Template {
 public:
  // `name` is what errors call it. Errors have Go's text ("template: NAME:LINE: …") and code
  // Invalid, or TooLarge when a limit is passed.
  static Result<std::shared_ptr<const Template>> parse(std::string name, std::string_view text,
                                                       ParseOptions options = {});

  // The output. Errors have Go's text ("template: NAME:LINE:COLUMN: executing …"); output written
  // before is dropped. The data and what it borrows from stay as they are: changes that functions
  // make are seen by this execution only. `fault`, when given, tells at which value it failed.
  Result<std::string> execute(const Value& data, const ExecuteOptions& options,
                              Fault* fault = nullptr) const;

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }

 private:
  Template() : heap_(kHeapBytes) {}

  std::string name_;
  std::string text_;
  Heap heap_;
  ParsedTemplate parsed_;
};

// Where in a template an error of parse or execute is. Columns count bytes from 0, as Go's do;
// parse errors have none.
struct ErrorPlace {
  std::size_t line = 0;
  std::optional<std::size_t> column;
};
// None when the error is not one of the named template.
std::optional<ErrorPlace> error_place(std::string_view name, const Error& error);

}  // namespace lesto::gotemplate
