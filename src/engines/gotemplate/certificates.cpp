#include "engines/gotemplate/certificates.h"

#include <arpa/inet.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>

namespace lesto::gotemplate::crypto {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;

using Keyed = std::expected<Key, std::string>;

std::string text_of(const Memory& memory) {
  char* data = nullptr;
  long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Memory memory_of(std::string_view text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// What stands in the first line of the first PEM block; "" without one.
std::string_view pem_type(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  std::size_t at = pem.find(kBegin);
  if (at == pem.npos) return {};
  std::string_view rest = pem.substr(at + kBegin.size());
  std::size_t end = rest.find("-----");
  if (end == rest.npos || rest.find("-----END ") == rest.npos) return {};
  return rest.substr(0, end);
}

Key rsa_key(int bits) { return Key(EVP_RSA_gen(static_cast<unsigned>(bits))); }

Key dsa_key() {
  KeyContext parameters_context(EVP_PKEY_CTX_new_id(EVP_PKEY_DSA, nullptr));
  EVP_PKEY* parameters = nullptr;
  if (!parameters_context || EVP_PKEY_paramgen_init(parameters_context.get()) != 1 ||
      EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters_context.get(), 2048) != 1 ||
      EVP_PKEY_CTX_set_dsa_paramgen_q_bits(parameters_context.get(), 256) != 1 ||
      EVP_PKEY_paramgen(parameters_context.get(), &parameters) != 1) {
    return nullptr;
  }
  Key owned(parameters);
  KeyContext context(EVP_PKEY_CTX_new(parameters, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_keygen(context.get(), &key) != 1)
    return nullptr;
  return Key(key);
}

// The key in the form that Go writes for its kind: PKCS#1, SEC 1, OpenSSL's DSA, else PKCS#8.
std::string key_text(EVP_PKEY* key) {
  Memory memory(BIO_new(BIO_s_mem()));
  int kind = EVP_PKEY_get_base_id(key);
  int done = 0;
  if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC || kind == EVP_PKEY_DSA) {
    done = PEM_write_bio_PrivateKey_traditional(memory.get(), key, nullptr, nullptr, 0, nullptr,
                                                nullptr);
  } else {
    done = PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  return done == 1 ? text_of(memory) : "";
}

// Never asks for a password.
int no_password(char*, int, int, void*) { return -1; }

Keyed read_key(std::string_view pem) {
  std::string type(pem_type(pem));
  if (type.empty()) return std::unexpected("no PEM data in input");
  constexpr std::string_view kSuffix = " PRIVATE KEY";
  if (type != "PRIVATE KEY" && !type.ends_with(kSuffix)) {
    return std::unexpected("no private key data in PEM block of type " + type);
  }
  std::string kind = type == "PRIVATE KEY" ? "" : type.substr(0, type.size() - kSuffix.size());
  if (!kind.empty() && kind != "RSA" && kind != "EC" && kind != "DSA") {
    return std::unexpected("invalid private key type " + type);
  }
  Memory memory = memory_of(pem);
  Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  if (key) return key;
  if (kind.empty())
    return std::unexpected("decoding PEM as PKCS#8: x509: failed to parse private key");
  return std::unexpected("parsing " + kind +
                         " private key from PEM: x509: failed to parse private key");
}

Keyed key_for(const CertificateRequest& request) {
  if (!request.key.empty()) {
    Keyed key = read_key(request.key);
    if (!key) return std::unexpected("parsing private key: " + key.error());
    return key;
  }
  Key key = rsa_key(2048);
  if (!key) return std::unexpected("error generating rsa key");
  return key;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_name(GENERAL_NAMES* names, int type, std::string_view bytes) {
  ASN1_STRING* text = type == GEN_DNS ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();
  if (!text) return false;
  ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size()));
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (!name) {
    ASN1_STRING_free(text);
    return false;
  }
  GENERAL_NAME_set0_value(name, type, text);
  return sk_GENERAL_NAME_push(names, name) > 0;
}

bool add_alternative_names(X509* certificate, const CertificateRequest& request) {
  if (request.names.empty() && request.addresses.empty()) return true;
  Names names(GENERAL_NAMES_new());
  for (const std::string& name : request.names) {
    if (!add_name(names.get(), GEN_DNS, name)) return false;
  }
  for (const std::string& address : request.addresses) {
    unsigned char bytes[16];
    std::size_t size = 4;
    if (inet_pton(AF_INET, address.c_str(), bytes) != 1) {
      size = 16;
      if (inet_pton(AF_INET6, address.c_str(), bytes) != 1) return false;
    }
    if (!add_name(names.get(), GEN_IPADD, {reinterpret_cast<const char*>(bytes), size}))
      return false;
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) ==
         1;
}

bool fill(X509* certificate, const CertificateRequest& request, EVP_PKEY* key) {
  Number serial(BN_bin2bn(reinterpret_cast<const unsigned char*>(request.serial.data()),
                          static_cast<int>(request.serial.size()), nullptr));
  auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(request.now.time_since_epoch()).count();
  X509_NAME* subject = X509_get_subject_name(certificate);
  return serial && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), seconds) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds + request.days * 86400) &&
         X509_NAME_add_entry_by_NID(
             subject, NID_commonName, MBSTRING_UTF8,
             reinterpret_cast<const unsigned char*>(request.common_name.data()),
             static_cast<int>(request.common_name.size()), -1, 0) == 1 &&
         X509_set_pubkey(certificate, key) == 1;
}

// `issuer` null: signed by itself.
Made make(const CertificateRequest& request, EVP_PKEY* key, X509* issuer, EVP_PKEY* signer) {
  std::unexpected<std::string> failed(
      "error creating certificate: x509: cannot create certificate");
  Certificate certificate(X509_new());
  if (!certificate || !fill(certificate.get(), request, key)) return failed;
  X509* parent = issuer ? issuer : certificate.get();
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(parent)) != 1) return failed;
  const char* usage = request.authority ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                                        : "critical,digitalSignature,keyEncipherment";
  bool extended =
      add_extension(certificate.get(), parent, NID_key_usage, usage) &&
      add_extension(certificate.get(), parent, NID_ext_key_usage, "serverAuth,clientAuth") &&
      add_extension(certificate.get(), parent, NID_basic_constraints,
                    request.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (request.authority) {
    extended =
        extended && add_extension(certificate.get(), parent, NID_subject_key_identifier, "hash");
  }
  // Go names the issuer's key where the issuer has an identifier and is another one.
  if (issuer && X509_get0_subject_key_id(issuer)) {
    extended =
        extended && add_extension(certificate.get(), parent, NID_authority_key_identifier, "keyid");
  }
  if (!extended || !add_alternative_names(certificate.get(), request)) return failed;
  const EVP_MD* digest = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  if (X509_sign(certificate.get(), signer, digest) == 0) return failed;
  Memory memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(memory.get(), certificate.get()) != 1) return failed;
  return CertificateText{text_of(memory), key_text(key)};
}

Certificate read_certificate(std::string_view pem) {
  Memory memory = memory_of(pem);
  return Certificate(PEM_read_bio_X509(memory.get(), nullptr, no_password, nullptr));
}

}  // namespace

std::expected<std::string, std::string> make_key(std::string_view type) {
  Key key;
  if (type.empty() || type == "rsa") {
    key = rsa_key(4096);
  } else if (type == "ecdsa") {
    key = Key(EVP_EC_gen("P-256"));
  } else if (type == "ed25519") {
    key = Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else if (type == "dsa") {
    key = dsa_key();
  } else {
    return std::unexpected("Unknown type " + std::string(type));
  }
  if (!key) return std::unexpected("failed to generate private key: no key");
  return key_text(key.get());
}

Made self_signed(const CertificateRequest& request) {
  Keyed key = key_for(request);
  if (!key) return std::unexpected(key.error());
  return make(request, key->get(), nullptr, key->get());
}

Made signed_by(const CertificateRequest& request, std::string_view authority_certificate,
               std::string_view authority_key) {
  Keyed key = key_for(request);
  if (!key) return std::unexpected(key.error());
  if (pem_type(authority_certificate).empty())
    return std::unexpected("unable to decode certificate");
  Certificate issuer = read_certificate(authority_certificate);
  if (!issuer) {
    return std::unexpected(
        "error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate");
  }
  Keyed signer = read_key(authority_key);
  if (!signer) return std::unexpected("error parsing private key: " + signer.error());
  return make(request, key->get(), issuer.get(), signer->get());
}

std::string check_certificate(std::string_view certificate) {
  if (pem_type(certificate).empty()) return "unable to decode certificate";
  if (read_certificate(certificate)) return "";
  return "error parsing certificate: decodedCert.Bytes: x509: malformed certificate";
}

std::string check_key(std::string_view key) {
  Keyed read = read_key(key);
  return read ? "" : "error parsing private key: " + read.error();
}

}  // namespace lesto::gotemplate::crypto
