// SPDX-License-Identifier: Apache-2.0
// Long short-term memory (Hochreiter and Schmidhuber 1997), unrolled over the sequence.
//
//   i, f, g, o = split(x_t W_x + b + h W_h)        gates: sigmoid, sigmoid, tanh, sigmoid
//   c = f c + i g,  h = o tanh(c)
//
// The input products of all steps are one matrix product, as frameworks do it; the recurrent ones
// follow one another. 4 H (I + H) multiply-accumulates per step.
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using trace::NumberFormat;
using trace::OpKind;

struct LstmConfig {
  std::int64_t hidden = 0;
  bool sequence = false;
  static const config::Schema<LstmConfig>& schema() {
    static const auto s =
        config::Schema<LstmConfig>("LSTM over a sequence [N,L,F].")
            .required("hidden", &LstmConfig::hidden, config::at_least(1), "Width H of the state.")
            .optional("sequence", &LstmConfig::sequence,
                      "Gives the states of all steps [N,L,H] instead of the last one [N,H].");
    return s;
  }
};

// The cell state lives between the steps in the narrowest float that does not cost the format of
// the network: it is a sum over time, which eight bits cannot hold.
NumberFormat cell_format(const Emitter& e) { return e.arithmetic().wide(); }

struct State {
  Value hidden, cell;
};

// One step; `projected` is x_t W_x + b, closed, [N,4H].
State lstm_cell(Emitter& e, Value projected, Value recurrent_weight, State s) {
  const Value recurrent = e.matmul("recurrent", s.hidden, recurrent_weight, false);
  const auto gates = e.op("gates", OpKind::split, {e.add("sum", recurrent, projected)},
                          {{"axis", std::int64_t{1}}, {"parts", std::int64_t{4}}});
  const auto f = NumberFormat::fp32;
  const Value i = e.activation("i", Activation::sigmoid, gates[0]);
  const Value forget = e.activation("f", Activation::sigmoid, gates[1]);
  const Value g = e.activation("g", Activation::tanh, gates[2]);
  const Value o = e.activation("o", Activation::sigmoid, gates[3]);
  const Value kept = e.op("kept", OpKind::mul, {forget, s.cell}, {}, f).front();
  const Value fresh = e.op("fresh", OpKind::mul, {i, g}, {}, f).front();
  const Value cell = e.op("cell", OpKind::add, {kept, fresh}, {}, f).front();
  const Value squashed = e.activation("squashed", Activation::tanh, cell);
  const Value hidden = e.op("hidden", OpKind::mul, {o, squashed}, {}, f).front();
  const NumberFormat narrow = cell_format(e);
  const Value stored =
      narrow == f ? cell : e.op("cell.cast", OpKind::cast, {cell}, {}, narrow).front();
  return {e.closed(hidden, e.arithmetic().activation_scale), stored};
}

Value build_lstm(const LstmConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 3, "a sequence [N,L,F]");
  Emitter& e = context.emitter;
  const Emitter::Scope scope(e, context.name);
  const std::int64_t n = e.shape(x)[0], length = e.shape(x)[1], width = e.shape(x)[2];
  const std::int64_t hidden = c.hidden, gates = 4 * hidden;

  const Value rows = e.reshape("rows", e.closed(x), {n * length, width});
  const Value projected =
      e.reshape("projected", e.closed(e.linear("input", rows, gates, true)), {n, length, gates});
  const Value weight = e.weight("recurrent.weight", {hidden, gates}, hidden);
  State state{e.input("initial_hidden", {n, hidden}),
              e.input("initial_cell", {n, hidden}, cell_format(e))};
  std::vector<Value> states;
  for (std::int64_t t = 0; t < length; ++t) {
    const Emitter::Scope at(e, std::to_string(t));
    const Value slice = e.moved(
        "slice", OpKind::slice, {projected},
        {{"axis", trace::ints({1})}, {"start", trace::ints({t})}, {"end", trace::ints({t + 1})}});
    state = lstm_cell(e, e.reshape("row", slice, {n, gates}), weight, state);
    if (c.sequence) states.push_back(e.reshape("state", state.hidden, {n, 1, hidden}));
  }
  if (!c.sequence) return state.hidden;
  return e.moved("states", OpKind::concat, states, {{"axis", std::int64_t{1}}});
}

}  // namespace

std::vector<LayerType> recurrent_layers() { return {layer_type("lstm", build_lstm)}; }

}  // namespace mantissa::workloads
