// SPDX-License-Identifier: Apache-2.0
package my_requantizer_pkg;

  typedef logic signed [63:0] wide_t;

  // Half to even by adding before the shift: half, less one, plus the bit that becomes the lowest.
  function automatic wide_t divided(wide_t product, logic [5:0] shift);
    wide_t bias;
    if (shift == 0) return product;
    bias = (64'sd1 <<< (shift - 6'd1)) - 64'sd1;
    if (product[shift]) bias = bias + 64'sd1;
    return (product + bias) >>> shift;
  endfunction

  function automatic wide_t limited(wide_t value, wide_t low, wide_t high);
    if (value < low) return low;
    if (value > high) return high;
    return value;
  endfunction

endpackage
