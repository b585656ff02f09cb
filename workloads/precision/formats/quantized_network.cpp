// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/formats/quantized_network.h"

#include <cmath>
#include <limits>
#include <optional>

#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/tensor_format.h"
#include "workloads/executor/fake_quantize.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/executor/tensor.h"
#include "workloads/precision/formats/scaled_product.h"

namespace mantissa::workloads {

class QuantizedNetwork::Layer {
 public:
  Layer(std::string name, std::shared_ptr<Product> product, const LayerFormat& format,
        Arithmetic arithmetic, Place place)
      : name_(std::move(name)),
        product_(std::move(product)),
        format_(format),
        arithmetic_(arithmetic) {
    if (arithmetic == Arithmetic::datapath && !is_plain() && !format.scheme.has_datapath())
      throw Error(no_datapath)
          .at(std::move(place))
          .say("layer '" + name_ + "' on the vector MAC")
          .read(format.scheme.text)
          .expected("integers with integer scales or none: W/A/WS/AS without f");
  }
  ~Layer() { product_->instead = nullptr; }

  void watch() {
    product_->instead = [this](const at::Tensor& x) {
      see(x);
      const at::Tensor& w = product_->weight();
      const at::Tensor y = product_->product(x, w);
      macs_ += static_cast<std::uint64_t>(y.numel() * (w.numel() / w.size(0)));
      return y;
    };
  }
  void compute() {
    if (is_plain())
      product_->instead = nullptr;
    else if (arithmetic_ == Arithmetic::values)
      product_->instead = [this](const at::Tensor& x) { return on_values(x); };
    else
      product_->instead = [this](const at::Tensor& x) { return on_datapath(x); };
  }
  void set_ranges() {
    if (!needs_range() || total_ == 0) return;
    is_signed_ = !format_.scheme.unsigned_activations || negative_;
    const numerics::IntegerQuantization integer =
        numerics::tensor_format(format_.activations(is_signed_)).integer;
    const float range =
        numerics::calibrated_range(is_signed_ ? histogram_ : positive_,
                                   {format_.calibration, format_.percentile}, integer.bits);
    coarse_ = torch::full({1}, numerics::coarse_of_range(integer, range));
  }

  LayerCounts counts() const {
    return {name_, format_.scheme.text, is_signed_, counts_, clipped_, scales_, macs_, padding_};
  }

 private:
  bool is_plain() const { return format_.scheme.text == "fp32"; }
  bool needs_range() const {
    return format_.scheme.is_integer() && format_.scheme.activation_scale_bits != Scheme::real;
  }

  // Channels of a group apart from the others, so that no vector reaches into two groups.
  at::Tensor grouped(const at::Tensor& x) const {
    const Product::Window w = product_->window();
    if (w.groups == 1) return x;
    return x.reshape({x.size(0) * w.groups, x.size(1) / w.groups, x.size(2), x.size(3)});
  }
  std::int64_t axis(const at::Tensor& x) const {
    return product_->window().kernel.empty() ? x.dim() - 1 : 1;
  }

  // Errors of quantisers say which operand of which layer it was.
  template <class F>
  auto named(const char* operand, F f) const {
    try {
      return f();
    } catch (Error& error) {
      throw error.at("layer '" + name_ + "', its " + operand);
    }
  }

  void see(const at::Tensor& x) {
    if (!needs_range()) return;
    const at::Tensor all = x.detach().contiguous();
    negative_ = negative_ || all.lt(0).any().item<bool>();
    named("input", [&] {
      histogram_.add(all.data_ptr<float>(), all.numel());
      if (format_.scheme.unsigned_activations && !negative_)
        positive_.add(all.data_ptr<float>(), all.numel());
      return 0;
    });
    total_ += all.numel();
  }

  void demand_range() const {
    if (!needs_range() || coarse_.defined()) return;
    throw Error(not_calibrated)
        .at("layer '" + name_ + "'")
        .say("its activations have no range yet")
        .remedy("Let calibrate() see samples that pass this layer.");
  }

  at::Tensor quantized_weights() {
    const at::Tensor& w = product_->weight();
    const bool trains = at::GradMode::is_enabled() && w.requires_grad();
    if (Recorder::active() == nullptr && !trains && weights_.defined() &&
        version_ == static_cast<std::int64_t>(w._version()))
      return weights_;
    const at::Tensor q = named("weights", [&] { return fake_quantize(w, 1, format_.weights()); });
    if (trains || Recorder::active() != nullptr) return q;
    weights_ = q.detach();
    version_ = static_cast<std::int64_t>(w._version());
    return weights_;
  }

  at::Tensor on_values(const at::Tensor& x) {
    demand_range();
    const at::Tensor parts = grouped(x);
    const at::Tensor q = named("input", [&] {
      return fake_quantize(parts, axis(parts), format_.activations(is_signed_),
                           needs_range() ? coarse_ : at::Tensor());
    });
    return product_->product(q.reshape(x.sizes()), quantized_weights());
  }

  // Until they change, as a network that is evaluated batch by batch wants them.
  const numerics::QuantizedTensor& weight_elements() {
    const at::Tensor w = product_->weight().detach().contiguous();
    const auto version = static_cast<std::int64_t>(product_->weight()._version());
    if (!elements_ || elements_version_ != version)
      elements_ = named("weights", [&] {
        return numerics::quantize(w.data_ptr<float>(), numerics::axis_of(shape_of(w), 1),
                                  numerics::tensor_format(format_.weights()).integer);
      });
    elements_version_ = version;
    return *elements_;
  }

  at::Tensor on_datapath(const at::Tensor& x) {
    demand_range();
    const torch::NoGradGuard no_gradient;
    const Unrecorded quiet;
    const at::Tensor parts = grouped(x).contiguous();
    const auto inputs = named("input", [&] {
      const auto along = static_cast<std::size_t>(axis(parts));
      return numerics::quantize(parts.data_ptr<float>(), numerics::axis_of(shape_of(parts), along),
                                numerics::tensor_format(format_.activations(is_signed_)).integer,
                                {coarse_.item<float>()});
    });
    clipped_ += inputs.clipped_scales;
    scales_ += inputs.scales.size();
    const ScaledProduct product(*product_, format_.mac(is_signed_));
    padding_ += product.padding_vectors(x);
    return product.forward(weight_elements(), inputs, x, counts_);
  }

  std::string name_;
  std::shared_ptr<Product> product_;
  LayerFormat format_;
  Arithmetic arithmetic_;
  numerics::Histogram histogram_, positive_{false};
  std::int64_t total_ = 0, version_ = -1;
  bool negative_ = false, is_signed_ = true;
  at::Tensor coarse_, weights_;
  std::optional<numerics::QuantizedTensor> elements_;  // of the weights, on the datapath
  std::int64_t elements_version_ = -1;
  numerics::VectorMacCounts counts_;
  std::uint64_t padding_ = 0, clipped_ = 0, scales_ = 0, macs_ = 0;
};

namespace {

// Every name must be a layer's, or that of a module with layers in it.
void check_names(const LayerFormats& formats, const std::vector<std::string>& layers) {
  for (const LayerFormats::Entry& entry : formats.entries) {
    LayerFormats alone;
    alone.entries.push_back(entry);
    if (entry.layer == "default") continue;
    bool found = false;
    for (const std::string& layer : layers) found = found || alone.find(layer) != nullptr;
    if (found) continue;
    std::string some;
    for (std::size_t i = 0; i < layers.size() && i < 8; ++i) some += layers[i] + ", ";
    throw Error(unknown_layer_of_network)
        .at(entry.place)
        .read(entry.layer)
        .expected("default, or a layer: " + some + (layers.size() > 8 ? "... " : "") + "in all " +
                  std::to_string(layers.size()))
        .nearest(nearest_name(entry.layer, layers));
  }
}

}  // namespace

QuantizedNetwork::QuantizedNetwork(Model& network, const LayerFormats& formats,
                                   Arithmetic arithmetic)
    : network_(network) {
  const auto products = products_of(network);
  std::vector<std::string> names;
  for (const auto& product : products) names.push_back(product.first);
  check_names(formats, names);
  for (const auto& [name, product] : products) {
    const LayerFormats::Entry* entry = formats.find(name);
    if (entry == nullptr) continue;  // fp32
    MANTISSA_CHECK(!product->instead, "layer " + name + " is computed by another");
    layers_.push_back(
        std::make_unique<Layer>(name, product, entry->format, arithmetic, entry->place));
  }
  for (const auto& layer : layers_) layer->compute();
}

QuantizedNetwork::~QuantizedNetwork() = default;

void QuantizedNetwork::calibrate(const at::Tensor& samples) {
  const torch::NoGradGuard no_gradient;
  const Unrecorded quiet;
  const bool training = network_.is_training();
  network_.eval();
  for (const auto& layer : layers_) layer->watch();
  try {
    network_.forward(samples);
  } catch (...) {
    for (const auto& layer : layers_) layer->compute();
    network_.train(training);
    throw;
  }
  network_.train(training);
  for (const auto& layer : layers_) {
    layer->set_ranges();
    layer->compute();
  }
}

std::vector<LayerCounts> QuantizedNetwork::counts() const {
  std::vector<LayerCounts> out;
  for (const auto& layer : layers_) out.push_back(layer->counts());
  return out;
}

double output_sqnr(const at::Tensor& x, const at::Tensor& y) {
  const at::Tensor exact = x.detach().to(at::kDouble);
  const double noise = (exact - y.detach().to(at::kDouble)).square().sum().item<double>();
  const double signal = exact.square().sum().item<double>();
  if (noise == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / noise);
}

}  // namespace mantissa::workloads
