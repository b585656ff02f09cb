// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/attention.h"

#include <cmath>

namespace mantissa::workloads {

namespace {

using trace::NumberFormat;
using trace::OpKind;

const std::vector<std::int64_t> heads_first{0, 2, 1, 3};  // its own inverse

// [N*L,H] -> [N,heads,L,d]
Value split_heads(Emitter& e, const AttentionShape& s, const std::string& name, Value x) {
  const std::int64_t width = e.shape(x)[1];
  x = e.reshape(name + ".heads", x, {s.batch, s.length, s.heads, width / s.heads});
  return e.moved(name + ".transpose", OpKind::transpose, {x}, {{"permutation", heads_first}});
}

// [N,heads,L,d] -> [N*L,H]
Value join_heads(Emitter& e, const AttentionShape& s, Value x) {
  const std::int64_t width = s.heads * e.shape(x)[3];
  x = e.moved("context.transpose", OpKind::transpose, {x}, {{"permutation", heads_first}});
  return e.reshape("context.rows", x, {s.batch * s.length, width});
}

// 0 on and below the diagonal, a large negative number above; added to the scores. Its contents are
// told by the metadata of the trace (workloads/operands.h).
Value mask(Emitter& e, std::int64_t length) {
  return e.shared_input("causal_mask", {length, length}, e.arithmetic().wide(), "causal_mask");
}

Value scores(Emitter& e, const std::string& name, Value query, Value key) {
  const double d = static_cast<double>(e.shape(query)[3]);
  return e.real(e.matmul(name, query, key, true), 1 / std::sqrt(d));
}

Value attend(Emitter& e, const AttentionShape& s, Value q, Value k, Value v) {
  Value x = scores(e, "scores", q, k);
  if (s.causal && s.length > 1) x = e.add("masked", x, mask(e, s.length));
  const Value p = e.closed(e.softmax("softmax", x, -1));
  return e.closed(e.matmul("context", p, v, false));
}

Value attend_with_cache(Emitter& e, const AttentionShape& s, Value q, Value k, Value v) {
  const trace::Shape cache{s.batch, s.heads, s.cached, e.shape(q)[3]};
  const Value keys = e.input("key_cache", cache), values = e.input("value_cache", cache);
  const Value earlier = scores(e, "scores.cached", q, keys), own = scores(e, "scores.new", q, k);
  const Attributes last{{"axis", std::int64_t{3}}};
  const Value x = e.op("scores", OpKind::concat, {earlier, own}, last).front();
  const Value p = e.closed(e.softmax("softmax", x, -1));
  Attributes parts = last;
  parts["sizes"] = trace::ints({s.cached, s.length});
  const std::vector<Value> split = e.op("probabilities", OpKind::split, {p}, parts);
  for (Value part : split) e.take_scale(part, p);
  const Value cached = e.matmul("context.cached", split[0], values, false);
  const Value fresh = e.matmul("context.new", split[1], v, false);
  return e.closed(e.add("context", cached, fresh));
}

}  // namespace

Value attention(Emitter& e, const AttentionShape& s, Value query, Value key, Value value) {
  const Value q = split_heads(e, s, "query", query);
  const Value k = split_heads(e, s, "key", key);
  const Value v = split_heads(e, s, "value", value);
  if (s.store_cache) {
    e.moved("key_cache.new", OpKind::copy, {k});
    e.moved("value_cache.new", OpKind::copy, {v});
  }
  return join_heads(e, s, s.cached > 0 ? attend_with_cache(e, s, q, k, v) : attend(e, s, q, k, v));
}

}  // namespace mantissa::workloads
