// SPDX-License-Identifier: Apache-2.0
// Walks the resolved layers of a network and lets each write its operators.
//
// Besides the layer types and the file's own blocks there are three forms that contain layers:
// repeat (one after the other, each with weights of its own), residual (the sum of layers and a
// shortcut) and concat (branches side by side).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "workloads/networks/language.h"
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

class Interpreter {
 public:
  Interpreter(Emitter& emitter, const std::map<std::string, Block>& blocks, Bindings& bindings);

  // One layer after the other. Throws Error with the place of the layer that is at fault.
  Value layers(const config::Node& list, Value x);

 private:
  Value layer(const config::Node& item, const std::string& type, config::Node arguments,
              const std::string& name, Value x);
  Value repeat(const config::Node& arguments, const std::string& name, Value x);
  Value residual(const config::Node& arguments, const std::string& name, Value x);
  Value concat(const config::Node& arguments, const std::string& name, Value x);
  Value block(const Block& block, const config::Node& arguments, const config::Node& item,
              const std::string& name, Value x);

  Emitter& emitter_;
  const std::map<std::string, Block>& blocks_;
  Bindings& bindings_;
  std::vector<std::string> open_blocks_;
  Value tied_table_ = trace::no_tensor;
};

// Everything that a layer may be called, for messages and for `mantissa list`.
std::vector<std::string> layer_names(const std::map<std::string, Block>& blocks);

}  // namespace mantissa::workloads
