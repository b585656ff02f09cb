// SPDX-License-Identifier: Apache-2.0
// Dependency tokens of one core. A token is done when it has been signalled as often as it was
// armed. It remembers why a waiting matrix unit would have stood still: what the last signaller
// was, and since when that one had been able to work.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "arch/core/command.h"

namespace mantissa::arch {

struct Token {
  std::uint32_t remaining = 0;
  std::uint32_t listeners = 0;  // bit per engine
  Stall kind = Stall::dependency;
  Cycles able_since{};  // the last signaller had all it needed
  Cycles done_at{};
};

class TokenTable {
 public:
  // `count` signals make it done; 0 is done from the start.
  TokenId arm(std::uint32_t count, Stall kind) {
    tokens_.push_back({count, 0, kind, Cycles(0), Cycles(0)});
    return first_ + static_cast<TokenId>(tokens_.size() - 1);
  }
  // One more signal is needed. Only before the token is done: who adds signals piecemeal arms the
  // token with one of its own and gives that back with `release` when it has added all.
  void expect_one_more(TokenId id) { ++at(id).remaining; }
  void release(TokenId id) {
    Token& token = at(id);
    if (--token.remaining == 0) finish(token);
  }

  bool done(TokenId id) const { return id < first_ || tokens_[id - first_].remaining == 0; }
  // What is known of a token; of those done long ago nothing but that.
  Token operator[](TokenId id) const { return id < first_ ? Token{} : tokens_[id - first_]; }

  // Signals; when that makes it done, calls `wake` with the bits of its listeners.
  void signal(TokenId id, Cycles now, Cycles able_since) {
    Token& token = at(id);
    MANTISSA_CHECK(token.remaining > 0, "token signalled once too often");
    token.done_at = now;
    token.able_since = able_since;
    if (--token.remaining == 0) finish(token);
  }
  void listen(TokenId id, EngineKind engine) {
    at(id).listeners |= 1u << static_cast<unsigned>(engine);
  }
  void on_wake(std::function<void(std::uint32_t)> wake) { wake_ = std::move(wake); }
  // Forgets the oldest tokens as far as they are done: a run's memory does not grow with its time.
  void forget_done() {
    while (!tokens_.empty() && tokens_.front().remaining == 0) {
      tokens_.pop_front();
      ++first_;
    }
  }
  void clear() {
    tokens_.clear();
    first_ = 0;
  }

 private:
  Token& at(TokenId id) {
    MANTISSA_CHECK(id >= first_ && id - first_ < tokens_.size(), "a token that is gone");
    return tokens_[id - first_];
  }
  void finish(Token& token) {
    const std::uint32_t listeners = token.listeners;
    token.listeners = 0;
    if (listeners != 0) wake_(listeners);
  }

  std::deque<Token> tokens_;
  TokenId first_ = 0;
  std::function<void(std::uint32_t)> wake_;
};

}  // namespace mantissa::arch
