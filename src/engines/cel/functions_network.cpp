// Kubernetes' libraries for IP addresses and networks.
#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "engines/cel/declarations.h"

namespace lesto::cel {
namespace {

struct Address {
  int family = 4;
  std::array<unsigned char, 16> bytes{};

  std::size_t size() const { return family == 4 ? 4 : 16; }
  friend bool operator==(const Address&, const Address&) = default;
};

struct IpValue final : OpaqueData {
  static constexpr std::string_view kName = "net.IP";
  Address address;
  explicit IpValue(Address a) : address(a) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    return other.type_name() == kName && static_cast<const IpValue&>(other).address == address;
  }
  std::optional<std::string> text() const override;
};

struct CidrValue final : OpaqueData {
  static constexpr std::string_view kName = "net.CIDR";
  Address address;
  int bits = 0;
  CidrValue(Address a, int b) : address(a), bits(b) {}
  std::string_view type_name() const override { return kName; }
  bool equals(const OpaqueData& other) const override {
    const auto& cidr = static_cast<const CidrValue&>(other);
    return other.type_name() == kName && cidr.address == address && cidr.bits == bits;
  }
  std::optional<std::string> text() const override;
};

std::string address_text(const Address& address) {
  char out[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.family == 4 ? AF_INET : AF_INET6, address.bytes.data(), out, sizeof out);
  return out;
}

std::optional<std::string> IpValue::text() const { return address_text(address); }
std::optional<std::string> CidrValue::text() const {
  return address_text(address) + "/" + std::to_string(bits);
}

// Why a dotted address is none, in the words of Go's netip.
std::string dotted_error(std::string_view text) {
  int fields = 0, value = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    std::string at = " (at \"" + std::string(text.substr(i)) + "\")";
    if (c >= '0' && c <= '9') {
      if (digits == 1 && value == 0) return "IPv4 field has octet with leading zero";
      value = value * 10 + (c - '0');
      ++digits;
      if (value > 255) return "IPv4 field has value >255";
    } else if (c == '.') {
      if (i == 0 || i + 1 == text.size() || text[i - 1] == '.')
        return "IPv4 field must have at least one digit" + at;
      if (fields == 3) return "IPv4 address too long";
      ++fields;
      value = 0;
      digits = 0;
    } else {
      return "unexpected character" + at;
    }
  }
  return fields < 3 ? "IPv4 address too short" : "";
}

Result<Address> read_address(std::string_view text) {
  auto wrong = [&](std::string_view why) {
    return fail(Code::Invalid, "IP Address \"" + std::string(text) +
                                   "\" parse error during conversion from string: ParseAddr(\"" +
                                   std::string(text) + "\"): " + std::string(why));
  };
  Address out;
  std::size_t first = text.find_first_of(".:%");
  if (first == std::string_view::npos) return wrong("unable to parse IP");
  if (text[first] == '%') return wrong("missing IPv6 address");
  if (text[first] == '.') {
    if (std::string error = dotted_error(text); !error.empty()) return wrong(error);
    inet_pton(AF_INET, std::string(text).c_str(), out.bytes.data());
    return out;
  }
  out.family = 6;
  std::string plain(text.substr(0, text.find('%')));
  if (inet_pton(AF_INET6, plain.c_str(), out.bytes.data()) != 1)
    return wrong("unexpected character");
  if (plain.size() != text.size())
    return fail(Code::Invalid,
                "IP address \"" + std::string(text) + "\" with zone value is not allowed");
  static constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::memcmp(out.bytes.data(), kMapped, sizeof kMapped) == 0) {
    return fail(Code::Invalid,
                "IPv4-mapped IPv6 address \"" + std::string(text) + "\" is not allowed");
  }
  return out;
}

struct Network {
  Address address;
  int bits = 0;
};

Result<Network> read_network(std::string_view text) {
  auto wrong = [&](std::string_view why) {
    return fail(Code::Invalid,
                "network address parse error during conversion from string: netip.ParsePrefix(\"" +
                    std::string(text) + "\"): " + std::string(why));
  };
  std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return wrong("no '/'");
  auto address = read_address(text.substr(0, slash));
  if (!address) {
    std::string why = address.error().message();
    std::size_t inner = why.find("ParseAddr(");
    return wrong(inner == std::string::npos ? why : why.substr(inner));
  }
  std::string_view bits = text.substr(slash + 1);
  bool digits = !bits.empty() && bits.size() <= 3 &&
                bits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || (bits.size() > 1 && bits[0] == '0'))
    return wrong("bad bits after slash: \"" + std::string(bits) + "\"");
  int count = std::stoi(std::string(bits));
  if (count > (address->family == 4 ? 32 : 128)) return wrong("prefix length out of range");
  return Network{*address, count};
}

Address masked(const Address& address, int bits) {
  Address out = address;
  for (std::size_t i = 0; i < out.size(); ++i) {
    int kept = std::min(8, std::max(0, bits - static_cast<int>(i) * 8));
    out.bytes[i] = static_cast<unsigned char>(out.bytes[i] & (0xff << (8 - kept)));
  }
  return out;
}

bool holds(const CidrValue& cidr, const Address& address) {
  return cidr.address.family == address.family &&
         masked(cidr.address, cidr.bits) == masked(address, cidr.bits);
}

Value ip_value(const Address& address) {
  return Value::opaque(std::make_shared<const IpValue>(address));
}
Value cidr_value(const Address& address, int bits) {
  return Value::opaque(std::make_shared<const CidrValue>(address, bits));
}

// ip(string), and cidr.ip().
Result<Value> ip(const Call& call) {
  if (call.size() != 1) return call.no_overload();
  if (const auto* cidr = opaque_as<CidrValue>(call[0])) return ip_value(cidr->address);
  if (!call[0].is(Kind::String)) return call.no_overload();
  auto address = read_address(call[0].view());
  if (call.name == "isIP") return Value::of(address.has_value());
  if (!address) return std::unexpected(address.error());
  if (call.name == "ip.isCanonical") return Value::of(address_text(*address) == call[0].view());
  return ip_value(*address);
}

Result<Value> ip_part(const Call& call) {
  const auto* value = call.size() == 1 ? opaque_as<IpValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  const Address& a = value->address;
  if (call.name == "family") return Value::of(std::int64_t{a.family});
  bool four = a.family == 4;
  Address zero, one;
  zero.family = one.family = a.family;
  one.bytes[15] = 1;
  bool unspecified = a == zero;
  bool loopback = four ? a.bytes[0] == 127 : a == one;
  bool link_multicast = four ? a.bytes[0] == 224 && a.bytes[1] == 0 && a.bytes[2] == 0
                             : a.bytes[0] == 0xff && (a.bytes[1] & 0x0f) == 2;
  bool link_unicast = four ? a.bytes[0] == 169 && a.bytes[1] == 254
                           : a.bytes[0] == 0xfe && (a.bytes[1] & 0xc0) == 0x80;
  bool multicast = four ? (a.bytes[0] & 0xf0) == 0xe0 : a.bytes[0] == 0xff;
  bool broadcast =
      four && a.bytes[0] == 255 && a.bytes[1] == 255 && a.bytes[2] == 255 && a.bytes[3] == 255;
  if (call.name == "isUnspecified") return Value::of(unspecified);
  if (call.name == "isLoopback") return Value::of(loopback);
  if (call.name == "isLinkLocalMulticast") return Value::of(link_multicast);
  if (call.name == "isLinkLocalUnicast") return Value::of(link_unicast);
  return Value::of(!unspecified && !loopback && !multicast && !link_unicast && !broadcast);
}

Result<Value> cidr(const Call& call) {
  if (!call.is({Kind::String})) return call.no_overload();
  auto network = read_network(call[0].view());
  if (call.name == "isCIDR") return Value::of(network.has_value());
  if (!network)
    return eval_error("network address parse error during conversion from string: " +
                      network.error().message());
  return cidr_value(network->address, network->bits);
}

Result<Value> contains(const Call& call) {
  const auto* cidr = call.size() == 2 ? opaque_as<CidrValue>(call[0]) : nullptr;
  if (!cidr) return call.no_overload();
  if (call.name == "containsIP") {
    if (const auto* address = opaque_as<IpValue>(call[1]))
      return Value::of(holds(*cidr, address->address));
    auto address = call[1].is(Kind::String) ? read_address(call[1].view()) : call.no_overload();
    // An address that does not parse is no error of its own in the library.
    if (!address) return call.no_overload();
    return Value::of(holds(*cidr, *address));
  }
  Network inner;
  if (const auto* other = opaque_as<CidrValue>(call[1])) {
    inner = {other->address, other->bits};
  } else {
    auto network = call[1].is(Kind::String) ? read_network(call[1].view()) : call.no_overload();
    if (!network) return call.no_overload();
    inner = *network;
  }
  return Value::of(inner.bits >= cidr->bits && holds(*cidr, inner.address));
}

Result<Value> cidr_part(const Call& call) {
  const auto* value = call.size() == 1 ? opaque_as<CidrValue>(call[0]) : nullptr;
  if (!value) return call.no_overload();
  if (call.name == "prefixLength") return Value::of(std::int64_t{value->bits});
  return cidr_value(masked(value->address, value->bits), value->bits);
}

Result<Value> elsewhere(const Call& call) { return call.no_overload(); }

}  // namespace

std::span<const Declaration> network_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"ip", "(string) -> #net.IP | #net.CIDR.() -> #net.IP", ip},
      {"isIP", "(string) -> bool", ip},
      {"ip.isCanonical", "(string) -> bool", ip},
      {"family", "#net.IP.() -> int", ip_part},
      {"isUnspecified", "#net.IP.() -> bool", ip_part},
      {"isLoopback", "#net.IP.() -> bool", ip_part},
      {"isLinkLocalMulticast", "#net.IP.() -> bool", ip_part},
      {"isLinkLocalUnicast", "#net.IP.() -> bool", ip_part},
      {"isGlobalUnicast", "#net.IP.() -> bool", ip_part},
      {"cidr", "(string) -> #net.CIDR", cidr},
      {"isCIDR", "(string) -> bool", cidr},
      {"containsIP", "#net.CIDR.(string) -> bool | #net.CIDR.(#net.IP) -> bool", contains},
      {"containsCIDR", "#net.CIDR.(string) -> bool | #net.CIDR.(#net.CIDR) -> bool", contains},
      {"prefixLength", "#net.CIDR.() -> int", cidr_part},
      {"masked", "#net.CIDR.() -> #net.CIDR", cidr_part},
      // string() itself is the standard library's.
      {"string", "(#net.IP) -> string | (#net.CIDR) -> string", elsewhere},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
