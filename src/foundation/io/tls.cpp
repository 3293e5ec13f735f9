#include "foundation/io/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "foundation/base/hash.h"
#include "foundation/io/openssl_internal.h"

namespace lesto::io {
namespace {

constexpr auto kClockSkew = std::chrono::minutes(5);

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;

std::unexpected<Error> failed(const std::string& doing) {
  return fail(Code::Internal, doing + ": " + openssl_reason());
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

BioPtr reader_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<std::string> write_key(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (!PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr)) {
    return failed("write key");
  }
  return text_of(bio.get());
}

Result<std::string> write_certificate(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (!PEM_write_bio_X509(bio.get(), certificate)) return failed("write certificate");
  return text_of(bio.get());
}

Result<void> extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (!extension || !X509_add_ext(certificate, extension.get(), -1)) {
    return failed("extend certificate");
  }
  return {};
}

Result<void> name_subject(X509* certificate, const std::string& common_name,
                          const std::vector<std::string>& organizations) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  auto add = [&](const char* field, const std::string& value) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
    return X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8, bytes,
                                      static_cast<int>(value.size()), -1, 0);
  };
  for (const std::string& organization : organizations) {
    if (!add("O", organization)) return failed("organization " + organization);
  }
  // X.509 allows 64 characters in a common name.
  if (!add("CN", common_name)) return failed("common name " + common_name);
  return {};
}

std::time_t unix_seconds(Time time) {
  return static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// A certificate that has everything but its extensions and its signature.
Result<CertificatePtr> blank(EVP_PKEY* key, Time now, Duration validity) {
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) {
    return failed("serial number");
  }
  serial[0] &= 0x7f;
  std::unique_ptr<BIGNUM, OpensslFree<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), unix_seconds(now - kClockSkew));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), unix_seconds(now + validity));
  if (!X509_set_pubkey(certificate.get(), key)) return failed("public key");
  return certificate;
}

struct Issuer {
  CertificatePtr certificate;
  KeyPtr key;
};

Result<Issuer> read_issuer(const KeyPair& authority) {
  Issuer issuer;
  TRY_ASSIGN(issuer.certificate, during(parse_certificate(authority.certificate), "authority"));
  TRY_ASSIGN(issuer.key, during(parse_key(authority.key), "authority"));
  return issuer;
}

Result<KeyPair> issue(const KeyPair& authority, const std::string& common_name,
                      const std::vector<std::string>& organizations, const std::string& usage,
                      const std::string& alternative_names, Time now, Duration validity) {
  TRY_ASSIGN(Issuer issuer, read_issuer(authority));
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failed("make key");
  TRY_ASSIGN(CertificatePtr certificate, blank(key.get(), now, validity));
  TRY(name_subject(certificate.get(), common_name, organizations));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.certificate.get()));
  TRY(extend(certificate.get(), issuer.certificate.get(), NID_basic_constraints,
             "critical,CA:FALSE"));
  TRY(extend(certificate.get(), issuer.certificate.get(), NID_key_usage,
             "critical,digitalSignature"));
  TRY(extend(certificate.get(), issuer.certificate.get(), NID_ext_key_usage, usage));
  TRY(extend(certificate.get(), issuer.certificate.get(), NID_authority_key_identifier,
             "keyid:always"));
  if (!alternative_names.empty()) {
    TRY(extend(certificate.get(), issuer.certificate.get(), NID_subject_alt_name,
               alternative_names));
  }
  if (!X509_sign(certificate.get(), issuer.key.get(), EVP_sha256())) {
    return failed("sign certificate");
  }
  KeyPair pair;
  TRY_ASSIGN(pair.certificate, write_certificate(certificate.get()));
  TRY_ASSIGN(pair.key, write_key(key.get()));
  return pair;
}

Time time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (!ASN1_TIME_to_tm(time, &parts)) return {};
  return Time(std::chrono::seconds(timegm(&parts)));
}

std::string ip_text(const ASN1_OCTET_STRING* address) {
  char buffer[INET6_ADDRSTRLEN] = {};
  int family = address->length == 4 ? AF_INET : AF_INET6;
  if (address->length != 4 && address->length != 16) return "";
  inet_ntop(family, address->data, buffer, sizeof buffer);
  return buffer;
}

void add_names(X509* certificate, std::vector<std::string>& dns, std::vector<std::string>& ips) {
  NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) {
      dns.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      ips.push_back(ip_text(name->d.iPAddress));
    }
  }
}

}  // namespace

std::string openssl_reason() {
  unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(first);
  return reason ? reason : "error " + std::to_string(first);
}

Result<KeyPtr> parse_key(std::string_view pem) {
  BioPtr bio = reader_of(pem);
  bool is_public = pem.find("BEGIN PUBLIC KEY") != std::string_view::npos;
  // A key that asks for a password is refused: a callback that gives none keeps OpenSSL from asking
  // the terminal.
  auto no_password = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* key = is_public ? PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr)
                            : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr);
  if (!key) return fail(Code::Invalid, "this is not a key in PEM form: " + openssl_reason());
  return KeyPtr(key);
}

Result<CertificatePtr> parse_certificate(std::string_view pem) {
  BioPtr bio = reader_of(pem);
  X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  if (!certificate) {
    return fail(Code::Invalid, "this is not a certificate in PEM form: " + openssl_reason());
  }
  return CertificatePtr(certificate);
}

CertificateSubject certificate_subject(X509* certificate) {
  CertificateSubject subject;
  X509_NAME* name = X509_get_subject_name(certificate);
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    if (kind != NID_commonName && kind != NID_organizationName) continue;
    unsigned char* utf8 = nullptr;
    int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    if (size < 0) continue;
    std::string value(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    if (kind == NID_commonName) {
      subject.common_name = std::move(value);
    } else {
      subject.organizations.push_back(std::move(value));
    }
  }
  return subject;
}

std::string certificate_names(X509* certificate) {
  std::vector<std::string> names, ips;
  add_names(certificate, names, ips);
  names.insert(names.end(), ips.begin(), ips.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "no name at all" : text;
}

Result<KeyPair> make_authority(const std::string& common_name, Time now, Duration validity) {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failed("make key");
  TRY_ASSIGN(CertificatePtr certificate, blank(key.get(), now, validity));
  TRY(name_subject(certificate.get(), common_name, {}));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  TRY(extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE"));
  TRY(extend(certificate.get(), certificate.get(), NID_key_usage,
             "critical,digitalSignature,keyCertSign,cRLSign"));
  TRY(extend(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash"));
  if (!X509_sign(certificate.get(), key.get(), EVP_sha256())) return failed("sign certificate");
  KeyPair pair;
  TRY_ASSIGN(pair.certificate, write_certificate(certificate.get()));
  TRY_ASSIGN(pair.key, write_key(key.get()));
  return pair;
}

Result<KeyPair> make_server_certificate(const KeyPair& authority, const ServerNames& names,
                                        Time now, Duration validity) {
  std::string list;
  for (const auto& [kind, values] : {std::pair("DNS:", &names.dns), std::pair("IP:", &names.ips)}) {
    for (const std::string& value : *values) {
      // OpenSSL reads the list as text, so a name must not be able to add another.
      if (value.empty() || value.find_first_of(",\n\r ") != std::string::npos) {
        return fail(Code::Invalid, "server name \"" + value + "\" cannot stand in a certificate");
      }
      list += (list.empty() ? "" : ",") + std::string(kind) + value;
    }
  }
  if (list.empty()) return fail(Code::Invalid, "a server certificate needs a name");
  std::string first = names.dns.empty() ? names.ips.front() : names.dns.front();
  return issue(authority, first.substr(0, 64), {}, "serverAuth", list, now, validity);
}

Result<KeyPair> make_client_certificate(const KeyPair& authority, const std::string& common_name,
                                        const std::vector<std::string>& organizations, Time now,
                                        Duration validity) {
  return issue(authority, common_name, organizations, "clientAuth", "", now, validity);
}

Result<std::string> make_private_key() {
  KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return failed("make key");
  return write_key(key.get());
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
  TRY_ASSIGN(CertificatePtr certificate, parse_certificate(pem));
  CertificateFacts facts;
  CertificateSubject subject = certificate_subject(certificate.get());
  facts.common_name = std::move(subject.common_name);
  facts.organizations = std::move(subject.organizations);
  add_names(certificate.get(), facts.dns_names, facts.ips);
  facts.not_before = time_of(X509_get0_notBefore(certificate.get()));
  facts.not_after = time_of(X509_get0_notAfter(certificate.get()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size);
  facts.sha256 = hex(std::string_view(reinterpret_cast<char*>(digest.data()), size));
  return facts;
}

}  // namespace lesto::io
