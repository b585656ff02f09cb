// SPDX-License-Identifier: Apache-2.0
#include "sim/run/result_files.h"

#include "base/trace/safetensors.h"
#include "power/accelergy.h"
#include "sim/json/result_json.h"

namespace mantissa::sim {
namespace {

void write_outputs(const std::filesystem::path& path, const arch::RunResult& result) {
  std::vector<trace::TensorContents> tensors;
  std::map<std::string, int> seen;
  for (const auto& output : result.outputs) {
    // Ranks may each compute a tensor of one name; a file holds a name once.
    const int before = seen[output.tensor.name]++;
    tensors.push_back({output.tensor.name + (before > 0 ? "#" + std::to_string(before + 1) : ""),
                       output.tensor.format, output.tensor.shape, output.bytes.data()});
  }
  trace::write_safetensors(path.string(), tensors,
                           {{"arch", result.arch}, {"workload", result.workload}});
}

}  // namespace

void write_result_files(OutputDirectory& directory, const Point& point,
                        const arch::RunResult& result, const Timeline& timeline) {
  directory.write("result.json", to_json(point, result).dump(2) + '\n');
  directory.write("config.yaml", point.resolved_yaml);
  directory.write("layers.csv", layers_csv(result));
  directory.write("energy.csv", energy_csv(result.power));
  directory.write("area.csv", area_csv(result.power));
  directory.write("stats.txt", stats_text(point, result));
  directory.write("COMPUTE_REPORT.csv", compute_report_csv(point, result, timeline));
  const auto accelergy = power::to_accelergy(result.power);
  directory.write("ERT.yaml", accelergy.ert);
  directory.write("ART.yaml", accelergy.art);
  directory.write("action_counts.yaml", accelergy.action_counts);
  timeline.write(directory.begin_file("timeline.json.gz"), point, result);
  if (!result.outputs.empty()) write_outputs(directory.begin_file("outputs.safetensors"), result);
}

}  // namespace mantissa::sim
