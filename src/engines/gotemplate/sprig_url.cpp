#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/url.h"

namespace lesto::gotemplate {
namespace {

Answer url_parse(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 8); !reserved) {
    return std::unexpected(reserved.error());
  }
  auto url = parse_url(call.text(0));
  if (!url) return call.fail("unable to parse url: " + url.error());
  MapNode* map = call.heap().new_map(8);
  auto put = [&](std::string_view key, std::string_view text) {
    call.heap().set(map, key, call.heap().text(text));
  };
  put("fragment", url->fragment);
  put("host", url->host);
  put("hostname", url->host_name());
  put("opaque", url->opaque);
  put("path", url->path);
  put("query", url->query);
  put("scheme", url->scheme);
  put("userinfo", url->user.value_or(""));
  return Value::of_map(map);
}

Text part_of(Call& call, std::string_view key) {
  Value value;
  if (!call.heap().open(call.at(0)).find(key, value)) return "";
  if (value.nothing()) return call.fail(kNilPointer);
  if (!value.is_text()) {
    return call.fail("unable to parse " + std::string(key) + " key, must be of type string, but " +
                     std::string(kind_name(value)) + " found");
  }
  return std::string(value.text());
}

Answer url_join(Call& call) {
  Url url;
  std::string user;
  const std::pair<std::string_view, std::string*> parts[] = {
      {"scheme", &url.scheme}, {"host", &url.host},     {"path", &url.path},
      {"query", &url.query},   {"opaque", &url.opaque}, {"fragment", &url.fragment},
      {"userinfo", &user}};
  for (const auto& [key, part] : parts) {
    Text text = part_of(call, key);
    if (!text) return std::unexpected(text.error());
    *part = *text;
  }
  if (!user.empty()) {
    auto parsed = parse_url("proto://" + user + "@host");
    if (!parsed) return call.fail("unable to parse userinfo in dict: " + parsed.error());
    url.user = parsed->user;
  }
  std::string out = url.text();
  if (Outcome reserved = call.context.reserve(out.size()); !reserved)
    return std::unexpected(reserved.error());
  return call.give(out);
}

constexpr Function kFunctions[] = {
    {"urlParse", Group::Url, "s>m", url_parse},
    {"urlJoin", Group::Url, "m>s", url_join},
};

}  // namespace

std::span<const Function> url_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
