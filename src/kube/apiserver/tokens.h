// Service account tokens: made by TokenRequest, checked on requests and by TokenReview.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

struct AccountToken {
  User user;
  std::vector<std::string> audiences;
};

// The account behind a token, if its signature, times, audiences and account are right.
std::optional<AccountToken> check_account_token(Core& core, std::string_view token,
                                                const std::vector<std::string>& audiences);
// POST serviceaccounts/NAME/token.
Outcome<Reply> request_token(Core& core, Call& call, const json::Value& body);
// Fills Secrets of type kubernetes.io/service-account-token.
void watch_token_secrets(Core& core);

}  // namespace lesto::apiserver
