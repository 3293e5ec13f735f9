// Templates that try to run for ever or to take all memory: each is stopped by a limit. Shared by
// the tests, which run them under sanitizers, and bench/hostile_bench, which holds the release
// build to 100 ms and 64 MB.
#pragma once

namespace lesto::gotemplate {

struct HostileTemplate {
  const char* name;
  const char* text;
  // What the error says of the limit.
  const char* limit;
};

inline constexpr HostileTemplate kHostileTemplates[] = {
    {"recursion", "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}",
     "exceeded maximum template depth"},
    {"range", "{{ range 100000000000 }}{{ end }}", "steps"},
    {"nested_ranges",
     "{{ range 100000 }}{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}{{ end }}", "steps"},
    {"output", "{{ range 1000000 }}0123456789012345678901234567890123456789{{ end }}",
     "bytes of output"},
    {"repeat", "{{ repeat 1000000000000 \"x\" }}", "bytes of values"},
    {"repeat_twice", "{{ repeat 100000 (repeat 100000 \"x\") }}", "bytes of values"},
    {"until", "{{ until 100000000000 }}", "bytes of values"},
    {"until_step", "{{ untilStep 0 9223372036854775807 1 }}", "bytes of values"},
    {"seq", "{{ seq 1 100000000000 }}", "bytes of values"},
    {"indent", "{{ indent 1000000000000 \"x\" }}", "bytes of values"},
    {"replace", "{{ replace \"\" (repeat 100000 \"x\") (repeat 100000 \"y\") }}",
     "bytes of values"},
    {"doubling", "{{ $x := \"x\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}",
     "bytes of values"},
    {"doubling_lists", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
     "steps"},
    {"doubling_json",
     "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}",
     "bytes of values"},
    {"doubling_yaml",
     "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toYaml $x }}",
     "bytes of values"},
    {"doubling_equal",
     "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ deepEqual $x $x }}",
     "steps"},
    {"doubling_copy",
     "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $y := deepCopy $x }}",
     "bytes of values"},
    {"concat", "{{ $x := list 1 2 3 }}{{ range 100 }}{{ $x = concat $x $x }}{{ end }}",
     "bytes of values"},
    {"self", "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ $m }}", "depth of values"},
    {"self_json", "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ toJson $m }}", "depth of values"},
    {"self_merge",
     "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ $n := dict }}{{ $_ := set $n \"m\" $n }}{{ "
     "merge $m $n }}",
     "depth of values"},
    {"width", "{{ range 100000 }}{{ printf \"%1000000d\" 1 }}{{ end }}", "bytes of output"},
    {"width_unused",
     "{{ range 100000 }}{{ if eq 1 (len (printf \"%5000000d\" 1)) }}{{ end }}{{ end }}", "steps"},
    {"precision", "{{ range 100000 }}{{ printf \"%.1000000f\" 1.0 }}{{ end }}", "bytes of output"},
    {"regex",
     "{{ regexMatch (repeat 100000 \"a?\") \"a\" }}{{ regexFind (repeat 100000 \"a?\") \"a\" }}",
     "bytes of regular expression"},
    {"views",
     "{{ $x := list (fromJson (print \"{\\\"a\\\":\\\"\" (repeat 100000 \"x\") \"\\\"}\")) }}{{ "
     "range 30 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}",
     "bytes of values"},
    {"regex_work",
     "{{ range 100000 }}{{ regexFindAll \"(x+x+)+y\" (repeat 100000 \"x\") -1 }}{{ end }}",
     "steps"},
    {"sort", "{{ range 100000 }}{{ sortAlpha (splitList \"\" (repeat 100000 \"x\")) }}{{ end }}",
     "steps"},
    {"uniq", "{{ uniq (until 100000) }}", "steps"},
    {"sets",
     "{{ $m := dict }}{{ range $i := until 1000000 }}{{ $_ := set $m (toString (mul $i -1)) $i "
     "}}{{ end }}",
     "bytes of values"},
    {"random", "{{ randAlpha 1000000000 }}", "bytes of values"},
    {"digests", "{{ range 1000000 }}{{ sha512sum (repeat 100000 \"x\") }}{{ end }}", "steps"},
    {"deep_value", "{{ $x := list 1 }}{{ range 2000 }}{{ $x = list $x }}{{ end }}{{ $x }}",
     "depth of values"},
    {"deep_json", "{{ $x := list 1 }}{{ range 2000 }}{{ $x = list $x }}{{ end }}{{ toJson $x }}",
     "depth of values"},
    {"deep_toml",
     "{{ $x := dict \"a\" 1 }}{{ range 2000 }}{{ $x = dict \"a\" $x }}{{ end }}{{ toToml $x }}",
     "depth of TOML"},
    {"deep_path", "{{ setField .Resource (repeat 2000 \"a.\") \"x\" }}", "depth of values"},
    {"regex_compiled", "{{ regexMatch \"[\\\\pL\\\\pN]{1,1000}\" \"a\" }}",
     "bytes of compiled regular expression"},
    {"yaml_aliases",
     "{{ $y := \"a: &a [x,x,x,x,x,x,x,x,x]\\n\" }}{{ range $i := list \"ab\" \"bc\" \"cd\" \"de\" "
     "\"ef\" \"fg\" \"gh\" }}{{ $o := printf \"*%s\" (substr 0 1 $i) }}{{ $n := substr 1 2 $i }}{{ "
     "$y = printf \"%s%s: &%s [%s,%s,%s,%s,%s,%s,%s,%s,%s]\\n\" $y $n $n $o $o $o $o $o $o $o $o "
     "$o }}{{ end }}{{ range 1000 }}{{ $z := fromYaml $y }}{{ end }}",
     "steps"},
    {"merges",
     "{{ $m := dict }}{{ range $i := until 2000 }}{{ $_ := set $m (toString $i) (dict \"a\" $i) "
     "}}{{ end }}{{ range 100000 }}{{ $_ := merge (dict) $m }}{{ end }}",
     "bytes of values"},
    {"split", "{{ range 100000 }}{{ $x := splitList \"\" (repeat 100000 \"x\") }}{{ end }}",
     "steps"},
    {"wrap", "{{ range 100000 }}{{ $x := wrap 1 (repeat 50000 \"x \") }}{{ end }}", "steps"},
    {"semver",
     "{{ range 10000000 }}{{ $x := semverCompare \">=1.0.0 <2.0.0 || >3\" \"1.5.0\" }}{{ end }}",
     "steps"},
    {"base64", "{{ $x := repeat 1000 \"x\" }}{{ range 100 }}{{ $x = b64enc $x }}{{ end }}",
     "bytes of values"},
    {"quotes", "{{ $x := \"\\\\\" }}{{ range 100 }}{{ $x = quote $x }}{{ end }}",
     "bytes of values"},
};

}  // namespace lesto::gotemplate
