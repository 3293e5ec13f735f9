// Object metadata: what the server sets, what it keeps, and what it refuses.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// Which rule a kind's names follow.
enum class NameRule { Subdomain, Label, PathSegment };
NameRule name_rule(const Resource& resource);
// The findings about a name, as apimachinery words them; empty when it is fine. `prefix`: a generateName.
std::vector<std::string> check_name(NameRule rule, std::string_view name, bool prefix = false);

// Findings of ValidateObjectMeta.
void check_metadata(const Resource& resource, const json::Value& object, FieldErrors& errors);
// Findings of ValidateObjectMetaUpdate.
void check_metadata_update(const Resource& resource, const json::Value& fresh, const json::Value& old, FieldErrors& errors);

// uid, creationTimestamp, and what a client may not set on a new object.
void fill_new(Core& core, json::Value& object);
// What an update cannot change is taken over from the old object.
void keep_system_fields(json::Value& fresh, const json::Value& old);
// A name made from metadata.generateName.
std::string generated_name(Rng& rng, std::string_view base);

std::vector<std::string> finalizers(const json::Value& object);
inline bool being_deleted(const json::Value& object) { return !object["metadata"]["deletionTimestamp"].is_null(); }

// Empty maps and lists, nulls and empty texts inside metadata are dropped, as Go's omitempty does.
void tidy_metadata(json::Value& object);

// True when both are the same but for resourceVersion and the times of managedFields.
bool same_content(const json::Value& a, const json::Value& b);

}  // namespace lesto::apiserver
