// An account of our own in a cluster: what `lesto register` makes there, so that the stored
// credentials are not those of a person, and can be taken back by deleting one object.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "foundation/base/time.h"
#include "kube/client/client.h"

namespace lesto::cluster {

// What is told to the person who registers, a line at a time.
using Say = std::function<void(const std::string&)>;

struct AccountOptions {
  std::string ns = "projectsveltos";
  std::string name = "projectsveltos";
  // A ClusterRole that exists; "": one with all rights is made, which is what Sveltos grants.
  std::string cluster_role;
  // None: a token that lives until its Secret is deleted (docs/decisions, 0008).
  std::optional<Duration> token_duration;
  // A new token even when there is one; the one before stops working.
  bool new_token = false;
};

// Who may use the account: several registrations may share it. Identifies one registration for
// ever: the management cluster's uid, and the key of the SveltosCluster.
struct RegistrationMark {
  std::string management_uid;
  kube::ObjectKey key;
};

struct AccountToken {
  std::string token;
  std::optional<Time> expires;
};

// Makes what is missing of: Namespace, ClusterRole, ClusterRoleBinding, ServiceAccount, token. All
// but the Namespace is owned by one object, the root, so that deleting that one takes all away.
// Doing it again changes nothing.
io::Task<Result<AccountToken>> make_account(client::Client& target, AccountOptions options,
                                            RegistrationMark mark, Say say);

enum class Removal {
  Removed,   // nothing of the account is left but its Namespace
  InUse,     // other registrations use it
  NotThere,  // no account of ours, or none for this registration
};
// Whether these credentials can see the account, so that removing it may work. Denied when not.
io::Task<Result<void>> check_account(client::Client& target, kube::ObjectKey account);
io::Task<Result<Removal>> remove_account(client::Client& target, kube::ObjectKey account,
                                         RegistrationMark mark, Say say);

// Whom the API server takes us for: "system:serviceaccount:ns:name", "kubernetes-admin", ...
io::Task<Result<std::string>> who_am_i(client::Client& cluster_client);
// The account behind such a name; nothing when it is no account's.
std::optional<kube::ObjectKey> account_of(std::string_view user);
// Tells clusters apart whatever they are called: the uid of the namespace kube-system.
io::Task<Result<std::string>> cluster_uid(client::Client& cluster_client);

}  // namespace lesto::cluster
