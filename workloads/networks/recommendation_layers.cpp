// SPDX-License-Identifier: Apache-2.0
// The dense half of a recommendation model (DLRM, Naumov et al. 2019).
//
// A bottom MLP reads the dense features. Its output and the `tables` embedding vectors are
// multiplied with each other, every pair once: (tables + 1) tables / 2 numbers. These and the
// bottom output go into the top MLP, which ends in a sigmoid. The look-ups and the pairwise
// products belong to the embedding side of the model; here their result is an input.
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

struct DlrmConfig {
  std::vector<std::int64_t> bottom, top;
  std::int64_t tables = 0;
  static const config::Schema<DlrmConfig>& schema() {
    static const auto s =
        config::Schema<DlrmConfig>("Bottom and top MLP of a DLRM; pairwise products are an input.")
            .required("bottom", &DlrmConfig::bottom, config::at_least(1),
                      "Outputs of the layers that read the dense features.")
            .required("top", &DlrmConfig::top, config::at_least(1), "Outputs of the layers on top.")
            .required("tables", &DlrmConfig::tables, config::at_least(1), "Embedding tables.")
            .constraint("bottom", [](const DlrmConfig& c) {
              return c.bottom.empty() || c.top.empty() ? "both MLPs have at least one layer" : "";
            });
    return s;
  }
};

Value build_dlrm(const DlrmConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 2, "dense features [N,F]");
  Emitter& e = context.emitter;
  const Emitter::Scope scope(e, context.name);
  Value dense;
  {
    const Emitter::Scope bottom(e, "bottom");
    dense = e.closed(build_mlp(e, x, c.bottom, Activation::relu, Activation::relu));
  }
  const Value pairs = e.input("interactions", {e.shape(x)[0], (c.tables + 1) * c.tables / 2});
  const Value joined =
      e.moved("concat", trace::OpKind::concat, {dense, pairs}, {{"axis", std::int64_t{1}}});
  const Emitter::Scope top(e, "top");
  return build_mlp(e, joined, c.top, Activation::relu, Activation::sigmoid);
}

}  // namespace

std::vector<LayerType> recommendation_layers() { return {layer_type("dlrm", build_dlrm)}; }

}  // namespace mantissa::workloads
