#include <arpa/inet.h>

#include "engines/gotemplate/certificates.h"
#include "engines/gotemplate/codecs.h"
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/random.h"

namespace lesto::gotemplate {
namespace {

using crypto::CertificateRequest;
using crypto::Made;

Answer give_certificate(Call& call, const Made& made) {
  if (!made) return call.fail(made.error());
  CertificatePair pair{call.heap().copy(made->certificate), call.heap().copy(made->key)};
  Value value = Value::of(Type::Certificate);
  value.certificate = call.heap().make(pair);
  return value;
}

std::unexpected<Failure> no_string(Call& call, std::string_view what, const Value& value) {
  std::string text(what);
  Outcome printed = append_value(text, call.context, value);
  if (!printed) return std::unexpected(printed.error());
  return call.fail(text + " is not a string");
}

bool is_address(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

Outcome read_lists(Call& call, std::size_t first, CertificateRequest& request) {
  auto addresses = elements(call, call.at(first));
  if (!addresses) return std::unexpected(addresses.error());
  for (const Value& address : *addresses) {
    if (!address.is_text()) return no_string(call, "error parsing ip: ", address);
    request.addresses.emplace_back(address.text());
    if (!is_address(request.addresses.back()))
      return call.fail("error parsing ip: " + request.addresses.back());
  }
  auto names = elements(call, call.at(first + 1));
  if (!names) return std::unexpected(names.error());
  for (const Value& name : *names) {
    if (!name.is_text()) return no_string(call, "error processing alternate dns name: ", name);
    request.names.emplace_back(name.text());
  }
  return {};
}

// What all certificates need; the days stand at `days`.
std::expected<CertificateRequest, Failure> request_for(Call& call, std::size_t days) {
  if (Outcome counted = count_key(call); !counted) return std::unexpected(counted.error());
  CertificateRequest request;
  request.common_name = call.text(0);
  request.days = std::clamp<std::int64_t>(call.integer(days), -106'751, 106'751);
  request.now = call.context.options.now;
  Text serial = random_bytes(call, 16);
  if (!serial) return std::unexpected(serial.error());
  request.serial = *serial;
  return request;
}

// cn, days [, key]
Answer authority(Call& call) {
  auto request = request_for(call, 1);
  if (!request) return std::unexpected(request.error());
  request->authority = true;
  if (call.count() > 2) request->key = call.text(2);
  return give_certificate(call, crypto::self_signed(*request));
}

// cn, ips, names, days [, key]
Answer self_signed(Call& call) {
  auto request = request_for(call, 3);
  if (!request) return std::unexpected(request.error());
  if (Outcome read = read_lists(call, 1, *request); !read) return std::unexpected(read.error());
  if (call.count() > 4) request->key = call.text(4);
  return give_certificate(call, crypto::self_signed(*request));
}

// cn, ips, names, days, ca [, key]
Answer signed_by(Call& call) {
  auto request = request_for(call, 3);
  if (!request) return std::unexpected(request.error());
  if (Outcome read = read_lists(call, 1, *request); !read) return std::unexpected(read.error());
  if (call.count() > 5) request->key = call.text(5);
  const CertificatePair& ca = *call.at(4).certificate;
  return give_certificate(call, crypto::signed_by(*request, ca.certificate, ca.key));
}

// An empty key text would ask for a new key; Sprig refuses it.
Answer with_key(Call& call, Answer (*make)(Call&)) {
  std::string_view key = call.text(call.count() - 1);
  if (key.empty()) return call.fail("parsing private key: no PEM data in input");
  if (key.size() > kKeyText) return call.context.limit("bytes of key", kKeyText);
  return make(call);
}
Answer authority_with_key(Call& call) { return with_key(call, authority); }
Answer self_signed_with_key(Call& call) { return with_key(call, self_signed); }
Answer signed_by_with_key(Call& call) { return with_key(call, signed_by); }

Answer custom(Call& call) {
  auto certificate = decode_base64(call.text(0));
  if (!certificate) return call.fail("unable to decode base64 certificate");
  auto key = decode_base64(call.text(1));
  if (!key) return call.fail("unable to decode base64 private key");
  if (std::string wrong = crypto::check_certificate(*certificate); !wrong.empty())
    return call.fail(wrong);
  if (std::string wrong = crypto::check_key(*key); !wrong.empty()) return call.fail(wrong);
  return give_certificate(call, crypto::CertificateText{*certificate, *key});
}

Answer private_key(Call& call) {
  if (Outcome counted = count_key(call); !counted) return std::unexpected(counted.error());
  auto key = crypto::make_key(call.text(0));
  return call.give(key ? *key : key.error());
}

constexpr Function kFunctions[] = {
    {"genPrivateKey", Group::Crypto, "s>s", private_key},
    {"genCA", Group::Crypto, "si>c", authority},
    {"genCAWithKey", Group::Crypto, "sis>c", authority_with_key},
    {"genSelfSignedCert", Group::Crypto, "sLLi>c", self_signed},
    {"genSelfSignedCertWithKey", Group::Crypto, "sLLis>c", self_signed_with_key},
    {"genSignedCert", Group::Crypto, "sLLic>c", signed_by},
    {"genSignedCertWithKey", Group::Crypto, "sLLics>c", signed_by_with_key},
    {"buildCustomCert", Group::Crypto, "ss>c", custom},
};

}  // namespace

std::span<const Function> certificate_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
