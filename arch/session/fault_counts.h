// SPDX-License-Identifier: Apache-2.0
// What went wrong in one memory during a run. Whole numbers in data mode; in shape mode, where
// there are no bits to go wrong, expectations over random contents.
#pragma once

#include <cstdint>

namespace mantissa::arch {

struct FaultCounts {
  double voltage_ratio = 1;     // V / Vmin
  double cell_error_rate = 0;   // fraction of cells that fail
  double faulty_bits_read = 0;  // bits that left their cells wrong
  double corrected_words = 0;   // put right by ECC
  double detected_words = 0;    // known to be wrong and used nevertheless
  double silent_words = 0;      // wrong, and nobody knew
  double failed_writes = 0;     // bits that a write could not change
  double upsets = 0;            // bits that lost what they held
  double scrubbed_words = 0;    // words that a scrub put right

  FaultCounts& operator+=(const FaultCounts& o) {
    voltage_ratio = o.voltage_ratio;
    cell_error_rate = o.cell_error_rate;
    faulty_bits_read += o.faulty_bits_read;
    corrected_words += o.corrected_words;
    detected_words += o.detected_words;
    silent_words += o.silent_words;
    failed_writes += o.failed_writes;
    upsets += o.upsets;
    scrubbed_words += o.scrubbed_words;
    return *this;
  }
};

// Every count with its name in results and a definition.
struct FaultCountField {
  const char* name;
  double FaultCounts::*value;
  const char* definition;
};
inline constexpr FaultCountField fault_count_fields[] = {
    {"voltage_ratio", &FaultCounts::voltage_ratio, "Supply voltage as part of Vmin."},
    {"cell_error_rate", &FaultCounts::cell_error_rate, "Fraction of the cells that fail."},
    {"faulty_bits_read", &FaultCounts::faulty_bits_read, "Bits that left their cells wrong."},
    {"corrected_words", &FaultCounts::corrected_words, "Words that ECC put right."},
    {"detected_words", &FaultCounts::detected_words,
     "Words that ECC found wrong and could not put right."},
    {"silent_words", &FaultCounts::silent_words, "Words that were used wrong without notice."},
    {"failed_writes", &FaultCounts::failed_writes, "Bits that a write could not change."},
    {"upsets", &FaultCounts::upsets, "Bits that lost what they held."},
    {"scrubbed_words", &FaultCounts::scrubbed_words, "Words that a scrub put right."},
};

}  // namespace mantissa::arch
