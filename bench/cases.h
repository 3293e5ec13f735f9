// What the engine benchmarks share: cases in a folder, and CPU time of one call.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace lesto::bench {

struct Case {
  std::string name;
  std::string text;
  std::string data;
};

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

// Every NAME.extension of the folder with its NAME.json, by name.
inline std::vector<Case> cases(const std::filesystem::path& folder, const std::string& extension) {
  std::vector<Case> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != extension) continue;
    auto data = entry.path();
    found.push_back(
        {entry.path().stem().string(), read(entry.path()), read(data.replace_extension(".json"))});
  }
  std::ranges::sort(found, {}, &Case::name);
  return found;
}

inline double cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Microseconds of one call: warm up for 0.1 s, then at least 0.4 s.
template <class Work>
double measure(Work work) {
  for (double started = cpu(); cpu() - started < 0.1;) work();
  long count = 0;
  double started = cpu();
  for (long batch = 1; cpu() - started < 0.4; batch *= 2) {
    for (long i = 0; i < batch; ++i) work();
    count += batch;
  }
  return (cpu() - started) / static_cast<double>(count) * 1e6;
}

}  // namespace lesto::bench
