#include "faces/cli/commands.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>

#include "faces/cli/catalog.h"
#include "foundation/io/files.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/client/request.h"

namespace lesto::cli {
namespace {

constexpr std::string_view kManager = "lesto-cli";
constexpr std::string_view kTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

Result<std::string> read_input(const std::string& file) {
  if (file != "-") return io::read_file(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
}

Result<std::vector<json::Value>> read_documents(const std::string& file) {
  TRY_ASSIGN(std::string text, read_input(file));
  json::YamlDocuments split = json::split_yaml(text);
  if (split.error) return fail(std::move(*split.error).during(file));
  std::vector<json::Value> documents;
  for (std::size_t i = 0; i < split.texts.size(); ++i) {
    auto value = json::parse_yaml(split.texts[i]);
    std::string where = file + " document " + std::to_string(i + 1);
    if (!value) return fail(std::move(value.error()).during(where));
    if (value->is_null()) continue;
    if ((*value)["kind"].text().empty()) return fail(Code::Invalid, where + ": not a Kubernetes object: it has no kind");
    if ((*value)["kind"].text() == "List") {
      for (const json::Value& item : (*value)["items"].items()) documents.push_back(item);
    } else {
      documents.push_back(std::move(*value));
    }
  }
  return documents;
}

std::string cell_text(const json::Value& cell) {
  if (cell.is_string()) return cell.string();
  return cell.is_null() ? "<none>" : json::write(cell);
}

void print_table(const json::Value& table, bool with_namespace, std::ostream& out) {
  std::vector<std::vector<std::string>> rows(1);
  std::vector<std::size_t> shown;
  if (with_namespace) rows[0].push_back("NAMESPACE");
  for (std::size_t i = 0; i < table["columnDefinitions"].size(); ++i) {
    const json::Value& column = table["columnDefinitions"][i];
    if (column["priority"].integer() != 0) continue;
    shown.push_back(i);
    std::string name = column["name"].string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    rows[0].push_back(std::move(name));
  }
  for (const json::Value& row : table["rows"].items()) {
    std::vector<std::string> cells;
    if (with_namespace) cells.push_back(row["object"]["metadata"]["namespace"].string());
    for (std::size_t i : shown) cells.push_back(cell_text(row["cells"][i]));
    rows.push_back(std::move(cells));
  }
  if (rows.size() == 1) {
    out << "No resources found\n";
    return;
  }
  out << aligned(rows);
}

}  // namespace

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] + 3 - row[i].size(), ' ');
    }
    text += '\n';
  }
  return text;
}

io::Task<Result<void>> apply(client::Client& cluster_client, ApplyOptions options, std::ostream& out) {
  std::vector<json::Value> documents;
  for (const std::string& file : options.files) {
    auto read = read_documents(file);
    if (!read) co_return fail(std::move(read).error());
    std::move(read->begin(), read->end(), std::back_inserter(documents));
  }
  auto catalog = co_await Catalog::read(cluster_client);
  if (!catalog) co_return fail(std::move(catalog).error());
  std::optional<Error> first;
  for (json::Value& object : documents) {
    auto resource = catalog->find(kube::gvk_of(object));
    // A definition earlier in the same files may have made the kind known.
    if (!resource) {
      catalog = co_await Catalog::read(cluster_client);
      if (!catalog) co_return fail(std::move(catalog).error());
      resource = catalog->find(kube::gvk_of(object));
    }
    Result<json::Value> applied = fail(Code::NotFound, "");
    if (resource) {
      if (resource->scope == kube::Scope::Namespaced && kube::namespace_of(object).empty()) {
        object.set_path({"metadata", "namespace"}, options.ns);
      }
      client::PatchOptions patch;
      patch.field_manager = kManager;
      patch.force = true;
      patch.dry_run = options.dry_run;
      applied = co_await cluster_client.apply({}, *resource, object, std::move(patch));
    } else {
      applied = fail(resource.error());
    }
    if (applied) {
      out << kube::text_of(object) << " applied\n";
    } else {
      Error error = std::move(applied).error();
      out << kube::text_of(object) << ": " << error.text() << "\n";
      if (!first) first = std::move(error);
    }
  }
  if (first) co_return fail(std::move(*first));
  co_return {};
}

io::Task<Result<void>> get(client::Client& cluster_client, GetOptions options, std::ostream& out) {
  auto catalog = co_await Catalog::read(cluster_client);
  if (!catalog) co_return fail(std::move(catalog).error());
  auto resource = catalog->find(options.kind);
  if (!resource) co_return fail(std::move(resource).error());
  std::string ns = options.all_namespaces || resource->scope == kube::Scope::Cluster ? "" : options.ns;
  std::string path = options.name.empty()
                         ? client::list_request(*resource, {.ns = ns, .label_selector = options.label_selector, .field_selector = {}, .limit = 0, .continue_token = {}}).target
                         : client::object_path(*resource, {ns, options.name});
  bool table = options.format == Format::Table;
  auto answer = co_await cluster_client.get_path({}, std::move(path), std::string(table ? kTable : "application/json"));
  if (!answer) co_return fail(std::move(answer).error());
  switch (options.format) {
    case Format::Table: print_table(*answer, options.all_namespaces && resource->scope == kube::Scope::Namespaced, out); break;
    case Format::Json: out << json::write(*answer, {.indent = 2}) << "\n"; break;
    case Format::Yaml: out << json::write_yaml(*answer); break;
    case Format::Name:
      for (const json::Value& item : (*answer)["items"].items()) out << resource->plural << "/" << kube::name_of(item) << "\n";
      if (!options.name.empty()) out << resource->plural << "/" << options.name << "\n";
      break;
  }
  co_return {};
}

io::Task<Result<void>> remove(client::Client& cluster_client, DeleteOptions options, std::ostream& out) {
  auto catalog = co_await Catalog::read(cluster_client);
  if (!catalog) co_return fail(std::move(catalog).error());
  auto resource = catalog->find(options.kind);
  if (!resource) co_return fail(std::move(resource).error());
  std::string ns = resource->scope == kube::Scope::Cluster ? "" : options.ns;
  auto removed = co_await cluster_client.remove({}, *resource, {ns, options.name}, {});
  if (!removed) co_return fail(std::move(removed).error());
  out << resource->kind << " " << kube::ObjectKey{ns, options.name}.text() << " deleted\n";
  co_return {};
}

}  // namespace lesto::cli
