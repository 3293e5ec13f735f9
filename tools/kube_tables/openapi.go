package main

import "path/filepath"

// openapi gives components.schemas of a group version without its descriptions. Paths are left out: the server makes
// them from its registry.
func openapi(kubernetes string, gv groupVersion) map[string]map[string]any {
	document := read(filepath.Join(kubernetes, "api/openapi-spec/v3", gv.file()+"_openapi.json"))
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	for _, schema := range schemas {
		strip(schema)
	}
	return map[string]map[string]any{"schemas": schemas}
}

// strip removes the descriptions of a schema and what is below it; a property may well be called description.
func strip(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			strip(item)
		}
	case map[string]any:
		if _, text := v["description"].(string); text {
			delete(v, "description")
		}
		for key, member := range v {
			switch key {
			case "properties":
				for _, property := range member.(map[string]any) {
					strip(property)
				}
			case "default", "enum", "required":
			default:
				strip(member)
			}
		}
	}
}
