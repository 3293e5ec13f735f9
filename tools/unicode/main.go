// Prints the tables of foundation/base/unicode.h from Go's own (Unicode 15), so that templates, scripts and YAML class
// and map characters as Go does:
//
//	go run tools/unicode/main.go classes > src/foundation/base/unicode_classes.cpp
//	go run tools/unicode/main.go cases > src/foundation/base/unicode_cases.cpp
package main

import (
	"fmt"
	"os"
	"strings"
	"unicode"
)

// The order is that of enum class Category.
var categories = []string{"Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps",
	"Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"}

func category(r rune) int {
	for i, name := range categories {
		if table := unicode.Categories[name]; name != "Cn" && table != nil && unicode.Is(table, r) {
			return i
		}
	}
	return 0
}

type printer struct{ line string }

func (p *printer) put(item string) {
	if len(p.line)+1+len(item) > 100 {
		p.flush()
	}
	if p.line == "" {
		p.line = "    " + item
		return
	}
	p.line += " " + item
}

func (p *printer) flush() {
	if p.line != "" {
		fmt.Println(p.line)
	}
	p.line = ""
}

const header = "// Made by tools/unicode from Go's tables. Do not edit.\n" +
	"#include <algorithm>\n#include <iterator>\n\n" +
	"#include \"foundation/base/unicode.h\"\n\nnamespace lesto {\nnamespace {\n\n"

func classes() {
	fmt.Print(header +
		"// Where a run of characters of one category begins: the character times 32, plus the category.\n" +
		"constexpr std::uint32_t kRuns[] = {\n")
	var out printer
	last := -1
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if here := category(r); here != last {
			out.put(fmt.Sprintf("0x%x,", uint32(r)*32+uint32(here)))
			last = here
		}
	}
	out.flush()
	fmt.Print("};\n\n}  // namespace\n\nCategory category(char32_t c) {\n" +
		"  if (c > 0x10FFFF) return Category::Unassigned;\n" +
		"  auto next = std::upper_bound(std::begin(kRuns), std::end(kRuns), c * 32 + 31);\n" +
		"  return static_cast<Category>(*std::prev(next) % 32);\n}\n\n}  // namespace lesto\n")
}

// A run is a stretch of characters, `step` apart, that all move by the same distance.
func mapping(name string, to func(rune) rune) {
	fmt.Printf("constexpr Shift %s[] = {\n", name)
	var out printer
	for r := rune(0); r <= unicode.MaxRune; r++ {
		delta := to(r) - r
		if delta == 0 {
			continue
		}
		step := rune(1)
		if to(r+1)-(r+1) != delta && to(r+2)-(r+2) == delta {
			step = 2
		}
		last := r
		for to(last+step)-(last+step) == delta && (step == 1 || to(last+1) == last+1) {
			last += step
		}
		out.put(fmt.Sprintf("{0x%x, 0x%x, %d, %d},", r, last, step, delta))
		r = last
	}
	out.flush()
	fmt.Print("};\n\n")
}

func cases() {
	fmt.Print(header + "// Characters from `first` to `last`, `step` apart, that all move by the same distance.\n" +
		"struct Shift {\n  char32_t first;\n  char32_t last;\n  char32_t step;\n  std::int32_t distance;\n};\n\n")
	mapping("kToUpper", unicode.ToUpper)
	mapping("kToLower", unicode.ToLower)
	mapping("kToTitle", unicode.ToTitle)
	fmt.Print(strings.TrimPrefix(`
template <std::size_t N>
char32_t shifted(const Shift (&table)[N], char32_t c) {
  const Shift* found =
      std::lower_bound(std::begin(table), std::end(table), c,
                       [](const Shift& shift, char32_t value) { return shift.last < value; });
  if (found == std::end(table) || c < found->first) return c;
  if ((c - found->first) % found->step != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + found->distance);
}

}  // namespace

char32_t to_upper(char32_t c) { return shifted(kToUpper, c); }
char32_t to_lower(char32_t c) { return shifted(kToLower, c); }
char32_t to_title(char32_t c) { return shifted(kToTitle, c); }

}  // namespace lesto
`, "\n"))
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "classes" {
		classes()
	} else if len(os.Args) == 2 && os.Args[1] == "cases" {
		cases()
	} else {
		fmt.Fprintln(os.Stderr, "usage: unicode classes|cases")
		os.Exit(2)
	}
}
