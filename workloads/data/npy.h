// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files, versions 1 to 3: the bytes 93 "NUMPY", two version bytes, a little-endian
// header length (u16; u32 from version 2), the header, the elements to the end of the file.
//
// The header is a Python dictionary of three keys:
//   {'descr': '<f4', 'fortran_order': False, 'shape': (1797, 64), }
//
// Types: b1, u1 to u8, i1 to i8, f2, f4, f8 in either byte order. Texts, records, complex numbers
// and Python objects are refused: the last would have to be run to be read.
// Source: numpy.lib.format. Errors: data.format, data.size; those of read_array().
#pragma once

#include "workloads/data/array.h"

namespace mantissa::data {

Array read_npy(const Bytes& bytes, const std::string& path);

}  // namespace mantissa::data
