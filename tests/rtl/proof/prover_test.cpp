// SPDX-License-Identifier: Apache-2.0
#include "rtl/proof/prover.h"

#include <gtest/gtest.h>

#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

ProverOptions options() {
  ProverOptions options;
  options.folder = MANTISSA_SOURCE_DIR "/rtl";
  options.limit = 120;
  return options;
}

Proof order() {
  const Unit* fifo = find_unit("fifo");
  return fifo->proofs(fifo->defaults())[0];
}

TEST(Prover, every_proof_of_the_fifo_holds_and_its_mutant_is_refuted) {
  const Unit* fifo = find_unit("fifo");
  for (const auto& proof : fifo->proofs(fifo->defaults())) {
    const ProofResult result = prove(proof, options());
    EXPECT_EQ(result.verdict, Verdict::proved) << proof.name;
    EXPECT_FALSE(result.mutant.cycles.empty()) << proof.name;
  }
}

TEST(Prover, a_mutation_without_effect_makes_a_proof_toothless) {
  Proof proof = order();
  proof.mutation.original = "First in, first out,";
  proof.mutation.changed = "First in and first out,";
  EXPECT_EQ(prove(proof, options()).verdict, Verdict::toothless);
}

TEST(Prover, a_mutant_is_refuted_with_its_inputs_in_every_cycle) {
  Proof wrong = order();
  wrong.method = ProofMethod::bounded;
  wrong.depth = 4;
  const ProofResult result = prove(wrong, options());
  EXPECT_EQ(result.verdict, Verdict::proved);
  ASSERT_GE(result.mutant.cycles.size(), 2u);
  EXPECT_EQ(result.mutant.inputs,
            (std::vector<std::string>{"data_i", "ready_i", "rst_ni", "valid_i"}));
  EXPECT_EQ(result.mutant.cycles[0][2], "1'h0");
  EXPECT_EQ(result.mutant.assertion.rfind("fifo/fifo.sv:", 0), 0u) << result.mutant.assertion;
}

TEST(Prover, a_mutation_must_stand_exactly_once) {
  Proof proof = order();
  proof.mutation.original = "count_q";
  EXPECT_THROW(prove(proof, options()), Error);
  proof.mutation.original = "no such text";
  EXPECT_THROW(prove(proof, options()), Error);
}

TEST(Prover, sources_that_yosys_refuses_are_an_error) {
  Proof proof = order();
  proof.top = "no_such_module";
  EXPECT_THROW(prove(proof, options()), Error);
}

TEST(Trace, values_are_read_once_per_cycle) {
  const std::string vcd =
      "$scope module m $end\n$var wire 5 n0 a $end\n$var wire 1 n1 b $end\n$upscope $end\n"
      "$enddefinitions $end\n#0\nb00101 n0\nb1 n1\n#5\nb0 n1\n#10\nb11111 n0\n#15\n#20\n";
  const Counterexample trace = read_trace(vcd, {"a"});
  EXPECT_EQ(trace.inputs, std::vector<std::string>{"a"});
  EXPECT_EQ(trace.cycles, (std::vector<std::vector<std::string>>{{"5'h05"}, {"5'h1f"}}));
}

}  // namespace
}  // namespace mantissa::rtl
