// The templates and scripts of a file, and where in it they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

namespace lesto::cli {

// What kind of content a source is, by the object that holds it.
enum class SourceKind { Plain, Instantiated, Profile, Object, Aggregate, Policy };

// A text to run.
struct Source {
  SourceKind kind = SourceKind::Plain;
  // What errors call it: "ConfigMap default/policy key service.yaml"; a plain file's own name.
  std::string name;
  std::string text;
  // A missing key is no error: templates of an EventBasedAddOn.
  bool lenient = false;
  // The line of the file, from 0, that holds the text's first line. None when the file has the text
  // in another shape (a quoted YAML text): then errors show the text itself.
  std::optional<std::size_t> first_line;
};

// The keys of ConfigMaps and Secrets that are marked as templates, or that an EventBasedAddOn of
// the file refers to; without such the whole file.
std::vector<Source> find_templates(const std::string& file, const std::string& text);
// The scripts of the objects in the file; without such the whole file.
std::vector<Source> find_scripts(const std::string& file, const std::string& text);

}  // namespace lesto::cli
