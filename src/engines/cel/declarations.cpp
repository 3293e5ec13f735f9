#include "engines/cel/declarations.h"

#include <algorithm>
#include <cctype>

namespace lesto::cel {
namespace {

// Reads the notation of Declaration::overloads, which is ours: a mistake in it is a defect.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::vector<Overload> run() {
    std::vector<Overload> out;
    while (true) {
      out.push_back(overload());
      if (at_ >= text_.size()) return out;
      expect(" | ");
    }
  }

 private:
  void expect(std::string_view wanted) {
    CHECK(text_.substr(at_).starts_with(wanted));
    at_ += wanted.size();
  }
  bool eat(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  Overload overload() {
    Overload out;
    if (!eat("(")) {
      out.member = true;
      out.params.push_back(type());
      expect(".(");
    }
    while (!eat(")")) {
      out.params.push_back(type());
      eat(", ");
    }
    expect(" -> ");
    out.result = type();
    return out;
  }

  TypeRef type() {
    std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' ||
            text_[at_] == '#' ||
            (text_[begin] == '#' && text_[at_] == '.' && text_[at_ + 1] != '('))) {
      ++at_;
    }
    std::string_view name = text_.substr(begin, at_ - begin);
    if (name == "list" || name == "map" || name == "type" || name == "optional")
      return generic(name);
    if (name.starts_with('#')) return opaque(std::string(name.substr(1)));
    if (name.size() == 1) return param(std::string(name));
    static const std::map<std::string_view, TypeKind> kSimple = {{"dyn", TypeKind::Dyn},
                                                                 {"null", TypeKind::Null},
                                                                 {"bool", TypeKind::Bool},
                                                                 {"int", TypeKind::Int},
                                                                 {"uint", TypeKind::Uint},
                                                                 {"double", TypeKind::Double},
                                                                 {"string", TypeKind::String},
                                                                 {"bytes", TypeKind::Bytes},
                                                                 {"timestamp", TypeKind::Timestamp},
                                                                 {"duration", TypeKind::Duration}};
    auto found = kSimple.find(name);
    CHECK(found != kSimple.end());
    return simple(found->second);
  }

  TypeRef generic(std::string_view name) {
    expect("(");
    TypeRef first = type();
    TypeRef second;
    if (name == "map") {
      expect(", ");
      second = type();
    }
    expect(")");
    if (name == "list") return list_of(std::move(first));
    if (name == "map") return map_of(std::move(first), std::move(second));
    return name == "type" ? type_of(std::move(first)) : optional_of(std::move(first));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool Call::is(std::initializer_list<Kind> kinds) const {
  return args.size() == kinds.size() &&
         std::equal(kinds.begin(), kinds.end(), args.begin(),
                    [](Kind kind, const Value& arg) { return arg.is(kind); });
}

std::unexpected<Error> Call::no_overload() const {
  return eval_error("no such overload: " + std::string(name));
}

void Functions::add(std::span<const Declaration> declarations) {
  for (const Declaration& declaration : declarations) {
    Function& function = functions_[std::string(declaration.name)];
    function.name = declaration.name;
    for (Overload& overload : Reader(declaration.overloads).run())
      function.overloads.push_back(std::move(overload));
    if (!function.implementation) function.implementation = declaration.implementation;
  }
}

const Function* Functions::find(std::string_view name) const {
  auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

}  // namespace lesto::cel
