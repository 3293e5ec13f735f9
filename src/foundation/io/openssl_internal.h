// Owning handles of OpenSSL's objects, and helpers for its adapters. Included by .cpp files of this
// room only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "foundation/base/result.h"
#include "foundation/io/tls.h"

namespace lesto::io {

template <auto Free>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpensslFree<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, OpensslFree<X509_free>>;
using TlsContextPtr = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using TlsPtr = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

// The oldest error that OpenSSL noted on this thread, in its words; the rest is dropped.
std::string openssl_reason();

// Private or public.
Result<KeyPtr> parse_key(std::string_view pem);
Result<CertificatePtr> parse_certificate(std::string_view pem);

// Who a verified client certificate says the peer is.
struct CertificateSubject {
  std::string common_name;
  std::vector<std::string> organizations;
};
CertificateSubject certificate_subject(X509* certificate);
// "localhost, 127.0.0.1": the names that a server certificate is for.
std::string certificate_names(X509* certificate);

enum class Alpn { Http1, Http2, Both };

Result<TlsContextPtr> make_client_context(const Credentials& credentials, Alpn alpn);
// With an authority, clients may present certificates of it; others are turned away during the
// handshake.
Result<TlsContextPtr> make_server_context(const KeyPair& identity,
                                          const std::string& client_authority);

// A client's TLS object for one connection: name indication and verification of `name` set up. Its
// app data may be a std::string, which then gets what is wrong with the peer's certificate.
Result<TlsPtr> make_client_tls(SSL_CTX* context, const std::string& name,
                               Credentials::Verify verify);

// Why a handshake failed, after SSL_do_handshake did: Denied when a certificate is the reason.
Error handshake_error(SSL* tls, const std::string& peer);

}  // namespace lesto::io
