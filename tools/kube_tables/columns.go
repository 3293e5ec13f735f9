package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// columns reads the column definitions of kubectl's tables out of the printers' source: by group, then kind.
// A column is [name, type, format, priority].
func columns(kubernetes string) map[string]map[string]any {
	file := filepath.Join(kubernetes, "pkg/printers/internalversion/printers.go")
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	check(err)

	groups := map[string]string{}
	for _, i := range tree.Imports {
		from, err := strconv.Unquote(i.Path.Value)
		check(err)
		if dir, ok := strings.CutPrefix(from, "k8s.io/kubernetes/pkg/apis/"); ok {
			name := path.Base(from)
			if i.Name != nil {
				name = i.Name.Name
			}
			groups[name] = groupOf(dir)
		}
	}
	kinds := map[string][2]string{} // printing function → group, kind
	for _, declaration := range tree.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || len(function.Type.Params.List) == 0 {
			continue
		}
		star, ok := function.Type.Params.List[0].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		if selector, ok := star.X.(*ast.SelectorExpr); ok {
			kinds[function.Name.Name] = [2]string{selector.X.(*ast.Ident).Name, selector.Sel.Name}
		}
	}

	definitions := map[string][]any{}
	out := map[string]map[string]any{}
	ast.Inspect(tree, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.AssignStmt:
			name, ok := n.Lhs[0].(*ast.Ident)
			if literal, isLiteral := n.Rhs[0].(*ast.CompositeLit); ok && isLiteral {
				if array, isArray := literal.Type.(*ast.ArrayType); isArray {
					if e, isSel := array.Elt.(*ast.SelectorExpr); isSel && e.Sel.Name == "TableColumnDefinition" {
						definitions[name.Name] = definition(literal)
					}
				}
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "TableHandler" {
				kind := kinds[n.Args[1].(*ast.Ident).Name]
				if strings.HasSuffix(kind[1], "List") || kind[1] == "" {
					return true
				}
				group := groups[kind[0]]
				if out[group] == nil {
					out[group] = map[string]any{}
				}
				out[group][kind[1]] = definitions[n.Args[0].(*ast.Ident).Name]
			}
		}
		return true
	})
	return out
}

func definition(literal *ast.CompositeLit) []any {
	list := []any{}
	for _, element := range literal.Elts {
		column := []any{"", "", "", 0}
		for _, pair := range element.(*ast.CompositeLit).Elts {
			kv := pair.(*ast.KeyValueExpr)
			value, ok := kv.Value.(*ast.BasicLit)
			if !ok {
				continue
			}
			switch kv.Key.(*ast.Ident).Name {
			case "Name":
				column[0], _ = strconv.Unquote(value.Value)
			case "Type":
				column[1], _ = strconv.Unquote(value.Value)
			case "Format":
				column[2], _ = strconv.Unquote(value.Value)
			case "Priority":
				column[3], _ = strconv.Atoi(value.Value)
			}
		}
		list = append(list, column)
	}
	return list
}

// groupOf turns a folder of pkg/apis into the name of its group.
func groupOf(dir string) string {
	base := strings.Split(dir, "/")[0]
	if base == "core" {
		return ""
	}
	for _, gv := range groupVersions {
		if gv.group == base || strings.HasPrefix(gv.group, base+".") {
			return gv.group
		}
	}
	return base
}
