#include "engines/gotemplate/template.h"

#include <charconv>

#include "engines/gotemplate/execute.h"

namespace lesto::gotemplate {

Result<std::shared_ptr<const Template>> Template::parse(std::string name, std::string_view text,
                                                        ParseOptions options) {
  if (text.size() > kTemplateBytes) {
    return fail(Code::TooLarge, "template: " + name + ": the limit of " +
                                    std::to_string(kTemplateBytes) +
                                    " bytes of template is passed");
  }
  std::shared_ptr<Template> made(new Template());
  made->name_ = std::move(name);
  made->text_ = text;
  TRY_ASSIGN(made->parsed_, parse_template(made->name_, made->text_, options.dialect, made->heap_));
  return made;
}

Result<std::string> Template::execute(const Value& data, const ExecuteOptions& options,
                                      Fault* fault) const {
  Heap heap(options.limits.heap_bytes);
  Context context(heap, options);
  context.may_change = parsed_.changes;
  std::string out;
  Execution execution(name_, text_, context, out, fault);
  Outcome outcome = execution.run(*parsed_.find(name_), data.unbox());
  if (!outcome) return fail(outcome.error().code, std::string(outcome.error().text));
  if (out.size() > options.limits.output_bytes) {
    return fail(Code::TooLarge, "template: " + name_ + ": the limit of " +
                                    std::to_string(options.limits.output_bytes) +
                                    " bytes of output is passed");
  }
  return out;
}

std::optional<ErrorPlace> error_place(std::string_view name, const Error& error) {
  std::string_view text = error.message();
  constexpr std::string_view kStart = "template: ";
  if (!text.starts_with(kStart)) return std::nullopt;
  text.remove_prefix(kStart.size());
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with(':')) return std::nullopt;
  ErrorPlace place;
  const char* end = text.data() + text.size();
  auto line = std::from_chars(text.data() + 1, end, place.line);
  if (line.ec != std::errc()) return std::nullopt;
  if (line.ptr == end || *line.ptr != ':') return place;
  std::size_t column = 0;
  auto read = std::from_chars(line.ptr + 1, end, column);
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == ':') place.column = column;
  return place;
}

}  // namespace lesto::gotemplate
