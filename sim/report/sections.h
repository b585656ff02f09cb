// SPDX-License-Identifier: Apache-2.0
// The sections of the report, each a function from the results to HTML; empty when there is nothing
// to show.
#pragma once

#include <string>

#include "sim/report/html.h"
#include "sim/report/report_data.h"

namespace mantissa::report {

Cell count(std::uint64_t value);  // shown with separators

// The first screen: which architecture wins for which network, and what bounds it.
std::string verdicts(const ReportData& data);
std::string winner_tables(const ReportData& data);

std::string points_table(const ReportData& data);
std::string published_table(const ReportData& data);
std::string campaign_table(const ReportData& data);
std::string cycles_table(const ReportData& data);
std::string layer_tables(const ReportData& data);
std::string energy_tables(const ReportData& data);

// What synthesis, proofs and co-simulation say of units in SystemVerilog.
std::string rtl_tables(const ReportData& data);

// What an experiment found; `figures` is HTML.
std::string study_section(const ReportData& data, const std::string& figures);

// What a careful reader asks next.
std::string warnings_list(const ReportData& data);
std::string failures_list(const ReportData& data);
std::string prices_table(const ReportData& data);
std::string configurations(const ReportData& data);
std::string definitions_table();
std::string provenance(const ReportData& data);

}  // namespace mantissa::report
