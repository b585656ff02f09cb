// SPDX-License-Identifier: Apache-2.0
// A claim about a design that holds for all inputs, as yosys-smtbmc and z3 show it.
//
// The claims themselves are immediate `assert`s, with `assume`s about the inputs, in the sources:
// inside the module below `ifdef FORMAL, or in a module of their own that instantiates it. A proof
// that cannot fail shows nothing; each names one mistake in the sources with which it must fail.
//
//   Proof proof;
//   proof.name = "order";
//   proof.claim = "words leave in the order in which they came, none lost, none twice";
//   proof.top = "fifo";
//   proof.sources = {"fifo/fifo.sv"};
//   proof.parameters = {{"Width", 4}, {"Depth", 2}};
//   proof.method = ProofMethod::induction;
//   proof.depth = 2;
//   proof.mutation = {"fifo/fifo.sv", "words_q[read_q];", "words_q[write_q];",
//                     "the word at the wrong pointer"};
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mantissa::rtl {

enum class ProofMethod {
  combinational,  // no state: one step is all there is, and the verdict holds for all inputs
  induction,      // holds for ever: `depth` steps from reset, and `depth` + 1 from anywhere
  bounded,        // holds in the first `depth` cycles; says nothing of later ones
};

const char* name(ProofMethod method);

// A change of a few characters. `original` stands exactly once in the source.
struct Mutation {
  std::string source;
  std::string original, changed;
  std::string what;  // in words
};

struct Proof {
  std::string name;   // one word, unique in the unit
  std::string claim;  // a sentence
  std::string top;
  std::vector<std::string> sources;  // relative to rtl/, in the order in which they are read
  std::map<std::string, std::int64_t> parameters;  // of `top`
  ProofMethod method = ProofMethod::induction;
  unsigned depth = 1;
  Mutation mutation;
};

}  // namespace mantissa::rtl
