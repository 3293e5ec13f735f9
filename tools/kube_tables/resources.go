package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// resources describes each resource of the served groups: the discovery documents, and what the storage strategies
// decide (generation, writes without a resourceVersion, create by PUT).
func resources(kubernetes string) map[string]map[string]any {
	strategies := strategies(kubernetes)
	out := map[string]map[string]any{}
	for _, gv := range groupVersions {
		list := read(filepath.Join(kubernetes, "api/discovery", gv.file()+".json"))["resources"].([]any)
		of := map[string]any{}
		for _, entry := range list {
			r := entry.(map[string]any)
			name := r["name"].(string)
			parent, sub, isSub := strings.Cut(name, "/")
			item := map[string]any{"kind": r["kind"], "verbs": r["verbs"]}
			for _, key := range []string{"group", "version"} {
				if r[key] != nil {
					item[key] = r[key]
				}
			}
			if isSub {
				p := of[parent].(map[string]any)
				if p["subresources"] == nil {
					p["subresources"] = map[string]any{}
				}
				p["subresources"].(map[string]any)[sub] = item
				continue
			}
			for from, to := range map[string]string{"singularName": "singular", "shortNames": "shortNames",
				"categories": "categories", "namespaced": "namespaced", "storageVersionHash": "storageVersionHash"} {
				if r[from] != nil {
					item[to] = r[from]
				}
			}
			item["storageVersion"] = storageVersion(gv)
			if s, ok := strategies[strings.ToLower(r["kind"].(string))]; ok {
				item["generation"] = s.generation
				item["unconditionalUpdate"] = s.unconditionalUpdate
				item["createOnUpdate"] = s.createOnUpdate
			}
			of[name] = item
		}
		// A subresource whose parent is missing would be lost silently.
		for name, item := range of {
			if item.(map[string]any)["kind"] == nil {
				panic(name)
			}
		}
		out[gv.String()] = of
	}
	return out
}

// storageVersion: upstream stores events in core/v1, autoscalers in v2, all else in the version that it serves here.
func storageVersion(gv groupVersion) string {
	switch gv.group {
	case "events.k8s.io":
		return "v1"
	case "autoscaling":
		return "autoscaling/v2"
	}
	return gv.String()
}

type strategy struct{ generation, unconditionalUpdate, createOnUpdate bool }

// strategies reads pkg/registry/GROUP/KIND/*strategy.go: which kinds start with generation 1, and what a strategy's
// two answers are.
func strategies(kubernetes string) map[string]strategy {
	out := map[string]strategy{}
	files, err := filepath.Glob(filepath.Join(kubernetes, "pkg/registry/*/*/*strategy.go"))
	check(err)
	crd, err := filepath.Glob(filepath.Join(kubernetes, "../apiextensions-apiserver@v0.36.3/pkg/registry/*/strategy.go"))
	check(err)
	api, err := filepath.Glob(filepath.Join(kubernetes, "../kube-aggregator@v0.36.3/pkg/registry/*/strategy.go"))
	check(err)
	for _, file := range append(append(files, crd...), api...) {
		source, err := os.ReadFile(file)
		check(err)
		kind := filepath.Base(filepath.Dir(file))
		if other, ok := map[string]string{"endpoint": "endpoints", "certificates": "certificatesigningrequest"}[kind]; ok {
			kind = other
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		check(err)
		s := out[kind]
		for _, declaration := range tree.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil {
				continue
			}
			text := string(source[function.Pos()-1 : function.End()-1])
			switch function.Name.Name {
			case "PrepareForCreate":
				s.generation = s.generation || strings.Contains(text, "Generation = 1") || strings.Contains(text, "SetGeneration(1)")
			case "AllowUnconditionalUpdate":
				s.unconditionalUpdate = s.unconditionalUpdate || strings.Contains(text, "return true")
			case "AllowCreateOnUpdate":
				s.createOnUpdate = s.createOnUpdate || strings.Contains(text, "return true")
			}
		}
		out[kind] = s
	}
	return out
}
