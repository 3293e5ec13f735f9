#include "engines/patch/go_text.h"

#include "foundation/json/number.h"
#include "foundation/json/text.h"

namespace lesto::patch {

using json::Kind;
using json::Value;

std::string go_value(const Value& value) {
  switch (value.kind()) {
    case Kind::Null: return "<nil>";
    case Kind::String: return value.string();
    case Kind::Double: {
      std::string text;
      json::append_json_number(text, value.number());
      return text;
    }
    case Kind::Array: {
      std::string text;
      for (const Value& item : value.items()) text += (text.empty() ? "" : " ") + go_value(item);
      return "[" + text + "]";
    }
    case Kind::Object: {
      std::string text;
      for (const json::Member& member : value.members()) {
        text +=
            (text.empty() ? "" : " ") + std::string(member.name()) + ":" + go_value(member.value);
      }
      return "map[" + text + "]";
    }
    default: return json::write(value);
  }
}

}  // namespace lesto::patch
