#include "faces/cli/render.h"

#include <iostream>
#include <iterator>

#include "engines/gotemplate/zones.h"
#include "engines/lua/engine.h"
#include "faces/cli/render_fault.h"
#include "faces/cli/render_sources.h"
#include "foundation/io/files.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"

namespace lesto::cli {
namespace {

Result<std::string> read_input(const std::string& file) {
  if (file != "-") return io::read_file(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
}

bool is_object_of_kubernetes(const json::Value& value) {
  return !value["kind"].text().empty() && !value["apiVersion"].text().empty();
}

// What the data file holds: one value, or several objects.
struct Data {
  json::Value value = json::Value::object();
  bool several = false;
};

Result<Data> read_data(const std::string& file) {
  Data data;
  if (file.empty()) return data;
  TRY_ASSIGN(std::string text, read_input(file));
  json::YamlDocuments split = json::split_yaml_or_json(text);
  std::vector<json::Value> values;
  for (std::size_t i = 0; i < split.texts.size(); ++i) {
    auto value = json::parse_yaml(split.texts[i]);
    std::string where = split.texts.size() > 1 ? file + " document " + std::to_string(i + 1) : file;
    if (!value) return fail(std::move(value.error()).during(std::move(where)));
    if (!value->is_null()) values.push_back(std::move(*value));
  }
  if (split.error) return fail(std::move(*split.error).during(file));
  if (values.empty()) return data;
  data.value = values.front();
  if (values.size() > 1) {
    data = {json::Value::array(std::move(values)), true};
  } else if (data.value.is_array()) {
    data.several = true;
  } else if (data.value["items"].is_array() && data.value["kind"].text().ends_with("List")) {
    data = {data.value["items"], true};
  }
  if (!data.value.is_object() && !data.several) {
    return fail(Code::Invalid, file + ": neither an object, a list nor a map");
  }
  return data;
}

json::Value reference_of(const json::Value& object) {
  json::Value reference =
      json::object({{"apiVersion", object["apiVersion"]}, {"kind", object["kind"]}});
  for (const char* field : {"name", "namespace"}) {
    if (object["metadata"].contains(field)) reference.set(field, object["metadata"][field]);
  }
  return reference;
}

// The data of a template. What it borrows from lives in `kept`.
class TemplateData {
 public:
  TemplateData(Data data, json::Value cluster, RenderFor render_for) {
    bool event = render_for == RenderFor::EventTrigger;
    if (event && data.several) {
      json::Value references = json::Value::array();
      for (const json::Value& object : data.value.items()) references.push(reference_of(object));
      set_references("MatchingResources", std::move(references));
      set("Resources", std::move(data.value));
    } else if (event && is_object_of_kubernetes(data.value)) {
      set_reference("MatchingResource", reference_of(data.value));
      set("Resource", std::move(data.value));
    } else {
      set_whole(data.value);
    }
    if (!cluster.is_null()) set("Cluster", std::move(cluster));
  }

  gotemplate::Value value() const { return gotemplate::Value::of_map(root_); }

 private:
  const json::Value& keep(json::Value value) { return kept_.emplace_back(std::move(value)); }

  void set(std::string_view key, json::Value value) {
    heap_.set(root_, key, gotemplate::Value::of_json(keep(std::move(value))));
  }
  // References have the names of Go's fields beside those of JSON.
  gotemplate::Value record(const json::Value& reference) {
    return heap_.record(gotemplate::kObjectReference, reference);
  }
  void set_reference(std::string_view key, json::Value reference) {
    heap_.set(root_, key, record(keep(std::move(reference))));
  }
  void set_references(std::string_view key, json::Value references) {
    std::vector<gotemplate::Value> records;
    for (const json::Value& reference : keep(std::move(references)).items())
      records.push_back(record(reference));
    heap_.set(root_, key, heap_.list(records));
  }

  void set_whole(const json::Value& map) {
    const json::Value& whole = keep(map);
    for (const json::Member& member : whole.members()) {
      if (member.name() == "MatchingResource") {
        set_reference(member.name(), member.value);
      } else if (member.name() == "MatchingResources") {
        set_references(member.name(), member.value);
      } else {
        heap_.set(root_, member.name(), gotemplate::Value::of_json(member.value));
      }
    }
    if (whole.contains("Resource") && !whole.contains("MatchingResource")) {
      set_reference("MatchingResource", reference_of(whole["Resource"]));
    }
  }

  std::deque<json::Value> kept_;
  gotemplate::Heap heap_;
  gotemplate::MapNode* root_ = heap_.new_map();
};

// What a user may have forgotten to give.
std::string missing_part(const gotemplate::Fault& fault, const std::string& message,
                         const RenderOptions& options) {
  if (fault.what != ".") return {};
  if (options.cluster.empty() && message.find("key \"Cluster\"") != message.npos) {
    return "\n  give the cluster with --cluster FILE";
  }
  if (options.data.empty()) return "\n  give the data with --data FILE";
  return {};
}

Result<void> render_templates(const RenderOptions& options, const std::string& text,
                              std::ostream& out) {
  TRY_ASSIGN(Data given, read_data(options.data));
  json::Value cluster;
  if (!options.cluster.empty()) {
    TRY_ASSIGN(Data read, read_data(options.cluster));
    cluster = std::move(read.value);
  }
  std::vector<Source> sources = find_templates(options.file, text);
  gotemplate::Zones zones("/usr/share/zoneinfo");
  for (const Source& source : sources) {
    bool profile =
        source.kind == SourceKind::Profile || options.render_for == RenderFor::ClusterProfile;
    TemplateData data(given, cluster,
                      profile ? RenderFor::ClusterProfile : RenderFor::EventTrigger);
    gotemplate::ExecuteOptions execute;
    execute.now = options.now;
    if (source.lenient) execute.missing_key = gotemplate::MissingKey::Default;
    execute.rng = options.rng;
    execute.zones = &zones;
    gotemplate::ParseOptions parse;
    if (profile) parse.dialect = gotemplate::Dialect::ById;
    auto compiled = gotemplate::Template::parse(source.name, source.text, parse);
    if (!compiled) return fail(template_fault(options.file, text, source, compiled.error(), {}));
    gotemplate::Fault fault;
    auto rendered = (*compiled)->execute(data.value(), execute, &fault);
    if (!rendered) {
      Error shown = template_fault(options.file, text, source, rendered.error(), fault);
      return fail(shown.code(),
                  shown.message() + missing_part(fault, rendered.error().message(), options));
    }
    if (source.kind != SourceKind::Plain) out << "---\n# " << source.name << "\n";
    out << *rendered;
    if (source.kind != SourceKind::Plain && !rendered->ends_with('\n')) out << "\n";
  }
  return {};
}

// Which field of the table a decoding error is about: "eventMatchStatus.matching".
std::string misfit_field(const std::string& message) {
  constexpr std::string_view kWords = "Go struct field ";
  auto start = message.find(kWords);
  if (start == message.npos) return {};
  auto dot = message.find('.', start);
  auto end = message.find(' ', start + kWords.size());
  if (dot == message.npos || end == message.npos || dot > end) return {};
  return message.substr(dot + 1, end - dot - 1);
}

Error misfit(const Source& source, const lua::Failure& failure, const json::Value& table) {
  std::string words = source.name + ": evaluate() returned what does not fit: " + failure.message;
  std::string field = misfit_field(failure.message);
  if (const json::Value* value = table.find(field))
    words += "\n  " + field + " is " + brief(*value);
  return Error(failure.code, std::move(words));
}

// What the controllers make of the table: whether the object matches and the like, and the message.
Result<void> print_verdict(const Source& source, lua::Entry entry, const json::Value& table,
                           std::ostream& out) {
  if (entry == lua::Entry::Policy) {
    auto text = lua::decode_policy(table);
    if (!text) return fail(misfit(source, text.error(), table));
    out << *text << (text->ends_with('\n') ? "" : "\n");
    return {};
  }
  if (entry == lua::Entry::Aggregate && !table["resources"][0]["resource"].is_object()) {
    if (table.contains("pass")) {
      auto check = lua::decode_cluster_check(table);
      if (!check) return fail(misfit(source, check.error(), table));
      out << (check->pass ? "passes" : "does not pass");
      out << (check->message.empty() ? "" : ": " + check->message) << "\n";
      return {};
    }
    auto verdict = lua::decode_aggregate(table);
    if (!verdict) return fail(misfit(source, verdict.error(), table));
    out << verdict->resources.size() << " of the objects match";
    out << (verdict->message.empty() ? "" : ": " + verdict->message) << "\n";
    return {};
  }
  if (entry == lua::Entry::Aggregate) {
    auto verdict = lua::decode_health_check(table);
    if (!verdict) return fail(misfit(source, verdict.error(), table));
    for (const lua::ResourceHealth& health : verdict->resources) {
      out << health.resource["kind"].text() << " " << health.resource["metadata"]["name"].text()
          << ": " << health.status;
      out << (health.message.empty() ? "" : ": " + health.message) << "\n";
    }
    return {};
  }
  if (table.contains("healthy")) {
    auto verdict = lua::decode_health(table);
    if (!verdict) return fail(misfit(source, verdict.error(), table));
    out << (verdict->healthy ? "healthy" : "not healthy");
    out << (verdict->message.empty() ? "" : ": " + verdict->message) << "\n";
    return {};
  }
  auto verdict = lua::decode_event(table);
  if (!verdict) return fail(misfit(source, verdict.error(), table));
  out << (verdict->matching ? "matches" : "does not match");
  out << (verdict->message.empty() ? "" : ": " + verdict->message);
  out << (table.contains("matching") ? "" : " (the table has no `matching`)") << "\n";
  return {};
}

Result<void> run_script(const RenderOptions& options, const std::string& text, const Source& source,
                        const lua::Input& input, lua::Engine& engine, std::ostream& out) {
  std::string_view global = input.entry == lua::Entry::Event ? "obj" : "resources";
  auto script = engine.compile(source.text);
  if (!script)
    return fail(script_fault(options.file, text, source, script.error(), global, input.value));
  auto table = engine.evaluate(*script, input);
  if (!table)
    return fail(script_fault(options.file, text, source, table.error(), global, input.value));
  if (input.entry != lua::Entry::Policy) out << json::write_yaml(*table);
  return print_verdict(source, input.entry, *table, out);
}

Result<void> render_scripts(const RenderOptions& options, const std::string& text,
                            std::ostream& out) {
  TRY_ASSIGN(Data data, read_data(options.data));
  std::vector<Source> sources = find_scripts(options.file, text);
  lua::Engine engine;
  for (const Source& source : sources) {
    if (source.kind != SourceKind::Plain) out << "# " << source.name << "\n";
    lua::Input input{.value = data.value, .metrics = {}, .now = options.now, .rng = options.rng};
    bool list =
        source.kind == SourceKind::Aggregate || (source.kind == SourceKind::Plain && data.several);
    if (source.kind == SourceKind::Policy) {
      input.entry = lua::Entry::Policy;
      TRY(run_script(options, text, source, input, engine, out));
    } else if (list) {
      input.entry = lua::Entry::Aggregate;
      if (!data.several) input.value = json::array({data.value});
      TRY(run_script(options, text, source, input, engine, out));
    } else {
      input.entry = lua::Entry::Event;
      if (!data.several) {
        TRY(run_script(options, text, source, input, engine, out));
        continue;
      }
      for (const json::Value& object : data.value.items()) {
        out << "# " << object["kind"].text() << " " << object["metadata"]["name"].text() << "\n";
        input.value = object;
        TRY(run_script(options, text, source, input, engine, out));
      }
    }
  }
  return {};
}

}  // namespace

Result<void> render(const RenderOptions& options, std::ostream& out) {
  TRY_ASSIGN(std::string text, read_input(options.file));
  if (options.kind == RenderKind::Lua) return render_scripts(options, text, out);
  return render_templates(options, text, out);
}

}  // namespace lesto::cli
