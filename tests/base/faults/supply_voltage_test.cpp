// SPDX-License-Identifier: Apache-2.0
#include "base/faults/supply_voltage.h"

#include <gtest/gtest.h>

#include "base/config/document.h"
#include "base/config/schema.h"

namespace mantissa::faults {
namespace {

std::string message(const std::string& text) {
  try {
    SupplyVoltage::parse(text);
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &illegal_voltage);
    return e.message();
  }
  return "no error";
}

TEST(SupplyVoltage, reads_parts_of_vmin_volts_and_millivolts) {
  EXPECT_EQ(SupplyVoltage::parse("0.84 Vmin"), SupplyVoltage::of_vmin(0.84));
  EXPECT_EQ(SupplyVoltage::parse("0.6 V"), SupplyVoltage::of_volts(Volts(0.6)));
  EXPECT_EQ(SupplyVoltage::parse("600 mV"), SupplyVoltage::of_volts(Volts(0.6)));
}

TEST(SupplyVoltage, prints_what_it_reads) {
  for (const char* text : {"0.84 Vmin", "0.6 V", "1 Vmin", "1.05 Vmin"})
    EXPECT_EQ(SupplyVoltage::parse(text).text(), text);
}

TEST(SupplyVoltage, refuses_less_than_was_measured_and_what_is_no_voltage) {
  EXPECT_NO_THROW(SupplyVoltage::parse("0.75 Vmin"));
  EXPECT_NE(message("0.7499 Vmin").find("legal from 0.75 Vmin up"), std::string::npos);
  EXPECT_NE(message("0.84").find("the unit is missing"), std::string::npos);
  EXPECT_NE(message("0.84 vmin").find("did you mean 'Vmin'"), std::string::npos);
  EXPECT_NE(message("low").find("no number"), std::string::npos);
  EXPECT_NE(message("0 V").find("more than zero"), std::string::npos);
  EXPECT_NE(message("-0.9 Vmin").find("more than zero"), std::string::npos);
}

TEST(SupplyVoltage, in_volts_needs_vmin) {
  const auto v = SupplyVoltage::of_volts(Volts(0.6));
  EXPECT_THROW(v.ratio({}), Error);
  EXPECT_NE(v.objection({}), "");
  EXPECT_DOUBLE_EQ(v.ratio(Volts(0.75)), 0.8);
  EXPECT_EQ(v.objection(Volts(0.8)), "");  // 0.75 exactly
  EXPECT_NE(v.objection(Volts(0.81)).find("0.6 V is 0.74"), std::string::npos);
}

TEST(SupplyVoltage, is_a_part_of_the_nominal_voltage_where_vmin_is_not_given) {
  const auto v = SupplyVoltage::of_vmin(0.8);
  EXPECT_DOUBLE_EQ(v.volts({}, Volts(0.9)).value, 0.72);
  EXPECT_DOUBLE_EQ(v.volts(Volts(0.75), Volts(0.9)).value, 0.6);
  EXPECT_DOUBLE_EQ(SupplyVoltage::of_volts(Volts(0.7)).volts(Volts(0.75), Volts(0.9)).value, 0.7);
}

}  // namespace
}  // namespace mantissa::faults
