# SPDX-License-Identifier: Apache-2.0
# cmake --install BUILD --prefix DIR
#
#   bin/mantissa                          the program
#   lib/mantissa/                         its part with libtorch, the executor of algorithms
#   share/mantissa/configs/               presets, and the template of the report
#   share/mantissa/rtl/                   SystemVerilog of the units, their synthesis results
#   share/mantissa/scripts/plot/          the figures of the report
#   share/bash-completion/, share/zsh/    completion of commands, options and preset names
#
# The program finds share/mantissa from where it lies itself, so DIR may be moved.
install(DIRECTORY configs/ DESTINATION share/mantissa/configs)
install(DIRECTORY scripts/plot DESTINATION share/mantissa/scripts
        FILES_MATCHING PATTERN "*.py" PATTERN "__pycache__" EXCLUDE)
install(DIRECTORY rtl/ DESTINATION share/mantissa/rtl FILES_MATCHING PATTERN "*.sv"
        PATTERN "synthesis.yaml" PATTERN "proof" EXCLUDE PATTERN "synthesis" EXCLUDE
        PATTERN "cosim" EXCLUDE PATTERN "verilate" EXCLUDE)
install(FILES README.md LICENSE DESTINATION share/doc/mantissa)

set(completions ${PROJECT_BINARY_DIR}/completions)
add_custom_command(
  OUTPUT ${completions}/mantissa ${completions}/_mantissa
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
  COMMAND mantissa completion bash > ${completions}/mantissa
  COMMAND mantissa completion zsh > ${completions}/_mantissa
  DEPENDS mantissa VERBATIM)
add_custom_target(mantissa_completions ALL DEPENDS ${completions}/mantissa ${completions}/_mantissa)
install(FILES ${completions}/mantissa DESTINATION share/bash-completion/completions OPTIONAL)
install(FILES ${completions}/_mantissa DESTINATION share/zsh/site-functions OPTIONAL)
