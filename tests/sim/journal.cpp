#include "tests/sim/journal.h"

#include <vector>

#include "foundation/json/text.h"

namespace lesto::sim {
namespace {

struct Place {
  std::string path;  // of the object, or of the collection
  std::string subresource;
  bool object = false;
};

// "/apis/apps/v1/namespaces/a/deployments/b/status?x=y" is "apps namespaces/a/deployments/b" and "status".
Place place_of(std::string_view target) {
  target = target.substr(0, target.find('?'));
  std::vector<std::string> parts;
  while (!target.empty()) {
    target.remove_prefix(1);
    auto end = std::min(target.find('/'), target.size());
    parts.emplace_back(target.substr(0, end));
    target.remove_prefix(end);
  }
  std::size_t start = !parts.empty() && parts[0] == "api" ? 2 : 3;
  if (parts.size() <= start) return {};
  Place place{.path = start == 3 ? parts[1] + " " : " ", .subresource = {}, .object = false};
  bool in_namespace = parts[start] == "namespaces" && parts.size() >= start + 3;
  std::size_t object = start + (in_namespace ? 4 : 2);
  for (std::size_t i = start; i < parts.size() && i < object; ++i) place.path += (i > start ? "/" : "") + parts[i];
  place.object = parts.size() >= object;
  if (parts.size() > object) place.subresource = parts[object];
  return place;
}

bool is_gone(const json::Value& object) {
  return kube::is_deleting(object) && object["metadata"]["finalizers"].empty();
}

std::string time_text(Time time) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() - 1'790'000'000'000;
  return std::to_string(ms / 1000) + "." + std::to_string(1000 + ms % 1000).substr(1);
}

}  // namespace

bool is_ours(const json::Value& object) {
  for (const json::Value& entry : object["metadata"]["managedFields"].items()) {
    if (entry["manager"].text() == "person") return false;
  }
  return true;
}

void Journal::say(const std::string& line) {
  std::string whole = time_text(clock_.now()) + " " + line;
  for (char c : whole) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211u;
  if (sink_) sink_(whole);
}

void Journal::answered(const std::string& server, const std::string& by, const io::Request& request,
                       const io::Response& response) {
  bool by_manager = by == "manager";
  if (by_manager) ++requests_;
  std::uint64_t digest = 14695981039346656037u;
  for (char c : response.body) digest = (digest ^ static_cast<unsigned char>(c)) * 1099511628211u;
  bool reads = request.method == "GET" || request.method == "HEAD" || request.target.find("dryRun") != std::string::npos;
  bool wrote = !reads && response.status < 300;
  json::Value body;
  if (wrote) {
    auto parsed = json::parse(response.body);
    if (parsed) body = std::move(*parsed);
  }
  std::string name = request.method == "POST" && wrote ? "/" + std::string(kube::name_of(body)) : "";
  say(by + " " + request.method + " " + server + " " + request.target + name + " " + std::to_string(response.status) + " " +
      std::to_string(digest % 100000));
  Place place = place_of(request.target);
  if (!wrote || body.is_null() || place.path.empty()) return;
  if (request.method == "DELETE" && !place.object) return;
  Write write{.at = clock_.now(),
              .server = server,
              .by_manager = by_manager,
              .method = request.method,
              .path = place.path + name,
              .subresource = std::move(place.subresource),
              .before = {},
              .after = {},
              .ours = false,
              .made = {}};
  bool made = request.method == "POST" || response.status == 201;
  hear_write(std::move(write), body, made);
}

// A server that crashed may have written what it did not answer: what a journal knows of an object can be old.
void Journal::hear_write(Write write, const json::Value& body, bool made) {
  auto& objects = live_[write.server];
  auto found = objects.find(write.path);
  if (found != objects.end()) {
    write.before = found->second.object;
    write.ours = found->second.made_by_manager;
    write.made = found->second.made;
  }
  bool late = found != objects.end() && !kube::resource_version_of(body).empty() &&
              kube::is_newer(kube::resource_version_of(write.before), kube::resource_version_of(body));
  // Answers pass each other: a later write of the object has been heard of.
  if (late && kube::uid_of(write.before) == kube::uid_of(body)) return;
  // The end of an earlier object of the name, heard after the next one was made.
  std::string_view ended = body["kind"].text() == "Status" ? body["details"]["uid"].text() : kube::uid_of(body);
  bool earlier = write.method == "DELETE" && !write.before.is_null() && !ended.empty() && ended != kube::uid_of(write.before);
  if (earlier) return;
  bool gone = write.method == "DELETE" ? body["kind"].text() == "Status" || body["metadata"]["finalizers"].empty()
                                       : is_gone(body);
  if (!gone) write.after = body;
  bool same = !write.before.is_null() && !gone &&
              kube::resource_version_of(write.before) == kube::resource_version_of(body);
  if (write.by_manager && !same) ++writes_;
  if (gone) {
    if (found != objects.end()) objects.erase(found);
  } else if (made || found == objects.end()) {
    objects[write.path] = {.object = body, .made_by_manager = is_ours(body), .made = write.at, .written = write.at};
  } else if (kube::is_newer(kube::resource_version_of(body), kube::resource_version_of(found->second.object))) {
    found->second.object = body;
    if (!same) found->second.written = write.at;
  }
  if (listener_ && !same) listener_(write);
}

}  // namespace lesto::sim
