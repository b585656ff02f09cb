// SPDX-License-Identifier: Apache-2.0
// Operators that copy bits from place to place. Each says, for every place of its output, which
// element of which input stands there.
#include <algorithm>

#include "base/numerics/element.h"
#include "base/numerics/evaluation.h"

namespace mantissa::numerics {
namespace {

using trace::OpKind;
using trace::Shape;
using Place = std::vector<std::int64_t>;

// Calls visit(index, place) for every element of a tensor in row-major order.
template <class Visit>
void for_each_place(const Shape& shape, Visit visit) {
  Place place(shape.size(), 0);
  const std::int64_t count = trace::elements(shape);
  for (std::int64_t i = 0; i < count; ++i) {
    visit(i, place);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++place[d] < shape[d]) break;
      place[d] = 0;
    }
  }
}

std::int64_t index_of(const Place& place, const Shape& shape) {
  std::int64_t index = 0;
  for (std::size_t d = 0; d < shape.size(); ++d) index = index * shape[d] + place[d];
  return index;
}

void copy_element(const Value& from, std::int64_t i, Value& to, std::int64_t j) {
  const unsigned width = trace::bits(from.format);
  store_bits(width, to.data.data(), j, load_bits(width, from.data.data(), i));
}

// An output whose place p holds the input's place that source(p, from) leaves in `from`, which
// starts as a copy of p.
template <class Source>
Value moved(const Evaluation& e, Source source, std::size_t output = 0) {
  const Value& x = e.input(0);
  Value y(e.output(output).format, e.output(output).shape);
  Place from;
  for_each_place(y.shape, [&](std::int64_t i, const Place& place) {
    from = place;
    source(place, from);
    copy_element(x, index_of(from, x.shape), y, i);
  });
  return y;
}

Value concat(const Evaluation& e) {
  Value y(e.output().format, e.output().shape);
  const std::size_t axis = e.axis("axis", 0, y.shape.size());
  std::int64_t start = 0;
  for (std::size_t k = 0; k < e.inputs.size(); ++k) {
    const Value& x = e.input(k);
    Place to;
    for_each_place(x.shape, [&](std::int64_t i, const Place& place) {
      to = place;
      to[axis] += start;
      copy_element(x, i, y, index_of(to, y.shape));
    });
    start += x.shape[axis];
  }
  return y;
}

Value slice(const Evaluation& e) {
  const Shape& shape = e.input(0).shape;
  const auto axes = e.op.integers("axis", {0}), starts = e.op.integers("start", {0});
  const auto steps = e.op.integers("step", std::vector<std::int64_t>(axes.size(), 1));
  Place first(shape.size(), 0), step(shape.size(), 1);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto d = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + rank : axes[i]);
    const std::int64_t start = starts[i] < 0 ? starts[i] + shape[d] : starts[i];
    first[d] = std::clamp<std::int64_t>(start, 0, shape[d]);
    step[d] = steps[i];
  }
  return moved(e, [&](const Place& place, Place& from) {
    for (std::size_t d = 0; d < place.size(); ++d) from[d] = first[d] + place[d] * step[d];
  });
}

Values split(const Evaluation& e) {
  const std::size_t axis = e.axis("axis", 0, e.input(0).shape.size());
  Values parts;
  std::int64_t start = 0;
  for (std::size_t k = 0; k < e.op.outputs.size(); ++k) {
    const auto shifted = [&](const Place&, Place& from) { from[axis] += start; };
    parts.push_back(moved(e, shifted, k));
    start += parts.back().shape[axis];
  }
  return parts;
}

Value pad(const Evaluation& e) {
  const Value& x = e.input(0);
  const Place none(x.shape.size(), 0);
  const Place before = e.op.integers("before", none);
  const std::string mode = e.op.text("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "replicate") {
    e.unsupported("padding mode '" + mode + "'");
  }
  Value y(e.output().format, e.output().shape);
  const Element constant = Element::of(e.op.real("value", 0));
  for_each_place(y.shape, [&](std::int64_t i, Place place) {
    bool inside = true;
    for (std::size_t d = 0; d < place.size(); ++d) {
      const std::int64_t last = x.shape[d] - 1;
      std::int64_t p = place[d] - before[d];
      if (p < 0 || p > last) {
        inside = inside && mode != "constant";
        if (mode == "reflect") p = p < 0 ? -p : 2 * last - p;  // the border itself not repeated
        p = std::clamp<std::int64_t>(p, 0, last);
      }
      place[d] = p;
    }
    if (inside) {
      copy_element(x, index_of(place, x.shape), y, i);
    } else {
      store_element(y.format, y.data.data(), i, constant);
    }
  });
  return y;
}

// An index into a dimension of `size`; negative ones are refused, as no datapath has them.
std::int64_t checked(const Evaluation& e, std::int64_t index, std::int64_t size) {
  if (index >= 0 && index < size) return index;
  throw Error(index_out_of_range)
      .at(mantissa::Place{"", 0, 0, "op '" + e.op.name + "'"})
      .read(std::to_string(index))
      .expected("an index from 0 to " + std::to_string(size - 1));
}

Value gather(const Evaluation& e) {
  const Value &x = e.input(0), &list = e.input(1);
  const std::size_t axis = e.axis("axis", 0, x.shape.size());
  const std::vector<std::int64_t> indices = list.integers();
  const bool elementwise = e.op.flag("elementwise", false);
  const auto at = [&](const Place& place) {
    const auto i = static_cast<std::size_t>(index_of(place, list.shape));
    return checked(e, indices[i], x.shape[axis]);
  };
  return moved(e, [&](const Place& place, Place& from) {
    if (elementwise) {
      from[axis] = at(place);
      return;
    }
    // The dimensions of `indices` stand in place of the axis.
    const auto first = place.begin() + static_cast<std::ptrdiff_t>(axis);
    const auto last = first + static_cast<std::ptrdiff_t>(list.shape.size());
    from.assign(place.begin(), first);
    from.push_back(at(Place(first, last)));
    from.insert(from.end(), last, place.end());
  });
}

Value fill(const Evaluation& e) {
  Value y(e.output().format, e.output().shape);
  const Element constant = Element::of(e.op.real("value", 0));
  for (std::int64_t i = 0; i < y.elements(); ++i) {
    store_element(y.format, y.data.data(), i, constant);
  }
  return y;
}

Value same_bits(const Evaluation& e) {
  Value y(e.output().format, e.output().shape);
  y.data = e.input(0).data;
  return y;
}

}  // namespace

Values evaluate_movement(const Evaluation& e) {
  switch (e.op.kind) {
    case OpKind::concat:
      return {concat(e)};
    case OpKind::slice:
      return {slice(e)};
    case OpKind::split:
      return split(e);
    case OpKind::pad:
      return {pad(e)};
    case OpKind::gather:
      return {gather(e)};
    case OpKind::fill:
      return {fill(e)};
    case OpKind::copy:
    case OpKind::reshape:
      return {same_bits(e)};
    case OpKind::expand: {
      const Shape& shape = e.input(0).shape;
      return {moved(e, [&](const Place& place, Place& from) {
        const std::size_t skipped = place.size() - shape.size();
        from.assign(shape.size(), 0);
        for (std::size_t d = 0; d < shape.size(); ++d) {
          if (shape[d] != 1) from[d] = place[skipped + d];
        }
      })};
    }
    case OpKind::transpose: {
      const auto permutation = e.op.integers("permutation", {});
      return {moved(e, [&](const Place& place, Place& from) {
        for (std::size_t d = 0; d < place.size(); ++d) {
          from[static_cast<std::size_t>(permutation[d])] = place[d];
        }
      })};
    }
    default:
      e.unsupported("not a movement");
  }
}

}  // namespace mantissa::numerics
