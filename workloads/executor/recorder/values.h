// SPDX-License-Identifier: Apache-2.0
// Which tensor of the trace a libtorch tensor holds now: storages, the ways to look at them
// (offset, sizes, strides), and how one follows from another.
//
// A storage is held weakly, so that its address is not given to another one as long as it is known
// here. Every way to look at it is an entry that follows from its parent by one movement; writing
// through one entry makes a new version of the storage, and the others follow anew from what was
// written when somebody reads them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/trace/builder.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

// How an entry follows from its parent.
struct Movement {
  trace::OpKind kind{};  // reshape, transpose, slice or expand
  trace::Attributes attributes;
  bool identity = false;  // the same elements under the same shape
};

class Values {
 public:
  struct Hooks {
    // A node for a movement; for one that overwrites part of `whole` with `part` when kind is
    // generic.
    std::function<trace::TensorId(const Movement&, trace::TensorId, const at::Tensor* like)> move;
    std::function<trace::TensorId(trace::TensorId whole, trace::TensorId part)> overwrite;
    // A tensor that nothing has made.
    std::function<trace::TensorId(const at::Tensor&)> source;
  };
  explicit Values(Hooks hooks) : hooks_(std::move(hooks)) {}

  // The tensor's contents, moved into its own order where necessary.
  trace::TensorId read(const at::Tensor& tensor);
  // The same, but a movement of `kind` that nobody has asked for yet may be left to the reader:
  // then the contents before it, and its attributes.
  trace::TensorId read_before(const at::Tensor& tensor, trace::OpKind kind,
                              trace::Attributes& attributes);
  // Already known, without making a node.
  std::optional<trace::TensorId> find(const at::Tensor& tensor) const;
  bool known(const at::Tensor& tensor) const;

  void write(const at::Tensor& tensor, trace::TensorId id);
  // What a view holds in the present version of its storage, known without a movement.
  void set(const at::Tensor& view, trace::TensorId id);
  // `child` holds the elements of `parent`, moved: as a view of one storage or as a copy.
  void derive(const at::Tensor& child, const at::Tensor& parent, Movement movement);

 private:
  struct Geometry {
    std::int64_t offset;
    std::vector<std::int64_t> sizes, strides;
    at::ScalarType type;
    explicit Geometry(const at::Tensor& tensor);
    bool operator==(const Geometry& o) const {
      return offset == o.offset && type == o.type && sizes == o.sizes && strides == o.strides;
    }
  };
  struct Entry {
    Geometry geometry;
    int parent = -1;
    Movement movement;
    trace::TensorId id = trace::no_tensor;
    std::uint64_t version = 0;
  };
  struct Storage {
    c10::weak_intrusive_ptr<c10::StorageImpl> held;
    std::vector<Entry> entries;
    std::uint64_t version = 0;
    int last_written = -1;
  };

  Storage* storage_of(const at::Tensor& tensor);
  const Storage* storage_of(const at::Tensor& tensor) const;
  Storage& add_storage(const at::Tensor& tensor);
  static int entry_of(const Storage& storage, const Geometry& geometry);
  static int add_entry(Storage& storage, Geometry geometry);
  trace::TensorId current(Storage& storage, int entry, const at::Tensor* like);
  void forget_freed();

  Hooks hooks_;
  std::unordered_map<const c10::StorageImpl*, Storage> storages_;
  std::size_t forget_at_ = 4096;
};

}  // namespace mantissa::workloads
