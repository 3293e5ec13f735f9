// Kubeconfigs as people keep them: in files that name other files.
#pragma once

#include <string>

#include "kube/object/kubeconfig.h"

namespace lesto::app {

// Whether exec plugins are run for their credentials. Those end soon: what runs for long refuses them.
enum class ExecPlugins { Run, Refuse };

// Reads the context of that name (the current one for "") from `file`, or from the files that the
// variable KUBECONFIG lists, or from ~/.kube/config. Certificates, keys and tokens that stand in
// files of their own are read, too, so that the result holds everything. Blocks.
// Errors: Unavailable (a plugin failed), NotFound, Denied (files), Invalid (what is wrong in which file).
Result<kube::Kubeconfig> read_kubeconfig_file(const std::string& file, const std::string& context,
                                              ExecPlugins plugins = ExecPlugins::Run);

// Whether there is a kubeconfig that read_kubeconfig_file("", "") would read.
bool have_default_kubeconfig();

}  // namespace lesto::app
