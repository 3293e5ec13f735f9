// Evaluates scripts as upstream's controllers do, and prints the CPU time of one evaluation of each case of a folder:
//
//	lua FOLDER [print]
//
// A case is NAME.lua with NAME.json. Upstream's way: decode the object, then for each evaluation a new state with all
// libraries and modules, run the script's text, convert the whole object, call evaluate, convert the table back, and
// decode its JSON into the verdict. Cases whose name begins with "aggregate" see 1,000 objects, copies of the one in
// the file with @N@ replaced by their number. bench/lua_bench is the other side.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"

	gluajson "github.com/projectsveltos/lua-utils/glua-json"
	gluarunes "github.com/projectsveltos/lua-utils/glua-runes"
	gluasprig "github.com/projectsveltos/lua-utils/glua-sprig"
	gluastrings "github.com/projectsveltos/lua-utils/glua-strings"
	lua "github.com/yuin/gopher-lua"
	kjson "sigs.k8s.io/json"
)

type verdict struct {
	Matching  bool             `json:"matching"`
	Message   string           `json:"message"`
	Resources []map[string]any `json:"resources"`
}

func number(value lua.LValue) any {
	switch typed := value.(type) {
	case lua.LBool:
		return bool(typed)
	case lua.LNumber:
		return float64(typed)
	case lua.LString:
		return string(typed)
	case *lua.LTable:
		if typed.MaxN() > 0 {
			list := make([]any, 0, typed.MaxN())
			for i := 1; i <= typed.MaxN(); i++ {
				list = append(list, number(typed.RawGetInt(i)))
			}
			return list
		}
		object := map[string]any{}
		typed.ForEach(func(key, inner lua.LValue) { object[key.String()] = number(inner) })
		return object
	}
	return nil
}

func table(state *lua.LState, value any) lua.LValue {
	switch typed := value.(type) {
	case bool:
		return lua.LBool(typed)
	case int64:
		return lua.LNumber(typed)
	case float64:
		return lua.LNumber(typed)
	case string:
		return lua.LString(typed)
	case []any:
		list := state.NewTable()
		for _, inner := range typed {
			list.Append(table(state, inner))
		}
		return list
	case map[string]any:
		object := state.NewTable()
		for key, inner := range typed {
			object.RawSetString(key, table(state, inner))
		}
		return object
	}
	return lua.LNil
}

func evaluate(script string, raw []byte, aggregate bool) verdict {
	var input any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, &input); err != nil {
		panic(err)
	}
	state := lua.NewState()
	defer state.Close()
	state.PreloadModule("json", gluajson.Loader)
	state.PreloadModule("strings", gluastrings.Loader)
	state.PreloadModule("runes", gluarunes.Loader)
	state.PreloadModule("sprig", gluasprig.Loader)
	if err := state.DoString(script); err != nil {
		panic(err)
	}
	name := "obj"
	if aggregate {
		name = "resources"
	}
	argument := table(state, input)
	state.SetGlobal(name, argument)
	call := lua.P{Fn: state.GetGlobal("evaluate"), NRet: 1, Protect: true}
	if err := state.CallByParam(call, argument); err != nil {
		panic(err)
	}
	text, err := json.Marshal(number(state.Get(-1)))
	if err != nil {
		panic(err)
	}
	var result verdict
	if err := json.Unmarshal(text, &result); err != nil {
		panic(err)
	}
	return result
}

func cpu() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
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
	files, _ := filepath.Glob(filepath.Join(os.Args[1], "*.lua"))
	sort.Strings(files)
	for _, file := range files {
		script, err := os.ReadFile(file)
		if err != nil {
			panic(err)
		}
		raw, err := os.ReadFile(strings.TrimSuffix(file, ".lua") + ".json")
		if err != nil {
			panic(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".lua")
		aggregate := strings.HasPrefix(name, "aggregate")
		if aggregate {
			objects := make([]string, 1000)
			for i := range objects {
				objects[i] = strings.ReplaceAll(string(raw), "@N@", strconv.Itoa(i))
			}
			raw = []byte("[" + strings.Join(objects, ",") + "]")
		}
		if len(os.Args) > 2 {
			result := evaluate(string(script), raw, aggregate)
			fmt.Printf("%s %v %d %s\n", name, result.Matching, len(result.Resources), result.Message)
			continue
		}
		fmt.Printf("verdict/%s %.3f\n", name, measure(func() { evaluate(string(script), raw, aggregate) }))
	}
}
