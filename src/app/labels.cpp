#include "app/labels.h"

#include "kube/object/names.h"

namespace lesto::app {

Result<std::map<std::string, std::string>> parse_labels(const std::string& text) {
  std::map<std::string, std::string> labels;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = std::min(text.find(',', start), text.size());
    std::string part = text.substr(start, end - start);
    start = end + 1;
    std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Code::Invalid, "\"" + part + "\" is not key=value");
    }
    std::string key = part.substr(0, equals);
    std::string value = part.substr(equals + 1);
    kube::Complaints wrong = kube::check_qualified_name(key);
    if (wrong.empty()) wrong = kube::check_label_value(value);
    if (!wrong.empty()) return fail(Code::Invalid, "\"" + part + "\": " + wrong.front());
    labels[std::move(key)] = std::move(value);
  }
  return labels;
}

}  // namespace lesto::app
