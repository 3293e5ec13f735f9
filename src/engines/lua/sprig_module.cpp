// Module `sprig`: the 68 functions of Project Sveltos' module. The work is done by
// engines/gotemplate; here are the arguments and errors, which are those of the module and not of
// Sprig.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/sprig_arguments.h"

namespace lesto::lua {
namespace {

using namespace sprig;
using Kind = SprigArgument::Kind;

// How a function of the module maps to one of Sprig.
struct SprigEntry {
  const char* name;
  const char* function;
  // i int · u uint32 · s string
  const char* parameters;
  // s string · b boolean · e value and nil, or nil and the error · l list
  char result;
  // Errors of arguments come as "name: place error".
  bool wrapped;
  // Said when there are too few arguments.
  const char* complaint;
  // Costs about as much as a script may spend.
  bool dear = false;
};

int give_problem(lua_State* L, std::string_view problem) {
  lua_pushnil(L);
  push(L, problem);
  return 2;
}

// The module's edition of semver does not quote the constraint that it refuses.
std::string_view plain_constraint(std::string& problem) {
  constexpr std::string_view kQuoted = "improper constraint: \"";
  if (problem.starts_with(kQuoted) && problem.ends_with('"') && problem.size() > kQuoted.size()) {
    problem.pop_back();
    problem.erase(kQuoted.size() - 1, 1);
  }
  return problem;
}

// Any function that only passes its arguments on.
int call_entry(lua_State* L) {
  const auto& entry = *static_cast<const SprigEntry*>(lua_touserdata(L, lua_upvalueindex(1)));
  const char* wrapped = entry.wrapped ? entry.name : nullptr;
  std::string_view parameters = entry.parameters;
  need(L, wrapped, static_cast<int>(parameters.size()), entry.complaint);
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    int index = static_cast<int>(i) + 1;
    if (parameters[i] == 's') {
      work.arguments.push_back(text_of(text_argument(L, wrapped, index)));
    } else {
      work.arguments.push_back(integer_of(number_argument(L, wrapped, index)));
      if (parameters[i] == 'u') {
        work.arguments.back().kind = Kind::Counter;
        work.arguments.back().integer &= 0xFFFFFFFF;
      }
    }
  }
  if (entry.dear) Vm::of(L).charge(L, kKeySteps);
  bool fine = run(L, entry.function, entry.result == 'e' ? nullptr : entry.name);
  if (!fine) return give_problem(L, plain_constraint(work.answer.problem));
  push_answer(L);
  if (entry.result != 'e') return 1;
  lua_pushnil(L);
  return 2;
}

constexpr SprigEntry kEntries[] = {
    {"abbrev", "abbrev", "is", 's', true, "abbrev requires 2 arguments"},
    {"abbrevboth", "abbrevboth", "iis", 's', true, "abbrevboth requires 3 arguments"},
    {"adler32sum", "adler32sum", "s", 's', false, "adler32sum requires 1 arguments"},
    {"b32enc", "b32enc", "s", 's', false, "b32enc requires 1 arguments"},
    {"b64enc", "b64enc", "s", 's', false, "b64enc requires 1 arguments"},
    {"base", "base", "s", 's', false, "base requires 1 arguments"},
    {"bcrypt", "bcrypt", "s", 's', true, "bcrypt requires 1 arguments", true},
    {"camelcase", "camelcase", "s", 's', true, "camelcase requires 1 arguments"},
    {"clean", "clean", "s", 's', false, "clean requires 1 arguments"},
    {"decryptAES", "decryptAES", "ss", 'e', true, "decryptAES requires 2 arguments"},
    {"derivePassword", "derivePassword", "ussss", 's', true, "derivePassword requires 5 arguments",
     true},
    {"dir", "dir", "s", 's', false, "dir requires 1 arguments"},
    {"encryptAES", "encryptAES", "ss", 'e', true, "encryptAES requires 2 arguments"},
    {"ext", "ext", "s", 's', false, "ext requires 1 arguments"},
    {"htpasswd", "htpasswd", "ss", 's', true, "htpasswd requires 2 arguments", true},
    {"indent", "indent", "is", 's', true, "indent requires 2 arguments"},
    {"initials", "initials", "s", 's', true, "initials requires 1 arguments"},
    {"isAbs", "isAbs", "s", 'b', false, "isAbs requires 1 arguments"},
    {"kebabcase", "kebabcase", "s", 's', true, "kebabcase requires 1 arguments"},
    {"nindent", "nindent", "is", 's', true, "nindent requires 2 arguments"},
    {"nospace", "nospace", "s", 's', true, "nospace requires 1 arguments"},
    {"osBase", "osBase", "s", 's', false, "osBase requires 1 arguments"},
    {"osClean", "osClean", "s", 's', false, "osClean requires 1 arguments"},
    {"osDir", "osDir", "s", 's', false, "osDir requires 1 arguments"},
    {"osExt", "osExt", "s", 's', false, "osExt requires 1 arguments"},
    {"osIsAbs", "osIsAbs", "s", 'b', false, "osIsAbs requires 1 arguments"},
    {"regexFind", "mustRegexFind", "ss", 'e', false, "regexFind requires 2 arguments"},
    {"regexFindAll", "mustRegexFindAll", "ssi", 'e', false, "regexFindAll requires 3 arguments"},
    {"regexMatch", "mustRegexMatch", "ss", 'e', false, "regexMatch requires 2 arguments"},
    {"regexReplaceAll", "mustRegexReplaceAll", "sss", 'e', false,
     "regexReplaceAll requires 3 arguments"},
    {"regexReplaceAllLiteral", "mustRegexReplaceAllLiteral", "sss", 'e', false,
     "regexReplaceAllLiteral requires 3 arguments"},
    {"regexSplit", "mustRegexSplit", "ssi", 'e', false, "mustRegexSplit requires 3 arguments"},
    {"semverCompare", "semverCompare", "ss", 'e', true, "semverCompare requires 2 arguments"},
    {"sha1sum", "sha1sum", "s", 's', false, "sha1sum requires 1 arguments"},
    {"sha256sum", "sha256sum", "s", 's', false, "sha256sum requires 1 arguments"},
    {"sha512sum", "sha512sum", "s", 's', false, "sha512sum requires 1 arguments"},
    {"shuffle", "shuffle", "s", 's', true, "shuffle requires 1 arguments"},
    {"snakecase", "snakecase", "s", 's', true, "snakecase requires 1 arguments"},
    {"swapcase", "swapcase", "s", 's', true, "swapcase requires 1 arguments"},
    {"trunc", "trunc", "is", 's', true, "trunc requires 2 arguments"},
    {"untitle", "untitle", "s", 's', true, "untitle requires 1 arguments"},
    {"wrap", "wrap", "is", 's', true, "wrap requires 2 arguments"},
};

}  // namespace

void open_sprig(lua_State* L) {
  open_sprig_values(L);
  for (const SprigEntry& entry : kEntries) {
    lua_pushlightuserdata(L, const_cast<SprigEntry*>(&entry));
    lua_pushcclosure(L, call_entry, 1);
    lua_setfield(L, -2, entry.name);
  }
}

}  // namespace lesto::lua
