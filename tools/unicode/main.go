// Prints src/engines/gotemplate/unicode_tables.cpp from Go's own tables (Unicode 15), so that template
// functions class and map characters as Go does: go run ./tools/unicode > src/engines/gotemplate/unicode_tables.cpp
package main

import (
	"fmt"
	"unicode"
)

func ranges(name string, in func(rune) bool) {
	fmt.Printf("constexpr Range %s[] = {", name)
	column := 0
	start := rune(-1)
	for r := rune(0); r <= unicode.MaxRune+1; r++ {
		inside := r <= unicode.MaxRune && in(r)
		if inside && start < 0 {
			start = r
		}
		if !inside && start >= 0 {
			if column%6 == 0 {
				fmt.Print("\n   ")
			}
			column++
			fmt.Printf(" {0x%x, 0x%x},", start, r-1)
			start = -1
		}
	}
	fmt.Print("\n};\n\n")
}

// A run is a stretch of characters, `step` apart, that all move by the same distance.
func mapping(name string, to func(rune) rune) {
	fmt.Printf("constexpr Shift %s[] = {", name)
	column := 0
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
		if column%4 == 0 {
			fmt.Print("\n   ")
		}
		column++
		fmt.Printf(" {0x%x, 0x%x, %d, %d},", r, last, step, delta)
		r = last
	}
	fmt.Print("\n};\n\n")
}

func main() {
	fmt.Print("// Made by tools/unicode from Go's tables. Do not edit.\n#include \"engines/gotemplate/unicode.h\"\n\n" +
		"namespace lesto::gotemplate {\nnamespace {\n\nstruct Range {\n  char32_t first;\n  char32_t last;\n};\n\n" +
		"struct Shift {\n  char32_t first;\n  char32_t last;\n  char32_t step;\n  std::int32_t distance;\n};\n\n")
	ranges("kLetters", unicode.IsLetter)
	ranges("kDigits", unicode.IsDigit)
	ranges("kNumbers", unicode.IsNumber)
	ranges("kPrintable", unicode.IsPrint)
	ranges("kUpper", unicode.IsUpper)
	ranges("kLower", unicode.IsLower)
	ranges("kTitle", unicode.IsTitle)
	ranges("kPunctuation", unicode.IsPunct)
	mapping("kToUpper", unicode.ToUpper)
	mapping("kToLower", unicode.ToLower)
	mapping("kToTitle", unicode.ToTitle)
	fmt.Print(`template <std::size_t N>
bool among(const Range (&table)[N], char32_t c) {
  const Range* found = std::lower_bound(std::begin(table), std::end(table), c,
                                        [](const Range& range, char32_t value) { return range.last < value; });
  return found != std::end(table) && found->first <= c;
}

template <std::size_t N>
char32_t shifted(const Shift (&table)[N], char32_t c) {
  const Shift* found = std::lower_bound(std::begin(table), std::end(table), c,
                                        [](const Shift& shift, char32_t value) { return shift.last < value; });
  if (found == std::end(table) || c < found->first || (c - found->first) % found->step != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + found->distance);
}

}  // namespace

bool is_letter(char32_t c) { return among(kLetters, c); }
bool is_digit(char32_t c) { return among(kDigits, c); }
bool is_number(char32_t c) { return among(kNumbers, c); }
bool is_print(char32_t c) { return c < 0x7f ? c >= 0x20 : among(kPrintable, c); }
bool is_upper(char32_t c) { return among(kUpper, c); }
bool is_lower(char32_t c) { return among(kLower, c); }
bool is_title(char32_t c) { return among(kTitle, c); }
bool is_punct(char32_t c) { return among(kPunctuation, c); }
char32_t to_upper(char32_t c) { return shifted(kToUpper, c); }
char32_t to_lower(char32_t c) { return shifted(kToLower, c); }
char32_t to_title(char32_t c) { return shifted(kToTitle, c); }

}  // namespace lesto::gotemplate
`)
}
