// Rules about Endpoints and EndpointSlices (kubernetes/pkg/apis/core/validation,
// pkg/apis/discovery/validation).
#include <arpa/inet.h>

#include <array>
#include <optional>

#include "kube/apiserver/validation.h"
#include "kube/object/names.h"

namespace lesto::apiserver {

namespace {

using json::Value;

constexpr std::string_view kNoAddress =
    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
constexpr std::string_view kLoopback = "may not be in the loopback range (127.0.0.0/8, ::1/128)";

// An address as the 16 bytes of IPv6; IPv4 is mapped into them.
using Ip = std::array<unsigned char, 16>;

std::optional<Ip> read_ip(std::string_view text) {
  Ip ip{};
  std::string copy(text);
  if (inet_pton(AF_INET6, copy.c_str(), ip.data()) == 1) return ip;
  ip[10] = ip[11] = 0xff;
  if (inet_pton(AF_INET, copy.c_str(), ip.data() + 12) == 1) return ip;
  return std::nullopt;
}

bool zeros(const unsigned char* from, const unsigned char* to) {
  return std::all_of(from, to, [](unsigned char byte) { return byte == 0; });
}

bool is_v4(const Ip& ip) {
  return ip[10] == 0xff && ip[11] == 0xff && zeros(ip.data(), ip.data() + 10);
}

bool is_loopback(const Ip& ip) {
  return is_v4(ip) ? ip[12] == 127 : ip[15] == 1 && zeros(ip.data(), ip.data() + 15);
}

// What keeps an address from being an endpoint; "" when nothing does.
std::string_view misfit(const Ip& ip) {
  bool v4 = is_v4(ip);
  bool nothing = zeros(ip.data() + (v4 ? 12 : 0), ip.data() + ip.size());
  if (nothing) return v4 ? "may not be unspecified (0.0.0.0)" : "may not be unspecified (::)";
  if (is_loopback(ip)) return kLoopback;
  bool link_local = v4 ? ip[12] == 169 && ip[13] == 254 : ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
  if (link_local) return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
  bool multicast =
      v4 ? ip[12] == 224 && ip[13] == 0 && ip[14] == 0 : ip[0] == 0xff && (ip[1] & 0x0f) == 2;
  if (multicast) return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
  return "";
}

// Go has a text of its own for 010.1.1.1, which some programs read as octal.
bool has_leading_zero(std::string_view text) {
  if (text.find(':') != text.npos) return false;
  bool start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (start && text[i] == '0' && i + 1 < text.size() && text[i + 1] != '.') return true;
    start = text[i] == '.';
  }
  return false;
}

void check_address(const Value& address, const std::string& path, FieldErrors& errors) {
  Value ip = address["ip"].is_null() ? Value("") : address["ip"];
  if (const Value& host = address["hostname"]; !host.text().empty()) {
    complain(errors, path + ".hostname", host, kube::check_dns1123_label(host.text()));
  }
  if (const Value& node = address["nodeName"]; !node.text().empty()) {
    complain(errors, path + ".nodeName", node, kube::check_dns1123_subdomain(node.text()));
  }
  auto read = read_ip(ip.text());
  if (read) {
    if (std::string_view why = misfit(*read); !why.empty())
      errors.push_back(field_invalid(path + ".ip", ip, std::string(why)));
  } else if (has_leading_zero(ip.text())) {
    errors.push_back(field_invalid(path + ".ip", ip, "must not have leading 0s"));
  } else {
    // Two checks of kube-apiserver say it, each in its own words.
    errors.push_back(field_invalid(path + ".ip", ip, std::string(kNoAddress)));
    errors.push_back(field_invalid(path + ".ip", ip, "must be a valid IP address"));
  }
}

void check_port(const Value& port, const std::string& path, bool name_required,
                FieldErrors& errors) {
  const Value& name = port["name"];
  if (name_required && name.text().empty())
    errors.push_back(field_required(path + ".name"));
  else if (!name.text().empty())
    complain(errors, path + ".name", name, kube::check_dns1123_label(name.text()));
  const Value& number = port["port"];
  if (!is_port(number))
    errors.push_back(field_invalid(path + ".port", number.is_null() ? Value(0) : number,
                                   std::string(kPortRange)));
  std::string_view protocol = port["protocol"].text();
  if (protocol.empty())
    errors.push_back(field_required(path + ".protocol"));
  else if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    errors.push_back(
        field_not_supported(path + ".protocol", port["protocol"], {"SCTP", "TCP", "UDP"}));
  }
}

std::string item(const std::string& list, std::size_t i) {
  return list + "[" + std::to_string(i) + "]";
}

}  // namespace

bool is_ip(std::string_view text) { return read_ip(text).has_value(); }

void validate_endpoints(const json::Value& fresh, FieldErrors& errors) {
  const Value& subsets = fresh["subsets"];
  for (std::size_t i = 0; i < subsets.size(); ++i) {
    std::string path = item("subsets", i);
    const Value& subset = subsets[i];
    if (subset["addresses"].empty() && subset["notReadyAddresses"].empty()) {
      errors.push_back(field_required(path, "must specify `addresses` or `notReadyAddresses`"));
    }
    for (const char* list : {"addresses", "notReadyAddresses"}) {
      for (std::size_t k = 0; k < subset[list].size(); ++k)
        check_address(subset[list][k], item(path + "." + list, k), errors);
    }
    const Value& ports = subset["ports"];
    for (std::size_t k = 0; k < ports.size(); ++k)
      check_port(ports[k], item(path + ".ports", k), ports.size() > 1, errors);
  }
}

void validate_endpoint_slice(const json::Value& fresh, const json::Value* old,
                             FieldErrors& errors) {
  const Value& type = fresh["addressType"];
  if (type.text().empty())
    errors.push_back(field_required("addressType"));
  else if (old && type != (*old)["addressType"]) {
    errors.push_back(field_invalid("addressType", type, "field is immutable"));
    return;
  }
  const Value& endpoints = fresh["endpoints"];
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    std::string path = item("endpoints", i) + ".addresses";
    const Value& addresses = endpoints[i]["addresses"];
    if (addresses.empty())
      errors.push_back(field_required(path, "must contain at least 1 address"));
    for (std::size_t k = 0; k < addresses.size(); ++k) {
      std::string_view address = addresses[k].text();
      if (type.text() == "FQDN") {
        complain(errors, item(path, k), addresses[k], kube::check_dns1123_subdomain(address));
        continue;
      }
      auto ip = read_ip(address);
      if (!ip) {
        errors.push_back(field_invalid(item(path, k), addresses[k], std::string(kNoAddress)));
        continue;
      }
      if (type.text() == "IPv4" && !is_v4(*ip))
        errors.push_back(field_invalid(path, addresses[k], "must be an IPv4 address"));
      if (type.text() == "IPv6" && is_v4(*ip))
        errors.push_back(field_invalid(path, addresses[k], "must be an IPv6 address"));
      if (is_loopback(*ip))
        errors.push_back(field_invalid(item(path, k), addresses[k], std::string(kLoopback)));
    }
  }
}

}  // namespace lesto::apiserver
