package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscaling1 "k8s.io/api/autoscaling/v1"
	autoscaling2 "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	flowcontrol "k8s.io/api/flowcontrol/v1"
	networking "k8s.io/api/networking/v1"
	node "k8s.io/api/node/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	resource "k8s.io/api/resource/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// messages describes the Go types of the built-in kinds.
//
//	kinds:    "GROUP/VERSION/KIND" → message
//	messages: message → fields, each [number, JSON name, type, flags, Go name]
//
// number is 0 for what protobuf does not carry (TypeMeta). A type is string, bool, int32, int64, float64, bytes, one of
// the special messages (time, microTime, duration, quantity, intOrString, fieldsV1, raw, json, schemaOrBool,
// schemaOrArray, schemaOrStrings), "strings" (a message that holds a list of strings) or "@MESSAGE".
// Flags: p pointer, o omitempty, z omitzero, r repeated, m map with string keys, i inlined in JSON.
func messages() map[string]map[string]any {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionregistration.AddToScheme, apps.AddToScheme, authentication.AddToScheme, authorization.AddToScheme,
		autoscaling1.AddToScheme, autoscaling2.AddToScheme, batch.AddToScheme, certificates.AddToScheme,
		coordination.AddToScheme, core.AddToScheme, discovery.AddToScheme, events.AddToScheme, flowcontrol.AddToScheme,
		networking.AddToScheme, node.AddToScheme, policy.AddToScheme, rbac.AddToScheme, resource.AddToScheme,
		scheduling.AddToScheme, storage.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		check(add(scheme))
	}
	served := map[string]bool{}
	for _, gv := range groupVersions {
		served[gv.String()] = true
	}
	out := map[string]any{}
	kinds := map[string]any{}
	for gvk, t := range scheme.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || gvk.Kind == "WatchEvent" || !served[gvk.GroupVersion().String()] {
			continue
		}
		kinds[gvk.GroupVersion().String()+"/"+gvk.Kind] = messageName(t)
		describe(t, out)
	}
	return map[string]map[string]any{"kinds": kinds, "messages": out}
}

func messageName(t reflect.Type) string {
	path := strings.TrimPrefix(t.PkgPath(), "k8s.io/")
	path = strings.NewReplacer("api/", "", "apimachinery/pkg/apis/", "", "apimachinery/pkg/", "",
		"apiextensions-apiserver/pkg/apis/", "", "kube-aggregator/pkg/apis/", "").Replace(path)
	return strings.ReplaceAll(path, "/", ".") + "." + t.Name()
}

var special = map[string]string{
	"meta.v1.Time": "time", "meta.v1.MicroTime": "microTime", "meta.v1.Duration": "duration",
	"api.resource.Quantity": "quantity", "util.intstr.IntOrString": "intOrString", "meta.v1.FieldsV1": "fieldsV1",
	"runtime.RawExtension": "raw", "apiextensions.v1.JSON": "json",
	"apiextensions.v1.JSONSchemaPropsOrBool": "schemaOrBool", "apiextensions.v1.JSONSchemaPropsOrArray": "schemaOrArray",
	"apiextensions.v1.JSONSchemaPropsOrStringArray": "schemaOrStrings",
}

func describe(t reflect.Type, out map[string]any) {
	name := messageName(t)
	if _, done := out[name]; done {
		return
	}
	out[name] = nil
	fields := []any{}
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		fields = append(fields, describeField(name, field, out))
	}
	out[name] = fields
}

func describeField(owner string, field reflect.StructField, out map[string]any) []any {
	number := 0
	parts := strings.Split(field.Tag.Get("protobuf"), ",")
	if len(parts) > 1 {
		n, err := strconv.Atoi(parts[1])
		check(err)
		number = n
	}
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	flags := ""
	for _, option := range strings.Split(options, ",") {
		switch option {
		case "omitempty":
			flags += "o"
		case "omitzero":
			flags += "z"
		case "inline":
			flags += "i"
		case "":
			if field.Anonymous && name == "" {
				flags += "i"
			}
		default:
			panic(owner + "." + field.Name + ": " + option)
		}
	}
	t := field.Type
	if t.Kind() == reflect.Pointer {
		flags += "p"
		t = t.Elem()
	}
	// A named list type is a message of its own in protobuf (Verbs, ExtraValue).
	listed := t.Name() == "" || number == 0 || parts[2] == "rep"
	switch {
	case t.Kind() == reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(owner + "." + field.Name)
		}
		flags += "m"
		t = t.Elem()
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 && listed:
		flags += "r"
		t = t.Elem()
	}
	if t.Kind() == reflect.Pointer {
		panic(owner + "." + field.Name + ": pointer in a collection")
	}
	return []any{number, name, typeName(owner+"."+field.Name, t, out), flags, field.Name}
}

func typeName(where string, t reflect.Type, out map[string]any) string {
	if known, ok := special[messageName(t)]; ok {
		return known
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int32, reflect.Int64, reflect.Float64:
		return t.Kind().String()
	case reflect.Uint32, reflect.Uint64, reflect.Int:
		return "int64"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if t.Elem().Kind() == reflect.String {
			return "strings"
		}
	case reflect.Struct:
		describe(t, out)
		return "@" + messageName(t)
	}
	panic(fmt.Sprintf("%s: %s", where, t))
}
