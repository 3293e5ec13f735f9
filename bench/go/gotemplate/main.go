// Renders a template with Go's own text/template and Sprig, as upstream does, and prints the CPU time of one
// execution and of parse + execution: go run . TEMPLATE DATA.json. bench/gotemplate_bench is the other side.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toYaml"] = func(value any) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	return all
}

func cpu() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func integers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, inner := range typed {
			typed[key] = integers(inner)
		}
	case []any:
		for i, inner := range typed {
			typed[i] = integers(inner)
		}
	case json.Number:
		if integer, err := typed.Int64(); err == nil {
			return integer
		}
		float, _ := typed.Float64()
		return float
	}
	return value
}

func measure(name string, work func()) {
	for i := 0; i < 200; i++ {
		work()
	}
	const rounds = 20000
	started := cpu()
	for i := 0; i < rounds; i++ {
		work()
	}
	fmt.Printf("go %s: %.2f us CPU\n", name, (cpu()-started)/rounds*1e6)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	raw, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	var data any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&data); err != nil {
		panic(err)
	}
	data = integers(data)
	parse := func() *template.Template {
		return template.Must(template.New("t").Option("missingkey=error").Funcs(functions()).Parse(string(text)))
	}
	compiled := parse()
	var out bytes.Buffer
	if err := compiled.Execute(&out, data); err != nil {
		panic(err)
	}
	if len(os.Args) > 3 {
		fmt.Print(out.String())
		return
	}
	measure("execute", func() {
		out.Reset()
		_ = compiled.Execute(&out, data)
	})
	measure("parse+execute", func() {
		out.Reset()
		_ = parse().Execute(&out, data)
	})
}
