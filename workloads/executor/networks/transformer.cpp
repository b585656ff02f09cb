// SPDX-License-Identifier: Apache-2.0
// BERT-base (Devlin et al. 2018) and GPT-2 small (Radford et al. 2019): 12 layers of width 768 with
// 12 heads. Attention is softmax(Q K^T / sqrt(d) + mask) V (Vaswani et al. 2017), d = 64.
//
// Between layers a sequence is rows [N*L,768], so that every product shares its weights over the
// batch.
#include <cmath>

#include "workloads/executor/networks/layers.h"
#include "workloads/executor/recorder/recorder.h"

namespace mantissa::workloads {

namespace {

constexpr std::int64_t width = 768, heads = 12, head_width = width / heads, layers = 12;
constexpr std::int64_t intermediate = 3072;

struct Sequences {
  std::int64_t batch, length;
};

at::Tensor split_heads(const at::Tensor& rows, Sequences s) {
  return rows.reshape({s.batch, s.length, heads, head_width}).transpose(1, 2);
}

at::Tensor join_heads(const at::Tensor& x, Sequences s) {
  return x.transpose(1, 2).reshape({s.batch * s.length, width});
}

at::Tensor scores(const at::Tensor& query, const at::Tensor& key) {
  return at::matmul(query, key.transpose(2, 3)) * (1 / std::sqrt(static_cast<double>(head_width)));
}

Layer feed_forward() {
  auto chain = std::make_shared<Chain>();
  chain->add("expand", linear(width, intermediate));
  chain->add("gelu", function(gelu));
  chain->add("contract", linear(intermediate, width));
  return chain;
}

at::Tensor table(torch::nn::Module& module, const std::string& name, std::int64_t rows) {
  return module.register_parameter(name, torch::zeros({rows, width}));
}

// The first `length` rows from `start` on.
at::Tensor rows_of(const at::Tensor& t, std::int64_t start, std::int64_t length) {
  return t.slice(0, start, start + length);
}

// Norm after each sum; BERT adds 1e-12 to the variance.
class EncoderLayer final : public torch::nn::Module {
 public:
  at::Tensor forward(const at::Tensor& x, Sequences s) {
    const at::Tensor q = split_heads(query_->forward(x), s), k = split_heads(key_->forward(x), s),
                     v = split_heads(value_->forward(x), s);
    const at::Tensor context = at::matmul(at::softmax(scores(q, k), -1), v);
    const at::Tensor y = attention_norm_->forward(output_->forward(join_heads(context, s)) + x);
    return norm_->forward(feed_forward_->forward(y) + y);
  }

 private:
  Layer query_ = register_module("query", linear(width, width));
  Layer key_ = register_module("key", linear(width, width));
  Layer value_ = register_module("value", linear(width, width));
  Layer output_ = register_module("output", linear(width, width));
  Layer attention_norm_ = register_module("attention_norm", layer_norm(width, 1e-12));
  Layer feed_forward_ = register_module("feed_forward", feed_forward());
  Layer norm_ = register_module("norm", layer_norm(width, 1e-12));
};

// [N,L,768] of embedded tokens to as many states.
class BertEncoder final : public Model {
 public:
  BertEncoder() {
    for (std::int64_t i = 0; i < layers; ++i) {
      layers_.push_back(
          register_module("layer" + std::to_string(i), std::make_shared<EncoderLayer>()));
    }
  }
  at::Tensor forward(at::Tensor x) override {
    const Sequences s{x.size(0), x.size(1)};
    at::Tensor rows = x.reshape({s.batch * s.length, width});
    for (const auto& layer : layers_) rows = layer->forward(rows, s);
    return rows.reshape({s.batch, s.length, width});
  }

 private:
  std::vector<std::shared_ptr<EncoderLayer>> layers_;
};

// Indices [N,L] of one segment to the pooled state of the first token.
class BertTokens final : public Model {
 public:
  at::Tensor forward(at::Tensor tokens) override {
    const at::Tensor x = at::embedding(words_, tokens) + rows_of(positions_, 0, tokens.size(1)) +
                         rows_of(segments_, 0, 1);
    const at::Tensor states = encoder_->forward(norm_->forward(x));
    return at::tanh(pooler_->forward(states.select(1, 0)));
  }

 private:
  at::Tensor words_ = table(*this, "word_table", 30522);
  at::Tensor positions_ = table(*this, "position_table", 512);
  at::Tensor segments_ = table(*this, "segment_table", 2);
  Layer norm_ = register_module("norm", layer_norm(width, 1e-12));
  Layer encoder_ = register_module("encoder", std::make_shared<BertEncoder>());
  Layer pooler_ = register_module("pooler", linear(width, width));
};

// Norm before each part. Query, key and value are one product; keys and values are kept, and with
// `context` > 0 those of earlier positions are buffers.
class DecoderLayer final : public torch::nn::Module {
 public:
  explicit DecoderLayer(const NetworkOptions& options) {
    if (options.context == 0) return;
    const std::vector<std::int64_t> shape{options.batch, heads, options.context, head_width};
    keys_ = register_buffer("key_cache", torch::zeros(shape));
    values_ = register_buffer("value_cache", torch::zeros(shape));
  }

  at::Tensor forward(const at::Tensor& x, Sequences s, const at::Tensor& mask) {
    const std::vector<at::Tensor> parts = qkv_->forward(norm1_->forward(x)).chunk(3, 1);
    const at::Tensor q = split_heads(parts[0], s), k = split_heads(parts[1], s),
                     v = split_heads(parts[2], s);
    new_keys_ = k.clone();
    new_values_ = v.clone();
    const at::Tensor context = keys_.defined() ? attend_with_cache(q, k, v) : attend(q, k, v, mask);
    const at::Tensor y = output_->forward(join_heads(context, s)) + x;
    return feed_forward_->forward(norm2_->forward(y)) + y;
  }

 private:
  static at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           const at::Tensor& mask) {
    at::Tensor x = scores(q, k);
    if (mask.defined()) x = x + mask;
    return at::matmul(at::softmax(x, -1), v);
  }

  // The products with the cache and with the new position apart, so that no cache is copied.
  at::Tensor attend_with_cache(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const at::Tensor earlier = scores(q, keys_), own = scores(q, k);
    const at::Tensor p = at::softmax(at::cat({earlier, own}, 3), -1);
    const std::vector<at::Tensor> parts = p.split_with_sizes({keys_.size(2), k.size(2)}, 3);
    const at::Tensor cached = at::matmul(parts[0], values_), fresh = at::matmul(parts[1], v);
    return cached + fresh;
  }

  Layer norm1_ = register_module("norm1", layer_norm(width));
  Layer qkv_ = register_module("qkv", linear(width, 3 * width));
  Layer output_ = register_module("output", linear(width, width));
  Layer norm2_ = register_module("norm2", layer_norm(width));
  Layer feed_forward_ = register_module("feed_forward", feed_forward());
  at::Tensor keys_, values_, new_keys_, new_values_;
};

// Scores of the token after the last one, by the table of the tokens.
class Gpt2 final : public Model {
 public:
  explicit Gpt2(const NetworkOptions& options) : context_(options.context) {
    for (std::int64_t i = 0; i < layers; ++i) {
      layers_.push_back(
          register_module("layer" + std::to_string(i), std::make_shared<DecoderLayer>(options)));
    }
    norm_ = register_module("norm", layer_norm(width));
  }

  at::Tensor forward(at::Tensor tokens) override {
    const Sequences s{tokens.size(0), tokens.size(1)};
    const at::Tensor x = at::embedding(tokens_, tokens) + rows_of(positions_, context_, s.length);
    at::Tensor rows = x.reshape({s.batch * s.length, width});
    const at::Tensor causal = s.length > 1 ? mask(s.length) : at::Tensor();
    for (const auto& layer : layers_) rows = layer->forward(rows, s, causal);
    const at::Tensor states = norm_->forward(rows.reshape({s.batch, s.length, width}));
    const at::Tensor last = states.slice(1, s.length - 1, s.length).reshape({s.batch, width});
    return at::matmul(last, tokens_.t());
  }

 private:
  // 0 on and below the diagonal, -2^15 above. An input of the program, made before it starts.
  const at::Tensor& mask(std::int64_t length) {
    if (!mask_.defined() || mask_.size(0) != length) {
      const Unrecorded quiet;
      mask_ = torch::full({length, length}, -32768.0).triu(1);
    }
    if (Recorder* recorder = Recorder::active()) recorder->input("causal_mask", mask_);
    return mask_;
  }

  std::int64_t context_;
  at::Tensor tokens_ = table(*this, "token_table", 50257);
  at::Tensor positions_ = table(*this, "position_table", 1024);
  std::vector<std::shared_ptr<DecoderLayer>> layers_;
  Layer norm_;
  at::Tensor mask_;
};

}  // namespace

Networks transformer_networks() {
  return {
      {"bert_base", [](const NetworkOptions&) -> Layer { return std::make_shared<BertEncoder>(); }},
      {"bert_base_tokens",
       [](const NetworkOptions&) -> Layer { return std::make_shared<BertTokens>(); }},
      {"gpt2_small",
       [](const NetworkOptions& options) -> Layer { return std::make_shared<Gpt2>(options); }}};
}

}  // namespace mantissa::workloads
