// SPDX-License-Identifier: Apache-2.0
#include "rtl/accumulator/accumulator_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <optional>

#include "base/numerics/float_bits.h"
#include "base/numerics/wrapping.h"
#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using trace::NumberFormat;

CosimRequest accumulator_alone(const arch::CoreConfig& core, NumberFormat format) {
  constexpr std::int64_t bank_rows = 4096;  // at most, as the unit's parameters say
  const auto& config = core.accumulator;
  CosimRequest request;
  request.unit = find_unit("accumulator");
  request.parameters = request.unit->defaults();
  const std::int64_t banks = std::max<std::int64_t>(2, (config.rows + bank_rows - 1) / bank_rows);
  request.parameters["Banks"] = banks;
  request.parameters["Rows"] = (config.rows + banks - 1) / banks;
  request.parameters["Columns"] = core.matrix.columns;
  request.parameters["Format"] = format == NumberFormat::fp32 ? 1 : 0;
  request.top = config.rtl_top;
  if (config.rtl.given()) request.sources = sources_of_folder(config.rtl.text);
  return request;
}

namespace {

using Sums = std::vector<std::uint32_t>;

// A row in use: whose sums it holds, where it is, what it holds, and what was added last.
struct Row {
  arch::AccumulatorRow of;
  std::string layer;
  std::uint64_t place = 0;  // bank: place % banks
  Sums sums, before, addend;
  bool overwritten = false;
};

// What the RTL says otherwise than the model.
struct Difference {
  const Row* row = nullptr;
  std::size_t column = 0;
  std::string port;
  std::uint64_t found = 0, expected = 0;
};

// The accumulators of one array. `differs` is told every difference, and may throw.
class ArrayAccumulators {
 public:
  using Differs = std::function<void(const Difference&)>;

  ArrayAccumulators(CosimRequest alone, const arch::TwinProgress& progress, Differs differs)
      : fp32_(alone.parameters.at("Format") == 1),
        banks_(static_cast<std::uint64_t>(alone.parameters.at("Banks"))),
        columns_(static_cast<std::size_t>(alone.parameters.at("Columns"))),
        differs_(std::move(differs)),
        unit_(std::move(alone), progress) {
    const auto rows = static_cast<std::uint64_t>(unit_.alone().parameters.at("Rows"));
    for (std::uint64_t place = 0; place < banks_ * rows; ++place) free_.push_back(place);
    unit_.set("ready_i", 1);
  }

  std::unique_ptr<Row> take_row() {
    MANTISSA_CHECK(!free_.empty(), "more rows of sums than accumulators");
    auto row = std::make_unique<Row>();
    row->place = free_.front();
    row->sums.resize(columns_);
    free_.pop_front();
    return row;
  }
  void give_back(const Row& row) { free_.push_back(row.place); }

  void add(Row& row, bool overwrites, const std::uint32_t* sums, std::size_t count) {
    row.before = row.sums;
    row.addend.assign(sums, sums + count);
    row.addend.resize(columns_);
    row.overwritten = overwrites;
    cycle(&row);
    // The sum has gone first: the row before is given out behind it.
    if (asked_for_ != nullptr) cycle(nullptr);
    asked_for_ = &row;
  }

  // Every row in consecutive cycles; `taken` with each as it comes.
  void drain(const std::vector<const Row*>& rows,
             const std::function<void(const Row&, const std::byte* bits)>& taken) {
    flush();
    taken_ = &taken;
    for (const Row* row : rows) {
      asked_for_ = row;
      cycle(nullptr);
    }
    flush();
    taken_ = nullptr;
  }

  std::uint64_t cycles() const { return unit_.cycles(); }
  std::uint64_t compared() const { return compared_; }

 private:
  // Nothing is asked for or on its way any more.
  void flush() {
    while (asked_for_ != nullptr || answered_ != nullptr) cycle(nullptr);
  }

  // One clock cycle: `sum` goes in, the row that is asked for with it.
  void cycle(Row* sum) {
    const auto bank = [&](const Row& row) { return row.place % banks_; };
    // 1. Inputs.
    put(valid_, sum != nullptr ? 1 : 0);
    if (sum != nullptr) {
      put(first_, sum->overwritten ? 1 : 0);
      put(bank_, bank(*sum));
      put(row_, sum->place / banks_);
      std::memcpy(data_.bits, sum->addend.data(), columns_ * 4);
    }
    put(drain_valid_, asked_for_ != nullptr ? 1 : 0);
    if (asked_for_ != nullptr) {
      put(drain_bank_, bank(*asked_for_));
      put(drain_row_, asked_for_->place / banks_);
    }
    unit_.settle();
    // 2. Outputs. Nothing holds an answer back; a sum that reads its bank does a request.
    const bool conflict = sum != nullptr && !sum->overwritten && get(bank_) == get(drain_bank_);
    expect(drain_ready_, "drain_ready_o", conflict ? 0 : 1);
    expect(out_valid_, "valid_o", answered_ != nullptr ? 1 : 0);
    if (answered_ != nullptr) {
      compared_ += columns_;
      const std::byte* bits = out_data_.bits;
      if (std::memcmp(bits, expected_.data(), columns_ * 4) != 0) report(bits);
      if (taken_ != nullptr) (*taken_)(*answered_, bits);
    }
    expect(overflows_, "overflows_o", std::min<std::uint64_t>(counted_, ~std::uint32_t{0}));
    unit_.edge();
    // 3. What this cycle leaves behind. A row that is given out has none of this cycle's sum.
    counted_ += counting_;
    counting_ = 0;
    answered_ = nullptr;
    if (asked_for_ != nullptr && !conflict) {
      answered_ = asked_for_;
      expected_ = asked_for_->sums;
      asked_for_ = nullptr;
    }
    if (sum != nullptr) add_to(*sum);
  }

  void add_to(Row& row) {
    for (std::size_t c = 0; c < columns_; ++c) {
      const std::uint32_t addend = row.addend[c];
      std::uint32_t& sum = row.sums[c];
      if (row.overwritten)
        sum = addend;
      else if (fp32_)
        sum = numerics::float_bits(numerics::canonical(numerics::float_from_bits(sum) +
                                                       numerics::float_from_bits(addend)));
      else
        sum = static_cast<std::uint32_t>(numerics::wrapping_add(
            static_cast<std::int32_t>(sum), static_cast<std::int32_t>(addend), counting_));
    }
  }

  void expect(const Pin& pin, const char* port, std::uint64_t value) {
    if (const std::uint64_t found = get(pin); found != value)
      differs_({nullptr, 0, port, found, value});
  }

  void report(const std::byte* bits) {
    for (std::size_t c = 0; c < columns_; ++c) {
      std::uint32_t found;
      std::memcpy(&found, bits + c * 4, 4);
      if (found != expected_[c]) differs_({answered_, c, "data_o", found, expected_[c]});
    }
  }

  bool fp32_;
  std::uint64_t banks_;
  std::size_t columns_;
  Differs differs_;
  UnitInChip unit_;
  Pin valid_ = unit_.pin("valid_i"), first_ = unit_.pin("first_i"), bank_ = unit_.pin("bank_i"),
      row_ = unit_.pin("row_i"), data_ = unit_.pin("data_i"),
      drain_valid_ = unit_.pin("drain_valid_i"), drain_bank_ = unit_.pin("drain_bank_i"),
      drain_row_ = unit_.pin("drain_row_i"), drain_ready_ = unit_.pin("drain_ready_o"),
      out_valid_ = unit_.pin("valid_o"), out_data_ = unit_.pin("data_o"),
      overflows_ = unit_.pin("overflows_o");
  std::deque<std::uint64_t> free_;            // places
  const Row* asked_for_ = nullptr;            // on the pins of the drain
  const Row* answered_ = nullptr;             // on data_o
  Sums expected_;                             // of it
  std::uint64_t counted_ = 0, counting_ = 0;  // sums that wrapped, and in the second cycle
  std::uint64_t compared_ = 0;
  const std::function<void(const Row&, const std::byte*)>* taken_ = nullptr;
};

class AccumulatorTwin final : public arch::AccumulatorTwin {
 public:
  AccumulatorTwin(const arch::CoreConfig& core, arch::TwinProgress progress)
      : core_(core), progress_(std::move(progress)) {
    result_.implementation = name(core.accumulator.implementation);
    result_.design = core.accumulator.rtl.given() ? core.accumulator.rtl.text : "rtl/accumulator";
  }

  void add(const std::string& layer, NumberFormat format, const arch::AccumulatorRow& of,
           bool overwrites, const std::uint32_t* sums) override {
    Slot& slot = slots_[of.slot];
    slot.format = format;
    ArrayAccumulators& array = accumulators(format, of.array);
    std::unique_ptr<Row>& row = slot.rows[{of.array, of.first}];
    if (!row) row = array.take_row();
    row->of = of;
    row->layer = layer;
    array.add(*row, overwrites, sums, of.count);
    ++result_.commands;
  }

  void drain(std::uint32_t index, std::vector<std::uint32_t>& sums) override {
    const auto found = slots_.find(index);
    MANTISSA_CHECK(found != slots_.end(), "accumulators emptied that no sum went to");
    const auto& rows = found->second.rows;
    const auto taken = [&](const Row& row, const std::byte* bits) {
      for (std::size_t i = 0; i < row.of.count; ++i) {
        std::uint32_t& sum = sums[row.of.first + i * row.of.stride];
        MANTISSA_CHECK(sum == row.sums[i], "rows of sums do not add up to those of their slot");
        if (core_.accumulator.implementation == Implementation::rtl)
          std::memcpy(&sum, bits + i * 4, 4);
      }
    };
    for (auto row = rows.begin(); row != rows.end();) {
      const std::uint64_t number = row->first.first;
      std::vector<const Row*> of_array;
      for (; row != rows.end() && row->first.first == number; ++row)
        of_array.push_back(row->second.get());
      ArrayAccumulators& array = accumulators(found->second.format, number);
      array.drain(of_array, taken);
      for (const Row* done : of_array) array.give_back(*done);
    }
    slots_.erase(found);
    ++result_.commands;
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    for (const auto& [key, array] : arrays_) {
      all.cycles += array->cycles();
      all.compared += array->compared();
    }
    return all;
  }

 private:
  struct Slot {
    NumberFormat format{};
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::unique_ptr<Row>> rows;  // array, first
  };

  ArrayAccumulators& accumulators(NumberFormat format, std::uint64_t number) {
    auto& array = arrays_[{format == NumberFormat::fp32, number}];
    if (!array)
      array = std::make_unique<ArrayAccumulators>(
          accumulator_alone(core_, format), progress_,
          [this, format](const Difference& d) { differs(format, d); });
    return *array;
  }

  void differs(NumberFormat format, const Difference& d) {
    const bool value = d.port == "data_o" || d.port == "overflows_o";
    if (value) ++result_.differing;
    if (value && core_.accumulator.implementation == Implementation::rtl) return;
    CosimRequest alone = accumulator_alone(core_, format);
    Error error(lockstep_differs);
    error.at(result_.design);
    if (d.row == nullptr) {
      error.read(fmt::format("{} = {}", d.port, d.found)).expected(fmt::format("{}", d.expected));
    } else {
      error
          .say(fmt::format("layer '{}': sum {} of slot {}, in row {}", d.row->layer,
                           d.row->of.first + d.column * d.row->of.stride, d.row->of.slot,
                           d.row->place))
          .read(fmt::format("0x{:08x}", d.found))
          .expected(fmt::format("0x{:08x}", d.expected));
      alone.replay = last_sum(alone, *d.row);
    }
    throw LockstepDiffers(std::move(error), std::move(alone));
  }

  // What the row held, what was added last, and a look at it, as commands of the unit's bench.
  static Stimulus last_sum(const CosimRequest& alone, const Row& row) {
    const auto banks = static_cast<std::uint64_t>(alone.parameters.at("Banks"));
    const auto fields = alone.unit->bench(alone.parameters)->fields();
    Stimulus run;
    const auto append = [&](bool drains, bool overwrites) {
      Command command;
      for (const auto& field : fields) {
        std::int64_t value = field.low;
        if (field.name == "drain") value = drains ? 1 : 0;
        if (field.name == "first") value = overwrites ? 1 : 0;
        if (field.name == "bank") value = static_cast<std::int64_t>(row.place % banks);
        if (field.name == "row") value = static_cast<std::int64_t>(row.place / banks);
        if (field.name == "kind" && !drains) value = field.high;  // carried
        if (field.name == "seed") value = static_cast<std::int64_t>(run.operands.size());
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
    };
    const auto add = [&](const Sums& sums, bool overwrites) {
      append(false, overwrites);
      const auto* bytes = reinterpret_cast<const std::byte*>(sums.data());
      run.operands.emplace_back(bytes, bytes + sums.size() * 4);
    };
    if (!row.overwritten) add(row.before, true);
    add(row.addend, row.overwritten);
    append(true, false);
    return run;
  }

  arch::CoreConfig core_;
  arch::TwinProgress progress_;
  std::map<std::pair<bool, std::uint64_t>, std::unique_ptr<ArrayAccumulators>>
      arrays_;  // fp32, array
  std::map<std::uint32_t, Slot> slots_;
  arch::TwinResult result_;
};

const arch::AccumulatorTwins twin_registration(make_accumulator_twin);

}  // namespace

std::unique_ptr<arch::AccumulatorTwin> make_accumulator_twin(const arch::CoreConfig& core,
                                                             arch::TwinProgress progress) {
  return std::make_unique<AccumulatorTwin>(core, std::move(progress));
}

}  // namespace mantissa::rtl
