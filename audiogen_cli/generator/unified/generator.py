"""The unified generator: captions in, renderings out, one model for speech, music, effects and space.

    Caption -> prompt -> text encoder -> content adapter -> length, context
    noise of the item's seed ------------> sampler (DiT) -> latent -> decoder -> Waveform

In: captions and `SamplingOptions`. Out: `Rendering`s of mono sound, each as long as the model makes it.
Weights are loaded at the first call. An item sounds the same alone, in a batch, or as one of several
takes: its noise is its own, masks keep its neighbours out, and it is decoded by itself.
"""

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.caption.cleaning import strip_tags
from audiogen_cli.device import choose_device, choose_dtype
from audiogen_cli.errors import OptionError, OutOfMemoryError
from audiogen_cli.generator.base import GenerationOptions, OnStep, Rendering, no_progress
from audiogen_cli.generator.unified.batches import EncodedText, Item, Progress, make_batches, pad_contexts
from audiogen_cli.generator.unified.duration import checked_lengths, frame_mask
from audiogen_cli.generator.unified.holding import HeldModel, hold_model
from audiogen_cli.generator.unified.loading import TextParts, is_out_of_memory
from audiogen_cli.generator.unified.noise import item_noise, published_noise
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.generator.unified.sampler import calls, sample
from audiogen_cli.generator.unified.text_encoder import Content
from audiogen_cli.prompt import compose_prompt

logger = logging.getLogger(__name__)

_TEXTS_KEPT = 64
_WORDS_PER_SECOND = 3.5  # brisk speech; more words than that do not fit into the clip
_GB_HELD = {"float32": 9.4, "bfloat16": 5.1, "int8": 2.9}  # network and decoder at the published size, computed


class UnifiedGenerator:
    """Dasheng AudioGen behind the `Generator` protocol; light until it is first asked."""

    name = "unified"

    def __init__(self, options: ModelOptions | None = None) -> None:
        self.options = options or ModelOptions()
        self.sample_rate = 16_000  # of the published models; that of the config once it is read
        self._device = self._dtype = ""
        self._held: HeldModel | None = None
        self._texts: dict[str, EncodedText] = {}
        self._one_at_a_time = threading.Lock()

    def prepare(self, options: GenerationOptions) -> None:
        """Nothing: gigabytes are loaded when a caption is there, not before."""

    def generate(self, caption: Caption, options: GenerationOptions, on_step: OnStep = no_progress) -> Rendering:
        """Render one caption.

        Raises:
            ModelMissingError: weights that are absent or not those of the model.
            OptionError: options that do not fit the model or the machine.
            OutOfMemoryError: even one clip does not fit.
            LengthError, SamplingError: the model's answer is no clip.
        """
        return self.generate_batch([caption], [options], on_step)[0]

    def generate_batch(
        self, captions: Sequence[Caption], options: Sequence[GenerationOptions], on_step: OnStep = no_progress
    ) -> list[Rendering]:
        """Render several captions, each with its own options; errors as in `generate`.

        With the published noise, captions with equal options and seed share one draw and one batch, as
        in the released code, and then depend on each other; see `SamplingOptions.noise`.
        """
        if len(captions) != len(options):
            raise OptionError(f"{len(captions)} captions and {len(options)} options; needs one for each")
        if not captions:
            return []
        with self._one_at_a_time, torch.inference_mode():
            sampling = [_sampling(option) for option in options]
            held = self._hold(on_step)
            texts = self._encode([compose_prompt(caption) for caption in captions], on_step)
            items = [Item(*parts) for parts in zip(range(len(captions)), captions, texts, sampling)]
            with _float32_convolutions(self._device):
                renderings = self._render(held, make_batches(items, self._max_batch()), on_step)
            return [renderings[place] for place in range(len(captions))]

    def load(self, on_step: OnStep = no_progress) -> None:
        """Load network and decoder now rather than at the first call; errors as in `generate`."""
        with self._one_at_a_time:
            self._hold(on_step)

    def deep_check(self, on_step: OnStep = no_progress) -> dict[str, Any]:
        """Load the model, render three fixed scenes and judge them; figures as JSON, `passed` among them."""
        from audiogen_cli.generator.unified.deep_check import check_generator

        return check_generator(self, on_step)

    def close(self) -> None:
        """Let go of the weights; the next call loads them again."""
        with self._one_at_a_time:
            self._held = None
            self._texts.clear()
            _empty_cache(self._device)

    def _max_batch(self) -> int:
        """Items that go through the network together; int8 on a CPU has one scale for all, so there it is one."""
        return 1 if (self._dtype, self._device) == ("int8", "cpu") else self.options.max_batch

    def _hold(self, on_step: OnStep) -> HeldModel:
        if self._held is None:
            on_step(0, 1, "loading the model")
            self._device = choose_device(self.options.device)
            self._dtype = choose_dtype(self.options.dtype, self._device)
            self._held = hold_model(self.options, self._device, self._dtype)
            self.sample_rate = self._held.config.sample_rate
        return self._held

    def _encode(self, prompts: Sequence[str], on_step: OnStep) -> list[EncodedText]:
        """Prompts one by one, so that a text is the same whatever stands beside it; then T5 may go."""
        assert self._held is not None
        new = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._texts]
        if new:
            on_step(0, 1, "reading the text")
            parts = self._held.text_parts()
            for prompt in new:
                self._texts[prompt] = _encode_prompt(self._held, parts, prompt)
            del parts
            if not self.options.keep_text_encoder:
                self._held.release_text_encoder()
                _empty_cache(self._device)
        texts = [self._texts[prompt] for prompt in prompts]
        for prompt in list(self._texts)[:-_TEXTS_KEPT]:
            del self._texts[prompt]
        return texts

    def _render(self, held: HeldModel, batches: list[list[Item]], on_step: OnStep) -> dict[int, Rendering]:
        """Batch after batch; one that does not fit into memory is cut in two and begins again."""
        progress = Progress(on_step, _count_calls(batches))
        renderings: dict[int, Rendering] = {}
        while batches:
            batch = batches.pop(0)
            try:
                latents = self._sample(held, batch, progress)
                progress.decoding()
                sounds = self._decode(held, batch, latents)
            except (MemoryError, RuntimeError) as fault:
                if not is_out_of_memory(fault):
                    raise
                batches = [*self._smaller(batch, fault), *batches]
                progress.expect(_count_calls(batches))
                continue
            for item, sound in zip(batch, sounds):
                renderings[item.place] = self._rendering(held, item, sound, len(batch))
        return renderings

    def _sample(self, held: HeldModel, batch: Sequence[Item], progress: Progress) -> Tensor:
        options, published = batch[0].options, batch[0].options.noise == "published"
        lengths = [item.text.num_frames for item in batch]
        modulation = held.modulation(options)  # before the text is prepared: it may have to read weights
        context, context_mask = pad_contexts([item.text.context for item in batch])
        prepared = held.model.dit.prepare(
            context,
            held.model.time_aligned,
            num_frames=max(lengths),
            latent_mask=None if len(set(lengths)) == 1 else frame_mask(lengths, self._device),
            context_mask=context_mask,
            guided=options.guidance_scale > 1.0,
            isolated=not published,
        )
        draw = published_noise if published else item_noise
        noise = draw([item.options.seed for item in batch], held.config.latent_dim, lengths, self._device)
        return sample(
            held.network, noise, prepared, options, modulation=modulation, on_call=progress.on_call(options.steps)
        )

    def _decode(self, held: HeldModel, batch: Sequence[Item], latents: Tensor) -> list[Tensor]:
        """Each item by itself, so that nothing beyond its end is heard; the published way decodes them together."""
        per_frame = held.codec_config.samples_per_latent
        if batch[0].options.noise == "published":
            sounds = held.decoder(latents)
            return [sound[: item.text.num_frames * per_frame].cpu() for sound, item in zip(sounds, batch)]
        return [held.decoder(latent[None, :, : item.text.num_frames])[0].cpu() for latent, item in zip(latents, batch)]

    def _smaller(self, batch: list[Item], fault: BaseException) -> list[list[Item]]:
        """The same items in smaller batches, once memory has run out."""
        _empty_cache(self._device)
        if len(batch) > 1 and batch[0].options.noise != "published":
            half = (len(batch) + 1) // 2
            logger.info("%d clips at once do not fit into memory, trying %d", len(batch), half)
            return [batch[:half], batch[half:]]
        smaller = [dtype for dtype in ("bfloat16", "int8") if _GB_HELD[dtype] < _GB_HELD[self._dtype]]
        fits = " or ".join(f"--dtype {dtype} (about {_GB_HELD[dtype]:g} GB held)" for dtype in smaller)
        clips = "one clip" if len(batch) == 1 else f"a published batch of {len(batch)} clips"
        raise OutOfMemoryError(
            f"{self._device} does not hold {clips} beside the model in {self._dtype}",
            hint=fits or "--low-memory, or --device cpu",
        ) from fault

    def _rendering(self, held: HeldModel, item: Item, sound: Tensor, batch_size: int) -> Rendering:
        options, text = item.options, item.text
        waveform = Waveform(sound.float().numpy(), held.config.sample_rate)
        return Rendering(
            waveform=waveform,
            notes=tuple(_notes(item, waveform.duration_s, batch_size)),
            details={
                **held.origins,
                "device": self._device,
                "dtype": self._dtype,
                "network_calls": options.steps - options.zero_init_steps,
                "sigmas": [round(sigma, 6) for sigma in calls(options)],
                "latent_frames": text.num_frames,
                "prompt_tokens": text.context.shape[1],
                "torch": torch.__version__,
            },
        )


def _sampling(options: GenerationOptions) -> SamplingOptions:
    return (
        options if isinstance(options, SamplingOptions) else SamplingOptions(seed=options.seed, quality=options.quality)
    )


def _count_calls(batches: Iterable[Sequence[Item]]) -> int:
    return sum(batch[0].options.steps for batch in batches)


def _encode_prompt(held: HeldModel, parts: TextParts, prompt: str) -> EncodedText:
    tokens = parts.tokenizer([prompt])
    content = parts.encoder(tokens.ids.to(parts.device), tokens.mask.to(parts.device))
    adapted = held.model.adapt(Content(*(part.to(held.device) for part in content)))
    num_frames = checked_lengths(adapted.log_duration, held.config)[0]
    num_unknown = parts.tokenizer.count_unknown(strip_tags(prompt))
    return EncodedText(adapted.content, num_frames, tokens.num_cut[0], num_unknown)


def _notes(item: Item, duration_s: float, batch_size: int) -> Iterable[str]:
    if item.text.num_cut:
        yield f"the prompt is {item.text.num_cut} tokens too long for the model, which does not hear its end"
    if item.text.num_unknown:
        yield f"the model's tokenizer does not know {item.text.num_unknown} pieces of the caption; they are lost"
    num_words = len((item.caption.asr or "").split())
    if num_words > duration_s * _WORDS_PER_SECOND:
        needed = num_words / _WORDS_PER_SECOND
        yield (
            f"{num_words} spoken words need about {needed:.0f} s, the model makes {duration_s:.1f} s:"
            " the end will be missing"
        )
    if batch_size > 1 and item.options.noise == "published":
        yield f"published noise: this sound depends on the others of its batch of {batch_size}"


def _float32_convolutions(device: str) -> AbstractContextManager[Any]:
    """cuDNN rounds the factors of float32 convolutions to 10 bits unless it is told not to."""
    if device in ("cpu", "mps"):
        return nullcontext()
    return torch.backends.cudnn.flags(enabled=True, allow_tf32=False)


def _empty_cache(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()
