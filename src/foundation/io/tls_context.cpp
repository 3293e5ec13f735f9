// TLS contexts: what is trusted, what is offered, and why a handshake failed.
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "foundation/io/openssl_internal.h"

namespace lesto::io {
namespace {

constexpr unsigned char kOfferBoth[] = "\x02h2\x08http/1.1";
constexpr unsigned char kOfferHttp1[] = "\x08http/1.1";
constexpr unsigned char kOfferHttp2[] = "\x02h2";

std::unexpected<Error> failed(const std::string& doing) {
  return fail(Code::Internal, doing + ": " + openssl_reason());
}

Result<TlsContextPtr> make_context(const SSL_METHOD* method) {
  TlsContextPtr context(SSL_CTX_new(method));
  if (!context) return failed("make TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  // Connections live for hours: resumption would cost memory and give nothing.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

Result<void> use_identity(SSL_CTX* context, const KeyPair& identity) {
  TRY_ASSIGN(KeyPtr key, during(parse_key(identity.key), "private key"));
  BioPtr bio(
      BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size())));
  CertificatePtr leaf(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
  if (!leaf) {
    return fail(Code::Invalid, "this is not a certificate in PEM form: " + openssl_reason());
  }
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1) return failed("use certificate");
  while (X509* more = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    // The context owns it from here.
    if (SSL_CTX_add0_chain_cert(context, more) != 1) {
      X509_free(more);
      return failed("use certificate chain");
    }
  }
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return fail(Code::Invalid,
                "the private key does not belong to the certificate: " + openssl_reason());
  }
  return {};
}

// Trusts every certificate in the text; with `announce`, names them to clients as acceptable
// issuers.
Result<void> trust(SSL_CTX* context, const std::string& pem, bool announce) {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int count = 0;
  while (CertificatePtr one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store, one.get()) != 1) return failed("trust authority");
    if (announce) SSL_CTX_add_client_CA(context, one.get());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) {
    return fail(Code::Invalid, "the certificate authority holds no certificate in PEM form");
  }
  return {};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* choice = nullptr;
  int found = SSL_select_next_proto(&choice, chosen_size, kOfferBoth, sizeof kOfferBoth - 1,
                                    offered, offered_size);
  *chosen = choice;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::string one_line(X509_NAME* name) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

std::string date(const ASN1_TIME* time) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(bio.get(), time);
  char* bytes = nullptr;
  long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

// The certificate at fault is at hand only while it is being verified: what it says is noted for
// handshake_error().
int note_fault(int good, X509_STORE_CTX* store) {
  if (good) return good;
  auto* tls =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* note = tls ? static_cast<std::string*>(SSL_get_app_data(tls)) : nullptr;
  X509* shown = X509_STORE_CTX_get_current_cert(store);
  if (!note || !shown) return good;
  int verdict = X509_STORE_CTX_get_error(store);
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      *note = "it is for other names (" + certificate_names(shown) + ")";
      break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      *note = "it has expired on " + date(X509_get0_notAfter(shown));
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      *note = "it is valid only from " + date(X509_get0_notBefore(shown));
      break;
    default:
      *note = std::string(X509_verify_cert_error_string(verdict)) +
              " (issuer: " + one_line(X509_get_issuer_name(shown)) + ")";
  }
  return good;
}

bool is_ip(const std::string& name) {
  std::array<unsigned char, 16> ignored{};
  return inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

}  // namespace

Result<TlsContextPtr> make_client_context(const Credentials& credentials, Alpn alpn) {
  TRY_ASSIGN(TlsContextPtr context, make_context(TLS_client_method()));
  if (credentials.verify == Credentials::Verify::Skip) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  } else {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, note_fault);
    if (credentials.ca.empty()) {
      if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
        return failed("read the system's authorities");
      }
    } else {
      TRY(trust(context.get(), credentials.ca, false));
      // A kubeconfig may pin an intermediate authority, or the server's own certificate.
      X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    }
  }
  if (credentials.identity) {
    TRY(during(use_identity(context.get(), *credentials.identity), "client certificate"));
  }
  const unsigned char* offer = alpn == Alpn::Both    ? kOfferBoth
                               : alpn == Alpn::Http1 ? kOfferHttp1
                                                     : kOfferHttp2;
  auto size =
      static_cast<unsigned>(std::char_traits<char>::length(reinterpret_cast<const char*>(offer)));
  if (SSL_CTX_set_alpn_protos(context.get(), offer, size) != 0) return failed("offer protocols");
  return context;
}

Result<TlsContextPtr> make_server_context(const KeyPair& identity,
                                          const std::string& client_authority) {
  TRY_ASSIGN(TlsContextPtr context, make_context(TLS_server_method()));
  TRY(during(use_identity(context.get(), identity), "server certificate"));
  if (!client_authority.empty()) {
    TRY(during(trust(context.get(), client_authority, true), "authority for clients"));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  return context;
}

Result<TlsPtr> make_client_tls(SSL_CTX* context, const std::string& name,
                               Credentials::Verify verify) {
  TlsPtr tls(SSL_new(context));
  if (!tls) return failed("make TLS connection");
  bool ip = is_ip(name);
  // RFC 6066 allows no addresses in the server name indication.
  if (!ip && SSL_set_tlsext_host_name(tls.get(), name.c_str()) != 1) {
    return failed("name the server");
  }
  if (verify == Credentials::Verify::Yes) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls.get());
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    int set = ip ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
                 : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
    if (set != 1) return failed("set the name to verify");
  }
  SSL_set_connect_state(tls.get());
  return tls;
}

Error handshake_error(SSL* tls, const std::string& peer) {
  long verdict = SSL_get_verify_result(tls);
  unsigned long first = ERR_peek_error();
  int reason = ERR_GET_LIB(first) == ERR_LIB_SSL ? ERR_GET_REASON(first) : 0;
  std::string words = openssl_reason();
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict != X509_V_OK) {
    const auto* note = static_cast<const std::string*>(SSL_get_app_data(tls));
    std::string fault = note && !note->empty() ? *note : X509_verify_cert_error_string(verdict);
    return Error(Code::Denied, "the certificate of " + peer + " is not trusted: " + fault);
  }
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return Error(Code::Denied, peer + " does not accept our client certificate: " + words);
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
      return Error(Code::Unavailable, peer + " does not speak TLS: " + words);
    default: return Error(Code::Unavailable, "TLS with " + peer + " failed: " + words);
  }
}

}  // namespace lesto::io
