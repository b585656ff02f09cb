// SPDX-License-Identifier: Apache-2.0
// Every way in which a configuration can be refused. All of them are the user's bad input.
#pragma once

#include "base/error.h"

namespace mantissa::config {

// The file and its bytes.
inline const ErrorKind unreadable{"config.unreadable", ExitCode::bad_input,
                                  "A configuration file that is missing, a directory, larger than "
                                  "64 MiB or not readable."};
inline const ErrorKind not_utf8{"config.not-utf8", ExitCode::bad_input,
                                "A byte sequence that is not UTF-8."};
inline const ErrorKind illegal_character{"config.character", ExitCode::bad_input,
                                         "A tab outside a comment, or a control character."};

// The YAML of it.
inline const ErrorKind syntax{"config.syntax", ExitCode::bad_input, "Text that is not YAML."};
inline const ErrorKind empty_document{"config.empty", ExitCode::bad_input,
                                      "A configuration in which nothing stands."};
inline const ErrorKind indentation{"config.indentation", ExitCode::bad_input,
                                   "A line whose indentation puts it outside its section, where "
                                   "a YAML reader would drop it or glue it to the line above."};
inline const ErrorKind lost_line{"config.lost-line", ExitCode::bad_input,
                                 "A line without any effect on the document."};
inline const ErrorKind second_document{"config.second-document", ExitCode::bad_input,
                                       "A second YAML document in one file."};
inline const ErrorKind too_deep{"config.depth", ExitCode::bad_input,
                                "Sections nested more than 64 deep."};
inline const ErrorKind duplicate_key{"config.duplicate-key", ExitCode::bad_input,
                                     "A key that stands twice in one section."};
inline const ErrorKind illegal_key{"config.key", ExitCode::bad_input,
                                   "A key that is no name, or that no colon follows."};
inline const ErrorKind merge_key{"config.merge-key", ExitCode::bad_input,
                                 "The merge key '<<', which YAML 1.2 does not have."};
inline const ErrorKind anchor{"config.anchor", ExitCode::bad_input,
                              "An anchor '&name' or an alias '*name'."};
inline const ErrorKind tag{"config.tag", ExitCode::bad_input, "A type tag such as '!!str'."};
inline const ErrorKind multi_line{"config.multi-line", ExitCode::bad_input,
                                  "A quoted text that runs over several lines."};

// Documents, inheritance and overrides.
inline const ErrorKind bad_path{"config.path", ExitCode::bad_input,
                                "A dotted path that names no place of the document."};
inline const ErrorKind bad_override{"config.override", ExitCode::bad_input,
                                    "A --set that does not read KEY=VALUE."};
inline const ErrorKind bad_version{"config.version", ExitCode::bad_input,
                                   "A document without a version, or of another version."};
inline const ErrorKind base_cycle{"config.base-cycle", ExitCode::bad_input,
                                  "A document that inherits from itself."};
inline const ErrorKind unknown_base{"config.unknown-base", ExitCode::bad_input,
                                    "A preset name that no configuration folder holds."};

// Parameters and their values.
inline const ErrorKind unknown_key{"config.unknown-key", ExitCode::bad_input,
                                   "A key that no component declares."};
inline const ErrorKind missing_key{"config.missing-key", ExitCode::bad_input,
                                   "A section without one of its required keys."};
inline const ErrorKind wrong_type{"config.wrong-type", ExitCode::bad_input,
                                  "A value of another type than the parameter has."};
inline const ErrorKind bad_number{
    "config.number", ExitCode::bad_input,
    "A number that is malformed, ambiguous, not whole, or too large."};
inline const ErrorKind bad_unit{"config.unit", ExitCode::bad_input,
                                "A quantity without a unit, or with one that does not fit."};
inline const ErrorKind out_of_range{"config.range", ExitCode::bad_input,
                                    "A value outside the declared range."};
inline const ErrorKind unknown_choice{"config.choice", ExitCode::bad_input,
                                      "A word that is none of the parameter's choices."};
inline const ErrorKind broken_constraint{"config.constraint", ExitCode::bad_input,
                                         "Parameters that are legal alone but not together."};
inline const ErrorKind unknown_parameter{"config.unknown-parameter", ExitCode::usage,
                                         "A parameter to explain that nobody declared."};

}  // namespace mantissa::config
