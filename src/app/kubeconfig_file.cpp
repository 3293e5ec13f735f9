#include "app/kubeconfig_file.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "app/exec_plugin.h"
#include "foundation/base/hash.h"
#include "foundation/io/files.h"
#include "foundation/json/yaml.h"

namespace lesto::app {
namespace {

constexpr std::size_t kFileBytesMax = 4 << 20;
// Where a user's entry keeps, while it is read, the folder of its kubeconfig.
constexpr std::string_view kFolder = "lesto.dev/folder";

std::vector<std::string> default_files() {
  const char* variable = std::getenv("KUBECONFIG");
  std::vector<std::string> files;
  std::string_view rest = variable ? variable : "";
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) files.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const char* home = std::getenv("HOME");
  if (files.empty() && home && *home) files.push_back(std::string(home) + "/.kube/config");
  return files;
}

// The fields that name files, where their content goes, and whether it goes there as base64.
struct FileField {
  std::string_view list;    // "clusters" or "users"
  std::string_view holder;  // "cluster" or "user"
  std::string_view field;
  std::string_view data;
  bool base64;
};
constexpr std::array<FileField, 4> kFileFields = {{
    {"clusters", "cluster", "certificate-authority", "certificate-authority-data", true},
    {"users", "user", "client-certificate", "client-certificate-data", true},
    {"users", "user", "client-key", "client-key-data", true},
    {"users", "user", "tokenFile", "token", false},
}};

// What `change` does to each entry of a list that is an object with the holder in it.
template <class Change>
Result<void> each(json::Value& document, const FileField& field, Change change) {
  json::Value* list = document.edit(field.list);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    if (!(*list)[i][field.holder].is_object()) continue;
    json::Value& entry = *list->edit(i);
    std::string name = entry["name"].string();
    TRY(change(name, entry.at(field.holder)));
  }
  return {};
}

// Relative names count from the folder of the kubeconfig, as kubectl has it.
Result<json::Value> read_document(const std::string& file) {
  TRY_ASSIGN(std::string text, io::read_file(file, kFileBytesMax));
  auto document = json::parse_yaml(text);
  if (!document) return fail(std::move(document.error()).during(file));
  if (!document->is_object()) return fail(Code::Invalid, file + ": not a kubeconfig");
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  for (const FileField& field : kFileFields) {
    auto absolute = [&](const std::string&, json::Value& holder) -> Result<void> {
      std::filesystem::path path(holder[field.field].string());
      if (!path.empty() && path.is_relative()) holder.set(field.field, (folder / path).string());
      return {};
    };
    TRY(each(*document, field, absolute));
  }
  // Programs count from it, too.
  auto remember = [&](const std::string&, json::Value& user) -> Result<void> {
    user.set(kFolder, folder.string());
    return {};
  };
  TRY(each(*document, kFileFields.back(), remember));
  return document;
}

// Files of the chosen context become data; those of others may be missing.
Result<void> inline_files(json::Value& document, const std::string& context) {
  std::string wanted = context.empty() ? document["current-context"].string() : context;
  json::Value chosen;
  for (const json::Value& entry : document["contexts"].items()) {
    if (entry["name"].text() == wanted) chosen = entry["context"];
  }
  for (const FileField& field : kFileFields) {
    auto fill = [&](const std::string& name, json::Value& holder) -> Result<void> {
      std::string path = holder[field.field].string();
      if (path.empty() || name != chosen[field.holder].text()) return {};
      auto content = io::read_file(path, kFileBytesMax);
      std::string what = std::string(field.holder) + " " + name + ": " + std::string(field.field);
      if (!content) return fail(Error(Code::Invalid, content.error().text()).during(what));
      if (!field.base64) {
        content->erase(content->find_last_not_of(" \n\r\t") + 1);
      }
      holder.set(field.data, field.base64 ? base64_encode(*content) : *content);
      holder.erase(field.field);
      return {};
    };
    TRY(each(document, field, fill));
  }
  return {};
}

// The user's exec plugin becomes what it prints.
Result<void> run_plugins(json::Value& document, const std::string& context) {
  std::string wanted = context.empty() ? document["current-context"].string() : context;
  json::Value chosen;
  for (const json::Value& entry : document["contexts"].items()) {
    if (entry["name"].text() == wanted) chosen = entry["context"];
  }
  auto run = [&](const std::string& name, json::Value& user) -> Result<void> {
    if (name != chosen["user"].text() || !user["exec"].is_object()) return {};
    std::string folder = user[kFolder].string();
    TRY_ASSIGN(json::Value status, during(run_exec_plugin(user["exec"], folder), "user " + name));
    user.erase("exec");
    if (!status["token"].text().empty()) user.set("token", status["token"]);
    if (status["clientCertificateData"].text().empty()) return {};
    user.set("client-certificate-data", base64_encode(status["clientCertificateData"].text()));
    user.set("client-key-data", base64_encode(status["clientKeyData"].text()));
    return {};
  };
  return each(document, kFileFields.back(), run);
}

// As kubectl merges: of two entries of one name the first counts.
void merge(json::Value& into, const json::Value& from) {
  for (const char* list : {"clusters", "contexts", "users"}) {
    for (const json::Value& entry : from[list].items()) {
      bool there = false;
      for (const json::Value& known : into[list].items()) there |= known["name"] == entry["name"];
      if (!there) into.at(list).push(entry);
    }
  }
  if (into["current-context"].text().empty() && !from["current-context"].text().empty()) {
    into.set("current-context", from["current-context"]);
  }
}

}  // namespace

Result<kube::Kubeconfig> read_kubeconfig_file(const std::string& file, const std::string& context,
                                              ExecPlugins plugins) {
  std::vector<std::string> files = file.empty() ? default_files() : std::vector<std::string>{file};
  json::Value merged = json::object({});
  std::string read;
  std::optional<Error> missing;
  for (const std::string& name : files) {
    auto document = read_document(name);
    // Files of a list may be missing, as with kubectl; but not all of them.
    if (!document && document.error().code() == Code::NotFound) {
      missing = std::move(document).error();
      continue;
    }
    if (!document) return fail(std::move(document).error());
    merge(merged, *document);
    read += (read.empty() ? "" : ":") + name;
  }
  if (read.empty()) {
    std::string advice = "say which cluster: --kubeconfig FILE, or the variable KUBECONFIG";
    return fail(missing ? Error(Code::NotFound, missing->text() + "; " + advice)
                        : Error(Code::NotFound, advice));
  }
  auto inlined = inline_files(merged, context);
  if (inlined && plugins == ExecPlugins::Run) inlined = run_plugins(merged, context);
  if (!inlined) return fail(std::move(inlined.error()).during(read));
  return during(kube::parse_kubeconfig(merged, context), read);
}

bool have_default_kubeconfig() {
  for (const std::string& file : default_files()) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return true;
  }
  return false;
}

}  // namespace lesto::app
