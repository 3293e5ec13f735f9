// Sprig's functions of chance and of the surroundings: environment and network, which templates do
// not get to see.
#include "engines/gotemplate/random.h"
#include "engines/gotemplate/unicode.h"
#include "foundation/base/hash.h"

namespace lesto::gotemplate {
namespace {

Answer random_text(Call& call, std::string_view letters) {
  std::int64_t count = call.integer(0);
  // goutils refuses negative counts with an error that Sprig drops.
  if (count <= 0) return call.lend("");
  if (static_cast<std::uint64_t>(count) > kHeapBytes)
    return std::unexpected(call.context.out_of_memory().error());
  auto size = static_cast<std::size_t>(count);
  if (Outcome reserved = call.context.reserve(size); !reserved)
    return std::unexpected(reserved.error());
  if (Outcome spent = call.context.spend(size); !spent) return std::unexpected(spent.error());
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    auto index = random_below(call, letters.size());
    if (!index) return std::unexpected(index.error());
    out += letters[*index];
  }
  return call.give(out);
}

constexpr std::string_view kAlphaNumeric =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

Answer rand_alpha(Call& call) { return random_text(call, kAlphaNumeric.substr(0, 52)); }
Answer rand_numeric(Call& call) { return random_text(call, kAlphaNumeric.substr(52)); }

// goutils makes sure that there is a digit in what is long enough; chance alone is as good.
Answer rand_alpha_num(Call& call) { return random_text(call, kAlphaNumeric); }

Answer rand_ascii(Call& call) {
  std::string letters;
  for (char c = ' '; c < 127; ++c) letters += c;
  return random_text(call, letters);
}

Answer rand_bytes(Call& call) {
  std::int64_t count = call.integer(0);
  if (count < 0) return call.fail("runtime error: makeslice: len out of range");
  if (static_cast<std::uint64_t>(count) > kHeapBytes)
    return std::unexpected(call.context.out_of_memory().error());
  auto size = static_cast<std::size_t>(count);
  if (Outcome reserved = call.context.reserve(size * 2); !reserved)
    return std::unexpected(reserved.error());
  Text bytes = random_bytes(call, size);
  if (!bytes) return std::unexpected(bytes.error());
  return call.give(base64_encode(*bytes));
}

Answer rand_int(Call& call) {
  auto width = static_cast<std::int64_t>(static_cast<std::uint64_t>(call.integer(1)) -
                                         static_cast<std::uint64_t>(call.integer(0)));
  if (width <= 0) return call.fail("invalid argument to Intn");
  auto number = random_below(call, static_cast<std::uint64_t>(width));
  if (!number) return std::unexpected(number.error());
  return Value::of_int(call.integer(0) + static_cast<std::int64_t>(*number));
}

Answer shuffle(Call& call) {
  std::string_view text = call.text(0);
  if (Outcome reserved = call.context.reserve(text.size() * 4); !reserved)
    return std::unexpected(reserved.error());
  std::vector<char32_t> letters;
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    letters.push_back(rune.code);
    text.remove_prefix(rune.size);
  }
  if (Outcome spent = call.context.spend(letters.size()); !spent)
    return std::unexpected(spent.error());
  for (std::size_t i = letters.size(); i > 1; --i) {
    auto other = random_below(call, i);
    if (!other) return std::unexpected(other.error());
    std::swap(letters[i - 1], letters[*other]);
  }
  std::string out;
  for (char32_t letter : letters) append_rune(out, letter);
  return call.give(out);
}

Answer uuidv4(Call& call) {
  Text bytes = random_bytes(call, 16);
  if (!bytes) return std::unexpected(bytes.error());
  (*bytes)[6] = static_cast<char>(((*bytes)[6] & 0x0F) | 0x40);
  (*bytes)[8] = static_cast<char>(((*bytes)[8] & 0x3F) | 0x80);
  std::string digits = hex(*bytes);
  for (std::size_t at : {8u, 13u, 18u, 23u}) digits.insert(at, 1, '-');
  return call.give(digits);
}

std::string_view variable(Call& call, std::string_view name) {
  for (const EnvironmentVariable& each : call.context.options.environment) {
    if (each.name == name) return each.value;
  }
  return {};
}

Answer env(Call& call) { return call.give(variable(call, call.text(0))); }

bool name_letter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The name after a dollar sign, and how many bytes it takes, as os.Expand reads it.
std::string_view shell_name(std::string_view text, std::size_t& size) {
  constexpr std::string_view kSpecial = "*#$@!?-0123456789";
  if (text[0] == '{') {
    if (text.size() > 2 && kSpecial.find(text[1]) != kSpecial.npos && text[2] == '}') {
      size = 3;
      return text.substr(1, 1);
    }
    std::size_t close = text.find('}');
    // Without a name or an end only the brace, or both, are eaten.
    size = close == 1 ? 2 : close == text.npos ? 1 : close + 1;
    return close == text.npos || close == 1 ? std::string_view() : text.substr(1, close - 1);
  }
  if (kSpecial.find(text[0]) != kSpecial.npos) {
    size = 1;
    return text.substr(0, 1);
  }
  size = 0;
  while (size < text.size() && name_letter(text[size])) ++size;
  return text.substr(0, size);
}

Answer expandenv(Call& call) {
  std::string_view text = call.text(0);
  std::string out;
  for (;;) {
    std::size_t dollar = text.find('$');
    if (dollar == text.npos || dollar + 1 == text.size()) break;
    out += text.substr(0, dollar);
    text.remove_prefix(dollar + 1);
    std::size_t size = 0;
    std::string_view name = shell_name(text, size);
    // A dollar sign before no name stays.
    if (name.empty() && size == 0) out += '$';
    out += variable(call, name);
    text.remove_prefix(size);
    if (Outcome reserved = call.context.reserve(out.size()); !reserved)
      return std::unexpected(reserved.error());
  }
  out += text;
  return call.give(out);
}

Answer get_host_by_name(Call& call) { return call.lend(""); }

constexpr Function kFunctions[] = {
    {"randAlpha", Group::Random, "i>s", rand_alpha},
    {"randAlphaNum", Group::Random, "i>s", rand_alpha_num},
    {"randNumeric", Group::Random, "i>s", rand_numeric},
    {"randAscii", Group::Random, "i>s", rand_ascii},
    {"randBytes", Group::Random, "i>s", rand_bytes},
    {"randInt", Group::Random, "ii>i", rand_int},
    {"shuffle", Group::Random, "s>s", shuffle},
    {"uuidv4", Group::Random, ">s", uuidv4},
    {"env", Group::System, "s>s", env},
    {"expandenv", Group::System, "s>s", expandenv},
    {"getHostByName", Group::System, "s>s", get_host_by_name},
};

}  // namespace

std::expected<std::uint64_t, Failure> random_below(Call& call, std::uint64_t limit) {
  Rng* rng = call.context.options.rng;
  if (!rng) return call.fail("there is no source of chance here");
  // What is beyond the last whole multiple of the limit would favour small numbers.
  std::uint64_t most = static_cast<std::uint64_t>(-1) - static_cast<std::uint64_t>(-1) % limit;
  std::uint64_t number = rng->next();
  while (number >= most) number = rng->next();
  return number % limit;
}

Text random_bytes(Call& call, std::size_t count) {
  Rng* rng = call.context.options.rng;
  if (!rng) return call.fail("there is no source of chance here");
  std::string out;
  out.reserve(count + 8);
  while (out.size() < count) {
    std::uint64_t number = rng->next();
    for (int i = 0; i < 8; ++i, number >>= 8) out += static_cast<char>(number & 0xFF);
  }
  out.resize(count);
  return out;
}

Outcome count_key(Call& call) {
  if (++call.context.keys_made > kKeysMade)
    return call.context.limit("keys and password hashes", kKeysMade);
  return {};
}

std::span<const Function> random_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
