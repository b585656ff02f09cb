// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/recorder/values.h"

#include <algorithm>

namespace mantissa::workloads {

using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

std::int64_t elements(const std::vector<std::int64_t>& sizes) {
  std::int64_t n = 1;
  for (std::int64_t d : sizes) n *= d;
  return n;
}

// The permutation that undoes another.
std::vector<std::int64_t> inverse(const std::vector<std::int64_t>& permutation) {
  std::vector<std::int64_t> out(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i) {
    out[static_cast<std::size_t>(permutation[i])] = static_cast<std::int64_t>(i);
  }
  return out;
}

}  // namespace

Values::Geometry::Geometry(const at::Tensor& tensor)
    : offset(tensor.storage_offset()),
      sizes(tensor.sizes().vec()),
      strides(tensor.strides().vec()),
      type(tensor.scalar_type()) {
  // The stride of a dimension of one element says nothing.
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 1) strides[i] = 1;
  }
}

Values::Storage* Values::storage_of(const at::Tensor& tensor) {
  const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
  return found == storages_.end() ? nullptr : &found->second;
}

const Values::Storage* Values::storage_of(const at::Tensor& tensor) const {
  const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
  return found == storages_.end() ? nullptr : &found->second;
}

Values::Storage& Values::add_storage(const at::Tensor& tensor) {
  if (storages_.size() >= forget_at_) forget_freed();
  const c10::StorageImpl* impl = tensor.storage().unsafeGetStorageImpl();
  auto held =
      c10::intrusive_ptr<c10::StorageImpl>::reclaim_copy(const_cast<c10::StorageImpl*>(impl));
  return storages_
      .emplace(impl, Storage{c10::weak_intrusive_ptr<c10::StorageImpl>(held), {}, 0, -1})
      .first->second;
}

void Values::forget_freed() {
  for (auto i = storages_.begin(); i != storages_.end();) {
    i = i->second.held.expired() ? storages_.erase(i) : std::next(i);
  }
  forget_at_ = std::max<std::size_t>(4096, 2 * storages_.size());
}

int Values::entry_of(const Storage& storage, const Geometry& geometry) {
  for (std::size_t i = 0; i < storage.entries.size(); ++i) {
    if (storage.entries[i].geometry == geometry) return static_cast<int>(i);
  }
  return -1;
}

int Values::add_entry(Storage& storage, Geometry geometry) {
  storage.entries.push_back({std::move(geometry), -1, {}, no_tensor, 0});
  return static_cast<int>(storage.entries.size()) - 1;
}

bool Values::known(const at::Tensor& tensor) const { return storage_of(tensor) != nullptr; }

std::optional<TensorId> Values::find(const at::Tensor& tensor) const {
  const Storage* storage = storage_of(tensor);
  if (storage == nullptr) return std::nullopt;
  const int i = entry_of(*storage, Geometry(tensor));
  if (i < 0) return std::nullopt;
  const Entry& e = storage->entries[static_cast<std::size_t>(i)];
  if (e.id == no_tensor || e.version != storage->version) return std::nullopt;
  return e.id;
}

// The entry's contents in this version of the storage; `like` is a tensor of its geometry, if there
// is one.
TensorId Values::current(Storage& storage, int index, const at::Tensor* like) {
  {
    const Entry& e = storage.entries[static_cast<std::size_t>(index)];
    if (e.id != no_tensor && e.version == storage.version) return e.id;
  }
  const int parent = storage.entries[static_cast<std::size_t>(index)].parent;
  TensorId id = no_tensor;
  if (parent >= 0) {
    id = current(storage, parent, nullptr);
    const Movement movement = storage.entries[static_cast<std::size_t>(index)].movement;
    if (!movement.identity) id = hooks_.move(movement, id, like);
  } else if (storage.last_written >= 0 && storage.last_written != index && like != nullptr) {
    // A way to look at the storage that no operator told of: the elements in their order when it
    // sees all of them so, else whatever part it is.
    const Entry& from = storage.entries[static_cast<std::size_t>(storage.last_written)];
    Movement movement{OpKind::reshape, {{"shape", like->sizes().vec()}}, false};
    const bool all = like->is_contiguous() && like->storage_offset() == from.geometry.offset &&
                     like->numel() == elements(from.geometry.sizes);
    if (!all) movement.kind = OpKind::generic;
    id = hooks_.move(movement, current(storage, storage.last_written, nullptr), like);
  } else {
    MANTISSA_CHECK(like != nullptr, "a tensor without contents and without a source");
    id = hooks_.source(*like);
    storage.last_written = index;
  }
  Entry& e = storage.entries[static_cast<std::size_t>(index)];
  e.id = id;
  e.version = storage.version;
  return id;
}

TensorId Values::read(const at::Tensor& tensor) {
  Storage* storage = storage_of(tensor);
  if (storage == nullptr) storage = &add_storage(tensor);
  int index = entry_of(*storage, Geometry(tensor));
  if (index < 0) index = add_entry(*storage, Geometry(tensor));
  return current(*storage, index, &tensor);
}

TensorId Values::read_before(const at::Tensor& tensor, OpKind kind, trace::Attributes& attributes) {
  attributes.clear();
  Storage* storage = storage_of(tensor);
  const int index = storage == nullptr ? -1 : entry_of(*storage, Geometry(tensor));
  if (index < 0) return read(tensor);
  const Entry& e = storage->entries[static_cast<std::size_t>(index)];
  const bool done = e.id != no_tensor && e.version == storage->version;
  if (done || e.parent < 0 || e.movement.identity || e.movement.kind != kind) return read(tensor);
  attributes = e.movement.attributes;
  return current(*storage, e.parent, nullptr);
}

void Values::write(const at::Tensor& tensor, TensorId id) {
  Storage* storage = storage_of(tensor);
  if (storage == nullptr) storage = &add_storage(tensor);
  const Geometry geometry(tensor);
  int index = entry_of(*storage, geometry);
  if (index < 0) {
    // A tensor that was not known to look at this storage: what it does not cover is lost sight of.
    index = add_entry(*storage, geometry);
    for (Entry& e : storage->entries) {
      if (e.parent < 0 && &e != &storage->entries.back() &&
          elements(e.geometry.sizes) == elements(geometry.sizes)) {
        e.parent = index;
        e.movement = {
            OpKind::reshape, {{"shape", e.geometry.sizes}}, e.geometry.sizes == geometry.sizes};
      }
    }
  }
  // What the entry is a part of changes with it, so its old contents are needed where it is only a
  // part.
  std::vector<int> chain{index};
  while (storage->entries[static_cast<std::size_t>(chain.back())].parent >= 0) {
    chain.push_back(storage->entries[static_cast<std::size_t>(chain.back())].parent);
  }
  std::vector<TensorId> contents{id};
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const Entry& child = storage->entries[static_cast<std::size_t>(chain[i - 1])];
    const Entry& parent = storage->entries[static_cast<std::size_t>(chain[i])];
    const trace::Shape shape = parent.geometry.sizes;
    const Movement movement = child.movement;
    TensorId next = contents.back();
    if (movement.identity) {
    } else if (movement.kind == OpKind::reshape) {
      next = hooks_.move({OpKind::reshape, {{"shape", shape}}, false}, next, nullptr);
    } else if (movement.kind == OpKind::transpose) {
      const auto& p = std::get<std::vector<std::int64_t>>(movement.attributes.at("permutation"));
      next = hooks_.move({OpKind::transpose, {{"permutation", inverse(p)}}, false}, next, nullptr);
    } else {
      next = hooks_.overwrite(current(*storage, chain[i], nullptr), next);
    }
    contents.push_back(next);
  }
  ++storage->version;
  storage->last_written = chain.back();
  for (std::size_t i = 0; i < chain.size(); ++i) {
    Entry& e = storage->entries[static_cast<std::size_t>(chain[i])];
    e.id = contents[i];
    e.version = storage->version;
  }
}

void Values::set(const at::Tensor& view, TensorId id) {
  Storage* storage = storage_of(view);
  const int index = storage == nullptr ? -1 : entry_of(*storage, Geometry(view));
  MANTISSA_CHECK(index >= 0, "a view that nobody told of");
  Entry& e = storage->entries[static_cast<std::size_t>(index)];
  e.id = id;
  e.version = storage->version;
}

void Values::derive(const at::Tensor& child, const at::Tensor& parent, Movement movement) {
  const bool same = child.sizes() == parent.sizes() && movement.kind == OpKind::reshape;
  movement.identity = movement.identity || same;
  if (!child.is_alias_of(parent)) {  // a copy
    TensorId id = read(parent);
    if (!movement.identity) id = hooks_.move(movement, id, &child);
    write(child, id);
    return;
  }
  Storage* storage = storage_of(parent);
  if (storage == nullptr) storage = &add_storage(parent);
  int from = entry_of(*storage, Geometry(parent));
  if (from < 0) {
    read(parent);
    storage = storage_of(parent);
    from = entry_of(*storage, Geometry(parent));
  }
  if (entry_of(*storage, Geometry(child)) >= 0) return;
  // A reshape of a reshape is one.
  while (movement.kind == OpKind::reshape && !movement.identity) {
    const Entry& e = storage->entries[static_cast<std::size_t>(from)];
    if (e.parent < 0 || (e.movement.kind != OpKind::reshape && !e.movement.identity)) break;
    from = e.parent;
  }
  const int index = add_entry(*storage, Geometry(child));
  Entry& e = storage->entries[static_cast<std::size_t>(index)];
  e.parent = from;
  e.movement = std::move(movement);
}

}  // namespace mantissa::workloads
