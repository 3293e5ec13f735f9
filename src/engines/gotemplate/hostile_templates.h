// Templates that try to run for ever or to take all memory: each is stopped by a limit. Shared by the tests, which run
// them under sanitizers, and bench/hostile_bench, which holds the release build to 100 ms and 64 MB.
#pragma once

namespace lesto::gotemplate {

struct HostileTemplate {
  const char* name;
  const char* text;
  // What the error says of the limit.
  const char* limit;
};

inline constexpr HostileTemplate kHostileTemplates[] = {
    {"recursion", "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", "limit of"},
    {"range", "{{ range 100000000000 }}{{ end }}", "limit of"},
    {"nested_ranges", "{{ range 100000 }}{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}{{ end }}", "limit of"},
    {"output", "{{ range 1000000 }}0123456789012345678901234567890123456789{{ end }}", "limit of"},
    {"repeat", "{{ repeat 1000000000000 \"x\" }}", "limit of"},
    {"repeat_twice", "{{ repeat 100000 (repeat 100000 \"x\") }}", "limit of"},
    {"until", "{{ until 100000000000 }}", "limit of"},
    {"until_step", "{{ untilStep 0 9223372036854775807 1 }}", "limit of"},
    {"seq", "{{ seq 1 100000000000 }}", "limit of"},
    {"indent", "{{ indent 1000000000000 \"x\" }}", "limit of"},
    {"replace", "{{ replace \"\" (repeat 100000 \"x\") (repeat 100000 \"y\") }}", "limit of"},
    {"doubling", "{{ $x := \"x\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}", "limit of"},
    {"doubling_lists", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $x }}", "limit of"},
    {"doubling_json", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}", "limit of"},
    {"doubling_yaml", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toYaml $x }}", "limit of"},
    {"doubling_equal", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ deepEqual $x $x }}", "limit of"},
    {"doubling_copy", "{{ $x := list 1 }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ $y := deepCopy $x }}", "limit of"},
    {"concat", "{{ $x := list 1 2 3 }}{{ range 100 }}{{ $x = concat $x $x }}{{ end }}", "limit of"},
    {"self", "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ $m }}", "limit of"},
    {"self_json", "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ toJson $m }}", "limit of"},
    {"self_merge", "{{ $m := dict }}{{ $_ := set $m \"m\" $m }}{{ $n := dict }}{{ $_ := set $n \"m\" $n }}{{ merge $m $n }}", "limit of"},
    {"width", "{{ range 100000 }}{{ printf \"%1000000d\" 1 }}{{ end }}", "limit of"},
    {"precision", "{{ range 100000 }}{{ printf \"%.1000000f\" 1.0 }}{{ end }}", "limit of"},
    {"regex", "{{ regexMatch (repeat 100000 \"a?\") \"a\" }}{{ regexFind (repeat 100000 \"a?\") \"a\" }}", "limit of"},
    {"views", "{{ $x := list (fromJson (print \"{\\\"a\\\":\\\"\" (repeat 100000 \"x\") \"\\\"}\")) }}{{ range 30 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}", "limit of"},
    {"regex_work", "{{ range 100000 }}{{ regexFindAll \"(x+x+)+y\" (repeat 100000 \"x\") -1 }}{{ end }}", "limit of"},
    {"sort", "{{ range 100000 }}{{ sortAlpha (splitList \"\" (repeat 100000 \"x\")) }}{{ end }}", "limit of"},
    {"uniq", "{{ uniq (until 100000) }}", "limit of"},
    {"sets", "{{ $m := dict }}{{ range $i := until 1000000 }}{{ $_ := set $m (toString (mul $i -1)) $i }}{{ end }}", "limit of"},
    {"random", "{{ randAlpha 1000000000 }}", "limit of"},
    {"digests", "{{ range 1000000 }}{{ sha512sum (repeat 100000 \"x\") }}{{ end }}", "limit of"},
    {"deep_value", "{{ $x := list 1 }}{{ range 2000 }}{{ $x = list $x }}{{ end }}{{ $x }}", "limit of"},
    {"deep_json", "{{ $x := list 1 }}{{ range 2000 }}{{ $x = list $x }}{{ end }}{{ toJson $x }}", "limit of"},
    {"deep_toml", "{{ $x := dict \"a\" 1 }}{{ range 2000 }}{{ $x = dict \"a\" $x }}{{ end }}{{ toToml $x }}", "limit of"},
    {"deep_path", "{{ getField .Resource (repeat 2000 \"a.\") }}", "limit of"},
    {"regex_compiled", "{{ regexMatch \"((a{1,100}){1,100}){1,9}\" \"a\" }}", "limit of"},
    {"decimal", "{{ $x := 9.5 }}{{ range 64 }}{{ $x = mulf $x $x }}{{ addf $x 1.5 }}{{ end }}", "limit of"},
    {"yaml_aliases", "{{ $y := \"a: &a [x,x,x,x,x,x,x,x,x]\\n\" }}{{ range $i := list \"ab\" \"bc\" \"cd\" \"de\" \"ef\" \"fg\" \"gh\" }}{{ $o := printf \"*%s\" (substr 0 1 $i) }}{{ $n := substr 1 2 $i }}{{ $y = printf \"%s%s: &%s [%s,%s,%s,%s,%s,%s,%s,%s,%s]\\n\" $y $n $n $o $o $o $o $o $o $o $o $o }}{{ end }}{{ range 1000 }}{{ $z := fromYaml $y }}{{ end }}", "limit of"},
    {"merges", "{{ $m := dict }}{{ range $i := until 2000 }}{{ $_ := set $m (toString $i) (dict \"a\" $i) }}{{ end }}{{ range 100000 }}{{ $_ := merge (dict) $m }}{{ end }}", "limit of"},
    {"split", "{{ range 100000 }}{{ $x := splitList \"\" (repeat 100000 \"x\") }}{{ end }}", "limit of"},
    {"wrap", "{{ range 100000 }}{{ $x := wrap 1 (repeat 50000 \"x \") }}{{ end }}", "limit of"},
    {"semver", "{{ range 10000000 }}{{ $x := semverCompare \">=1.0.0 <2.0.0 || >3\" \"1.5.0\" }}{{ end }}", "limit of"},
    {"base64", "{{ $x := repeat 1000 \"x\" }}{{ range 100 }}{{ $x = b64enc $x }}{{ end }}", "limit of"},
    {"quotes", "{{ $x := \"\\\\\" }}{{ range 100 }}{{ $x = quote $x }}{{ end }}", "limit of"},
};

}  // namespace lesto::gotemplate
