// Writes the tables of the built-in Kubernetes kinds that the embedded API server reads (src/kube/apiserver/data).
// Facts only: names, numbers, types, defaults; no upstream sentence is kept. See run.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// The group versions that the embedded server serves. Alpha and beta ones are left out.
var groupVersions = []groupVersion{
	{"", "v1"},
	{"admissionregistration.k8s.io", "v1"},
	{"apiextensions.k8s.io", "v1"},
	{"apiregistration.k8s.io", "v1"},
	{"apps", "v1"},
	{"authentication.k8s.io", "v1"},
	{"authorization.k8s.io", "v1"},
	{"autoscaling", "v1"},
	{"autoscaling", "v2"},
	{"batch", "v1"},
	{"certificates.k8s.io", "v1"},
	{"coordination.k8s.io", "v1"},
	{"discovery.k8s.io", "v1"},
	{"events.k8s.io", "v1"},
	{"flowcontrol.apiserver.k8s.io", "v1"},
	{"networking.k8s.io", "v1"},
	{"node.k8s.io", "v1"},
	{"policy", "v1"},
	{"rbac.authorization.k8s.io", "v1"},
	{"resource.k8s.io", "v1"},
	{"scheduling.k8s.io", "v1"},
	{"storage.k8s.io", "v1"},
}

type groupVersion struct{ group, version string }

// file is how upstream's api folder spells the group version.
func (gv groupVersion) file() string {
	if gv.group == "" {
		return "api__" + gv.version
	}
	return "apis__" + gv.group + "__" + gv.version
}

func (gv groupVersion) String() string {
	if gv.group == "" {
		return gv.version
	}
	return gv.group + "/" + gv.version
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: kube_tables KUBERNETES-MODULE-FOLDER OUTPUT-FOLDER")
	}
	kubernetes, out := os.Args[1], os.Args[2]
	check(os.MkdirAll(filepath.Join(out, "openapi"), 0o755))
	for _, gv := range groupVersions {
		name := gv.group + "_" + gv.version
		if gv.group == "" {
			name = "core_" + gv.version
		}
		write(filepath.Join(out, "openapi", name+".json"), openapi(kubernetes, gv))
	}
	write(filepath.Join(out, "resources.json"), resources(kubernetes))
	write(filepath.Join(out, "columns.json"), columns(kubernetes))
	write(filepath.Join(out, "protobuf.json"), messages())
}

// write puts each member of each top level object on a line of its own, keys sorted.
func write(path string, sections map[string]map[string]any) {
	var b bytes.Buffer
	b.WriteString("{")
	for i, section := range sorted(sections) {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "%q:{", section)
		for j, key := range sorted(sections[section]) {
			if j > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, "\n%q:%s", key, line(sections[section][key]))
		}
		b.WriteString("}")
	}
	b.WriteString("}\n")
	check(os.WriteFile(path, b.Bytes(), 0o644))
}

func line(value any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return strings.TrimSuffix(b.String(), "\n")
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func read(path string) map[string]any {
	text, err := os.ReadFile(path)
	check(err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	value := map[string]any{}
	check(decoder.Decode(&value))
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
