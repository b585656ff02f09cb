// SPDX-License-Identifier: Apache-2.0
// Views, copies and constants. A view is told to `Values` and becomes a node only when an operator
// reads it.
#include <numeric>

#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::OpKind;
using trace::TensorId;

namespace {

void nothing(Call&) {}

// The same elements in the same order: view, reshape, flatten, squeeze, unsqueeze.
void reshaped(Call& c) {
  c.recording().values.derive(c.out(), c.tensor(0),
                              {OpKind::reshape, {{"shape", shape_of(c.out())}}, false});
}

void identity(Call& c) {
  if (!c.has_out(0)) return;
  c.recording().values.derive(c.out(), c.tensor(0), {OpKind::reshape, {}, true});
}

void permuted(Call& c, std::vector<std::int64_t> permutation) {
  bool moves = false;
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    moves = moves || permutation[i] != static_cast<std::int64_t>(i);
  }
  c.recording().values.derive(c.out(), c.tensor(0),
                              {OpKind::transpose, {{"permutation", permutation}}, !moves});
}

std::vector<std::int64_t> in_order(std::int64_t rank) {
  std::vector<std::int64_t> p(static_cast<std::size_t>(rank));
  std::iota(p.begin(), p.end(), 0);
  return p;
}

void exchanged(Call& c, std::int64_t a, std::int64_t b) {
  const std::int64_t rank = c.tensor(0).dim();
  auto p = in_order(rank);
  if (rank > 0) {
    std::swap(p[static_cast<std::size_t>(axis(a, rank))],
              p[static_cast<std::size_t>(axis(b, rank))]);
  }
  permuted(c, p);
}

void permute(Call& c) {
  auto p = c.integers(1);
  for (std::int64_t& d : p) d = axis(d, c.tensor(0).dim());
  permuted(c, p);
}

void sliced(Call& c, const at::Tensor& out, std::int64_t dim, std::int64_t start, std::int64_t end,
            std::int64_t step) {
  const std::int64_t d = axis(dim, c.tensor(0).dim());
  Attributes a{{"axis", trace::ints({d})}, {"start", trace::ints({start})}};
  if (end < c.tensor(0).size(d)) a["end"] = trace::ints({end});
  if (step != 1) a["step"] = trace::ints({step});
  const bool all = start == 0 && end >= c.tensor(0).size(d) && step == 1;
  c.recording().values.derive(out, c.tensor(0), {OpKind::slice, a, all});
}

// aten::slice(x, dim, start, end, step)
void slice(Call& c) {
  const std::int64_t dim = c.integer(1), d = axis(dim, c.tensor(0).dim());
  const std::int64_t length = c.tensor(0).size(d);
  std::int64_t start = c.integer(2, 0), end = c.integer(3, length);
  if (start < 0) start += length;
  if (end < 0) end += length;
  sliced(c, c.out(), dim, std::max<std::int64_t>(start, 0), std::min(end, length), c.integer(4, 1));
}

// aten::select(x, dim, index): one position, and the dimension goes.
void select(Call& c) {
  const std::int64_t d = axis(c.integer(1), c.tensor(0).dim());
  std::int64_t i = c.integer(2);
  if (i < 0) i += c.tensor(0).size(d);
  sliced(c, c.out(), d, i, i + 1, 1);
}

// aten::narrow(x, dim, start, length)
void narrow(Call& c) {
  sliced(c, c.out(), c.integer(1), c.integer(2), c.integer(2) + c.integer(3), 1);
}

// aten::split, chunk, split_with_sizes, unbind: one node for all parts.
void split(Call& c, std::int64_t dim) {
  const std::vector<at::Tensor> parts = [&] {
    std::vector<at::Tensor> out;
    const c10::List<at::Tensor> list = c.output_list();
    for (const at::Tensor& t : list) out.push_back(t);
    return out;
  }();
  const std::int64_t d = axis(dim, c.tensor(0).dim());
  std::int64_t start = 0;
  std::vector<std::int64_t> sizes;
  for (const at::Tensor& t : parts) {
    sizes.push_back(t.size(d));
    sliced(c, t, d, start, start + t.size(d), 1);
    start += t.size(d);
  }
  if (parts.size() < 2) return;
  Attributes a{{"axis", d}};
  if (std::equal(sizes.begin() + 1, sizes.end(), sizes.begin())) {
    a["parts"] = static_cast<std::int64_t>(sizes.size());
  } else {
    a["sizes"] = sizes;
  }
  c.split(a, parts);
}

void split_by_second(Call& c) { split(c, c.integer(2, 0)); }

void unbind(Call& c) {
  const std::int64_t d = axis(c.integer(1, 0), c.tensor(0).dim());
  std::int64_t i = 0;
  const c10::List<at::Tensor> list = c.output_list();
  for (const at::Tensor& t : list) {
    sliced(c, t, d, i, i + 1, 1);
    ++i;
  }
}

void expanded(Call& c) {
  c.recording().values.derive(
      c.out(), c.tensor(0),
      {OpKind::expand, {{"shape", shape_of(c.out())}}, c.out().sizes() == c.tensor(0).sizes()});
}

// aten::cat(tensors, dim)
void concat(Call& c) {
  std::vector<TensorId> parts;
  for (const at::Tensor& t : c.tensors(0)) {
    if (t.numel() > 0) parts.push_back(c.in(t));
  }
  c.emit(OpKind::concat, parts, {{"axis", axis(c.integer(1, 0), c.out().dim())}}, {c.out()});
}

// aten::stack(tensors, dim): each with one more dimension.
void stack(Call& c) {
  const std::int64_t d = axis(c.integer(1, 0), c.out().dim());
  std::vector<TensorId> parts;
  for (const at::Tensor& t : c.tensors(0)) {
    trace::Shape shape = shape_of(t);
    shape.insert(shape.begin() + d, 1);
    parts.push_back(c.emit_inner(OpKind::reshape, "part", {c.in(t)}, {{"shape", shape}},
                                 format_of(t.scalar_type()), shape));
  }
  c.emit(OpKind::concat, parts, {{"axis", d}}, {c.out()});
}

// The engine clones a gradient only because recording holds it, too.
void clone(Call& c) {
  if (c.recording().inside("torch::autograd::AccumulateGrad")) {
    identity(c);
  } else {
    c.emit(OpKind::copy, {c.in(0)}, {}, {c.out()});
  }
}

void convert(Call& c, const at::Tensor& from) {
  const bool same = from.scalar_type() == c.out().scalar_type();
  if (from.is_same(c.out())) return;
  TensorId x = c.in(from);
  if (from.sizes() != c.out().sizes()) {
    x = c.emit_inner(OpKind::expand, "expand", {x}, {{"shape", shape_of(c.out())}},
                     format_of(from.scalar_type()), shape_of(c.out()));
  }
  c.emit(same ? OpKind::copy : OpKind::cast, {x}, {}, {c.out()});
}

void fill(Call& c, double value) {
  c.emit(OpKind::fill, {}, {{"shape", shape_of(c.out())}, {"value", value}}, {c.out()});
}

// aten::constant_pad_nd(x, pad, value): pad lists (before, after) from the last dimension on.
void pad(Call& c) {
  const auto amounts = c.integers(1);
  const auto rank = static_cast<std::size_t>(c.tensor(0).dim());
  std::vector<std::int64_t> before(rank, 0), after(rank, 0);
  for (std::size_t i = 0; i + 1 < amounts.size(); i += 2) {
    before[rank - 1 - i / 2] = amounts[i];
    after[rank - 1 - i / 2] = amounts[i + 1];
  }
  Attributes a{{"before", before}, {"after", after}};
  if (c.number(2, 0) != 0) a["value"] = c.number(2);
  c.emit(OpKind::pad, {c.in(0)}, a, {c.out()});
}

bool pads_only(const std::vector<c10::IValue>& in) {
  for (std::int64_t n : in[1].toIntVector()) {
    if (n < 0) return false;
  }
  return true;
}

}  // namespace

void add_movement_rules(Rules& r) {
  for (const char* name : {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze",
                           "view_as", "reshape_as", "_unsafe_view", "_reshape_alias"}) {
    r[std::string("aten::") + name] = {reshaped, {}};
  }
  for (const char* name : {"detach", "alias", "contiguous", "lift_fresh", "lift", "requires_grad",
                           "resolve_conj", "resolve_neg"}) {
    r[std::string("aten::") + name] = {identity, {}};
  }
  r["aten::transpose"] = {[](Call& c) { exchanged(c, c.integer(1), c.integer(2)); }, {}};
  r["aten::t"] = r["aten::numpy_T"] = {
      [](Call& c) { exchanged(c, 0, c.tensor(0).dim() < 2 ? 0 : 1); },
      [](const std::vector<c10::IValue>& in) { return in[0].toTensor().dim() <= 2; }};
  r["aten::permute"] = {permute, {}};
  const auto by_position = [](const std::vector<c10::IValue>& in) {
    return in.size() > 1 && in[1].isInt();
  };
  r["aten::slice"] = {slice, by_position};
  r["aten::select"] = {select, by_position};
  r["aten::narrow"] = {
      narrow, [](const std::vector<c10::IValue>& in) { return in.size() == 4 && in[2].isInt(); }};
  r["aten::split"] = r["aten::split_with_sizes"] = r["aten::chunk"] = {split_by_second, {}};
  r["aten::unbind"] = {unbind, {}};
  r["aten::expand"] = r["aten::expand_as"] = {expanded, {}};
  r["aten::cat"] = r["aten::concat"] = {concat, {}};
  r["aten::stack"] = {stack, {}};
  r["aten::clone"] = {clone, {}};
  r["aten::_to_copy"] = {[](Call& c) { convert(c, c.tensor(0)); }, {}};
  r["aten::copy_"] = {[](Call& c) { convert(c, c.tensor(1)); }, {}};
  r["aten::constant_pad_nd"] = {pad, pads_only};

  r["aten::zeros"] = r["aten::zeros_like"] = r["aten::new_zeros"] =
      r["aten::zero"] = {[](Call& c) { fill(c, 0); }, {}};
  r["aten::ones"] = r["aten::ones_like"] = r["aten::new_ones"] = {[](Call& c) { fill(c, 1); }, {}};
  r["aten::full"] = r["aten::full_like"] = r["aten::fill"] = r["aten::new_full"] = {
      [](Call& c) { fill(c, c.number(c.name() == "aten::new_full" ? 2 : 1)); },
      [](const std::vector<c10::IValue>& in) { return in.size() > 1 && !in[1].isTensor(); }};
  r["aten::scalar_tensor"] = {[](Call& c) { fill(c, c.number(0)); }, {}};
  // Room without contents, and questions to a tensor.
  for (const char* name :
       {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided", "resize",
        "resize_as", "item", "_local_scalar_dense", "set_data", "retain_grad", "is_nonzero",
        "equal", "numpy", "_has_compatible_shallow_copy_type"}) {
    r[std::string("aten::") + name] = {nothing, {}};
  }
}

}  // namespace mantissa::workloads
