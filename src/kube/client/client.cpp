#include "kube/client/client.h"

#include <charconv>

#include "foundation/json/text.h"
#include "kube/object/api_error.h"

namespace lesto::client {
namespace {

constexpr int kTooManyRequests = 429;
// A server that throttles is asked again by one call after the other, so far apart.
constexpr Duration kTurn = std::chrono::milliseconds(20);

std::optional<std::chrono::seconds> retry_after(const io::Response& response) {
  std::string_view after = io::header(response.headers, "retry-after");
  int seconds = 0;
  std::from_chars(after.data(), after.data() + after.size(), seconds);
  if (seconds <= 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 3600));
}

Error error_of(const io::Response& response, std::string_view body) {
  auto status = json::parse(body);
  Error error = kube::api_error(response.status, status ? *status : json::Value(), body);
  std::optional<std::chrono::seconds> after = retry_after(response);
  if (after && !error.retry_after()) return std::move(error).wait(*after);
  return error;
}

std::string doing(std::string_view verb, const kube::Resource& resource, const kube::ObjectKey& key) {
  std::string text = std::string(verb) + " " + resource.kind;
  if (!key.name.empty()) text += " " + key.text();
  return text;
}

io::Task<Result<std::string>> read_all(io::Context context, std::unique_ptr<io::BodyStream> stream) {
  std::string body;
  for (;;) {
    auto piece = co_await stream->next(context);
    if (!piece) co_return fail(std::move(piece).error());
    if (!*piece) co_return body;
    body += **piece;
  }
}

bool is_urgent(const io::Request& request) {
  if (request.method == "GET") return false;
  std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  return !path.ends_with("/status");
}

Result<WatchEvent> read_event(std::string_view line) {
  TRY_ASSIGN(json::Value frame, json::parse(line));
  WatchEvent event;
  std::string_view type = frame["type"].text();
  if (type == "ERROR") {
    const json::Value& status = frame["object"];
    return fail(kube::api_error(static_cast<int>(status["code"].integer(500)), status, line));
  }
  if (type == "ADDED") {
    event.type = EventType::Added;
  } else if (type == "MODIFIED") {
    event.type = EventType::Modified;
  } else if (type == "DELETED") {
    event.type = EventType::Deleted;
  } else if (type == "BOOKMARK") {
    event.type = EventType::Bookmark;
  } else {
    return fail(Code::Internal, "watch event of unknown type \"" + std::string(type) + "\"");
  }
  event.object = frame["object"];
  return event;
}

}  // namespace

io::Task<Result<std::optional<std::vector<WatchEvent>>>> Watch::next(io::Context context) {
  std::vector<WatchEvent> events;
  while (events.empty()) {
    if (error_) co_return fail(*error_);
    auto piece = co_await stream_->next(context);
    if (!piece) co_return fail(std::move(piece).error());
    if (!*piece) co_return std::optional<std::vector<WatchEvent>>();
    rest_ += **piece;
    std::size_t start = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
      std::string_view line = std::string_view(rest_).substr(start, end - start);
      start = end + 1;
      if (line.empty()) continue;
      auto event = read_event(line);
      // What came before an error is delivered first; the error comes with the next turn.
      if (!event) {
        error_ = std::move(event).error();
        break;
      }
      events.push_back(std::move(*event));
    }
    rest_.erase(0, start);
  }
  co_return std::optional(std::move(events));
}

io::Task<void> Client::quiet(io::Context context, Duration at_most) {
  if (urgent_ == 0) co_return;
  io::Completion<void> silence(loop_);
  waiting_for_quiet_.push_back(silence);
  auto waited = co_await silence.wait(context.until(loop_.now() + at_most));
  (void)waited;
}

void Client::add_headers(io::Request& request) const {
  request.headers.push_back({"user-agent", user_agent_});
}

// Were all that were refused to come back in the same instant, all but a few would be refused again: each waits for its
// turn after those that were refused before it.
io::Task<Result<io::Response>> Client::send_when_asked(io::Context context, io::Request request) {
  for (;;) {
    auto response = co_await exchange_.send(context, request);
    if (!response || response->status != kTooManyRequests) co_return response;
    auto asked = retry_after(*response);
    if (!asked) co_return response;
    Duration wait = *asked + kTurn * refused_;
    if (context.deadline - loop_.now() <= wait) co_return response;
    ++refused_;
    auto slept = co_await io::sleep(loop_, context, wait);
    --refused_;
    if (!slept) co_return fail(std::move(slept).error());
  }
}

io::Task<Result<json::Value>> Client::call(io::Context context, io::Request request, std::string what) {
  add_headers(request);
  io::Context bounded = context.until(loop_.now() + kCallTimeout);
  bool urgent = is_urgent(request);
  if (urgent) ++urgent_;
  auto response = co_await send_when_asked(std::move(bounded), std::move(request));
  if (urgent && --urgent_ == 0) {
    for (const io::Completion<void>& waiter : std::exchange(waiting_for_quiet_, {})) waiter.complete({});
  }
  if (!response) co_return fail(std::move(response.error()).during(std::move(what)));
  if (response->status < 200 || response->status > 299) {
    co_return fail(error_of(*response, response->body).during(std::move(what)));
  }
  auto value = json::parse(response->body);
  if (!value) co_return fail(std::move(value.error()).during(std::move(what)));
  co_return std::move(*value);
}

io::Task<Result<json::Value>> Client::get(io::Context context, kube::Resource resource, kube::ObjectKey key) {
  io::Request request = get_request(resource, key);
  auto result = co_await call(std::move(context), std::move(request), doing("get", resource, key));
  co_return result;
}

io::Task<Result<List>> Client::list(io::Context context, kube::Resource resource, ListOptions options) {
  List list;
  for (;;) {
    io::Request request = list_request(resource, options);
    std::string what = doing("list", resource, {});
    auto page = co_await call(context, std::move(request), std::move(what));
    if (!page) co_return fail(std::move(page).error());
    // Lists of built-in kinds leave these two out of their items.
    for (const json::Value& item : (*page)["items"].items()) {
      json::Value object = item;
      if (object["kind"].is_null()) {
        object.set("kind", resource.kind);
        object.set("apiVersion", resource.api_version());
      }
      list.items.push_back(std::move(object));
    }
    list.resource_version = (*page)["metadata"]["resourceVersion"].string();
    options.continue_token = (*page)["metadata"]["continue"].string();
    if (options.continue_token.empty()) co_return list;
  }
}

io::Task<Result<Watch>> Client::watch(io::Context context, kube::Resource resource, WatchOptions options) {
  std::string what = doing("watch", resource, {});
  io::Request request = watch_request(resource, options);
  add_headers(request);
  io::Context bounded = context.until(loop_.now() + kCallTimeout);
  auto response = co_await exchange_.send(bounded, std::move(request));
  if (!response) co_return fail(std::move(response.error()).during(std::move(what)));
  if (response->status != 200) {
    auto body = co_await read_all(bounded, std::move(response->stream));
    co_return fail(error_of(*response, body ? *body : "").during(std::move(what)));
  }
  co_return Watch(std::move(response->stream));
}

io::Task<Result<json::Value>> Client::create(io::Context context, kube::Resource resource, json::Value object,
                                             std::string field_manager) {
  io::Request request = create_request(resource, object, field_manager);
  std::string what = doing("create", resource, kube::key_of(object));
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

io::Task<Result<json::Value>> Client::update(io::Context context, kube::Resource resource, json::Value object,
                                             std::string field_manager, std::string subresource) {
  io::Request request = update_request(resource, object, field_manager, subresource);
  std::string what = doing("update", resource, kube::key_of(object));
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

io::Task<Result<json::Value>> Client::patch(io::Context context, kube::Resource resource, kube::ObjectKey key,
                                            PatchType type, json::Value patch, PatchOptions options) {
  io::Request request = patch_request(resource, key, type, patch, options);
  std::string what = doing("patch", resource, key);
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

io::Task<Result<json::Value>> Client::apply(io::Context context, kube::Resource resource, json::Value object,
                                            PatchOptions options) {
  kube::ObjectKey key = kube::key_of(object);
  io::Request request = patch_request(resource, key, PatchType::Apply, object, options);
  std::string what = doing("apply", resource, key);
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

io::Task<Result<json::Value>> Client::remove(io::Context context, kube::Resource resource, kube::ObjectKey key,
                                             DeleteOptions options) {
  io::Request request = delete_request(resource, key, options);
  std::string what = doing("delete", resource, key);
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  if (!result) co_return result;
  if ((*result)["kind"].text() == "Status") co_return json::Value();
  co_return std::move(*result);
}

io::Task<Result<json::Value>> Client::get_path(io::Context context, std::string path, std::string accept) {
  io::Request request;
  request.headers = {{"accept", std::move(accept)}};
  std::string what = "get " + path;
  request.target = std::move(path);
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

io::Task<Result<json::Value>> Client::post_path(io::Context context, std::string path, json::Value body) {
  io::Request request;
  request.method = "POST";
  request.headers = {{"accept", "application/json"}, {"content-type", "application/json"}};
  request.body = json::write(body);
  std::string what = "post " + path;
  request.target = std::move(path);
  auto result = co_await call(std::move(context), std::move(request), std::move(what));
  co_return result;
}

}  // namespace lesto::client
