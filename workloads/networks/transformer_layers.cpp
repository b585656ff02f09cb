// SPDX-License-Identifier: Apache-2.0
// Token embeddings, encoder layers as in BERT (norm after the sum), decoder layers as in GPT-2
// (norm before), and the output head that shares the token table.
#include "workloads/networks/attention.h"
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using config::at_least;
using trace::OpKind;

struct EmbeddingConfig {
  std::int64_t rows = 0, width = 0, positions = 0, offset = 0;
  static const config::Schema<EmbeddingConfig>& schema() {
    static const auto s =
        config::Schema<EmbeddingConfig>("Token embedding, plus a learned position embedding.")
            .required("rows", &EmbeddingConfig::rows, at_least(1), "Size of the vocabulary.")
            .required("width", &EmbeddingConfig::width, at_least(1), "Elements of a row.")
            .optional("positions", &EmbeddingConfig::positions, at_least(0),
                      "Rows of the position table; 0: none.")
            .optional("offset", &EmbeddingConfig::offset, at_least(0),
                      "Position of the first token.");
    return s;
  }
};

Value build_embedding(const EmbeddingConfig& c, LayerContext& context, Value tokens) {
  expect_rank(context, tokens, 2, "token indices [N,L]");
  Emitter& e = context.emitter;
  if (!trace::is_integer(e.format(tokens)) || e.scale(tokens) != 1) {
    refuse_input(context, tokens, "indices (input: {indices: true})");
  }
  const Emitter::Scope scope(e, context.name);
  const auto f = e.arithmetic().operand;
  // Half a step of the activations, so that the sum of two rows fits.
  const double step = e.arithmetic().integer() ? e.arithmetic().activation_scale / 2 : 1;
  const std::int64_t length = e.shape(tokens)[1];
  const Value table = e.parameter("tokens.weight", {c.rows, c.width}, f, step);
  *context.tied_table = table;
  const Value x = e.moved("tokens", OpKind::embedding, {table, tokens});
  if (c.positions == 0) return x;
  if (c.offset + length > c.positions) {
    refuse_input(context, tokens,
                 "at most " + std::to_string(c.positions) + " positions, counting from offset " +
                     std::to_string(c.offset));
  }
  const Value positions = e.parameter("positions.weight", {c.positions, c.width}, f, step);
  const Value at = e.moved("positions", OpKind::slice, {positions},
                           {{"axis", trace::ints({0})},
                            {"start", trace::ints({c.offset})},
                            {"end", trace::ints({c.offset + length})}});
  return e.closed(e.add("sum", x, at));
}

struct EncoderConfig {
  std::int64_t heads = 0, intermediate = 0, repeat = 1;
  static const config::Schema<EncoderConfig>& schema() {
    static const auto s =
        config::Schema<EncoderConfig>(
            "Encoder layers: self-attention, sum, norm, two linear layers with GELU, sum, norm.")
            .required("heads", &EncoderConfig::heads, at_least(1), "Attention heads.")
            .required("intermediate", &EncoderConfig::intermediate, at_least(1),
                      "Width between the two linear layers.")
            .optional("repeat", &EncoderConfig::repeat, at_least(1), "Layers in a row.");
    return s;
  }
};

struct DecoderConfig {
  std::int64_t heads = 0, intermediate = 0, repeat = 1, cached = 0;
  static const config::Schema<DecoderConfig>& schema() {
    static const auto s =
        config::Schema<DecoderConfig>(
            "Decoder layers: norm, causal self-attention, sum, norm, two linear layers with GELU, "
            "sum.")
            .required("heads", &DecoderConfig::heads, at_least(1), "Attention heads.")
            .required("intermediate", &DecoderConfig::intermediate, at_least(1),
                      "Width between the two linear layers.")
            .optional("repeat", &DecoderConfig::repeat, at_least(1), "Layers in a row.")
            .optional("cached", &DecoderConfig::cached, at_least(0),
                      "Earlier positions whose keys and values lie in memory; the sequence is then "
                      "one token long.");
    return s;
  }
};

// Shared by both kinds of layers.
AttentionShape attention_shape(LayerContext& context, Value x, std::int64_t heads) {
  expect_rank(context, x, 3, "a sequence [N,L,H]");
  const trace::Shape& shape = context.emitter.shape(x);
  if (shape[2] % heads != 0) {
    refuse_input(context, x, "a width divisible by " + std::to_string(heads) + " heads");
  }
  AttentionShape s;
  s.batch = shape[0];
  s.length = shape[1];
  s.heads = heads;
  return s;
}

// The second product stays open: its sum with the input comes before the conversion.
Value feed_forward(Emitter& e, Value x, std::int64_t intermediate, std::int64_t width) {
  x = e.activation("gelu", Activation::gelu, e.linear("expand", x, intermediate, true));
  return e.linear("contract", x, width, true);
}

// Norm after each sum; BERT adds 1e-12 to the variance.
Value encoder(Emitter& e, const AttentionShape& s, const EncoderConfig& c, Value x) {
  const std::int64_t width = e.shape(x)[1];
  const Value q = e.closed(e.linear("query", x, width, true));
  const Value k = e.closed(e.linear("key", x, width, true));
  const Value v = e.closed(e.linear("value", x, width, true));
  const Value a = e.linear("output", attention(e, s, q, k, v), width, true);
  x = e.closed(e.layer_norm("attention.norm", e.add("attention.sum", a, x), 1e-12));
  const Value y = feed_forward(e, x, c.intermediate, width);
  return e.closed(e.layer_norm("norm", e.add("sum", y, x), 1e-12));
}

// Norm before each part; what is added up from layer to layer is never normalised. GPT-2 computes
// query, key and value in one product.
Value decoder(Emitter& e, const AttentionShape& s, const DecoderConfig& c, Value x) {
  const std::int64_t width = e.shape(x)[1];
  const Value h = e.closed(e.layer_norm("norm1", x, 1e-5));
  const Value qkv = e.closed(e.linear("qkv", h, 3 * width, true));
  const std::vector<Value> parts =
      e.op("split", OpKind::split, {qkv}, {{"axis", std::int64_t{1}}, {"parts", std::int64_t{3}}});
  for (Value part : parts) e.take_scale(part, qkv);
  const Value a = e.linear("output", attention(e, s, parts[0], parts[1], parts[2]), width, true);
  x = e.closed(e.add("sum1", a, x));
  const Value y = feed_forward(e, e.layer_norm("norm2", x, 1e-5), c.intermediate, width);
  return e.closed(e.add("sum2", y, x));
}

// Between layers a sequence is rows [N*L,H], so that every product shares its weights over the
// batch.
template <class Config, class Layer>
Value repeated(const Config& c, const AttentionShape& s, LayerContext& context, Value x,
               Layer layer) {
  Emitter& e = context.emitter;
  const trace::Shape sequence = e.shape(x);
  x = e.reshape(context.name + ".rows", e.closed(x), {s.batch * s.length, sequence[2]});
  for (std::int64_t i = 0; i < c.repeat; ++i) {
    const Emitter::Scope scope(e, context.name + "." + std::to_string(i));
    x = layer(e, s, c, x);
  }
  return e.reshape(context.name + ".sequence", x, sequence);
}

Value build_encoder(const EncoderConfig& c, LayerContext& context, Value x) {
  return repeated(c, attention_shape(context, x, c.heads), context, x, encoder);
}

Value build_decoder(const DecoderConfig& c, LayerContext& context, Value x) {
  AttentionShape s = attention_shape(context, x, c.heads);
  s.cached = c.cached;
  s.causal = true;
  s.store_cache = true;
  if (s.cached > 0 && s.length != 1) {
    refuse_input(context, x, "a sequence of one token, when earlier ones are cached");
  }
  return repeated(c, s, context, x, decoder);
}

struct HeadConfig {
  bool all_positions = false;
  static const config::Schema<HeadConfig>& schema() {
    static const auto s =
        config::Schema<HeadConfig>("Scores of all tokens, by the table of the embedding layer.")
            .optional("all_positions", &HeadConfig::all_positions,
                      "For every position, not for the last alone.");
    return s;
  }
};

// While a prompt is read only its last position matters; the others are cut off before the product.
Value build_head(const HeadConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 3, "a sequence [N,L,H]");
  Emitter& e = context.emitter;
  if (*context.tied_table == trace::no_tensor) {
    refuse_input(context, x, "an embedding layer before, whose table it shares");
  }
  x = e.closed(x);
  const trace::Shape s = e.shape(x);
  const Emitter::Scope scope(e, context.name);
  if (!c.all_positions && s[1] > 1) {
    x = e.moved("last", OpKind::slice, {x},
                {{"axis", trace::ints({1})}, {"start", trace::ints({s[1] - 1})}});
  }
  x = e.reshape("rows", x, {e.shape(x)[0] * e.shape(x)[1], s[2]});
  const Value scores = e.matmul("scores", x, *context.tied_table, true);
  // The table is no weight matrix: its products add up to sqrt(K) steps, as many as fit in a code.
  const Arithmetic& a = e.arithmetic();
  if (a.integer()) e.wish_step(scores, a.activation_scale / (64 * a.spread_of_weights(s[2])));
  return scores;
}

}  // namespace

std::vector<LayerType> transformer_layers() {
  return {layer_type("embedding", build_embedding),
          layer_type("transformer_encoder", build_encoder),
          layer_type("transformer_decoder", build_decoder), layer_type("token_scores", build_head)};
}

}  // namespace mantissa::workloads
