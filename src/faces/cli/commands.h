// `lesto apply` and `lesto get`.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "kube/client/client.h"

namespace lesto::cli {

struct ApplyOptions {
  std::vector<std::string> files;  // "-" is standard input
  std::string ns = "default";
  bool dry_run = false;
};
// Server-side apply of every document, in order. A document that fails does not stop the others; the first error is
// returned.
io::Task<Result<void>> apply(client::Client& cluster_client, ApplyOptions options, std::ostream& out);

enum class Format { Table, Yaml, Json, Name };
struct GetOptions {
  std::string kind;
  std::string name;  // "" for all
  std::string ns = "default";
  bool all_namespaces = false;
  std::string label_selector;
  Format format = Format::Table;
};
io::Task<Result<void>> get(client::Client& cluster_client, GetOptions options, std::ostream& out);

struct DeleteOptions {
  std::string kind;
  std::string name;
  std::string ns = "default";
};
io::Task<Result<void>> remove(client::Client& cluster_client, DeleteOptions options, std::ostream& out);

// Rows with their columns aligned, as kubectl prints them.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace lesto::cli
