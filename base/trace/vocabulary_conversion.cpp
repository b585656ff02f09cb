// SPDX-License-Identifier: Apache-2.0
// Between number formats, and the affine map per channel. What format comes out is the output
// tensor's; scales and zero points are attributes, one value for the tensor or one per channel.
//
//   quantize    y = clip(RNE(x / scale) + zero_point, low, high)
//   dequantize  y = (x - zero_point) * scale
//   requantize  y = clip(zero_point + RNE(x * multiplier / 2^shift), low, high)
//   fake_quantize  y = dequantize(quantize(x)) of any format (base/numerics/quantize): the loss
//                  alone, in the format of x
//
// RNE rounds to nearest, half to even. In requantize the multiplier is a positive int32, the shift
// lies in 0..62, the product takes 64 bits and is rounded once.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// Channels along `axis`; per-channel lists must have this length, and a tensor-wide value needs no
// axis at all (a scalar has none).
std::int64_t channels(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  return x[axis_of(op, in, "axis", x.size())];
}

void check_per_channel(const Op& op, const Operands& in, const char* key, std::size_t length) {
  if (length == 1) return;
  if (static_cast<std::int64_t>(length) != channels(op, in)) {
    refuse_shape(op, in,
                 std::string(key) + " with one value, or one per channel along axis, not " +
                     std::to_string(length));
  }
}

void check_operand_per_channel(const Op& op, const Operands& in, std::size_t index) {
  if (!present(in, index) || elements(in[index]->shape) == 1) return;
  expect_vector(op, in, index, channels(op, in));
}

std::vector<Shape> quantize_shapes(const Op& op, const Operands& in) {
  const bool given = op.attributes.count("scale") != 0;
  if (present(in, 1) == given) {
    refuse_shape(op, in, "either the operand scale or the attribute scale");
  }
  if (given && op.integer("vector_size", 0) == 0) {
    check_per_channel(op, in, "scale", op.reals("scale", {}).size());
  }
  check_per_channel(op, in, "zero_point", op.integers("zero_point", {0}).size());
  return like_first(op, in);
}

std::vector<Shape> requantize_shapes(const Op& op, const Operands& in) {
  check_operand_per_channel(op, in, 1);
  const auto shift = op.integers("shift", {0});
  check_per_channel(op, in, "shift", shift.size());
  for (std::int64_t s : shift) {
    if (s < 0 || s > 62) refuse_shape(op, in, "a shift from 0 to 62, not " + std::to_string(s));
  }
  return like_first(op, in);
}

// The coarse scale: one, or one per channel.
std::vector<Shape> fake_quantize_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  const std::size_t axis = axis_of(op, in, "axis", x.size());
  std::int64_t channels = 1;
  for (std::size_t d = 0; d < axis; ++d) channels *= x[d];
  if (present(in, 1) && elements(in[1]->shape) != 1) expect_vector(op, in, 1, channels);
  return {x};
}

std::vector<Shape> batch_norm_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 2);
  operand(op, in, 3, 1, 1);
  operand(op, in, 4, 1, 1);
  for (std::size_t i = 1; i < 5; ++i) expect_vector(op, in, i, x[1]);
  return {x};
}

std::vector<AttributeSpec> scale_attributes() {
  return {reals("scale", {}, "Step of the format: one, or one per channel; or the operand."),
          integers("zero_point", {0}, "What stands for 0: one, or one per channel."),
          integer("axis", 1, "The channels' dimension, for lists."),
          integer("vector_size", 0, "Elements along axis that share a scale; 0: a whole channel.")};
}

}  // namespace

std::vector<OpSpec> conversion_ops() {
  using K = OpKind;
  const OpClass c = OpClass::pointwise;
  std::vector<AttributeSpec> to_quantized = scale_attributes();
  to_quantized.push_back(real("low", -std::numeric_limits<double>::infinity(),
                              "Smallest code beyond the format's own limit."));
  to_quantized.push_back(real("high", std::numeric_limits<double>::infinity(),
                              "Largest code beyond the format's own limit."));
  return {
      {K::cast,
       "cast",
       c,
       {required("input")},
       {required("output")},
       {},
       1,
       "The nearest value of the output's format, half to even.",
       FormatRule::any,
       like_first,
       no_macs},
      {K::quantize,
       "quantize",
       c,
       {required("input"), maybe("scale")},
       {required("output")},
       to_quantized,
       2,
       "clip(RNE(x / scale) + zero_point, low, high): scale, then round and clip.",
       FormatRule::any,
       quantize_shapes,
       no_macs},
      {K::dequantize,
       "dequantize",
       c,
       {required("input"), maybe("scale")},
       {required("output")},
       scale_attributes(),
       1,
       "(x - zero_point) * scale.",
       FormatRule::any,
       quantize_shapes,
       no_macs},
      {K::requantize,
       "requantize",
       c,
       {required("input"), maybe("multiplier")},
       {required("output")},
       {integers("shift", {0}, "Binary places, 0 to 62: one, or one per channel."),
        integer("zero_point", 0, "What stands for 0 in the output."),
        integer("low", -128, "Smallest output."), integer("high", 127, "Largest output."),
        integer("axis", 1, "The channels' dimension, for lists and the multiplier.")},
       1,
       "clip(zero_point + RNE(x * multiplier / 2^shift), low, high); no multiplier: 1.",
       FormatRule::any,
       requantize_shapes,
       no_macs},
      {K::fake_quantize,
       "fake_quantize",
       OpClass::row,
       {required("input"), maybe("coarse")},
       {required("output")},
       {word("scheme", "int", "int, or a block format: mxfp8_e4m3, mxfp4, nvfp4, bf16, ..."),
        integer("bits", 8, "Of an integer, 2 to 8."),
        boolean("signed", true, "Integers of both signs; else from 0."),
        word("granularity", "channel", "What shares a scale: tensor, channel or vector."),
        integer("axis", 1, "The dimension that vectors run along; those before it are channels."),
        integer("vector_size", 0, "Elements that share a scale; 0: the format's own, 16 of int."),
        integer("scale_bits", 0, "Of an integer scale per vector; 0: a float each."),
        word("order", "data_first", "data_first (A) or scale_first (B), with two levels."),
        word("coarse_per", "channel", "What shares the second level's scale: channel or tensor."),
        word("rounding", "", "Of elements: half_even, half_away, half_up, down or up; empty: own."),
        word("scale_rounding", "", "The same, of scales.")},
       4,
       "What a quantised format keeps: largest magnitudes, scales, codes, and codes times scales.",
       FormatRule::number,
       fake_quantize_shapes,
       no_macs},
      {K::batch_norm,
       "batch_norm",
       c,
       {required("input"), maybe("weight"), maybe("bias"), required("running_mean"),
        required("running_var")},
       {required("output")},
       {real("eps", 1e-5, "Added to the variance.")},
       2,
       "(x - mean) / sqrt(var + eps) * weight + bias with running statistics: product, then sum.",
       FormatRule::number,
       batch_norm_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
