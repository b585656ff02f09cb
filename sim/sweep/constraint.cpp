// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/constraint.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/config/decimal.h"
#include "sim/store/quantity.h"

namespace mantissa::sweep {

struct Expression {
  char kind = 0;  // 'n' number, 'q' name, or the operator
  Measure number;
  std::string name;
  std::shared_ptr<const Expression> left, right;
};

using Tree = std::shared_ptr<const Expression>;

class ConstraintParser {
 public:
  ConstraintParser(Constraint& constraint) : c_(constraint), text_(constraint.text_) {}

  void parse() {
    c_.left_ = sum();
    c_.comparison_ = comparison();
    c_.right_ = sum();
    skip();
    if (at_ < text_.size()) fail("an operator or the end of the constraint");
    if (c_.names_.empty()) {
      at_ = 0;
      fail("a quantity such as area, latency or energy on one side");
    }
  }

 private:
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (text_.compare(at_, token.size(), token) != 0) return false;
    at_ += token.size();
    return true;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(bad_constraint)
        .at(c_.place_)
        .say("in '" + text_ + "'")
        .read(at_ < text_.size() ? text_.substr(at_) : "the end")
        .expected(expected);
  }

  std::string comparison() {
    for (const char* symbol : {"<=", ">=", "==", "!=", "<", ">"})
      if (take(symbol)) return symbol;
    fail("<, <=, >, >=, == or !=");
  }
  static Tree node(char kind, Tree left, Tree right) {
    return std::make_shared<Expression>(
        Expression{kind, {}, {}, std::move(left), std::move(right)});
  }
  Tree sum() {
    Tree tree = product();
    for (;;) {
      if (take("+"))
        tree = node('+', tree, product());
      else if (take("-"))
        tree = node('-', tree, product());
      else
        return tree;
    }
  }
  Tree product() {
    Tree tree = factor();
    for (;;) {
      if (take("*"))
        tree = node('*', tree, factor());
      else if (take("/"))
        tree = node('/', tree, factor());
      else
        return tree;
    }
  }
  Tree factor() {
    if (++depth_ > 64) fail("fewer than 64 nested parentheses");
    Tree tree;
    skip();
    if (take("(")) {
      tree = sum();
      if (!take(")")) fail("')'");
    } else if (take("-")) {
      const Tree zero = std::make_shared<Expression>(Expression{'0', {}, {}, {}, {}});
      tree = node('-', zero, factor());
    } else if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      tree = number();
    } else {
      tree = name();
    }
    --depth_;
    return tree;
  }

  Tree number() {
    const auto scanned = config::scan_number(std::string_view(text_).substr(at_));
    const auto value = config::real_number(scanned.number, 0, 0);
    if (scanned.length == 0 || !value) fail("a number");
    at_ += scanned.length;
    skip();
    // The longest unit that stands here, so that "34 GB/s" is not "34 GB" divided by "s".
    std::string unit;
    for (const auto& candidate : unit_names())
      if (candidate != "1" && candidate.size() > unit.size() &&
          text_.compare(at_, candidate.size(), candidate) == 0 && !is_word(at_ + candidate.size()))
        unit = candidate;
    if (unit.empty() && at_ < text_.size() &&
        std::isalpha(static_cast<unsigned char>(text_[at_]))) {
      const std::string word = this->word();
      throw Error(unit_mismatch)
          .at(c_.place_)
          .say("in '" + text_ + "'")
          .read(word)
          .expected("a unit such as ms, mJ, mm2, GB/s or TOPS")
          .nearest(nearest_name(word, unit_names()));
    }
    at_ += unit.size();
    return std::make_shared<Expression>(Expression{'n', *measure(*value, unit), {}, {}, {}});
  }

  bool is_word(std::size_t i) const {
    return i < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[i])) ||
                                text_[i] == '_' || text_[i] == '.');
  }
  std::string word() const {
    std::size_t end = at_;
    while (is_word(end)) ++end;
    return text_.substr(at_, end - at_);
  }
  Tree name() {
    const std::string word = this->word();
    if (word.empty()) fail("a quantity, a number or '('");
    const bool parameter = word.find('.') != std::string::npos;
    if (!parameter && store::find_quantity(word) == nullptr)
      throw Error(unknown_quantity)
          .at(c_.place_)
          .say("in '" + text_ + "'")
          .read(word)
          .expected("a quantity that every run yields, or a dotted parameter")
          .nearest(nearest_name(word, store::quantity_names()))
          .remedy("see 'mantissa sweep --quantities'");
    at_ += word.size();
    c_.names_.push_back(word);
    return std::make_shared<Expression>(Expression{'q', {}, word, {}, {}});
  }

  Constraint& c_;
  const std::string& text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

namespace {

// Walks the tree; an unknown name sets `unknown`.
struct Evaluation {
  const Constraint::Lookup& lookup;
  const std::string& text;
  const Place& place;
  bool unknown = false;

  void agree(const Unit& a, const Unit& b) const {
    if (!(a == b))
      throw Error(unit_mismatch)
          .at(place)
          .say("in '" + text + "', " + a.text() + " meets " + b.text())
          .expected("both sides in one unit");
  }

  Measure value(const Expression& e) {
    switch (e.kind) {
      case 'n':
        return e.number;
      case 'q': {
        const auto found = lookup(e.name);
        if (!found) unknown = true;
        return found.value_or(Measure{});
      }
      case '*': {
        const Measure a = value(*e.left), b = value(*e.right);
        return {a.value * b.value, a.unit * b.unit};
      }
      case '/': {
        const Measure a = value(*e.left), b = value(*e.right);
        return {a.value / b.value, a.unit / b.unit};
      }
      default:
        break;
    }
    const Measure b = value(*e.right);
    if (e.left->kind == '0') return {-b.value, b.unit};
    const Measure a = value(*e.left);
    if (!unknown) agree(a.unit, b.unit);
    return {e.kind == '+' ? a.value + b.value : a.value - b.value, a.unit};
  }
};

}  // namespace

Constraint::Constraint(std::string text, const Place& place)
    : text_(std::move(text)), place_(place) {
  ConstraintParser(*this).parse();
}

std::optional<bool> Constraint::holds(const Lookup& lookup) const {
  Evaluation evaluation{lookup, text_, place_};
  const Measure a = evaluation.value(*left_);
  const Measure b = evaluation.value(*right_);
  if (evaluation.unknown) return std::nullopt;
  evaluation.agree(a.unit, b.unit);
  // A quotient by zero is no number: then no constraint holds.
  if (!std::isfinite(a.value) || !std::isfinite(b.value)) return false;
  if (comparison_ == "<") return a.value < b.value;
  if (comparison_ == "<=") return a.value <= b.value;
  if (comparison_ == ">") return a.value > b.value;
  if (comparison_ == ">=") return a.value >= b.value;
  if (comparison_ == "==") return a.value == b.value;
  return a.value != b.value;
}

}  // namespace mantissa::sweep
