// SPDX-License-Identifier: Apache-2.0
// Folders that are expensive to make, kept by the content of what they were made from.
//
//   <cache>/<kind>-<key>/           the files, and `seal`: a hash of each
//   <cache>/<kind>-<key>.lock       held while it is looked at or made
//
// An entry appears at once, by renaming. An entry whose files are not what its seal says (a full
// disk, a killed copy) is made again. Two processes that want the same entry: one makes it, the
// other waits.
#pragma once

#include <functional>
#include <string>

namespace mantissa::rtl {

// The folder of the entry. `make` fills an empty folder that it is given; `again`: even when there
// is an entry. Throws cache_unusable, and what `make` throws.
std::string cached(const std::string& cache, const std::string& kind, const std::string& key,
                   const std::function<void(const std::string& folder)>& make, bool again = false);

}  // namespace mantissa::rtl
