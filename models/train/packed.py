"""The same network as ``autoglm_phone.py`` on packed batches: no padding between samples, fixed shapes, fast kernels.

A batch is a few thousand samples laid end to end: E encoder rows, N decoder rows, cut by cumulative lengths. Attention runs on the
cut sequences (FlashAttention 2 with variable lengths). Merged attention is then ordinary causal attention aligned to the lower
right: the keys of a sample are its memory rows followed by its decoder rows, and query t sees keys 0 … S + t. Since every batch
has the same shapes, each piece is compiled once.

Pictures and clips of a batch are encoded once, whatever the number of questions about them: their features are rows of one table
(pictures first), and ``source`` says for each encoder row which of them it is, or -1 where it is a token. ``media.py`` makes them.
"""
from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from autoglm_phone import IMAGE, SDPA, AutoGLMPhone, Config, rope_angles
from ctc import ctc_plain
from master import Weights, fake_int4
from senses import merge_cells

FEATURE = 1 << 20  # an encoder id of this or more means feature row id - FEATURE
# Of a sample, for the log: 1 thinking, 2 not, 3 auxiliary, 4 picture, 6 spoken question; a transcript of English by eSpeak NG 5, Flite 7, Festival 8,
# people 10, of Mandarin 9, told wrong words before 11.
MODES = 12


# -------------------------------------------------------------------------------------------------------------- batches
class Shape:
    """Fixed sizes of a packed batch: encoder rows, decoder rows, samples, longest sample in each; all int32 in one buffer."""

    def __init__(self, enc: int, dec: int, samples: int, max_enc: int, max_dec: int):
        self.enc, self.dec, self.samples, self.max_enc, self.max_dec = enc, dec, samples, max_enc, max_dec
        self.fields = {"enc_ids": enc, "source": enc, "dec_ids": dec, "labels": dec, "weight": dec, "mode": dec, "pos_enc": enc, "pos_dec": dec,
                       "pos_kv": enc + dec, "order": enc + dec, "place": enc + dec, "cut_enc": samples + 1, "cut_dec": samples + 1,
                       "cut_kv": samples + 1}
        self.size = sum(self.fields.values())

    def unpack(self, buffer: torch.Tensor) -> dict:
        out, at = {}, 0
        for name, n in self.fields.items():
            out[name] = buffer[at : at + n]
            at += n
        out["weight"] = out["weight"].view(torch.float32)
        return out


RESERVE = 64  # rows kept free in both parts, so that leftover rows can be cut into filler samples with at least a row in each


def pack(shape: Shape, samples) -> np.ndarray:
    """Fills one buffer from an iterator of (encoder ids, decoder ids, labels, weights, mode); see FEATURE and MODES.

    Returns int32 [shape.size]. Leftover rows become filler samples of <|pad|> with weight 0 (no row belongs to no sample:
    attention would leave it undefined).
    """
    rows_e, rows_d, labels, weights, modes, len_e, len_d = [], [], [], [], [], [], []
    free_e, free_d = shape.enc - RESERVE, shape.dec - RESERVE
    limit = shape.samples - RESERVE
    while len(len_e) < limit:
        one = next(samples, None)
        if one is None:
            break
        enc, dec, label, weight, mode = one
        if len(enc) > free_e or len(dec) > free_d:
            break
        rows_e += enc
        rows_d += dec
        labels += label
        weights += weight
        len_e.append(len(enc))
        len_d.append(len(dec))
        modes.append(mode)
        free_e -= len(enc)
        free_d -= len(dec)
    left_e, left_d = shape.enc - len(rows_e), shape.dec - len(rows_d)
    fillers = max(-(-left_e // min(shape.max_enc, 512)), -(-left_d // min(shape.max_dec, 512)), 1)
    if fillers > RESERVE:
        raise ValueError(f"{left_e} encoder and {left_d} decoder rows are left over: the shape does not fit the data")
    real_d = len(rows_d)
    len_e += [left_e // fillers + (i < left_e % fillers) for i in range(fillers)]
    len_d += [left_d // fillers + (i < left_d % fillers) for i in range(fillers)]
    le, ld = np.zeros(shape.samples, np.int32), np.zeros(shape.samples, np.int32)
    le[: len(len_e)], ld[: len(len_d)] = len_e, len_d
    ce, cd = np.concatenate([[0], le.cumsum()]), np.concatenate([[0], ld.cumsum()])
    ck = ce + cd
    pos_e = np.arange(shape.enc) - np.repeat(ce[:-1], le)
    pos_d = np.arange(shape.dec) - np.repeat(cd[:-1], ld) + np.repeat(le, ld)
    place = np.concatenate([np.repeat(ck[:-1], le) + pos_e, np.repeat(ck[:-1], ld) + pos_d])
    order = np.empty_like(place)
    order[place] = np.arange(len(place))
    pos_kv = np.concatenate([pos_e, pos_d])[order]
    weight = np.zeros(shape.dec, np.float32)
    weight[:real_d] = weights
    mode = np.zeros(shape.dec, np.int32)
    mode[:real_d] = np.repeat(modes, ld[: len(modes)])
    pad = lambda a, n: np.concatenate([np.asarray(a, np.int32), np.zeros(n - len(a), np.int32)])  # noqa: E731
    enc_ids = pad(rows_e, shape.enc)
    feature = enc_ids >= FEATURE
    parts = {"enc_ids": np.where(feature, IMAGE, enc_ids), "source": np.where(feature, enc_ids - FEATURE, -1), "dec_ids": pad(rows_d, shape.dec), "labels": pad(labels, shape.dec),
             "weight": weight.view(np.int32), "mode": mode, "pos_enc": pos_e, "pos_dec": pos_d, "pos_kv": pos_kv, "order": order,
             "place": place, "cut_enc": ce, "cut_dec": cd, "cut_kv": ck}
    return np.concatenate([np.asarray(parts[name], np.int32) for name in shape.fields])


# -------------------------------------------------------------------------------------------------------------- attention
def attend_flash(q, k, v, cut_q, cut_k, max_q: int, max_k: int, causal: bool):
    """q [Nq, H, D], k and v [Nk, H, D] bfloat16, cut at cut_q and cut_k; causal is aligned to the lower right."""
    return torch.ops.aten._flash_attention_forward(q, k, v, cut_q, cut_k, max_q, max_k, 0.0, causal, False)[0]


def attend_varlen(q, k, v, cut_q, cut_k, max_q: int, max_k: int, causal: bool):
    """The same through PyTorch's public interface (2.10 and newer; how it says causal has changed once)."""
    from torch.nn.attention.varlen import varlen_attn

    try:
        return varlen_attn(q, k, v, cut_q, cut_k, max_q, max_k, is_causal=causal)
    except TypeError:
        return varlen_attn(q, k, v, cut_q, cut_k, max_q, max_k, window_size=(-1, 0) if causal else (-1, -1))


def attend_padded(q, k, v, cut_q, cut_k, max_q: int, max_k: int, causal: bool):
    """The same in plain operations on padded copies: for the CPU, for tests, and when nothing else works."""
    lq, lk = (cut_q[1:] - cut_q[:-1]).long(), (cut_k[1:] - cut_k[:-1]).long()
    keep = lk > 0
    lq, lk, sq, sk = lq[keep], lk[keep], cut_q[:-1].long()[keep], cut_k[:-1].long()[keep]
    t, m = torch.arange(int(lq.max()), device=q.device), torch.arange(int(lk.max()), device=q.device)
    real = t < lq[:, None]
    pick = lambda x, s, r: x[(s[:, None] + r).clamp(max=x.shape[0] - 1)].transpose(1, 2)  # noqa: E731  [B, H, T, D]
    mask = m < lk[:, None, None]
    if causal:
        mask = mask & (m <= (lk - lq)[:, None, None] + t[:, None])
    mask = (mask | ~real[:, :, None])[:, None]
    q, k, v = pick(q, sq, t), pick(k, sk, m), pick(v, sk, m)
    if SDPA is not None:
        out = SDPA(q, k, v, attn_mask=mask)
    else:
        scores = (q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5
        out = scores.masked_fill(~mask, -1e30).softmax(-1).to(v.dtype) @ v
    return out.transpose(1, 2)[real]


def choose_attention(device, log=print):
    """The fastest attention that agrees with the plain one, forward and backward, on a small case with empty samples."""
    if torch.device(device).type != "cuda":
        return attend_padded
    g = torch.Generator().manual_seed(0)
    lq, lk = torch.tensor([3, 70, 1, 140, 0, 0]), torch.tensor([5, 130, 9, 300, 0, 0])
    cut = lambda n: F.pad(n.cumsum(0), (1, 0)).int().to(device)  # noqa: E731
    q, k, v, go = (torch.randn(int(n.sum()), 8, 64, generator=g) for n in (lq, lk, lk, lq))

    def run(f, dtype, causal, a, b):
        x = [t.to(device, dtype).requires_grad_() for t in (q, k, v)]
        if not causal:
            x[0] = torch.randn(x[1].shape, generator=torch.Generator().manual_seed(1)).to(device, dtype).requires_grad_()
        y = f(*x, cut(b if not causal else a), cut(b), 512, 512, causal)
        y.backward(torch.ones_like(y) if not causal else go.to(device, dtype))
        return [y, *(t.grad for t in x)]

    for f in (attend_flash, attend_varlen):
        try:
            worst = 0.0
            for causal in (True, False):
                want, got = run(attend_padded, torch.float32, causal, lq, lk), run(f, torch.bfloat16, causal, lq, lk)
                for a, b in zip(want, got):
                    worst = max(worst, float((a - b.float()).norm() / a.norm()))
            if worst < 0.05:
                log(f"attention: {f.__name__}, relative error {worst:.4f}")
                return f
            log(f"attention: {f.__name__} is off by {worst:.4f}, not used")
        except Exception as error:  # noqa: BLE001  (any failure means: try the next)
            log(f"attention: {f.__name__} does not run here: {type(error).__name__}: {str(error)[:200]}")
    log("attention: padded copies (slow)")
    return attend_padded


class Interleave(torch.autograd.Function):
    """rows[order] for a permutation; the gradient is a gather by the inverse, place, instead of a scatter."""

    @staticmethod
    def forward(ctx, rows, order, place):
        ctx.save_for_backward(place)
        return rows.index_select(0, order)

    @staticmethod
    def backward(ctx, grad):
        return grad.index_select(0, ctx.saved_tensors[0]), None, None


class Pick(torch.autograd.Function):
    """rows[index], where places says at which of the picked rows each row went, or their number where it went nowhere; the gradient is a gather too."""

    @staticmethod
    def forward(ctx, rows, index, places):
        ctx.save_for_backward(places)
        return rows.index_select(0, index)

    @staticmethod
    def backward(ctx, grad):
        return F.pad(grad, (0, 0, 0, 1)).index_select(0, ctx.saved_tensors[0]), None, None


# ---------------------------------------------------------------------------------------------------------------- network
def norm(x, weight, eps: float):
    y = x.float()
    return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + eps) * weight).to(x.dtype)


def turn(x, cos, sin):
    """x [N, H, D], cos and sin [N, D / 2]"""
    a, b = x.float().chunk(2, -1)
    cos, sin = cos[:, None], sin[:, None]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def encoder_qkv(x, weight, qkv, cos, sin, heads: int, eps: float):
    q, k, v = F.linear(norm(x, weight, eps), qkv).view(x.shape[0], 3, heads, -1).unbind(1)
    return turn(q, cos, sin), turn(k, cos, sin), v.contiguous()


def decoder_q(x, weight, qkv, cos, sin, heads: int, eps: float):
    h = norm(x, weight, eps)
    return h, turn(F.linear(h, qkv[: x.shape[1]]).view(x.shape[0], heads, -1), cos, sin)


def decoder_kv(rows, qkv, cos, sin, heads: int):
    k, v = F.linear(rows, qkv[rows.shape[1] :]).view(rows.shape[0], 2, heads, -1).unbind(1)
    return turn(k, cos, sin), v.contiguous()


def finish(x, a, o, weight, fc1, fc2, eps: float):
    x = x + F.linear(a.reshape(x.shape), o)
    return x + F.linear(F.gelu(F.linear(norm(x, weight, eps), fc1)), fc2)


def head(x, weight, embed, labels, loss_weight, mode, eps: float):
    """Weighted mean cross-entropy, and [sums, counts] of the plain one by mode as [2, MODES]."""
    logits = F.linear(norm(x, weight, eps), embed).float()
    ce = F.cross_entropy(logits, labels.long(), reduction="none")
    loss = (ce * loss_weight).sum() / loss_weight.sum()
    which = mode[None] == torch.arange(MODES, device=mode.device)[:, None]
    return loss, torch.stack([(ce.detach() * which).sum(1), which.sum(1).float()])


def stem_norm(x, weight, eps: float):
    """GELU of the RMSNorm over the channels of [B, C, H, W]."""
    y = x.float()
    return F.gelu(y * torch.rsqrt(y.pow(2).mean(1, keepdim=True) + eps) * weight[:, None, None]).to(x.dtype)


def adapt(x, weight, fc1, fc2, eps: float):
    return F.linear(F.gelu(F.linear(norm(x, weight, eps), fc1)), fc2)


def embed_rows(ids, source, embed, features):
    """Rows of the encoder: embeddings, or features where source says so."""
    spread = torch.arange(len(ids), device=ids.device) % len(features)  # rows that are not used: the gradient adds nothing to them, but not all to the same
    return torch.where((source >= 0)[:, None], features[torch.where(source >= 0, source, spread)], F.embedding(ids, embed))


class Network:
    """Losses of a packed batch. ``compiled`` compiles the pieces between the attention calls (each once a shape)."""

    def __init__(self, weights: Weights, shape: Shape, attend, compiled: bool, ctc=ctc_plain):
        self.w, self.shape, self.attend, self.ctc = weights, shape, attend, ctc
        self.alone: tuple[str, ...] = ()  # of these auxiliary losses ("things", "phones") only the heads learn, and nothing below
        make = (lambda f, dynamic=False: torch.compile(f, dynamic=dynamic)) if compiled else (lambda f, dynamic=False: f)
        self.encoder_qkv, self.decoder_q, self.decoder_kv, self.finish, self.head, self.norm, self.adapt, self.embed_rows = map(
            make, (encoder_qkv, decoder_q, decoder_kv, finish, head, norm, adapt, embed_rows))
        self.stem_norm = make(stem_norm, True)
        weights.fake = make(fake_int4)

    def layers(self, part: str, n: int, x, angles, cut, longest: int, heads: int):
        """n layers in which the rows of a piece of x [N, C] see each other; normalised."""
        leaf, eps = self.w.leaf, self.w.config.rms_norm_eps
        for i in range(n):
            at = f"{part}.layers.{i}."
            q, k, v = self.encoder_qkv(x, leaf[at + "input_layernorm.weight"], leaf[at + "self_attn.qkv"], *angles, heads, eps)
            a = self.attend(q, k, v, cut, cut, longest, longest, False)
            x = self.finish(x, a, leaf[at + "self_attn.o_proj.weight"], leaf[at + "post_attention_layernorm.weight"],
                            leaf[at + "mlp.fc1.weight"], leaf[at + "mlp.fc2.weight"], eps)
        return self.norm(x, leaf[f"{part}.norm.weight"], eps)

    def see(self, m: dict):
        """Pictures of one size -> features [room, F], the rows after the last cell unused."""
        c, leaf, eps = self.w.config.vision, self.w.leaf, self.w.config.rms_norm_eps
        dtype = self.w.copy.dtype
        x = m["pixels"].to(dtype, memory_format=torch.channels_last)
        at = "vision.patch_embed."
        for i in range(len(c.stem_channels)):
            x = F.conv2d(x, leaf[f"{at}stem.{i}.weight"].to(dtype), leaf[f"{at}stem.{i}.bias"].to(dtype), 2, 1)
            x = self.stem_norm(x, leaf[f"{at}stem_norms.{i}.weight"], eps)
        x = F.conv2d(x, leaf[at + "proj.weight"].to(dtype), leaf[at + "proj.bias"].to(dtype), leaf[at + "proj.weight"].shape[-1])
        rows, columns = x.shape[2:]
        x = x.flatten(2).transpose(1, 2).flatten(0, 1)
        used = x.shape[0]
        x = F.pad(x, (0, 0, 0, m["patch_room"] - used))
        x = self.layers("vision", c.layers, x, m["angles_patches"], m["cut_patches"], c.max_cells * c.merge_size**2, c.num_attention_heads)
        x = F.linear(merge_cells(x[:used], rows, columns, c.merge_size), leaf["vision.merge.weight"])
        return F.pad(x, (0, 0, 0, m["cell_room"] - x.shape[0])), x

    def hear(self, m: dict):
        """Clips [K, T], normalised -> features [room, F] and the transformer's rows [2 * room, C], both packed."""
        c, leaf = self.w.config.speech, self.w.leaf
        dtype = self.w.copy.dtype
        at = "speech.wave_embed."
        wave, side = m["wave"], c.filter_length - c.filter_stride
        frames = F.pad(wave, (side // 2, side - side // 2)).unfold(1, c.filter_length, c.filter_stride)
        a, b = F.linear(frames, leaf[at + "filters.weight"][:, 0]).float().chunk(2, -1)
        x = ((a * a + b * b + 1e-4).log() / 4).to(dtype).transpose(1, 2)
        x = F.gelu(F.conv1d(x, leaf[at + "conv1.weight"].to(dtype), leaf[at + "conv1.bias"].to(dtype), 2, 1))
        x = F.conv1d(x, leaf[at + "conv2.weight"].to(dtype), leaf[at + "conv2.bias"].to(dtype), 1, 1).transpose(1, 2).flatten(0, 1)
        x = Pick.apply(x, m["wave_rows"], m["wave_places"])
        angles = rope_angles(m["pos_wave"], c.hidden_size // c.num_attention_heads, c.rope_theta)
        x = self.layers("speech", c.layers, x, angles, m["cut_wave"], m["longest_wave"], c.num_attention_heads)
        return F.linear(x.reshape(x.shape[0] // c.stack, -1), leaf["speech.merge.weight"]), x

    def features(self, m: dict):
        """All media of a batch -> rows for the encoder [N, C], and the auxiliary losses by name."""
        c, leaf, losses = self.w.config, self.w.leaf, {}
        seen, cells = self.see(m)
        heard, rows = self.hear(m)
        x = torch.cat([seen, heard])
        eps = c.rms_norm_eps
        x = self.adapt(x, leaf["adapter.norm.weight"], leaf["adapter.mlp.fc1.weight"], leaf["adapter.mlp.fc2.weight"], eps)
        angles = rope_angles(m["pos_features"], c.head_size, c.rope_theta)
        x = self.layers("fusion", c.fusion_layers, x, angles, m["cut_features"], m["longest_features"], c.num_attention_heads)
        cells, rows = cells.detach() if "things" in self.alone else cells, rows.detach() if "phones" in self.alone else rows
        if "things" in m:  # which things a picture shows: the largest score of its cells, softly; pictures of other things do not count
            scores = F.linear(cells.float(), leaf["aux.things.weight"], leaf["aux.things.bias"]).view(len(m["things"]), -1, m["things"].shape[1])
            losses["things"] = (F.binary_cross_entropy_with_logits(scores.logsumexp(1), m["things"], reduction="none").sum(1) * m["things"].amax(1)).mean()
        if "phones" in m:  # connectionist temporal classification of phonemes
            scores = F.linear(rows.float(), leaf["aux.phones.weight"], leaf["aux.phones.bias"]).log_softmax(-1)
            losses["phones"] = self.ctc(scores, m["cut_wave"], m["ctc_rows"], m["phones"], m["phone_cut"], m["ctc_weight"], m["ctc"])
        return x, losses

    def text(self, b: dict, rows):
        """Encoder and decoder of a batch whose pictures and clips are ``rows`` [N, C] (None: there are none) -> loss of the answers, sums by mode [2, MODES]."""
        c, leaf, s = self.w.config, self.w.leaf, self.shape
        eps, heads = c.rms_norm_eps, c.num_attention_heads
        angles = {k: rope_angles(b[k], c.head_size, c.rope_theta) for k in ("pos_enc", "pos_dec", "pos_kv")}
        embed = leaf[Weights.EMBED]
        x = F.embedding(b["enc_ids"], embed) if rows is None else self.embed_rows(b["enc_ids"], b["source"], embed, rows)
        memory = self.layers("encoder", c.encoder_layers, x, angles["pos_enc"], b["cut_enc"], s.max_enc, heads)
        y = F.embedding(b["dec_ids"], embed)
        for i in range(c.decoder_layers):
            at = f"decoder.layers.{i}."
            qkv = leaf[at + "self_attn.qkv"]
            h, q = self.decoder_q(y, leaf[at + "input_layernorm.weight"], qkv, *angles["pos_dec"], heads, eps)
            both = Interleave.apply(torch.cat([memory, h]), b["order"], b["place"])
            k, v = self.decoder_kv(both, qkv, *angles["pos_kv"], heads)
            a = self.attend(q, k, v, b["cut_dec"], b["cut_kv"], s.max_dec, s.max_enc + s.max_dec, True)
            y = self.finish(y, a, leaf[at + "self_attn.o_proj.weight"], leaf[at + "post_attention_layernorm.weight"],
                            leaf[at + "mlp.fc1.weight"], leaf[at + "mlp.fc2.weight"], eps)
        return self.head(y, leaf["decoder.norm.weight"], embed, b["labels"], b["weight"], b["mode"], eps)

    def loss(self, b: dict, media: dict | None = None):
        """-> loss of the answers, sums by mode [2, MODES], auxiliary losses by name."""
        rows, losses = None, {}
        if media is not None:
            with torch.profiler.record_function("== pictures and clips"):
                rows, losses = self.features(media)
        return *self.text(b, rows), losses


def compare(config: Config, shape: Shape, buffer: np.ndarray, device, dtype, attend, media: dict | None = None, heads: dict | None = None) -> tuple[float, float]:
    """Loss of the packed network and of the readable module on the same batch and weights (a self-test; they must agree)."""
    model = AutoGLMPhone(config).reset(0).to(device)
    weights = Weights(config, device, dtype, heads)
    weights.load(model.state_dict())
    weights.refresh(False)
    b = shape.unpack(torch.from_numpy(buffer).to(device))
    total = weight = 0.0
    with torch.no_grad():
        mine = float(Network(weights, shape, attend, False).loss(b, media)[0])
        ce, cd = b["cut_enc"].tolist(), b["cut_dec"].tolist()
        for i in range(shape.samples):
            e, d = slice(ce[i], ce[i + 1]), slice(cd[i], cd[i + 1])
            if d.stop == d.start or float(b["weight"][d].sum()) == 0:
                continue
            parts = [(start, _readable(model, media, row)) for start, row in _starts(b["source"][e].tolist(), media)]
            logits = model(b["enc_ids"][e].long()[None], b["dec_ids"][d].long()[None], [parts])[0]
            total += float((F.cross_entropy(logits.float(), b["labels"][d].long(), reduction="none") * b["weight"][d]).sum())
            weight += float(b["weight"][d].sum())
    return mine, total / weight


def _starts(source: list, media: dict | None):
    """(position, first feature row) of each picture and clip in a sample's encoder rows."""
    if media is not None:
        firsts = set(media["cut_features"].tolist())
        yield from ((i, row) for i, row in enumerate(source) if row >= 0 and row in firsts and (i == 0 or source[i - 1] != row - 1 or row in firsts))


def _readable(model: AutoGLMPhone, media: dict, row: int) -> torch.Tensor:
    """The picture or clip whose first feature row this is, through the readable module."""
    cells = media["pixels"].shape[2] * media["pixels"].shape[3] // model.config.vision.cell**2
    if row < media["cell_room"]:
        return model.look(media["pixels"][row // cells].float())
    clip = media["clip_rows"].index(row - media["cell_room"])
    return model.listen(media["wave"][clip, : media["clip_lengths"][clip]].float())
