// SPDX-License-Identifier: Apache-2.0
// Traces as MLCommons Chakra execution traces, one file per rank (`<prefix>.<rank>.et`, optionally
// `.gz`).
//
// Writing: every op becomes a node that other Chakra readers understand: COMP_NODE with is_cpu_op,
// num_ops (two per multiply-accumulate, else elements times passes) and tensor_size (bytes of all
// operands), COMM_* with comm_type, comm_size and so on; data_deps from the tensors, ctrl_deps from
// Op::after. What Chakra has no field for stands in attributes that begin with `mantissa.`, so that
// read_chakra(write_chakra(t)) == t.
//
// Reading: a trace of another producer has no such attributes. Its COMP and MEM nodes become
// `generic` ops known by elements and bytes, its COMM nodes collectives, all ordered by their
// dependencies; METADATA nodes are skipped and what depended on them depends on what they depended
// on. Nodes may stand in any order in the file. Op names are made unique by "#<node id>".
//
//   write_chakra(trace, chakra_path("resnet50", 0));      // resnet50.0.et
//   std::vector<std::string> warnings;
//   Trace same = read_chakra("resnet50.0.et", &warnings);
//
// Errors: message_stream.h and the kinds below, with the byte offset of the message; then those of
// `check`.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::trace {

inline const ErrorKind chakra_first_message{
    "chakra.first-message", ExitCode::bad_input,
    "A Chakra file that does not begin with a GlobalMetadata message."};
inline const ErrorKind chakra_message{"chakra.message", ExitCode::bad_input,
                                      "A message that is no Chakra node."};
inline const ErrorKind chakra_node_type{"chakra.node-type", ExitCode::bad_input,
                                        "A node, or a collective, of a type that Chakra lacks."};
inline const ErrorKind chakra_attribute{
    "chakra.attribute", ExitCode::bad_input,
    "A node's attribute that is missing, of a wrong type or out of range."};
inline const ErrorKind chakra_duplicate_id{"chakra.duplicate-id", ExitCode::bad_input,
                                           "Two nodes with the same id."};
inline const ErrorKind chakra_missing_parent{
    "chakra.missing-parent", ExitCode::bad_input,
    "A node that depends on a node which is not in the file."};
inline const ErrorKind chakra_cycle{"chakra.cycle", ExitCode::bad_input,
                                    "Nodes that wait for each other."};
inline const ErrorKind chakra_text{"chakra.text", ExitCode::bad_input,
                                   "A name or text that is not UTF-8, as Chakra wants it."};

std::string chakra_path(const std::string& prefix, std::uint32_t rank);

// `check` takes as long as writing does: `yes` for a trace that a builder or a recorder has
// finished and nobody has changed since.
enum class Checked { no, yes };
void write_chakra(const Trace& trace, const std::string& path, Checked checked = Checked::no);
Trace read_chakra(const std::string& path, std::vector<std::string>* warnings = nullptr);

}  // namespace mantissa::trace
