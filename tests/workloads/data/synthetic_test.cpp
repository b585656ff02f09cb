// SPDX-License-Identifier: Apache-2.0
// The Bayes error that a task states, against closed forms, an integral of another kind, and what
// the best classifier gets wrong.
#include "workloads/data/synthetic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/faults/normal.h"
#include "workloads/data/load.h"
#include "workloads/data/normal_stream.h"

namespace mantissa::data {
namespace {

DataConfig config(Known name, std::int64_t classes, double separation = 2) {
  DataConfig c;
  c.name = name;
  c.classes = classes;
  if (name == Known::linear_teacher) {
    c.noise = 0.1;
  } else {
    c.separation = separation;
  }
  return c;
}

// What the best classifier gets wrong of n fresh samples.
std::int64_t mistakes(const SyntheticTask& task, std::int64_t n) {
  const Dataset d = task.draw(n);
  const auto& x = std::get<std::vector<float>>(d.features);
  std::int64_t wrong = 0;
  for (std::int64_t s = 0; s < n; ++s)
    wrong += task.best_class(x.data() + s * task.features()) != d.labels[std::size_t(s)];
  return wrong;
}

// Of a binomial number: 5 standard deviations are exceeded once in 1.7 million.
bool plausible(std::int64_t wrong, std::int64_t n, double error) {
  const double mean = double(n) * error;
  return std::abs(double(wrong) - mean) <= 5 * std::sqrt(mean * (1 - error)) + 1;
}

TEST(NormalStream, is_standard_normal_at_every_index_alone) {
  const NormalStream stream(3, "x"), again(3, "x"), other(4, "x");
  constexpr int n = 200000;
  double sum = 0, squares = 0, neighbours = 0;
  std::int64_t below = 0;
  for (int i = 0; i < n; ++i) {
    const double z = stream.at(std::uint64_t(i));
    sum += z;
    squares += z * z;
    neighbours += z * stream.at(std::uint64_t(i) + 1);
    below += z < 1;
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(neighbours / n, 0, 5 / std::sqrt(n));
  EXPECT_TRUE(plausible(below, n, faults::normal_cdf(1)));
  EXPECT_EQ(stream.at(77), again.at(77));
  EXPECT_NE(stream.at(77), other.at(77));
}

TEST(Gaussians, of_two_classes_have_the_error_of_the_closed_form) {
  for (const double d : {0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0}) {
    const double exact = faults::normal_cdf(-d / 2);
    EXPECT_NEAR(make_task(config(Known::gaussians, 2, d))->bayes_error() / exact, 1, 1e-9) << d;
  }
}

TEST(Gaussians, that_coincide_can_only_be_guessed) {
  for (const std::int64_t k : {2, 3, 10, 16})
    EXPECT_NEAR(make_task(config(Known::gaussians, k, 0))->bayes_error(), 1 - 1.0 / double(k),
                1e-9);
}

// Between each two neighbouring borders one class is the likeliest; the integral of its density is
// a sum of normal distribution functions.
double stripes_error(std::int64_t classes, double separation) {
  const auto stripes = 2 * classes;
  const auto middle = [&](std::int64_t s) {
    return separation * (double(s) - double(stripes - 1) / 2);
  };
  const auto bell = [](double z) { return std::abs(z) < 37 ? faults::normal_density(z) : 0.0; };
  const auto density = [&](std::int64_t c, double z) {
    return bell(z - middle(c)) + bell(z - middle(c + classes));
  };
  const auto likeliest = [&](double z) {
    std::int64_t best = 0;
    for (std::int64_t c = 1; c < classes; ++c)
      if (density(c, z) > density(best, z)) best = c;
    return best;
  };
  const auto below = [&](std::int64_t c, double z) {
    return (faults::normal_cdf(z - middle(c)) + faults::normal_cdf(z - middle(c + classes))) /
           double(stripes);
  };
  const double end = -middle(0) + 30;
  double right = 0, from = -end;
  std::int64_t now = likeliest(from);
  for (double z = -end; z < end;) {
    const double next = z + 1.0 / 64;
    const std::int64_t then = likeliest(next);
    if (then != now) {
      double low = z, high = next;
      for (int i = 0; i < 60; ++i)
        (likeliest((low + high) / 2) == now ? low : high) = (low + high) / 2;
      right += below(now, low) - below(now, from);
      from = low;
      now = then;
    }
    z = next;
  }
  return 1 - right - below(now, end) + below(now, from);
}

TEST(Stripes, have_the_error_that_their_borders_give) {
  for (const std::int64_t k : {2, 3, 5})
    for (const double d : {0.5, 1.0, 2.0, 3.0, 6.0})
      EXPECT_NEAR(make_task(config(Known::stripes, k, d))->bayes_error(), stripes_error(k, d), 1e-7)
          << k << ' ' << d;
}

TEST(Synthetic, error_is_what_the_best_classifier_gets_wrong) {
  constexpr std::int64_t n = 100000;
  for (const Known name : {Known::gaussians, Known::stripes, Known::linear_teacher}) {
    for (const std::int64_t k : {2, 4}) {
      const auto task = make_task(config(name, k));
      const std::int64_t wrong = mistakes(*task, n);
      const double error = task->bayes_error();
      EXPECT_TRUE(plausible(wrong, n, error)) << int(name) << ' ' << k << ' ' << wrong;
      // The check can fail: an error that is a tenth off does not pass.
      EXPECT_FALSE(plausible(wrong, n, 0.9 * error)) << int(name) << ' ' << k;
      EXPECT_FALSE(plausible(wrong, n, 1.1 * error)) << int(name) << ' ' << k;
    }
  }
}

TEST(Synthetic, classes_are_equally_likely) {
  constexpr std::int64_t n = 60000;
  for (const Known name : {Known::gaussians, Known::stripes}) {
    const Dataset d = make_task(config(name, 3))->draw(n);
    std::vector<std::int64_t> all(n);
    for (std::int64_t i = 0; i < n; ++i) all[std::size_t(i)] = i;
    for (const auto count : d.class_counts(all)) EXPECT_TRUE(plausible(count, n, 1.0 / 3)) << count;
  }
}

TEST(Synthetic, samples_go_on_where_fewer_end_and_change_with_the_seed) {
  for (const Known name : {Known::gaussians, Known::stripes, Known::linear_teacher}) {
    DataConfig c = config(name, 2);
    const Dataset few = make_task(c)->draw(10), many = make_task(c)->draw(20);
    const auto& x = std::get<std::vector<float>>(few.features);
    const auto& y = std::get<std::vector<float>>(many.features);
    EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin()));
    EXPECT_TRUE(std::equal(few.labels.begin(), few.labels.end(), many.labels.begin()));
    c.seed = 2;
    EXPECT_NE(std::get<std::vector<float>>(make_task(c)->draw(10).features), x);
  }
}

// What is learnt from them is held against published figures: no compiler and no library may change
// a bit.
TEST(Synthetic, samples_are_the_same_for_ever) {
  const auto hash = [](Known name) {  // FNV-1a
    const Dataset d = make_task(config(name, 3))->draw(1000);
    std::uint64_t out = 0xCBF29CE484222325ull;
    for (const float x : std::get<std::vector<float>>(d.features)) {
      std::uint32_t bits;
      std::memcpy(&bits, &x, sizeof bits);
      out = (out ^ bits) * 0x100000001B3ull;
    }
    for (const auto label : d.labels) out = (out ^ std::uint64_t(label)) * 0x100000001B3ull;
    return out;
  };
  EXPECT_EQ(hash(Known::gaussians), 4653065422413414092u);
  EXPECT_EQ(hash(Known::stripes), 10631220493906677487u);
  EXPECT_EQ(hash(Known::linear_teacher), 17033084306821857665u);
}

// The hidden direction is no axis: the mean of the classes differs in most features.
TEST(Synthetic, features_all_tell_something) {
  const Dataset d = make_task(config(Known::gaussians, 2, 8))->draw(2000);
  const auto& x = std::get<std::vector<float>>(d.features);
  int telling = 0;
  for (std::size_t f = 0; f < 16; ++f) {
    double difference = 0;
    for (std::size_t s = 0; s < 2000; ++s)
      difference += (d.labels[s] ? x[16 * s + f] : -x[16 * s + f]);
    telling += std::abs(difference / 1000) > 0.15;
  }
  EXPECT_GE(telling, 12);
}

TEST(Synthetic, sets_are_loaded_and_split_like_others) {
  DataConfig c = config(Known::stripes, 3);
  c.samples = 500;
  const Dataset d = load(c);
  EXPECT_EQ(d.name, "stripes");
  EXPECT_EQ(d.size(), 500);
  EXPECT_NEAR(double(d.test.size()), 100, 3);
}

}  // namespace
}  // namespace mantissa::data
