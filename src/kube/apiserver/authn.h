// Who asks: bearer tokens, client certificates, the process itself; and in whose name (impersonation).
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The user behind a request. 401 when credentials are wrong, or missing where that is not allowed.
Outcome<User> authenticate(Core& core, const io::Headers& headers, const io::Peer& peer);

// The user that Impersonate-* headers ask for, if `user` may act as that one; `user` itself without such headers.
Outcome<User> impersonate(Core& core, const User& user, const io::Headers& headers);

// A service account as a user.
User service_account(std::string_view ns, std::string_view name, std::string_view uid);
// The namespace and name of "system:serviceaccount:NS:NAME".
std::optional<std::pair<std::string, std::string>> service_account_of(std::string_view user);

}  // namespace lesto::apiserver
