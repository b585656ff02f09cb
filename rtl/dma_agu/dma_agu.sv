// SPDX-License-Identifier: Apache-2.0
// Address generator: five nested loops, one address per cycle.
//
//   for (i4 ..) for (i3 ..) for (i2 ..) for (i1 ..) for (i0 ..)          i0 innermost
//     address = base + i4*stride4 + i3*stride3 + i2*stride2 + i1*stride1 + i0*stride0
//
// modulo 2^AddressWidth, strides in two's complement. Strided transfers use the first three. As
// im2col the loops are channel, kernel column, kernel row, output column, output row, and beside the
// address the pixel is followed, whose element is padding where it lies outside the feature map:
//
//   x = first_x + i3*stride_x + i1*dilation_x      y = first_y + i4*stride_y + i2*dilation_y
//
// `base_i` is the address that pixel (first_x, first_y) would have. A count of 0 stands for
// 2^CountWidth. Coordinates have CountWidth + 2 bits, signed; a command keeps within them.
//
// A command taken in cycle t has its first address in t + 1; the next command is taken with the last
// address of this one, so that none of the cycles between is lost.
module dma_agu #(
  parameter int unsigned AddressWidth = 32,
  parameter int unsigned CountWidth   = 16
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      valid_i,
  output logic                      ready_o,
  input  logic                      im2col_i,  // low: no element is padding
  input  logic [AddressWidth-1:0]   base_i,
  input  logic [5*CountWidth-1:0]   counts_i,   // loop 0 in the low bits
  input  logic [5*AddressWidth-1:0] strides_i,
  input  logic [CountWidth+1:0]     first_x_i,
  input  logic [CountWidth+1:0]     first_y_i,
  input  logic [CountWidth-1:0]     stride_x_i,
  input  logic [CountWidth-1:0]     stride_y_i,
  input  logic [CountWidth-1:0]     dilation_x_i,
  input  logic [CountWidth-1:0]     dilation_y_i,
  input  logic [CountWidth-1:0]     width_i,   // of the feature map
  input  logic [CountWidth-1:0]     height_i,
  output logic                      valid_o,
  input  logic                      ready_i,
  output logic [AddressWidth-1:0]   address_o,
  output logic                      padding_o,
  output logic                      last_o
);

  localparam int unsigned A = AddressWidth;
  localparam int unsigned C = CountWidth;
  localparam int unsigned P = CountWidth + 2;

  logic accept, take, busy_q, im2col_q;
  logic [5*C-1:0] counts_q;
  logic [5*A-1:0] strides_q;
  logic [C-1:0] stride_x_q, stride_y_q, dilation_x_q, dilation_y_q, width_q, height_q;

  // Of every loop: its index, and the address where its present round began.
  logic [5*C-1:0] index_q;
  logic [5*A-1:0] start_q;
  // Of the element, of its window, and of the first window of the line.
  logic [P-1:0] x_q, column_x_q, line_x_q, y_q, line_y_q;

  logic [4:0] at_end, steps;  // a loop steps when all within it end
  logic [5*A-1:0] next;       // the address where its next round begins
  logic done;

  for (genvar l = 0; l < 5; l++) begin : gen_loop
    assign at_end[l] = index_q[l*C +: C] == counts_q[l*C +: C] - C'(1);
    assign next[l*A +: A] = start_q[l*A +: A] + strides_q[l*A +: A];
    if (l == 0) begin : gen_innermost
      assign steps[0] = !at_end[0];
    end else begin : gen_outer
      assign steps[l] = !at_end[l] && (&at_end[l-1:0]);
    end
  end
  assign done = &at_end;

  assign take      = valid_o && ready_i;
  assign accept    = valid_i && ready_o;
  assign ready_o   = !busy_q || (take && done);
  assign valid_o   = busy_q;
  assign last_o    = done;
  assign address_o = start_q[A-1:0];
  // As unsigned numbers the negative coordinates lie beyond every size.
  assign padding_o = im2col_q && ((x_q >= {2'b00, width_q}) || (y_q >= {2'b00, height_q}));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (accept) busy_q <= 1'b1;
    else if (take && done) busy_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      im2col_q     <= im2col_i;
      counts_q     <= counts_i;
      strides_q    <= strides_i;
      stride_x_q   <= stride_x_i;
      stride_y_q   <= stride_y_i;
      dilation_x_q <= dilation_x_i;
      dilation_y_q <= dilation_y_i;
      width_q      <= width_i;
      height_q     <= height_i;
    end
  end

  // The loop that steps moves on; all within it begin again from where it then is.
  for (genvar l = 0; l < 5; l++) begin : gen_state
    always_ff @(posedge clk_i) begin
      if (accept) index_q[l*C +: C] <= C'(0);
      else if (take && steps[l]) index_q[l*C +: C] <= index_q[l*C +: C] + C'(1);
      else if (take && (&at_end[l:0])) index_q[l*C +: C] <= C'(0);
    end
    always_ff @(posedge clk_i) begin
      if (accept) start_q[l*A +: A] <= base_i;
      else if (take) begin
        for (int unsigned m = l; m < 5; m++) begin
          if (steps[m]) start_q[l*A +: A] <= next[m*A +: A];
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      x_q        <= first_x_i;
      column_x_q <= first_x_i;
      line_x_q   <= first_x_i;
      y_q        <= first_y_i;
      line_y_q   <= first_y_i;
    end else if (take) begin
      if (steps[1]) x_q <= x_q + {2'b00, dilation_x_q};
      if (steps[2]) begin
        x_q <= column_x_q;
        y_q <= y_q + {2'b00, dilation_y_q};
      end
      if (steps[3]) begin
        x_q        <= column_x_q + {2'b00, stride_x_q};
        column_x_q <= column_x_q + {2'b00, stride_x_q};
        y_q        <= line_y_q;
      end
      if (steps[4]) begin
        x_q        <= line_x_q;
        column_x_q <= line_x_q;
        y_q        <= line_y_q + {2'b00, stride_y_q};
        line_y_q   <= line_y_q + {2'b00, stride_y_q};
      end
    end
  end

`ifdef FORMAL
  logic started_q;
  initial started_q = 1'b0;
  always_ff @(posedge clk_i) started_q <= 1'b1;
  always_comb if (!started_q) assume (!rst_ni);

  // The closed form of every loop's start, from the command as it was given.
  logic [A-1:0] base_q;
  logic [P-1:0] first_y_q;
  always_ff @(posedge clk_i) begin
    if (accept) begin
      base_q    <= base_i;
      first_y_q <= first_y_i;
    end
  end
  logic [6*A-1:0] closed;
  assign closed[5*A +: A] = base_q;
  for (genvar l = 0; l < 5; l++) begin : gen_closed
    assign closed[l*A +: A] =
        closed[(l+1)*A +: A] + A'(index_q[l*C +: C]) * strides_q[l*A +: A];
  end

  logic stalled_q;
  logic [A+1:0] offered_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stalled_q <= 1'b0;
    else stalled_q <= valid_o && !ready_i;
  end
  always_ff @(posedge clk_i) offered_q <= {last_o, padding_o, address_o};

  // Every index stays below its count, where zero stands for 2^CountWidth.
  logic [5*(C+1)-1:0] whole;
  for (genvar l = 0; l < 5; l++) begin : gen_whole
    assign whole[l*(C+1) +: C+1] = {counts_q[l*C +: C] == C'(0), counts_q[l*C +: C]};
  end

  always_comb begin
    if (started_q && rst_ni && busy_q) begin
      for (int unsigned l = 0; l < 5; l++) begin
        assert (start_q[l*A +: A] == closed[l*A +: A]);
        assert ({1'b0, index_q[l*C +: C]} < whole[l*(C+1) +: C+1]);
      end
      assert (address_o == closed[0 +: A]);
      assert (column_x_q == line_x_q + P'(index_q[3*C +: C]) * P'(stride_x_q));
      assert (x_q == column_x_q + P'(index_q[1*C +: C]) * P'(dilation_x_q));
      assert (line_y_q == first_y_q + P'(index_q[4*C +: C]) * P'(stride_y_q));
      assert (y_q == line_y_q + P'(index_q[2*C +: C]) * P'(dilation_y_q));
    end
    if (started_q && rst_ni && stalled_q) begin
      assert (valid_o && {last_o, padding_o, address_o} == offered_q);
    end
  end
`endif

endmodule
