// Kubernetes' rules for names, label keys and label values. Each check gives what is wrong, in
// apimachinery's words; an empty list when nothing is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lesto::apiserver::schema {

using Complaints = std::vector<std::string>;

Complaints dns1123_label(std::string_view text);
Complaints dns1123_subdomain(std::string_view text);
Complaints dns1035_label(std::string_view text);
Complaints qualified_name(std::string_view text);
Complaints label_value(std::string_view text);
Complaints path_segment(std::string_view text);

// What generateName must be: the check of a name, for a text that more characters follow.
std::string masked_prefix(std::string_view text);

}  // namespace lesto::apiserver::schema
