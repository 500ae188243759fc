"""The forms of a matrix product: each against the plain one."""

import pytest
import torch

from audiogen_cli.generator.unified import linear as linear_module
from audiogen_cli.generator.unified.dit import DiT
from audiogen_cli.generator.unified.linear import (
    Int8AtRest,
    Int8Linear,
    Linear,
    NumpyLinear,
    PackedLinear,
    WidenedLinear,
    _int8_product,
    fix_linear,
)


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return Linear(64, 96).requires_grad_(False)


@pytest.fixture
def rows():
    return torch.randn(2, 50, 64, generator=torch.Generator().manual_seed(1))


def error(layer, other, rows):
    exact = layer(rows)
    return float((other(rows).float() - exact).norm() / exact.norm())


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
@pytest.mark.parametrize("bias", [True, False])
def test_packed_weights_give_the_same_product(rows, bias):
    layer = Linear(64, 96, bias=bias).requires_grad_(False)
    assert error(layer, PackedLinear(layer.weight, layer.bias), rows) < 1e-6


@pytest.mark.parametrize("bias", [True, False])
def test_numpy_gives_the_same_product_of_the_same_memory(rows, bias):
    layer = Linear(64, 96, bias=bias).requires_grad_(False)
    form = NumpyLinear(layer.weight, layer.bias)
    assert error(layer, form, rows) < 1e-6 and error(layer, form, rows.transpose(0, 1)[..., :64]) < 1e-6
    assert form.weight.data_ptr() == layer.weight.data_ptr()
    assert set(form.state_dict()) == set(layer.state_dict())


@pytest.mark.parametrize(
    ("vendor", "capability", "form"),
    [("AuthenticAMD", "AVX2", NumpyLinear), ("GenuineIntel", "AVX2", Linear), ("AuthenticAMD", "DEFAULT", Linear)],
)
def test_the_product_is_chosen_by_the_machine(layer, monkeypatch, vendor, capability, form):
    """By what it is, never by a race: the same machine must give the same sound again."""
    monkeypatch.setattr(linear_module, "cpu_vendor", lambda: vendor)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: True)
    monkeypatch.setattr(
        linear_module.np, "show_config", lambda mode: {"Build Dependencies": {"blas": {"name": "scipy-openblas"}}}
    )
    linear_module.prefers_numpy.cache_clear()
    linear_module.prefers_packed.cache_clear()
    try:
        assert type(fix_linear(layer, "float32")) is form
        assert type(fix_linear(layer, "float32", packed=False)) is Linear
    finally:
        linear_module.prefers_numpy.cache_clear()
        linear_module.prefers_packed.cache_clear()


def test_each_smaller_form_has_the_error_of_its_precision(layer, rows):
    assert error(layer, WidenedLinear(layer.weight, layer.bias), rows) < 3e-3
    assert error(layer, Int8AtRest(layer.weight, layer.bias), rows) < 1e-2
    assert error(layer, Int8Linear(layer.weight, layer.bias), rows) < 2e-2
    assert (
        error(layer, Linear(64, 96).to(torch.bfloat16).requires_grad_(False), rows) > 0.5
    )  # other weights, other product


def test_one_loud_row_costs_the_others_no_precision(layer, rows):
    loud = torch.cat([rows, 1000 * rows[:, :1]], dim=1)
    quiet = Int8Linear(layer.weight, layer.bias)(loud)[:, :50]
    assert float((quiet - layer(rows)).norm() / layer(rows).norm()) < 2e-2


def test_the_largest_numbers_do_not_overflow():
    """All activations and weights at full height, where sums of 16 bits would wrap."""
    layer = Linear(256, 32, bias=False).requires_grad_(False)
    layer.weight.fill_(1.0)
    exact, product = layer(torch.ones(20, 256)), Int8Linear(layer.weight, None)(torch.ones(20, 256))
    torch.testing.assert_close(product, exact, rtol=1e-2, atol=0)


def test_the_integer_product_of_other_devices_is_the_same_product(layer, rows):
    """The CUDA way, run on the CPU: a scale for each row, exact integers between."""
    at_rest = Int8AtRest(layer.weight, None)
    product = _int8_product(rows, at_rest.weight, at_rest.scale, layer.bias)
    assert product.shape == (2, 50, 96)
    exact = layer(rows)
    assert float((product.float() - exact).norm() / exact.norm()) < 2e-2


def test_rows_of_an_integer_product_do_not_touch_each_other(layer, rows):
    at_rest = Int8AtRest(layer.weight, None)
    loud = torch.cat([rows, 1000 * rows], dim=1)
    quiet = _int8_product(rows, at_rest.weight, at_rest.scale, None)
    assert torch.equal(_int8_product(loud, at_rest.weight, at_rest.scale, None)[:, :50], quiet)


@pytest.mark.parametrize(
    ("dtype", "once", "packs", "multiplies", "kept"),
    [
        ("float32", False, True, False, PackedLinear), ("float32", False, False, False, Linear),
        ("float32", True, True, False, Linear), ("bfloat16", False, True, False, WidenedLinear),
        ("bfloat16", False, True, True, Linear), ("int8", False, True, True, Int8Linear),
        ("int8", True, True, True, Int8AtRest),
    ],
)  # fmt: skip
def test_the_form_follows_the_machine(layer, monkeypatch, dtype, once, packs, multiplies, kept):
    monkeypatch.setattr(linear_module, "prefers_packed", lambda: packs)
    monkeypatch.setattr(linear_module, "prefers_numpy", lambda: False)
    monkeypatch.setattr(linear_module, "multiplies_bfloat16", lambda: multiplies)
    assert type(fix_linear(layer, dtype, once=once)) is kept


def test_packed_weights_reproduce_the_golden_network(golden, golden_folder, monkeypatch):
    """The form that AVX-512 machines get, on whatever machine this is."""
    from audiogen_cli.generator.unified.loading import load_model

    monkeypatch.setattr(linear_module, "prefers_packed", lambda: True)
    dit = load_model(golden_folder / "tiny-audiogen").dit
    assert isinstance(dit.mid_block.attn.to_kqv, PackedLinear)
    t = golden("dit")
    with torch.inference_mode():
        out = dit(
            t["x"], t["timestep_scalar"], t["context"], t["time_aligned_context"], latent_mask=t["x_mask"],
            context_mask=t["context_mask"],
        )  # fmt: skip
    torch.testing.assert_close(out, t["out_scalar_timestep"], atol=2e-5, rtol=1e-5)


class TestCompiling:
    @pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
    def test_a_network_call_is_one_graph(self, golden_folder, golden, dtype):
        from audiogen_cli.generator.unified.loading import load_model

        model = load_model(golden_folder / "tiny-audiogen", dtype=dtype, packed=False)
        t = golden("dit")
        dit: DiT = model.dit
        with torch.inference_mode():
            prepared = dit.prepare(
                t["context"], model.time_aligned, num_frames=13, latent_mask=t["x_mask"],
                context_mask=t["context_mask"], guided=True, isolated=True,
            )  # fmt: skip
            modulation = dit.modulate(torch.tensor([437.0]))
            torch._dynamo.reset()
            report = torch._dynamo.explain(dit.predict)(t["x"], modulation, prepared)
            assert (report.graph_count, report.graph_break_count) == (1, 0)
            whole = torch.compile(dit.predict, backend="eager", fullgraph=True, dynamic=False)
            torch.testing.assert_close(whole(t["x"], modulation, prepared), dit.predict(t["x"], modulation, prepared))

    def test_all_steps_of_a_clip_share_one_compilation(self, golden_folder, golden, monkeypatch):
        from audiogen_cli.caption import Caption
        from audiogen_cli.generator.unified import holding
        from audiogen_cli.generator.unified.generator import UnifiedGenerator
        from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions

        compiled = []

        def backend(graph, inputs):
            compiled.append(graph)
            return graph

        real = torch.compile
        monkeypatch.setattr(holding.torch, "compile", lambda call, **how: real(call, backend=backend, **how))
        torch._dynamo.reset()
        options = ModelOptions(model=golden_folder / "tiny-audiogen", device="cpu", compile=True)
        generator = UnifiedGenerator(options)
        sampling = SamplingOptions(num_inference_steps=6, seed=1234, noise="published", guidance_scale=3.0)
        first = generator.generate(Caption(caption="A dog barking loudly"), sampling)
        assert len(compiled) == 1
        generator.generate(Caption(caption="A dog barking loudly"), sampling)
        assert len(compiled) == 1
        plain = UnifiedGenerator(ModelOptions(model=golden_folder / "tiny-audiogen", device="cpu"))
        expected = plain.generate(Caption(caption="A dog barking loudly"), sampling)
        torch.testing.assert_close(
            torch.from_numpy(first.waveform.samples), torch.from_numpy(expected.waveform.samples), atol=2e-5, rtol=1e-5
        )

    def test_int8_on_a_cpu_cannot_be_compiled_and_says_so(self, golden_folder):
        from audiogen_cli.caption import Caption
        from audiogen_cli.errors import OptionError
        from audiogen_cli.generator.unified.generator import UnifiedGenerator
        from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions

        options = ModelOptions(model=golden_folder / "tiny-audiogen", device="cpu", dtype="int8", compile=True)
        with pytest.raises(OptionError, match="compile"):
            UnifiedGenerator(options).generate(Caption(caption="x"), SamplingOptions())
