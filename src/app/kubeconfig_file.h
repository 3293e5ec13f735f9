// Kubeconfigs as people keep them: in files that name other files.
#pragma once

#include <string>

#include "kube/object/kubeconfig.h"

namespace lesto::app {

// Reads the context of that name (the current one for "") from `file`, or from the files that the
// variable KUBECONFIG lists, or from ~/.kube/config. Certificates, keys and tokens that stand in
// files of their own are read, too, so that the result holds everything. Blocks.
// Errors: NotFound, Denied (files), Invalid (what is wrong in which file).
Result<kube::Kubeconfig> read_kubeconfig_file(const std::string& file, const std::string& context);

// Whether there is a kubeconfig that read_kubeconfig_file("", "") would read.
bool have_default_kubeconfig();

}  // namespace lesto::app
