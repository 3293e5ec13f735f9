// Kubernetes' libraries for quantities, versions, URLs and named formats.
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "engines/cel/declarations.h"
#include "engines/cel/quantity.h"
#include "engines/cel/semver.h"
#include "engines/cel/url.h"

namespace lesto::cel {
namespace {

struct QuantityValue final : OpaqueData {
  static constexpr std::string_view kName = "kubernetes.Quantity";
  Quantity quantity;
  explicit QuantityValue(Quantity q) : quantity(q) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    return other.type_name() == kName &&
           static_cast<const QuantityValue&>(other).quantity == quantity;
  }
};

struct SemverValue final : OpaqueData {
  static constexpr std::string_view kName = "kubernetes.Semver";
  Semver version;
  explicit SemverValue(Semver v) : version(std::move(v)) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    return other.type_name() == kName &&
           compare(static_cast<const SemverValue&>(other).version, version) == 0;
  }
};

struct UrlValue final : OpaqueData {
  static constexpr std::string_view kName = "kubernetes.URL";
  Url url;
  explicit UrlValue(Url u) : url(std::move(u)) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    return other.type_name() == kName && static_cast<const UrlValue&>(other).url.text == url.text;
  }
};

struct FormatValue final : OpaqueData {
  static constexpr std::string_view kName = "kubernetes.NamedFormat";
  std::string name;
  explicit FormatValue(std::string n) : name(std::move(n)) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    return other.type_name() == kName && static_cast<const FormatValue&>(other).name == name;
  }
};

template <class T, class... Args>
Value made(Args&&... args) {
  return Value::opaque(std::make_shared<const T>(std::forward<Args>(args)...));
}

Result<Value> quantity(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  auto read = read_quantity(call[0].view());
  if (call.name == "isQuantity") return Value::of(read.has_value());
  if (!read) return std::unexpected(read.error());
  return made<QuantityValue>(*read);
}

Result<Value> quantity_number(const Call& call) {
  const auto* value = call.size() == 1 ? opaque_as<QuantityValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  const Quantity& q = value->quantity;
  if (call.name == "sign") return Value::of(std::int64_t{q.nanos > 0 ? 1 : q.nanos < 0 ? -1 : 0});
  if (call.name == "isInteger") return Value::of(q.is_whole());
  if (call.name == "asInteger") {
    if (!q.is_whole()) return eval_error("cannot convert value to integer");
    return Value::of(static_cast<std::int64_t>(q.nanos / 1'000'000'000));
  }
  return Value::of(static_cast<double>(q.nanos) / 1e9);
}

Result<Value> quantity_sum(const Call& call) {
  const auto* a = call.size() == 2 ? opaque_as<QuantityValue>(call[0]) : nullptr;
  if (!a) return call.no_overload();
  __int128 other = 0;
  if (const auto* b = opaque_as<QuantityValue>(call[1])) {
    other = b->quantity.nanos;
  } else if (call[1].is(Kind::Int)) {
    other = static_cast<__int128>(call[1].integer()) * 1'000'000'000;
  } else {
    return call.no_overload();
  }
  return made<QuantityValue>(
      Quantity{call.name == "add" ? a->quantity.nanos + other : a->quantity.nanos - other,
               a->quantity.form});
}

// compareTo, isLessThan and isGreaterThan of quantities and versions.
Result<Value> compare_values(const Call& call) {
  if (call.size() != 2) return call.no_overload();
  int order = 0;
  const auto *a = opaque_as<QuantityValue>(call[0]), *b = opaque_as<QuantityValue>(call[1]);
  const auto *v = opaque_as<SemverValue>(call[0]), *w = opaque_as<SemverValue>(call[1]);
  if (a && b) {
    order = a->quantity < b->quantity ? -1 : a->quantity > b->quantity ? 1 : 0;
  } else if (v && w) {
    order = compare(v->version, w->version);
  } else {
    return call.no_overload();
  }
  if (call.name == "isLessThan") return Value::of(order < 0);
  if (call.name == "isGreaterThan") return Value::of(order > 0);
  return Value::of(std::int64_t{order});
}

Result<Value> semver(const Call& call) {
  bool normalizing = call.is({Kind::String, Kind::Bool});
  if (!normalizing && !call.is({Kind::String})) return call.no_overload();
  auto version =
      read_semver(call[0].view(), normalizing && call[1].boolean() ? Loose::Yes : Loose::No);
  if (call.name == "isSemver") return Value::of(version.has_value());
  if (!version) return std::unexpected(version.error());
  return made<SemverValue>(std::move(*version));
}

Result<Value> semver_part(const Call& call) {
  const auto* value = call.size() == 1 ? opaque_as<SemverValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  std::size_t part = call.name == "major" ? 0 : call.name == "minor" ? 1 : 2;
  return Value::of(static_cast<std::int64_t>(value->version.numbers[part]));
}

Result<Value> url(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  auto read = read_url(call[0].view());
  if (call.name == "isURL") return Value::of(read.has_value());
  if (!read)
    return eval_error("URL parse error during conversion from string: " + read.error().message());
  return made<UrlValue>(std::move(*read));
}

Result<Value> url_part(const Call& call) {
  const auto* value = call.size() == 1 ? opaque_as<UrlValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  const Url& u = value->url;
  if (call.name == "getScheme") return Value::text(u.scheme);
  if (call.name == "getHost") return Value::text(u.host);
  if (call.name == "getHostname") return Value::text(u.hostname());
  if (call.name == "getPort") return Value::text(u.port());
  if (call.name == "getEscapedPath") return Value::text(u.path);
  std::vector<std::pair<Value, Value>> entries;
  for (const auto& [name, values] : u.query) {
    std::vector<Value> list;
    for (const std::string& text : values) list.push_back(Value::text(text));
    entries.emplace_back(Value::text(name), Value::list(std::move(list)));
  }
  return Value::map(std::move(entries));
}

// Patterns of the named formats, with the greatest length.
struct Format {
  std::string_view pattern;
  std::size_t length;
};

const std::map<std::string_view, Format>& formats() {
  static const std::map<std::string_view, Format> kFormats = {
      {"dns1123Label", {"[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63}},
      {"dns1123Subdomain",
       {"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", 253}},
      {"dns1035Label", {"[a-z]([-a-z0-9]*[a-z0-9])?", 63}},
      {"dns1123LabelPrefix", {"[a-z0-9]([-a-z0-9]*[-a-z0-9])?", 63}},
      {"dns1123SubdomainPrefix",
       {"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*-?", 253}},
      {"dns1035LabelPrefix", {"[a-z]([-a-z0-9]*[-a-z0-9])?", 63}},
      {"qualifiedName",
       {"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
        ")?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]",
        317}},
      {"labelValue", {"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", 63}},
      {"uri", {"", 0}},
      {"uuid", {"(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", 36}},
      {"byte", {"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})", 0}},
      {"date", {"", 0}},
      {"datetime", {"", 0}},
  };
  return kFormats;
}

Result<Value> named_format(const Call& call) {
  if (call.is({Kind::String})) {
    std::string name = call[0].string();
    return formats().contains(name) ? Value::some(made<FormatValue>(name)) : Value::none();
  }
  return made<FormatValue>(std::string(call.name.substr(call.name.find('.') + 1)));
}

bool fits(std::string_view name, const Format& format, std::string_view text) {
  if (name == "uri") return read_url(text).has_value();
  if (name == "date")
    return text.size() == 10 && read_moment(std::string(text) + "T00:00:00Z").has_value();
  if (name == "datetime") return read_moment(text).has_value();
  if (format.length != 0 && text.size() > format.length) return false;
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                             re2::StringPiece(format.pattern.data(), format.pattern.size()));
}

Result<Value> validate(const Call& call) {
  const auto* value =
      call.size() == 2 && call[1].is(Kind::String) ? opaque_as<FormatValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  if (!call.budget.spend_bytes(call[1].view().size() * 4)) return too_costly();
  const Format& format = formats().at(value->name);
  if (fits(value->name, format, call[1].view())) return Value::none();
  return Value::some(Value::list({Value::text("does not match format " + value->name)}));
}

}  // namespace

std::span<const Declaration> kubernetes_declarations() {
  static constexpr std::string_view kCompared =
      "#kubernetes.Quantity.(#kubernetes.Quantity) -> bool | "
      "#kubernetes.Semver.(#kubernetes.Semver) -> bool";
  static constexpr Declaration kDeclarations[] = {
      {"quantity", "(string) -> #kubernetes.Quantity", quantity},
      {"isQuantity", "(string) -> bool", quantity},
      {"sign", "#kubernetes.Quantity.() -> int", quantity_number},
      {"isInteger", "#kubernetes.Quantity.() -> bool", quantity_number},
      {"asInteger", "#kubernetes.Quantity.() -> int", quantity_number},
      {"asApproximateFloat", "#kubernetes.Quantity.() -> double", quantity_number},
      {"add",
       "#kubernetes.Quantity.(#kubernetes.Quantity) -> #kubernetes.Quantity | "
       "#kubernetes.Quantity.(int) -> #kubernetes.Quantity",
       quantity_sum},
      {"sub",
       "#kubernetes.Quantity.(#kubernetes.Quantity) -> #kubernetes.Quantity | "
       "#kubernetes.Quantity.(int) -> #kubernetes.Quantity",
       quantity_sum},
      {"isLessThan", kCompared, compare_values},
      {"isGreaterThan", kCompared, compare_values},
      {"compareTo",
       "#kubernetes.Quantity.(#kubernetes.Quantity) -> int | "
       "#kubernetes.Semver.(#kubernetes.Semver) -> int",
       compare_values},
      {"semver", "(string) -> #kubernetes.Semver | (string, bool) -> #kubernetes.Semver", semver},
      {"isSemver", "(string) -> bool | (string, bool) -> bool", semver},
      {"major", "#kubernetes.Semver.() -> int", semver_part},
      {"minor", "#kubernetes.Semver.() -> int", semver_part},
      {"patch", "#kubernetes.Semver.() -> int", semver_part},
      {"url", "(string) -> #kubernetes.URL", url},
      {"isURL", "(string) -> bool", url},
      {"getScheme", "#kubernetes.URL.() -> string", url_part},
      {"getHost", "#kubernetes.URL.() -> string", url_part},
      {"getHostname", "#kubernetes.URL.() -> string", url_part},
      {"getPort", "#kubernetes.URL.() -> string", url_part},
      {"getEscapedPath", "#kubernetes.URL.() -> string", url_part},
      {"getQuery", "#kubernetes.URL.() -> map(string, list(string))", url_part},
      {"format.named", "(string) -> optional(#kubernetes.NamedFormat)", named_format},
      {"format.dns1123Label", "() -> #kubernetes.NamedFormat", named_format},
      {"format.dns1123Subdomain", "() -> #kubernetes.NamedFormat", named_format},
      {"format.dns1035Label", "() -> #kubernetes.NamedFormat", named_format},
      {"format.qualifiedName", "() -> #kubernetes.NamedFormat", named_format},
      {"format.dns1123LabelPrefix", "() -> #kubernetes.NamedFormat", named_format},
      {"format.dns1123SubdomainPrefix", "() -> #kubernetes.NamedFormat", named_format},
      {"format.dns1035LabelPrefix", "() -> #kubernetes.NamedFormat", named_format},
      {"format.labelValue", "() -> #kubernetes.NamedFormat", named_format},
      {"format.uri", "() -> #kubernetes.NamedFormat", named_format},
      {"format.uuid", "() -> #kubernetes.NamedFormat", named_format},
      {"format.byte", "() -> #kubernetes.NamedFormat", named_format},
      {"format.date", "() -> #kubernetes.NamedFormat", named_format},
      {"format.datetime", "() -> #kubernetes.NamedFormat", named_format},
      {"validate", "#kubernetes.NamedFormat.(string) -> optional(list(string))", validate},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
