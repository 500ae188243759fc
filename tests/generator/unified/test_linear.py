"""The forms of a matrix product: each against the plain one."""

import pytest
import torch

from audiogen_cli.generator.unified import filling, forms
from audiogen_cli.generator.unified.dit import DiT
from audiogen_cli.generator.unified.forms import Cpu, choose_form, fix_linear, fix_rows, read_cpu
from audiogen_cli.generator.unified.linear import (
    Int8AtRest,
    Int8Linear,
    Int8OnDevice,
    Linear,
    NumpyLinear,
    PackedLinear,
    WidenedLinear,
    int8_product,
    quantize,
)


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return Linear(64, 96).requires_grad_(False)


@pytest.fixture
def rows():
    return torch.randn(2, 50, 64, generator=torch.Generator().manual_seed(1))


def int8(layer, form=Int8Linear, largest=63):
    return form(quantize([layer.weight], tuple(layer.weight.shape), largest=largest), layer.bias)


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


CPUS = {
    "Zen 3": Cpu(vendor="AuthenticAMD", level="AVX2", has_openblas=True),
    "Zen 3, numpy without OpenBLAS": Cpu(vendor="AuthenticAMD", level="AVX2"),
    "Haswell": Cpu(vendor="GenuineIntel", level="AVX2", has_openblas=True),
    "Skylake-SP": Cpu(vendor="GenuineIntel", level="AVX512", has_openblas=True),
    "Ice Lake": Cpu(vendor="GenuineIntel", level="AVX512", sums_int8_wide=True, has_openblas=True),
    "Zen 4": Cpu(vendor="AuthenticAMD", level="AVX512", multiplies_bfloat16=True, sums_int8_wide=True),
    "Sapphire Rapids": Cpu(vendor="GenuineIntel", level="AVX512", multiplies_bfloat16=True, sums_int8_wide=True),
    "x86 without oneDNN": Cpu(level="AVX512", multiplies_bfloat16=True, sums_int8_wide=True, has_onednn=False),
    "Graviton 3": Cpu(level="SVE256", is_x86=False, multiplies_bfloat16=True),
    "Apple M": Cpu(is_x86=False, has_onednn=False),
}


@pytest.mark.parametrize(
    ("cpu", "float32", "bfloat16", "int8"),
    [
        ("Zen 3", NumpyLinear, WidenedLinear, Int8Linear),
        ("Zen 3, numpy without OpenBLAS", Linear, WidenedLinear, Int8Linear),
        ("Haswell", Linear, WidenedLinear, Int8Linear),
        ("Skylake-SP", PackedLinear, WidenedLinear, Int8Linear),
        ("Ice Lake", PackedLinear, WidenedLinear, Int8Linear),
        ("Zen 4", PackedLinear, PackedLinear, Int8Linear),
        ("Sapphire Rapids", PackedLinear, PackedLinear, Int8Linear),
        ("x86 without oneDNN", Linear, Linear, Int8AtRest),
        ("Graviton 3", Linear, Linear, Int8AtRest),
        ("Apple M", Linear, WidenedLinear, Int8AtRest),
    ],
)
def test_the_product_is_chosen_by_what_the_cpu_is(cpu, float32, bfloat16, int8):
    chosen = [choose_form(dtype, CPUS[cpu]) for dtype in ("float32", "bfloat16", "int8")]
    assert chosen == [float32, bfloat16, int8]


@pytest.mark.parametrize("cpu", CPUS.values(), ids=CPUS)
def test_what_works_once_or_is_compiled_is_not_packed(cpu):
    opaque = (PackedLinear, NumpyLinear)
    for dtype in ("float32", "bfloat16"):
        assert choose_form(dtype, cpu, once=True) not in opaque
        assert choose_form(dtype, cpu, packed=False) not in opaque
    assert choose_form("int8", cpu, once=True) is Int8AtRest


@pytest.mark.parametrize(("wide", "largest"), [(True, 127), (False, 63)])
def test_int8_weights_use_the_range_that_the_cpu_can_sum(layer, monkeypatch, wide, largest):
    made = []
    monkeypatch.setattr(forms, "read_cpu", lambda: Cpu(level="AVX2", sums_int8_wide=wide))
    monkeypatch.setattr(forms, "quantize", lambda *args, **how: made.append(how["largest"]) or quantize(*args, **how))
    assert type(fix_linear(layer, "int8")) is Int8Linear
    assert type(fix_linear(layer, "int8", once=True)) is Int8AtRest
    assert made == [largest, 127]


@pytest.mark.parametrize("features", [(), ("_is_vnni_supported",), ("_is_amx_tile_supported",)])
def test_the_cpu_is_read_from_what_torch_says_of_it(monkeypatch, features):
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported", "_is_vnni_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda name=name: name in features, raising=False)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX512")
    cpu = read_cpu.__wrapped__()
    assert cpu.level == "AVX512"
    assert cpu.sums_int8_wide is bool(features)
    assert cpu.multiplies_bfloat16 is ("_is_amx_tile_supported" in features)


def test_rows_as_they_come_make_the_same_layer(layer, rows):
    shape = tuple(layer.weight.shape)
    parts = fix_rows(layer.weight.split(7), shape, layer.bias)
    assert torch.equal(parts(rows), fix_linear(layer, "int8")(rows))


def test_each_smaller_form_has_the_error_of_its_precision(layer, rows):
    assert error(layer, WidenedLinear(layer.weight, layer.bias), rows) < 3e-3
    assert error(layer, int8(layer, Int8AtRest, 127), rows) < 1e-2
    assert error(layer, int8(layer), rows) < 2e-2
    assert error(layer, int8(layer, Int8OnDevice, 127), rows) < 2e-2
    assert (
        error(layer, Linear(64, 96).to(torch.bfloat16).requires_grad_(False), rows) > 0.5
    )  # other weights, other product


def test_one_loud_row_costs_the_others_no_precision(layer, rows):
    loud = torch.cat([rows, 1000 * rows[:, :1]], dim=1)
    quiet = int8(layer)(loud)[:, :50]
    assert float((quiet - layer(rows)).norm() / layer(rows).norm()) < 2e-2


def test_the_largest_numbers_do_not_overflow():
    """All activations and weights at full height, where sums of 16 bits would wrap."""
    layer = Linear(256, 32, bias=False).requires_grad_(False)
    layer.weight.fill_(1.0)
    exact, product = layer(torch.ones(20, 256)), int8(layer)(torch.ones(20, 256))
    torch.testing.assert_close(product, exact, rtol=1e-2, atol=0)


def test_the_integer_product_of_other_devices_is_the_same_product(layer, rows):
    """The CUDA way, run on the CPU: a scale for each row, exact integers between."""
    weight = quantize([layer.weight], (96, 64), largest=127)
    product = int8_product(rows, weight, layer.bias)
    assert product.shape == (2, 50, 96)
    exact = layer(rows)
    assert float((product.float() - exact).norm() / exact.norm()) < 2e-2


def test_rows_of_an_integer_product_do_not_touch_each_other(layer, rows):
    weight = quantize([layer.weight], (96, 64), largest=127)
    loud = torch.cat([rows, 1000 * rows], dim=1)
    assert torch.equal(int8_product(loud, weight, None)[:, :50], int8_product(rows, weight, None))
    assert torch.equal(int8(layer)(loud)[:, :50], int8(layer)(rows))


def test_packed_weights_reproduce_the_golden_network(golden, golden_folder, monkeypatch):
    """The form that AVX-512 machines get, on whatever machine this is."""
    from audiogen_cli.generator.unified.loading import load_model

    monkeypatch.setattr(forms, "read_cpu", lambda: CPUS["Skylake-SP"])
    monkeypatch.setattr(filling, "read_cpu", lambda: CPUS["Skylake-SP"])
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
