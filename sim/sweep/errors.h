// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a sweep that is not wrong with a configuration in general.
#pragma once

#include "base/error.h"

namespace mantissa::sweep {

inline const ErrorKind bad_sweep{"sweep.malformed", ExitCode::bad_input,
                                 "A section of a sweep that has not the form it should have."};
inline const ErrorKind zip_lengths{"sweep.zip-lengths", ExitCode::bad_input,
                                   "Lists under `zip` that are not of one length."};
inline const ErrorKind no_points{"sweep.no-points", ExitCode::bad_input,
                                 "A sweep that spans no point at all."};
inline const ErrorKind too_many_points{"sweep.too-many-points", ExitCode::bad_input,
                                       "A sweep of more than a million points."};
inline const ErrorKind twice_set{"sweep.twice-set", ExitCode::bad_input,
                                 "A parameter that two sections of a sweep set."};
inline const ErrorKind bad_range{"sweep.range", ExitCode::bad_input,
                                 "A random range whose bounds do not fit together."};
inline const ErrorKind bad_constraint{"sweep.constraint", ExitCode::bad_input,
                                      "A constraint that is not 'quantity < value unit'."};
inline const ErrorKind unknown_quantity{"sweep.quantity", ExitCode::bad_input,
                                        "A quantity that no run yields."};
inline const ErrorKind unit_mismatch{"sweep.unit", ExitCode::bad_input,
                                     "An unknown unit, or two sides of different units."};
inline const ErrorKind unmatched_published{
    "sweep.published", ExitCode::bad_input,
    "A published figure whose selector fits no point of the sweep, or several."};
inline const ErrorKind bad_campaign{"sweep.campaign", ExitCode::bad_input,
                                    "A campaign that tests nothing, or the same chips twice."};
inline const ErrorKind bad_shard{"sweep.shard", ExitCode::usage,
                                 "A --shard that is not I/N with I below N."};

}  // namespace mantissa::sweep
