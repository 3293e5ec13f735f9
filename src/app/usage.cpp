#include "app/usage.h"

#include <iostream>

namespace lesto::app {
namespace {

// The command that the line names: "lesto", "lesto up".
const CLI::App* deepest(const CLI::App* app) {
  std::vector<CLI::App*> chosen = app->get_subcommands();
  return chosen.empty() ? app : deepest(chosen.front());
}

std::string path_of(const CLI::App* app) {
  return app->get_parent() ? path_of(app->get_parent()) + " " + app->get_name() : "lesto";
}

std::string complaint(const CLI::App& app, const CLI::App& command, const CLI::ParseError& error) {
  bool none_chosen = command.get_parent() == nullptr;
  std::vector<std::string> rest = app.remaining(true);
  if (rest.empty()) return none_chosen ? "say what to do" : error.what();
  if (rest.front().starts_with("-")) return "there is no flag " + rest.front();
  if (none_chosen) return "there is no command \"" + rest.front() + "\"";
  return "\"" + rest.front() + "\" is one argument too many";
}

}  // namespace

int explain_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const CLI::App& command = *deepest(&app);
  std::string path = path_of(&command);
  std::cerr << path << ": " << complaint(app, command, error) << "; `" << path
            << " --help` shows what there is\n";
  return kUsageStatus;
}

}  // namespace lesto::app
