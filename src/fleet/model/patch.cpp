#include "fleet/model/patch.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<PatchSelector> Value>
void fields(Io& io, Value& value) {
  io.optional("version", value.version);
  io.optional("group", value.group);
  io.optional("kind", value.kind);
  io.optional("namespace", value.ns);
  io.optional("name", value.name);
  io.optional("annotationSelector", value.annotation_selector);
  io.optional("labelSelector", value.label_selector);
}

template <class Io, Is<Patch> Value>
void fields(Io& io, Value& value) {
  io.required("patch", value.patch);
  io.optional("target", value.target);
}

template <class Io, Is<DriftExclusion> Value>
void fields(Io& io, Value& value) {
  io.required("paths", value.paths);
  io.optional("target", value.target);
}

bool read(const json::Value& from, const Path& path, Problems& problems, Patch& to) {
  return read<Patch>(from, path, problems, to);
}
json::Value write(const Patch& from) { return write<Patch>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, DriftExclusion& to) {
  return read<DriftExclusion>(from, path, problems, to);
}
json::Value write(const DriftExclusion& from) { return write<DriftExclusion>(from); }

namespace {

Schema patch_selector(std::string_view description) {
  return object(description,
                {optional("group", string("API group, a regular expression.")),
                 optional("version", string("API version, a regular expression.")),
                 optional("kind", string("Kind, a regular expression.")),
                 optional("namespace", string("Namespace, a regular expression.")),
                 optional("name", string("Name, a regular expression.")),
                 optional("annotationSelector",
                          string("Selector over annotations, in the syntax of label selectors.")),
                 optional("labelSelector", string("Selector over labels."))});
}

}  // namespace

Schema patches() {
  return array("Changes made to objects before they are deployed.",
               object({},
                      {required(
                           "patch",
                           string("A strategic merge patch, or a list of JSON patch operations.")),
                       optional("target",
                                patch_selector("Which objects are changed; all when absent."))}))
      .atomic();
}

Schema drift_exclusions() {
  return array(
             "Fields that may differ in the cluster.",
             object({}, {required("paths", texts("JSON pointers to the fields.").min_items(1)),
                         optional("target", patch_selector("In which objects; all when absent."))}))
      .atomic();
}

}  // namespace lesto::model
