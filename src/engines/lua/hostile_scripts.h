// Scripts that try to run for ever or to take all memory: each is stopped by a budget. Shared by
// the tests, which run them under sanitizers, and bench/hostile_bench, which holds the release
// build to 100 ms and 64 MB.
#pragma once

namespace lesto::lua {

struct HostileScript {
  const char* name;
  // The body of evaluate(obj).
  const char* script;
};

inline constexpr HostileScript kHostileScripts[] = {
    {"while", "while true do end"},
    {"repeat", "repeat local x = 1 until false"},
    {"goto", "::again:: goto again"},
    {"for", "for i = 1, 1e18 do end"},
    {"for with step 0", "for i = 1, 2, 0 do end"},
    {"recursion", "local function f() return 1 + f() end while true do pcall(f) end"},
    {"tail recursion", "local function f() return f() end f()"},
    {"pcall loop", "while true do pcall(function() while true do end end) end"},
    {"pcall of pcall", "local function f() while true do pcall(f) end end f()"},
    {"xpcall loop",
     "while true do xpcall(function() while true do end end, function() while true do end end) "
     "end"},
    {"xpcall handler", "xpcall(function() error('x') end, function() while true do end end)"},
    {"xpcall recursion", "local function f() xpcall(f, f) end while true do f() end"},
    {"error in handler",
     "local function h() error('again') end while true do xpcall(error, h) end"},
    {"coroutine loop",
     "while true do coroutine.resume(coroutine.create(function() while true do end end)) end"},
    {"coroutine wrap",
     "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do "
     "f() end"},
    {"coroutine pcall",
     "coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()"},
    {"coroutine recursion",
     "local function f() coroutine.wrap(f)() end while true do pcall(f) end"},
    {"many coroutines", "local t = {} while true do t[#t + 1] = coroutine.create(print) end"},
    {"__index loop",
     "local t = setmetatable({}, {}) getmetatable(t).__index = function(a, k) return a[k] end "
     "while true do pcall(function() return t.x end) end"},
    {"__index chain",
     "local t = setmetatable({}, {}) getmetatable(t).__index = t while true do pcall(function() "
     "return t.x end) end"},
    {"__newindex",
     "local t = setmetatable({}, {}) getmetatable(t).__newindex = function(a, k, v) a[k .. 'x'] = "
     "v end while true do pcall(function() t[1] = 1 end) end"},
    {"__call",
     "local t = setmetatable({}, {}) getmetatable(t).__call = function(a) return a() end while "
     "true do pcall(t) end"},
    {"__add",
     "local m = {} m.__add = function(a, b) return a + b end local t = setmetatable({}, m) while "
     "true do pcall(function() return t + t end) end"},
    {"__concat",
     "local m = {} m.__concat = function(a, b) return a .. b end local t = setmetatable({}, m) "
     "while true do pcall(function() return t .. 'x' end) end"},
    {"__len",
     "local m = {} m.__len = function(a) return #a end local t = setmetatable({}, m) while true do "
     "pcall(function() return #t end) end"},
    {"__eq",
     "local m = {} m.__eq = function(a, b) return a == b end local t, u = setmetatable({}, m), "
     "setmetatable({}, m) while true do pcall(function() return t == u end) end"},
    {"__lt",
     "local m = {} m.__lt = function(a, b) return a < b end local t, u = setmetatable({}, m), "
     "setmetatable({}, m) while true do pcall(function() return t < u end) end"},
    {"__tostring",
     "local m = {} m.__tostring = function(a) return tostring(a) end local t = setmetatable({}, m) "
     "while true do pcall(tostring, t) end"},
    {"sort",
     "local t = {} for i = 1, 1000 do t[i] = i % 7 end while true do table.sort(t, function(a, b) "
     "return true end) end"},
    {"sort comparator", "table.sort({3, 2, 1}, function() while true do end end)"},
    {"sort of much",
     "local t = {} for i = 1, 60000 do t[i] = (i * 7919) % 10007 end while true do table.sort(t) "
     "end"},
    {"pattern", "return (('a'):rep(32)):find(('a?'):rep(32) .. ('a'):rep(32))"},
    {"pattern star", "return (('a'):rep(5000)):find(('.*'):rep(20) .. 'b')"},
    {"pattern gsub", "while true do (('a'):rep(5000)):gsub('.-b', 'x') end"},
    {"pattern gmatch",
     "for a in (('a'):rep(5000)):gmatch('(.-)(.-)(.-)b') do end while true do end"},
    {"pattern balance", "while true do (('('):rep(10000)):find('%b()') end"},
    {"pattern nested", "while true do pcall(string.find, 'x', ('('):rep(5000)) end"},
    {"pattern back", "while true do (('a'):rep(3000)):find('(.*)%1b') end"},
    {"gsub callback", "(('a'):rep(100)):gsub('a', function() while true do end end)"},
    {"gsub recursion",
     "local function f() (('a'):rep(10)):gsub('a', f) end while true do pcall(f) end"},
    {"string doubling", "local s = 'x' while true do s = s .. s end"},
    {"string doubling in pcall",
     "local s = 'x' while true do pcall(function() s = s .. s end) end"},
    {"rep", "while true do local s = ('x'):rep(1e7) end"},
    {"huge rep", "return ('x'):rep(2^40)"},
    {"rep of rep", "while true do pcall(function() return ('x'):rep(4e6):rep(4e6) end) end"},
    {"kept strings", "local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end"},
    {"format width", "while true do pcall(string.format, '%999999d%999999d%999999d', 1, 2, 3) end"},
    {"format precision", "while true do string.format('%.99999f', 1.5) end"},
    {"format many", "local f = ('%999999d'):rep(100) while true do pcall(string.format, f, 1) end"},
    {"concat",
     "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1e4) end while true do table.concat(t) end"},
    {"concat separator",
     "local t = {} for i = 1, 10000 do t[i] = 1 end while true do table.concat(t, "
     "('x'):rep(10000)) end"},
    {"table growth", "local t = {} while true do t[#t + 1] = 1 end"},
    {"table insert", "local t = {} while true do table.insert(t, 1, 1) end"},
    {"sparse table", "local t = {} local i = 1 while true do t[i] = i i = i * 3 % 1000003 end"},
    {"table of tables", "local t = {} while true do t = {t} end"},
    {"length of holes",
     "local t = {} for i = 1, 20000 do t[i] = i end t[10] = nil while true do local n = #t end"},
    {"many keys", "local t = {} local i = 0 while true do i = i + 1 t['key' .. i] = i end"},
    {"closures", "local t = {} while true do t[#t + 1] = function() return t end end"},
    {"unpack",
     "local t = {} for i = 1, 7000 do t[i] = i end while true do pcall(function() return "
     "select('#', unpack(t)) end) end"},
    {"unpack far", "while true do pcall(unpack, {}, 1, 1e9) end"},
    {"unpack farther", "while true do pcall(unpack, {}, -2^60, 2^60) end"},
    {"string.char", "while true do string.char(1, 2, 3) end"},
    {"string.byte",
     "local s = ('x'):rep(7000) while true do pcall(function() return s:byte(1, -1) end) end"},
    {"upper", "local s = ('x'):rep(1e6) while true do s:upper() end"},
    {"reverse", "local s = ('x'):rep(1e6) while true do s:reverse() end"},
    {"plain find", "local s = ('x'):rep(1e6) while true do s:find('y', 1, true) end"},
    {"loadstring", "while true do loadstring('return 1') end"},
    {"loadstring of much", "local s = ('x = 1 '):rep(1e5) while true do pcall(loadstring, s) end"},
    {"loadstring deep", "local s = ('('):rep(1e5) while true do pcall(loadstring, s) end"},
    {"load reader", "load(function() return ' ' end)"},
    {"loaded loop", "loadstring('while true do end')()"},
    {"select",
     "local function f(...) return select('#', ...) end local t = {} for i = 1, 200 do t[i] = i "
     "end while true do f(unpack(t)) end"},
    {"next",
     "local t = {} for i = 1, 1000 do t['k' .. i] = i end while true do for k in pairs(t) do end "
     "end"},
    {"base64", "local s = ('x'):rep(1e6) while true do base64Encode(s) end"},
    {"os.date", "while true do os.date(('%c'):rep(10000)) end"},
    {"tostring", "while true do tostring(1.5) end"},
    {"tonumber", "local s = ('1'):rep(1e6) while true do tonumber(s) end"},
    {"assert", "while true do pcall(assert, false) end"},
    {"string compare",
     "local a, b = ('x'):rep(1e6) .. 'a', ('x'):rep(1e6) .. 'b' while true do local c = a < b end"},
    {"rawequal", "while true do rawequal(1, 2) end"},
    {"json views", "while true do for i, v in ipairs(obj.list) do local x = v.name end end"},
    {"pairs of views",
     "while true do for k, v in pairs(obj) do if type(v) == 'table' then for a, b in pairs(v) do "
     "end end end end"},
    {"setfenv", "while true do setfenv(1, setmetatable({}, {__index = _G})) end"},
    {"json encode",
     "local j = require('json') local t = {} for i = 1, 1000 do t[i] = i end while true do "
     "j.encode(t) end"},
    {"json decode",
     "local j = require('json') local s = '[' .. ('1,'):rep(1e5) .. '1]' while true do j.decode(s) "
     "end"},
    {"json deep",
     "local j = require('json') local s = ('['):rep(1e5) while true do j.decode(s) end"},
    {"json encode deep",
     "local j = require('json') local t = {} for i = 1, 1000 do t = {t} end while true do "
     "j.encode(t) end"},
    {"yaml aliases",
     "local j = require('json') local s = 'a: &a [x,x,x,x,x,x,x,x,x]\\nb: &b "
     "[*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d "
     "[*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\\nf: "
     "[*e,*e,*e,*e,*e,*e,*e,*e,*e]\\n' while true do j.fromYAML(s) end"},
    {"yaml",
     "local j = require('json') local s = ('a: 1\\n'):rep(10000) while true do j.fromYAML(s) end"},
    {"toYAML",
     "local j = require('json') local t = {} for i = 1, 1000 do t['k' .. i] = i end while true do "
     "j.toYAML(t) end"},
    {"strings repeat", "local s = require('strings') while true do pcall(s.Repeat, 'x', 1e9) end"},
    {"strings replace",
     "local s = require('strings') local x = ('a'):rep(1000) while true do x = s.ReplaceAll(x, "
     "'a', 'aa') end"},
    {"strings split",
     "local s = require('strings') local x = ('a,'):rep(1e5) while true do s.Split(x, ',') end"},
    {"strings map", "local s = require('strings') s.Map(function() while true do end end, 'abc')"},
    {"strings trim",
     "local s = require('strings') local x = ('a'):rep(1e6) while true do s.Trim(x, "
     "('b'):rep(1000) .. 'a') end"},
    {"runes",
     "local r = require('runes') local x = ('a'):rep(1e5) while true do r.runeslice(x) end"},
    {"sprig indent", "local s = require('sprig') while true do pcall(s.indent, 1e9, 'x') end"},
    {"sprig regex",
     "local s = require('sprig') local x = ('a'):rep(1e5) while true do s.regexFindAll('(a*)*b', "
     "x, -1) end"},
    {"sprig seq", "local s = require('sprig') while true do pcall(s.seq, {1, 1e9}) end"},
    {"sprig wrap",
     "local s = require('sprig') local x = ('a '):rep(1e5) while true do s.wrap(1, x) end"},
    {"sprig sort",
     "local s = require('sprig') local t = {} for i = 1, 5000 do t[i] = tostring(i) end while true "
     "do s.sortAlpha(t) end"},
    {"sprig sha",
     "local s = require('sprig') local x = ('a'):rep(1e6) while true do s.sha512sum(x) end"},
    {"sprig semver",
     "local s = require('sprig') while true do s.semverCompare('>= 1.0.0', '1.2.3') end"},
    {"getmetatable of strings",
     "getmetatable('').__index = function() while true do end end local s = ('x').y while true do "
     "end"},
};

}  // namespace lesto::lua
