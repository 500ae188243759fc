"""The unified model at its real width with random weights: how long a network call takes, what a clip needs.

    python benchmarks/unified.py steps                      one guided network call in every form, interleaved
    python benchmarks/unified.py steps --published FOLDER   ... beside the published code, in a folder with its files
    python benchmarks/unified.py whole FOLDER               writes a random checkpoint of 11 GB, loads and renders it

Method of `steps`: batch of one clip of 10 s (250 frames, 80 tokens), guidance 5, so every call works on two
halves. All forms stand in memory at once and take turns; the figure is the least CPU time of the repeats, which
a busy machine disturbs less than wall time, beside the least wall time. To fit beside one another the models
have `--depth` blocks and one instead of 33; the blocks are alike but for the skips, so ratios carry over, and
times are also given scaled by 33 over the number of blocks. "plain" is our own network called as the released
sampler calls it: a doubled batch with masks, everything made anew at every call. Before each round the
machine's own best float32 product is measured on the model's largest shape: the limit. "Products alone" are the
products of one call in their shapes with nothing between them. Set OPENBLAS_NUM_THREADS to --threads: numpy's
product does not ask torch. Errors are those of the latent after `--error-steps` steps against the exact form;
random weights say nothing of a trained one's outliers.

Method of `whole`: each precision in a process of its own: load, one clip with `--steps` calls, peak and resident
memory from the kernel's counters. The file is read before, so that loading is compared with reading from the
same cache.
"""

import argparse
import copy
import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig
from audiogen_cli.generator.unified.dit import DiT
from audiogen_cli.generator.unified.forms import fix_linear
from audiogen_cli.generator.unified.linear import Linear, NumpyLinear, PackedLinear
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.options import SamplingOptions
from audiogen_cli.generator.unified.published import codec_naming, model_naming, published_state_dict
from audiogen_cli.generator.unified.sampler import sample

FRAMES, TOKENS, BLOCKS = 250, 80, 33


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    steps = commands.add_parser("steps", help="one network call in every form")
    steps.add_argument("--depth", type=int, default=8, help="blocks but the middle one; the model has 32")
    steps.add_argument("--repeats", type=int, default=3)
    steps.add_argument("--error-steps", type=int, default=4)
    steps.add_argument("--published", type=Path, help="a folder with modeling_dasheng_audiogen.py and its neighbours")
    whole = commands.add_parser("whole", help="load and render a complete random checkpoint")
    whole.add_argument("folder", type=Path, help="for 11 GB of files; removed at the end unless --keep")
    whole.add_argument("--steps", type=int, default=2)
    whole.add_argument("--dtypes", nargs="+", default=["float32", "bfloat16", "int8"])
    whole.add_argument("--keep", action="store_true")
    one = commands.add_parser("one", help="(used by whole) one precision in this process")
    one.add_argument("folder", type=Path)
    one.add_argument("dtype")
    one.add_argument("steps", type=int)
    one.add_argument("--low-memory", action="store_true")
    for command in (steps, whole, one):
        command.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    if arguments.command == "steps":
        time_steps(arguments)
    elif arguments.command == "whole":
        run_whole(arguments)
    else:
        run_one(arguments)


def time_steps(arguments: argparse.Namespace) -> None:
    config = ModelConfig(dit_depth=arguments.depth, instruction_seq_len=14)
    model = random_model(config)
    forms: dict[str, DiT] = {
        "exact": model.dit,
        "exact, numpy": fixed(
            model.dit, lambda linear, once: linear if once else NumpyLinear(linear.weight, linear.bias)
        ),
        "exact, packed": fixed(model.dit, lambda linear, once: linear if once else _packed(linear)),
        "bfloat16": fixed(model.dit, lambda linear, once: fix_linear(_narrow(linear), "bfloat16", once=once)),
        "int8": fixed(model.dit, lambda linear, once: fix_linear(linear, "int8", once=once)),
    }
    noise = torch.randn(1, config.latent_dim, FRAMES)
    context = torch.randn(1, TOKENS, config.content_dim)
    timestep = torch.tensor([437.0])
    runs: dict[str, Callable[[], Tensor]] = {}
    if arguments.published:
        runs["published code"] = published_call(arguments.published, config, model, noise, context, timestep)
    runs["plain"] = plain_call(model, noise, context, timestep)
    with torch.inference_mode():
        for name, dit in forms.items():
            began = time.process_time()
            prepared = dit.prepare(context, model.time_aligned, num_frames=FRAMES, guided=True)
            modulation = dit.modulate(torch.full((25,), 437.0)).at(3)
            print(f"{name}: text and time prepared for 25 calls in {time.process_time() - began:.2f} CPU s")
            runs[name] = lambda dit=dit, modulation=modulation, prepared=prepared: dit.predict(
                noise, modulation, prepared
            )
            half = prepared.conditional()
            runs[f"{name}, conditional half"] = lambda dit=dit, modulation=modulation, half=half: dit.predict(
                noise, modulation, half
            )
        for name in ("exact", "exact, numpy"):
            runs[f"products of {name} alone"] = products_alone(forms[name])
        answers = {name: run() for name, run in runs.items()}  # also warms everything up
        cpu: dict[str, float] = dict.fromkeys(runs, float("inf"))
        wall: dict[str, float] = dict.fromkeys(runs, float("inf"))
        taken: dict[str, list[float]] = {name: [] for name in runs}
        limit = 0.0
        for _ in range(arguments.repeats):
            limit = max(limit, best_product_rate())
            for name, run in runs.items():
                started, began = time.perf_counter(), time.process_time()
                run()
                taken[name].append(time.process_time() - began)
                cpu[name] = min(cpu[name], taken[name][-1])
                wall[name] = min(wall[name], time.perf_counter() - started)
    scale = BLOCKS / (arguments.depth + 1)
    reference = cpu["published code" if arguments.published else "plain"]
    gflop = call_gflop(config)
    print(f"\ntorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, {arguments.threads} thread(s),")
    print(f"{arguments.depth + 1} of {BLOCKS} blocks, least of {arguments.repeats}; limit {limit:.0f} GFLOP/s\n")
    print("| one call | CPU s | scaled to 33 blocks | wall s | times as fast | error of the velocity |")
    print("|---|---|---|---|---|---|")
    for name in runs:
        half = "conditional" in name
        if "alone" in name:
            print(f"| {name} | {cpu[name]:.2f} | {cpu[name] * scale:.1f} | {wall[name]:.2f} | | |")
            continue
        error = relative_error(answers[name], answers["exact, conditional half" if half else "exact"])
        ratio = "" if half else f"{reference / cpu[name]:.2f}"
        print(f"| {name} | {cpu[name]:.2f} | {cpu[name] * scale:.1f} | {wall[name]:.2f} | {ratio} | {error:.1e} |")
    print_pairs(taken, "published code" if arguments.published else "plain")
    quickest = min(cpu[name] for name in ("exact", "exact, numpy", "exact, packed"))
    achieved = gflop / quickest
    print(f"\nexact: {gflop:.0f} GFLOP a call, {achieved:.0f} GFLOP/s, {achieved / limit:.0%} of the limit")
    print_clip(cpu, scale, reference)
    print_errors(forms, model, noise, context, arguments.error_steps)


def products_alone(dit: DiT) -> Callable[[], Tensor]:
    """The products of one guided call in their shapes, with nothing between them: what is left is not arithmetic."""
    layers: list[tuple[nn.Module, Tensor]] = []
    for name, module in dit.named_modules():
        if not isinstance(module, (Linear, NumpyLinear)) or any(
            part in name for part in ("time_", "context_embed", "ta_context", "cross_attn.to_k", "cross_attn.to_v")
        ):
            continue  # made once a clip
        rows = FRAMES if "cross_attn" in name or "patch_embed" in name else 2 * FRAMES
        layers.append((module, torch.randn(1, rows, module.weight.shape[1])))
    return lambda: [layer(x) for layer, x in layers][-1]


def print_pairs(taken: dict[str, list[float]], reference: str) -> None:
    """Medians of the ratios within a round: what disturbs a whole round falls out."""
    pairs = [(reference, name) for name in ("exact", "exact, numpy", "exact, packed", "int8")]
    pairs += [("exact", "exact, numpy"), ("exact, numpy", "int8"), ("int8", "int8, conditional half")]
    pairs += [(name, f"products of {name} alone") for name in ("exact", "exact, numpy")]
    print("\n| CPU s of | over those of | median of the ratios within a round | ratio of the least |")
    print("|---|---|---|---|")
    for name, other in pairs:
        ratios = sorted(a / b for a, b in zip(taken[name], taken[other]))
        least = min(taken[name]) / min(taken[other])
        print(f"| {name} | {other} | {ratios[len(ratios) // 2]:.2f} | {least:.2f} |")


def print_clip(cpu: dict[str, float], scale: float, reference: float) -> None:
    """A clip of 25 steps as a sum of calls: the released code makes 26."""
    print("\n| clip of 25 steps, network alone, 33 blocks (computed) | CPU s | times as fast |")
    print("|---|---|---|")
    whole = 26 * reference * scale
    exact = min(("exact", "exact, numpy", "exact, packed"), key=lambda name: cpu[name])
    rows = {"as released (26 calls)": whole, exact: 25 * cpu[exact] * scale, "bfloat16": 25 * cpu["bfloat16"] * scale}
    rows["int8"] = 25 * cpu["int8"] * scale
    rows["int8, guided in half of the calls"] = 12.5 * (cpu["int8"] + cpu["int8, conditional half"]) * scale
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.0f} | {whole / seconds:.2f} |")


def print_errors(forms: dict[str, DiT], model: AudioGenModel, noise: Tensor, context: Tensor, steps: int) -> None:
    options = SamplingOptions(num_inference_steps=steps)
    latents = {}
    with torch.inference_mode():
        for name, dit in forms.items():
            prepared = dit.prepare(context, model.time_aligned, num_frames=FRAMES, guided=True)
            latents[name] = sample(dit, noise, prepared, options)
        dit = forms["int8"]
        prepared = dit.prepare(context, model.time_aligned, num_frames=FRAMES, guided=True)
        half = SamplingOptions(num_inference_steps=steps, guidance_interval=(0.35, 0.95))
        latents["int8, guided between 0.35 and 0.95"] = sample(dit, noise, prepared, half)
    print(f"\n| latent after {steps} steps | relative error against exact |\n|---|---|")
    for name, latent in latents.items():
        print(f"| {name} | {relative_error(latent, latents['exact']):.1e} |")


def relative_error(value: Tensor, exact: Tensor) -> float:
    return float((value - exact).norm() / exact.norm())


def best_product_rate() -> float:
    """GFLOP/s of the best of three float32 kernels on the model's largest product."""
    rows, inner, outer = 2 * FRAMES, 1536, 12288
    x, weight = torch.randn(rows, inner), torch.randn(outer, inner)
    forms = (PackedLinear(weight, None), NumpyLinear(weight, None))
    best = float("inf")
    for call in (lambda: nn.functional.linear(x, weight), lambda: forms[0](x), lambda: forms[1](x)):
        for _ in range(3):
            began = time.process_time()
            call()
            best = min(best, time.process_time() - began)
    return 2 * rows * inner * outer / best / 1e9


def call_gflop(config: ModelConfig) -> float:
    """Work of one prepared guided call: what is made once a clip is not in it."""
    width, hidden, rows = config.dit_embed_dim, config.dit_mlp_dim, 2 * FRAMES
    blocks = config.dit_depth + 1
    products = blocks * (4 * width * width * rows + 3 * width * hidden * rows + 2 * width * width * FRAMES)
    products += config.dit_depth // 2 * 2 * width * width * rows  # skips
    products += FRAMES * config.latent_dim * width + rows * config.latent_dim * (width + 3 * config.latent_dim)
    scores = blocks * (2 * FRAMES * rows * width + 2 * TOKENS * FRAMES * width)
    return 2 * (products + scores) / 1e9


def random_model(config: ModelConfig) -> AudioGenModel:
    with torch.device("meta"):
        model = AudioGenModel(config)
    model = model.to_empty(device="cpu")
    fill_randomly(model)
    return model.requires_grad_(False).eval()


def fill_randomly(model: nn.Module) -> None:
    """Weights that keep the scale of what passes through; norms as identity, rotary frequencies as computed."""
    from audiogen_cli.generator.unified.layers import inverse_frequencies

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim < 2:
                parameter.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
            else:
                parameter.normal_(0, parameter[0].numel() ** -0.5)
        for name, buffer in model.named_buffers():
            if name.endswith("inv_freq"):
                buffer.copy_(inverse_frequencies(2 * len(buffer)))
            elif name == "instruction":
                buffer.normal_()
            elif name == "instruction_length":
                buffer.fill_(14)


def fixed(dit: DiT, form: Callable[[Linear, bool], nn.Module]) -> DiT:
    """A copy in which every product has another form; `form` is told which are made once a clip."""
    linears = [(name, module) for name, module in dit.named_modules() if isinstance(module, Linear)]
    return copy.deepcopy(dit, {id(linear): form(linear, "time_" in name) for name, linear in linears})


def _narrow(linear: Linear) -> Linear:
    return copy.deepcopy(linear).to(torch.bfloat16)


def _packed(linear: Linear) -> PackedLinear:
    return PackedLinear(linear.weight, linear.bias)


def plain_call(model: AudioGenModel, noise: Tensor, context: Tensor, timestep: Tensor) -> Callable[[], Tensor]:
    frames = torch.ones(2, FRAMES, dtype=torch.bool)
    tokens = torch.ones(2, TOKENS, dtype=torch.bool)
    doubled = torch.cat([torch.zeros_like(context), context])
    aligned = model.time_aligned.expand(1, FRAMES, -1)
    aligned = torch.cat([torch.zeros_like(aligned), aligned])
    return lambda: model.dit(
        noise.repeat(2, 1, 1), timestep.expand(2), doubled, aligned, latent_mask=frames, context_mask=tokens
    )


def published_call(
    folder: Path, config: ModelConfig, model: AudioGenModel, noise: Tensor, context: Tensor, timestep: Tensor
) -> Callable[[], Tensor]:
    """The released network with the same weights, called as its own sampler calls it."""
    (folder / "__init__.py").touch()
    sys.path.insert(0, str(folder.resolve().parent))
    package = folder.resolve().name
    settings = importlib.import_module(f"{package}.configuration_dasheng_audiogen").DashengAudioGenConfig
    released = importlib.import_module(f"{package}.modeling_dasheng_audiogen").DashengAudioGenModel
    values = json.loads((folder / "config.json").read_text()) if (folder / "config.json").is_file() else {}
    network = released(settings(**values | {"dit_depth": config.dit_depth})).eval()
    absent = network.load_state_dict(published_state_dict(model, model_naming), strict=False).missing_keys
    assert all(key.startswith("content_encoder.") for key in absent), absent
    frames = torch.ones(2, FRAMES, dtype=torch.bool)
    tokens = torch.ones(2, TOKENS, dtype=torch.bool)
    doubled = torch.cat([torch.zeros_like(context), context])
    aligned = model.time_aligned.expand(1, FRAMES, -1)
    given = {
        "context": doubled, "context_mask": tokens, "x_mask": frames,
        "time_aligned_context": torch.cat([torch.zeros_like(aligned), aligned]),
    }  # fmt: skip
    return lambda: network.backbone(x=torch.cat([noise, noise]), timesteps=timestep[0], **given)


def run_whole(arguments: argparse.Namespace) -> None:
    folder = arguments.folder
    write_checkpoint(folder)
    try:
        for dtype in arguments.dtypes:
            for more in ([], ["--low-memory"]) if dtype != "float32" else ([],):
                command = [
                    sys.executable, __file__, "one", str(folder), dtype, str(arguments.steps), *more,
                    "--threads", str(arguments.threads),
                ]  # fmt: skip
                print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)


def run_one(arguments: argparse.Namespace) -> None:
    from audiogen_cli.caption import Caption
    from audiogen_cli.generator.unified.generator import UnifiedGenerator
    from audiogen_cli.generator.unified.options import ModelOptions

    def resident() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e9

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9

    model = arguments.folder / "model"
    import transformers  # noqa: F401  # so that its own size is not counted as the model's

    base = resident()
    read_seconds = sum(time_reading(path) for path in sorted(model.glob("*.safetensors")))
    generator = UnifiedGenerator(
        ModelOptions(model=model, device="cpu", dtype=arguments.dtype, low_memory=arguments.low_memory)
    )
    started, began = time.perf_counter(), time.process_time()
    generator.load()
    figures = {
        "dtype": arguments.dtype + (", low memory" if arguments.low_memory else ""),
        "read_file_wall_s": read_seconds,
        "load_wall_s": time.perf_counter() - started,
        "load_cpu_s": time.process_time() - began,
        "load_peak_gb": peak() - base,
        "held_gb": resident() - base,
    }
    calls: list[float] = []
    held: dict[str, list[float]] = {"text": [], "step": [], "decoding": []}
    doing_now, done_with = "text", threading.Event()

    def on_step(done: int, total: int, doing: str) -> None:
        nonlocal doing_now
        doing_now = next((name for name in held if doing.startswith(name)), "text")
        calls.append(time.process_time())

    def watch() -> None:
        while not done_with.wait(0.02):
            held[doing_now].append(resident() - base)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.process_time()
    options = SamplingOptions(num_inference_steps=arguments.steps)
    rendering = generator.generate(Caption(caption="A " + "long scene of rain " * 20), options, on_step)
    done_with.set()
    watcher.join()
    figures |= {
        "clip_seconds": rendering.waveform.duration_s,
        "tokens": rendering.details["prompt_tokens"],
        "call_cpu_s": [round(b - a, 1) for a, b in zip(calls[-arguments.steps - 1 :], calls[-arguments.steps :])],
        "text_and_time_cpu_s": calls[-arguments.steps - 1] - began,
        "decode_cpu_s": time.process_time() - calls[-1],
        "render_cpu_s": time.process_time() - began,
        "held_in_steps_gb": statistics.median(held["step"]),
        "most_in_steps_gb": max(held["step"]),
        "most_in_decoding_gb": max(held["decoding"]),
        "held_after_gb": resident() - base,
        "peak_gb": peak() - base,
    }
    print(json.dumps({key: round(value, 2) if isinstance(value, float) else value for key, value in figures.items()}))


def time_reading(path: Path) -> float:
    """Wall seconds to read a file whose pages are as warm as they get."""
    buffer = bytearray(1 << 24)
    least = float("inf")
    for _ in range(2):
        started = time.perf_counter()
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
        least = min(least, time.perf_counter() - started)
    return least


def write_checkpoint(folder: Path) -> None:
    """A complete checkpoint at the published sizes with random weights: network, text encoder, decoder."""
    from transformers import T5Config, T5EncoderModel

    from audiogen_cli.generator.unified.codec.decoder import Decoder

    golden = Path(__file__).parents[1] / "tests" / "golden"
    for name in ("model", "t5", "codec"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sizes, codec = ModelConfig(instruction_seq_len=14), CodecConfig()
    with torch.device("meta"):
        tensors = published_state_dict(AudioGenModel(sizes), model_naming)
        decoder = published_state_dict(nn.ModuleDict({"decoder": Decoder(codec)}), codec_naming)
        tensors["content_encoder.text_encoder.proj.weight"] = torch.empty(1024, 1024)
        tensors["content_encoder.text_encoder.proj.bias"] = torch.empty(1024)
        text = T5EncoderModel(T5Config(
            vocab_size=32128, d_model=1024, num_layers=24, num_heads=16, d_kv=64, d_ff=2816,
            feed_forward_proj="gated-gelu",
        ))  # fmt: skip
    names = {"text_encoder_name": "t5", "tokenizer_name": "codec", "special_tokens": []}
    values = {"model_type": "dasheng_audiogen"} | vars(sizes) | names
    (folder / "model" / "config.json").write_text(json.dumps(values))
    (folder / "codec" / "config.json").write_text(json.dumps({"model_type": "dashengtokenizer"} | vars(codec)))
    text.config.save_pretrained(folder / "t5")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(golden / "tiny-t5" / name, folder / "t5")
    write_shards(folder / "model", tensors)
    write_shards(folder / "codec", decoder)
    write_shards(folder / "t5", {key: value for key, value in text.state_dict().items() if "embed_tokens" not in key})


def write_shards(folder: Path, tensors: dict[str, Tensor], *, most: int = 1_000_000_000) -> None:
    """Random tensors of the given shapes in files of about a gigabyte, so that no more than that is in memory."""
    from safetensors.torch import save_file

    places: dict[str, str] = {}
    shard: dict[str, Tensor] = {}

    def flush() -> None:
        file = f"model-{len(set(places.values())):05d}.safetensors"
        save_file(shard, folder / file)
        places.update(dict.fromkeys(shard, file))
        shard.clear()

    for name, tensor in tensors.items():
        shard[name] = random_tensor(name, tensor.shape, tensor.dtype)
        if sum(value.numel() * value.element_size() for value in shard.values()) > most:
            flush()
    flush()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))


def random_tensor(name: str, shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """As `fill_randomly` does; the clip's length is ten seconds whatever the text."""
    from audiogen_cli.generator.unified.layers import inverse_frequencies

    if name.endswith("inv_freq"):
        return inverse_frequencies(2 * shape[0])
    if name == "instruction_lengths":
        return torch.tensor([14])
    if name.startswith("content_adapter.global_duration_mlp.3"):
        return torch.full(shape, 0.0 if name.endswith("weight") else 2.3978953)  # ln(1 + 10 s)
    if len(shape) < 2:
        ones = ("norm" in name and name.endswith("weight")) or name.endswith(("gamma", "window"))
        return torch.full(shape, 1.0 if ones else 0.0, dtype=dtype)
    fan_in = 1
    for size in shape[1:]:
        fan_in *= size
    return torch.randn(shape) * fan_in**-0.5


if __name__ == "__main__":
    main()
