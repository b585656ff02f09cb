// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/tool.h"
#include "rtl/verilate/errors.h"

namespace mantissa::rtl {
namespace {

using testing::ElementsAre;

TEST(SourcesOfAFolder, come_by_name_but_packages_before_their_users) {
  const ScratchFolder folder;
  write_text(folder.file("a.sv"), "module a (input z_types::t x); endmodule\n");
  write_text(folder.file("b.v"), "// m_types::unused\nmodule b; endmodule\n");
  write_text(folder.file("m_types.sv"), "package m_types; typedef y_base::t t; endpackage\n");
  write_text(folder.file("y_base.sv"), "package y_base; typedef logic t; endpackage\n");
  write_text(folder.file("z_types.sv"), "package z_types; typedef m_types::t t; endpackage\n");
  write_text(folder.file("notes.txt"), "module no; endmodule\n");
  EXPECT_THAT(sources_of_folder(folder.path()),
              ElementsAre(folder.file("b.v"), folder.file("y_base.sv"), folder.file("m_types.sv"),
                          folder.file("z_types.sv"), folder.file("a.sv")));
}

TEST(SourcesOfAFolder, that_use_each_other_in_a_circle_are_still_listed) {
  const ScratchFolder folder;
  write_text(folder.file("a.sv"), "package a; typedef b::t t; endpackage\n");
  write_text(folder.file("b.sv"), "package b; typedef a::t t; endpackage\n");
  EXPECT_EQ(sources_of_folder(folder.path()).size(), 2u);
}

TEST(SourcesOfAFolder, are_refused_when_there_are_none) {
  const ScratchFolder folder;
  EXPECT_THROW(sources_of_folder(folder.path()), Error);
  EXPECT_THROW(sources_of_folder(folder.file("missing")), Error);
}

TEST(Modules, are_found_outside_comments_only) {
  const ScratchFolder folder;
  write_text(folder.file("a.sv"),
             "// module not_this;\n/* module nor\n this */\nmodule one; endmodule\n"
             "module two (\n  input logic x_i\n); endmodule\n");
  EXPECT_THAT(module_names({folder.file("a.sv")}), ElementsAre("one", "two"));
  EXPECT_EQ(module_place({folder.file("a.sv")}, "two").line, 5);
  EXPECT_EQ(declaration_place({folder.file("a.sv")}, "two", "x_i").line, 6);
  EXPECT_EQ(module_place({folder.file("a.sv")}, "three").file, "");
}

}  // namespace
}  // namespace mantissa::rtl
