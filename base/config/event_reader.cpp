// SPDX-License-Identifier: Apache-2.0
#include "base/config/event_reader.h"

#include <fmt/format.h>

#include <sstream>

#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

constexpr std::size_t max_depth = 64;

std::size_t offset_of(const YAML::Mark& mark) {
  return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
}

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(line.substr(begin, line.find_last_not_of(" \t") - begin + 1));
}

// What yaml-cpp reports, in words that name the cause.
struct SyntaxHint {
  const char* fault;  // yaml-cpp's message
  const ErrorKind& kind;
  const char* say;
  const char* remedy;
};

const std::vector<SyntaxHint>& syntax_hints() {
  static const char* const align = "align the line with the first line of its section";
  static const std::vector<SyntaxHint> hints = {
      {YAML::ErrorMsg::END_OF_MAP, indentation, "this is not in line with any key above it", align},
      {YAML::ErrorMsg::END_OF_SEQ, indentation, "this is not in line with any list item above it",
       align},
      {YAML::ErrorMsg::MAP_VALUE, syntax, "a ':' where no key can stand",
       "look for a missing space after a ':' and at the indentation, here and in the line above; "
       "put a text that holds ': ' in quotes"},
      {YAML::ErrorMsg::MAP_KEY, syntax, "a '?' or a key where none can stand",
       "write 'key: value', each on its own line"},
      {YAML::ErrorMsg::BLOCK_ENTRY, syntax, "a '-' where no list item can stand",
       "start the list on the line below its key"},
      {YAML::ErrorMsg::FLOW_END, syntax, "a closing bracket that matches no open one",
       "balance the brackets"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, syntax, "a value cannot begin with this character",
       "put the text in quotes"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, syntax, "a quote is still open at the end of the file",
       "close the quote"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, anchor, "an alias '*name'", "write the value out"},
  };
  return hints;
}

}  // namespace

Node Reader::read() {
  std::istringstream stream(raw_.text());
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(*this)) {
    }
  } catch (const YAML::Exception& fault) {
    refuse_syntax(fault);
  }
  // Only here: had a bracket been left open, that would have been the better message.
  if (pending_) throw *pending_;
  if (!root_ || root_->is_null())
    throw Error(empty_document)
        .at(raw_.place(0))
        .say("nothing stands in it")
        .expected("a document");
  see(raw_.text().size());
  check_lines();
  return *root_;
}

void Reader::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1 || pending_) return;
  const std::size_t offset = offset_of(mark);
  const std::size_t line = raw_.line_of(offset);
  const bool marked = raw_.line(line).substr(0, 3) == "---" ||
                      (line > 1 && raw_.line(line - 1).substr(0, 3) == "...");
  if (marked)
    throw Error(second_document)
        .at(raw_.place(offset))
        .say("a second document begins here")
        .expected("one document per file");
  throw Error(indentation)
      .at(raw_.place(offset))
      .read(trimmed(raw_.line(line)))
      .expected("the indentation of the first line of the document")
      .remedy("as it stands this line and all below it would be lost");
}

void Reader::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (pending_) return;
  refuse_anchor_and_tag(mark, anchor, "?");
  if (expects_key()) {
    refuse_key(offset_of(mark)).say("a key is missing or null").expected("a name");
    return;
  }
  // yaml-cpp marks an absent value at the next token, so the line is not counted as seen.
  Node null;
  null.place_ = place_of_value(mark, true);
  add(std::move(null));
}

void Reader::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (pending_) return;
  throw Error(anchor)
      .at(raw_.place(offset_of(mark)))
      .say("an alias '*name'")
      .remedy("write the value out");
}

void Reader::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                      const std::string& value) {
  if (pending_) return;
  refuse_anchor_and_tag(mark, anchor, tag);
  const std::size_t offset = offset_of(mark);
  see(offset);
  const std::size_t end = end_of_scalar(offset, value);
  if (expects_key()) {
    take_key(value, offset, end);
  } else {
    add(Node::scalar(value, raw_.place(offset), tag == "!"));
  }
}

void Reader::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  if (pending_) return;
  refuse_anchor_and_tag(mark, anchor, tag);
  open(Node::sequence({}), mark, style);
}

void Reader::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                        YAML::EmitterStyle::value style) {
  if (pending_) return;
  refuse_anchor_and_tag(mark, anchor, tag);
  open(Node::map({}), mark, style);
}

void Reader::open(Node section, const YAML::Mark& mark, YAML::EmitterStyle::value style) {
  const std::size_t offset = offset_of(mark);
  see(offset);
  if (expects_key()) {
    refuse_key(offset).say("a section or a list stands where a key must").expected("a name");
    return;
  }
  if (open_.size() == max_depth)
    throw Error(too_deep).at(raw_.place(offset)).say("nested more than 64 deep");
  section.place_ = place_of_value(mark, style == YAML::EmitterStyle::Block);
  open_.push_back({std::move(section), offset, std::nullopt, {}});
}

void Reader::close() {
  if (pending_) return;
  Node section = std::move(open_.back().node);
  open_.pop_back();
  add(std::move(section));
}

bool Reader::expects_key() const {
  return !open_.empty() && open_.back().node.is_map() && !open_.back().key;
}

// A block section is found at its key, where a reader looks for it, and not at its first line.
Place Reader::place_of_value(const YAML::Mark& mark, bool block) const {
  if (block && !open_.empty() && open_.back().key) return open_.back().key_place;
  return raw_.place(offset_of(mark));
}

Error& Reader::refuse_key(std::size_t offset) {
  pending_ = Error(illegal_key);
  return pending_->at(raw_.place(offset));
}

void Reader::take_key(const std::string& key, std::size_t offset, std::size_t end) {
  Section& section = open_.back();
  const Place place = raw_.place(offset);
  const std::string& text = raw_.text();
  while (end < text.size() && text[end] == ' ') ++end;
  if (end >= text.size() || text[end] != ':') {
    refuse_key(offset).read(key).expected("a key, a colon, a space and a value");
    return;
  }
  if (key.empty()) throw Error(illegal_key).at(place).say("an empty key").expected("a name");
  if (key == "<<")
    throw Error(merge_key).at(place).read(key).expected("a name").remedy(
        "inherit with 'base:' or write the keys out");
  const auto earlier = section.node.key_places_.find(key);
  if (earlier != section.node.key_places_.end())
    throw Error(duplicate_key)
        .at(place)
        .say(fmt::format("key '{}' stands twice in this section, first on line {}", key,
                         earlier->second.line))
        .remedy("remove one of the two");
  section.node.key_places_[key] = place;
  section.key = key;
  section.key_place = place;
}

void Reader::add(Node value) {
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (Section& section = open_.back(); section.key) {
    section.node.entries_.emplace_back(std::move(*section.key), std::move(value));
    section.key.reset();
  } else {
    section.node.items_.push_back(std::move(value));
  }
}

void Reader::refuse_anchor_and_tag(const YAML::Mark& mark, YAML::anchor_t anchor,
                                   const std::string& tag) {
  const std::size_t offset = offset_of(mark);
  const char first = offset < raw_.text().size() ? raw_.text()[offset] : '\0';
  if (anchor != YAML::NullAnchor)
    throw Error(config::anchor)
        .at(raw_.place(offset))
        .say("an anchor '&name'")
        .remedy("inherit with 'base:' or write the value out");
  // "?" is an untagged node and "!" a quoted one; a lone '!' before a plain text also yields "!".
  if ((tag != "?" && tag != "!" && !tag.empty()) || first == '!')
    throw Error(config::tag)
        .at(raw_.place(offset))
        .say("a type tag '!'")
        .remedy("remove it: the parameter's declaration says the type");
}

// The byte behind the scalar that begins at `offset`. Refuses scalars that continue on a later
// line, for these may have swallowed a "key: value" line that is indented too deep.
std::size_t Reader::end_of_scalar(std::size_t offset, const std::string& value) {
  const std::string& text = raw_.text();
  const char first = text[offset];
  if (first == '|' || first == '>') {
    block_text_ = raw_.line_of(offset);
    return offset + 1;
  }
  if (first == '"' || first == '\'') {
    std::size_t end = offset + 1;
    for (; end < text.size() && text[end] != first; ++end) {
      if (first == '"' && text[end] == '\\') ++end;
      if (end < text.size() && text[end] == '\n')
        throw Error(multi_line)
            .at(raw_.place(offset))
            .say("a quoted text must end on its line")
            .remedy("close the quote, or write long text with '|'");
    }
    return end + 1;
  }
  if (text.compare(offset, value.size(), value) != 0) {
    std::size_t next = raw_.line_of(offset) + 1;
    while (next < raw_.line_count() && trimmed(raw_.line(next)).empty()) ++next;
    const std::string_view below = raw_.line(next);
    Place place = raw_.place(offset);
    place.line = static_cast<int>(next);
    place.column = static_cast<int>(below.find_first_not_of(' ')) + 1;
    throw Error(indentation)
        .at(place)
        .read(trimmed(below))
        .expected("a line of the section above")
        .remedy(fmt::format("as it stands it would be glued to the value of line {}: align it with "
                            "its section, or write long text with '|'",
                            raw_.line_of(offset)));
  }
  return offset + value.size();
}

// Marks the line as effective, and with it the lines of a block text that ends before it.
void Reader::see(std::size_t offset) {
  const std::size_t line = raw_.line_of(offset);
  if (block_text_ != 0)
    for (std::size_t i = block_text_; i < line; ++i) lines_.insert(i);
  if (block_text_ != 0 && offset == raw_.text().size()) lines_.insert(line);
  block_text_ = 0;
  lines_.insert(line);
}

// Independent of the parser: each line of the text that is not blank, comment or bracket must have
// been seen. Catches directives and whatever else a parser may skip.
void Reader::check_lines() const {
  for (std::size_t i = 1; i <= raw_.line_count(); ++i) {
    const std::string line = trimmed(raw_.line(i));
    const std::string code = trimmed(line.substr(0, line.find(" #")));
    const bool frame = code == "---" || code == "...";
    if (lines_.count(i) != 0 || line.empty() || line[0] == '#' || frame) continue;
    if (code.find_first_not_of("[]{},- ") == std::string::npos) continue;
    throw Error(lost_line)
        .at(raw_.place(raw_.start_of(i) + raw_.line(i).find_first_not_of(' ')))
        .read(line)
        .say("this line has no effect on the document");
  }
}

void Reader::refuse_syntax(const YAML::Exception& fault) const {
  const bool unclosed =
      fault.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || fault.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (pending_ && !unclosed) throw *pending_;
  for (auto section = open_.rbegin(); unclosed && section != open_.rend(); ++section) {
    const char first = raw_.text()[section->offset];
    if (first == '[' || first == '{')
      throw Error(syntax)
          .at(raw_.place(section->offset))
          .say(fmt::format("the '{}' is never closed", first))
          .remedy("balance the brackets");
  }
  const Place place = raw_.place(offset_of(fault.mark));
  const std::string_view before =
      raw_.line(static_cast<std::size_t>(place.line))
          .substr(0, offset_of(fault.mark) - raw_.start_of(static_cast<std::size_t>(place.line)));
  const bool behind_a_value = before.find_first_not_of(" -") != std::string_view::npos;
  if (fault.msg == YAML::ErrorMsg::END_OF_MAP && behind_a_value)
    throw Error(syntax)
        .at(place)
        .say("text behind a value that has ended")
        .remedy("put the whole value in quotes, or begin a comment with ' #'");
  for (const SyntaxHint& hint : syntax_hints())
    if (fault.msg == hint.fault) throw Error(hint.kind).at(place).say(hint.say).remedy(hint.remedy);
  throw Error(syntax).at(place).say(fault.msg).expected("YAML");
}

}  // namespace mantissa::config
