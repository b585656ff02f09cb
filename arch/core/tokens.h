// SPDX-License-Identifier: Apache-2.0
// Dependency tokens of one core. A token is done when it has been signalled as often as it was
// armed. It remembers why a waiting matrix unit would have stood still: what the last signaller was,
// and since when that one had been able to work.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

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
    return static_cast<TokenId>(tokens_.size() - 1);
  }
  // One more signal is needed. Only before the token is done.
  void expect_one_more(TokenId id) { ++tokens_[id].remaining; }

  bool done(TokenId id) const { return tokens_[id].remaining == 0; }
  const Token& operator[](TokenId id) const { return tokens_[id]; }

  // Signals; when that makes it done, calls `wake` with the bits of its listeners.
  void signal(TokenId id, Cycles now, Cycles able_since) {
    Token& token = tokens_[id];
    MANTISSA_CHECK(token.remaining > 0, "token signalled once too often");
    if (--token.remaining > 0) return;
    token.done_at = now;
    token.able_since = able_since;
    if (token.listeners != 0) wake_(token.listeners);
    token.listeners = 0;
  }
  void listen(TokenId id, EngineKind engine) {
    tokens_[id].listeners |= 1u << static_cast<unsigned>(engine);
  }
  void on_wake(std::function<void(std::uint32_t)> wake) { wake_ = std::move(wake); }
  void clear() { tokens_.clear(); }
  std::size_t size() const { return tokens_.size(); }

 private:
  std::vector<Token> tokens_;
  std::function<void(std::uint32_t)> wake_;
};

}  // namespace mantissa::arch
