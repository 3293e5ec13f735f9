// Renders the templates of a folder with Go's own text/template and Sprig, as upstream does, and prints the CPU time of
// one execution and of parse + execution of each: gotemplate FOLDER [print]. A case is NAME.tmpl with NAME.json.
// bench/gotemplate_bench is the other side.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toJson"] = func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
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

// Microseconds of one call: warm up for 0.1 s, then at least 0.4 s.
func measure(work func()) float64 {
	for started := cpu(); cpu()-started < 0.1; {
		work()
	}
	count := 0
	started := cpu()
	for batch := 1; cpu()-started < 0.4; batch *= 2 {
		for i := 0; i < batch; i++ {
			work()
		}
		count += batch
	}
	return (cpu() - started) / float64(count) * 1e6
}

func main() {
	files, _ := filepath.Glob(filepath.Join(os.Args[1], "*.tmpl"))
	sort.Strings(files)
	for _, file := range files {
		run(file, len(os.Args) > 2)
	}
}

func run(file string, show bool) {
	name := strings.TrimSuffix(filepath.Base(file), ".tmpl")
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	raw, err := os.ReadFile(strings.TrimSuffix(file, ".tmpl") + ".json")
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
	if show {
		fmt.Printf("== %s\n%s\n", name, out.String())
		return
	}
	execute := measure(func() {
		out.Reset()
		_ = compiled.Execute(&out, data)
	})
	both := measure(func() {
		out.Reset()
		_ = parse().Execute(&out, data)
	})
	fmt.Printf("execute/%s %.3f\nparse+execute/%s %.3f\n", name, execute, name, both)
}
