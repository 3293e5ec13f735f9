#include <charconv>

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "kube/apiserver/present.h"
#include "kube/apiserver/selecting.h"
#include "kube/apiserver/tables.h"
#include "kube/apiserver/verbs.h"

namespace lesto::apiserver {

namespace {

struct Version64 {
  bool set = false;
  std::uint64_t value = 0;
};

// A resourceVersion parameter. `code` is what a text that is no number is answered with: 400 in lists, 500 elsewhere.
Outcome<Version64> read_version(const Call& call, int code) {
  std::string_view text = call.route.query.get("resourceVersion");
  Version64 out;
  if (text.empty()) return out;
  out.set = true;
  auto read = std::from_chars(text.data(), text.data() + text.size(), out.value);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return out;
  std::string why = "Invalid value: " + quoted(text) + ": strconv.ParseUint: parsing " + quoted(text) + ": invalid syntax";
  if (code == 400) return refuse(bad_request("invalid resource version: resourceVersion: " + why));
  return refuse({.code = 500, .reason = "", .message = "resourceVersion: " + why});
}

Outcome<std::int64_t> read_limit(const Call& call) {
  std::int64_t limit = 0;
  std::string_view text = call.route.query.get("limit");
  if (text.empty()) return limit;
  auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return refuse(bad_request("strconv.ParseInt: parsing " + quoted(text) + ": invalid syntax"));
  }
  return std::max<std::int64_t>(limit, 0);
}

// The rules of apimachinery's ValidateListOptions.
Outcome<void> check_list_options(const Call& call, bool watching) {
  const Query& query = call.route.query;
  std::string_view match = query.get("resourceVersionMatch");
  std::string_view version = query.get("resourceVersion");
  FieldErrors errors;
  bool initial = query.has("sendInitialEvents") && watching;
  if (initial || (query.has("sendInitialEvents") && !watching)) {
    if (!watching) {
      errors.push_back(field_forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    } else if (match != "NotOlderThan") {
      errors.push_back(field_forbidden(
          "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    }
  } else if (!match.empty()) {
    if (watching) {
      errors.push_back(field_forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch"));
    } else {
      if (version.empty()) {
        errors.push_back(field_forbidden("resourceVersionMatch",
                                         "resourceVersionMatch is forbidden unless resourceVersion is provided"));
      }
      if (!query.get("continue").empty()) {
        errors.push_back(field_forbidden("resourceVersionMatch",
                                         "resourceVersionMatch is forbidden when continue is provided"));
      }
      if (match != "Exact" && match != "NotOlderThan") {
        errors.push_back(field_not_supported("resourceVersionMatch", json::Value(match), {"Exact", "NotOlderThan", ""}));
      }
      if (match == "Exact" && version == "0") {
        errors.push_back(field_forbidden(
            "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
      }
    }
  }
  if (errors.empty()) return {};
  Status status = invalid("meta.k8s.io", "ListOptions", "", errors);
  return refuse(status);
}

// The continue token: base64 of {"v":"meta.k8s.io/v1","rv":N,"start":KEY}; rv -1 means: from the newest state.
struct Continue {
  std::int64_t version = 0;
  std::string start;
};

std::string encode_continue(const Continue& token) {
  std::string text = json::write(
      json::object({{"v", "meta.k8s.io/v1"}, {"rv", token.version}, {"start", token.start}}));
  std::string encoded = base64_encode(text);
  for (char& c : encoded) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (encoded.ends_with('=')) encoded.pop_back();
  return encoded;
}

Outcome<Continue> decode_continue(std::string_view text) {
  std::string padded(text);
  for (char& c : padded) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (padded.size() % 4 != 0) padded += '=';
  auto bytes = base64_decode(padded);
  auto token = bytes ? json::parse(*bytes) : fail(Code::Invalid, "not base64");
  if (!token || (*token)["v"].text() != "meta.k8s.io/v1" || (*token)["start"].text().empty()) {
    return refuse(bad_request("continue key is not valid: encoded continue key is not valid"));
  }
  return Continue{(*token)["rv"].integer(), (*token)["start"].string()};
}

std::string key_prefix(const Call& call) {
  return call.resource->namespaced && !call.route.ns.empty() ? call.route.ns + "/" : std::string();
}

using Objects = std::map<Key, json::Value, std::less<>>;

Status expired_continue(std::uint64_t newest, const std::string& start) {
  Status status = gone(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list "
      "without the continue parameter, or use the continue token in this response to retrieve the remainder of the "
      "results. Continuing with the provided token results in an inconsistent list - objects that were created, "
      "modified, or deleted between the time the first chunk was returned and now may show up in the list.");
  (void)newest;
  status.details = json::object({{"continue", encode_continue({-1, start})}});
  return status;
}

}  // namespace

Outcome<Reply> verb_get(Core& core, Call& call) {
  auto version = read_version(call, 500);
  if (!version) return refuse(version.error());
  const json::Value* object = core.store.get(call.resource->table, call.key());
  if (!object) return refuse(not_found(call.group_resource(), call.route.name));
  Reply reply;
  reply.form = Reply::Form::Object;
  reply.body = *object;
  return reply;
}

Outcome<Reply> verb_list(Core& core, Call& call) {
  auto options = check_list_options(call, false);
  if (!options) return refuse(options.error());
  auto version = read_version(call, 400);
  if (!version) return refuse(version.error());
  auto filter = read_filter(core, call);
  if (!filter) return refuse(filter.error());
  const Table& table = core.store.table(call.resource->table);

  auto asked = read_limit(call);
  if (!asked) return refuse(asked.error());
  std::int64_t limit = *asked;
  std::uint64_t list_version = core.store.version();
  std::string start = key_prefix(call);
  std::optional<Objects> past;
  if (std::string_view token = call.route.query.get("continue"); !token.empty()) {
    if (version->set && version->value != 0) {
      return refuse(bad_request("specifying resource version is not allowed when using continue"));
    }
    auto read = decode_continue(token);
    if (!read) return refuse(read.error());
    start = read->start;
    if (read->version > 0) {
      list_version = static_cast<std::uint64_t>(read->version);
      past = core.store.snapshot(table, list_version);
      if (!past) return refuse(expired_continue(core.store.version(), start));
    }
  } else if (call.route.query.get("resourceVersionMatch") == "Exact" ||
             (limit > 0 && version->set && version->value > 0 && call.route.query.get("resourceVersionMatch").empty())) {
    list_version = version->value;
    past = core.store.snapshot(table, list_version);
    if (!past) return refuse(gone("The resourceVersion for the provided list is too old."));
  }
  const Objects& objects = past ? *past : table.objects;

  std::vector<json::Value> items;
  std::string next;
  std::int64_t remaining = 0;
  std::string prefix = key_prefix(call);
  for (auto at = objects.lower_bound(std::max(start, prefix)); at != objects.end(); ++at) {
    if (!std::string_view(at->first).starts_with(prefix)) break;
    if (!filter->accepts(at->first, at->second)) continue;
    if (limit > 0 && static_cast<std::int64_t>(items.size()) == limit) {
      if (next.empty()) next = at->first;
      ++remaining;
      continue;
    }
    items.push_back(present(*call.resource, call.version, at->second));
  }
  Reply reply;
  reply.form = Reply::Form::List;
  reply.body = list_of(*call.resource, call.version, std::move(items), list_version);
  // Lists of custom resources say so when there is no more.
  if (call.resource->custom) reply.body.at("metadata").set("continue", "");
  if (!next.empty()) {
    json::Value& metadata = reply.body.at("metadata");
    metadata.set("continue", encode_continue({static_cast<std::int64_t>(list_version), next}));
    if (!filter->matches) metadata.set("remainingItemCount", remaining);
  }
  return reply;
}

Outcome<Reply> verb_watch(Core& core, Call& call, const std::optional<Fault>& fault) {
  auto options = check_list_options(call, true);
  if (!options) return refuse(options.error());
  auto version = read_version(call, 500);
  if (!version) return refuse(version.error());
  auto filter = read_filter(core, call);
  if (!filter) return refuse(filter.error());
  auto accept = negotiate(call.header("accept"));
  if (!accept) return refuse(accept.error());
  if (accept->view == View::Table) {
    auto checked = TableMaker::check(call);
    if (!checked) return refuse(checked.error());
  }

  const Query& query = call.route.query;
  const Table& table = core.store.table(call.resource->table);
  WatchRequest request;
  request.table = call.resource->table;
  request.filter = std::move(*filter);
  request.bookmarks = truthy(query, "allowWatchBookmarks");
  if (fault) request.drop_after = fault->drop_watch_after;
  if (std::string_view text = query.get("timeoutSeconds"); !text.empty()) {
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (seconds > 0) request.timeout = std::chrono::seconds(seconds);
  }
  bool from_now = !version->set || version->value == 0;
  if (query.has("sendInitialEvents")) {
    request.initial = truthy(query, "sendInitialEvents") ? InitialEvents::List : InitialEvents::None;
    request.from = request.initial == InitialEvents::List || from_now ? core.store.version() : version->value;
  } else if (from_now) {
    request.initial = InitialEvents::Synthetic;
    request.from = core.store.version();
  } else {
    request.from = version->value;
  }
  if (request.initial == InitialEvents::None && !from_now && request.from < table.floor) {
    Reply reply;
    Status status = gone("too old resource version: " + std::to_string(request.from) + " (" +
                         std::to_string(table.floor) + ")");
    io::Pipe pipe(core.loop);
    reply.stream = pipe.reader();
    pipe.push(watch_frame("ERROR", json::write(status.body())));
    pipe.close();
    return reply;
  }
  request.bookmark = json::object({{"kind", call.resource->kind}, {"apiVersion", call.api_version()}});
  request.present = watch_view(core, call, *accept, request.bookmark);
  if (accept->view == View::Table) request.present_bookmark = request.present;
  Reply reply;
  reply.stream = core.watches.open(std::move(request));
  return reply;
}

}  // namespace lesto::apiserver
