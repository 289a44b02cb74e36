"""The same network as ``autoglm_phone.py`` on packed batches: no padding between samples, fixed shapes, fast kernels.

A batch is a few thousand samples laid end to end: E encoder rows, N decoder rows, cut by cumulative lengths. Attention runs on the
cut sequences (FlashAttention 2 with variable lengths). Merged attention is then ordinary causal attention aligned to the lower
right: the keys of a sample are its memory rows followed by its decoder rows, and query t sees keys 0 … S + t. Since every batch
has the same shapes, each piece is compiled once.

Weights: one flat float32 master holds all parameters; the network computes with leaf copies (bfloat16 on CUDA) written once a
step, either rounded as they are or through fake INT4. Gradients with respect to the copies are applied to the master, which is
the straight-through estimator (Bengio et al. 2013, arXiv 1308.3432).
"""
from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from autoglm_phone import SDPA, AutoGLMPhone, Config, rope_angles

BLOCK = 32  # quantization block of nano


# -------------------------------------------------------------------------------------------------------------- batches
class Shape:
    """Fixed sizes of a packed batch: encoder rows, decoder rows, samples, longest sample in each; all int32 in one buffer."""

    def __init__(self, enc: int, dec: int, samples: int, max_enc: int, max_dec: int):
        self.enc, self.dec, self.samples, self.max_enc, self.max_dec = enc, dec, samples, max_enc, max_dec
        self.fields = {"enc_ids": enc, "dec_ids": dec, "labels": dec, "weight": dec, "mode": dec, "pos_enc": enc, "pos_dec": dec,
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
    """Fills one buffer from an iterator of (encoder ids, decoder ids, labels, weights, mode); mode 1 thinking, 2 not.

    Returns int32 [shape.size]. Leftover rows become filler samples of <|pad|> with weight 0 (no row belongs to no sample:
    attention would leave it undefined).
    """
    rows_e, rows_d, labels, weights, modes, len_e, len_d = [], [], [], [], [], [], []
    free_e, free_d = shape.enc - RESERVE, shape.dec - RESERVE
    limit = shape.samples - RESERVE
    while len(len_e) < limit:
        enc, dec, label, weight, mode = next(samples)
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
    parts = {"enc_ids": pad(rows_e, shape.enc), "dec_ids": pad(rows_d, shape.dec), "labels": pad(labels, shape.dec),
             "weight": weight.view(np.int32), "mode": mode, "pos_enc": pos_e, "pos_dec": pos_d, "pos_kv": pos_kv, "order": order,
             "place": place, "cut_enc": ce, "cut_dec": cd, "cut_kv": ck}
    return np.concatenate([np.asarray(parts[name], np.int32) for name in shape.fields])


# -------------------------------------------------------------------------------------------------------------- weights
class Weights:
    """Flat float32 master and the leaf copies the network computes with.

    Order of the master: all q, k, v, o [4 L, C, C] layer by layer (encoder first), all fc1 [L, F, C], all fc2 [L, C, F],
    the embedding [V, C], all norms [2 L + 2, C].
    """

    def __init__(self, config: Config, device, dtype):
        c = self.config = config
        layers = c.encoder_layers + c.decoder_layers
        hidden, ffn = c.hidden_size, c.intermediate_size
        self.shapes = {"attn": (4 * layers, hidden, hidden), "fc1": (layers, ffn, hidden), "fc2": (layers, hidden, ffn),
                       "embed": (c.vocab_size, hidden), "norms": (2 * layers + 2, hidden)}
        self.spans, at = {}, 0
        for name, shape in self.shapes.items():
            n = int(np.prod(shape))
            self.spans[name] = (at, at + n)
            at += n
        self.matrices = self.spans["norms"][0]
        self.master = torch.zeros(at, device=device)
        self.copy = torch.zeros(self.matrices, device=device, dtype=dtype)
        self.fake = fake_int4
        view = self.copy_view
        attn = view("attn").view(layers, 4, hidden, hidden)
        leaf = lambda t: t.detach().requires_grad_()  # noqa: E731
        self.qkv = [leaf(attn[i, :3].reshape(3 * hidden, hidden)) for i in range(layers)]
        self.o = [leaf(attn[i, 3]) for i in range(layers)]
        self.fc1 = [leaf(t) for t in view("fc1")]
        self.fc2 = [leaf(t) for t in view("fc2")]
        self.embed = leaf(view("embed"))
        self.norms = leaf(self.view("norms"))
        assert self.qkv[0].data_ptr() == self.copy.data_ptr()

    def view(self, name):
        a, b = self.spans[name]
        return self.master[a:b].view(self.shapes[name])

    def copy_view(self, name):
        a, b = self.spans[name]
        return self.copy[a:b].view(self.shapes[name])

    def leaves(self):
        return [*self.qkv, *self.o, *self.fc1, *self.fc2, self.embed, self.norms]

    @torch.no_grad()
    def refresh(self, quantized: bool) -> None:
        """Writes the leaf copies from the master, through fake INT4 when quantized."""
        w = self.master[: self.matrices].view(-1, BLOCK)
        self.copy.view(-1, BLOCK).copy_(self.fake(w) if quantized else w)

    def gradients(self) -> dict:
        """group -> gradient in the shape of its master group."""
        c = self.config.hidden_size
        attn = torch.cat([t for q, o in zip(self.qkv, self.o) for t in (q.grad.view(3, c, c), o.grad.view(1, c, c))])
        return {"attn": attn, "fc1": torch.stack([p.grad for p in self.fc1]), "fc2": torch.stack([p.grad for p in self.fc2]),
                "embed": self.embed.grad, "norms": self.norms.grad}

    def names(self):
        """(tensor name of models/README.md, view of the master)"""
        c = self.config
        attn, fc1, fc2, norms = (self.view(n) for n in ("attn", "fc1", "fc2", "norms"))
        yield "embed_tokens.weight", self.view("embed")
        i = 0
        for part, n in (("encoder", c.encoder_layers), ("decoder", c.decoder_layers)):
            for j in range(n):
                at = f"{part}.layers.{j}."
                yield at + "input_layernorm.weight", norms[2 * i]
                for k, p in enumerate("qkvo"):
                    yield f"{at}self_attn.{p}_proj.weight", attn[4 * i + k]
                yield at + "post_attention_layernorm.weight", norms[2 * i + 1]
                yield at + "mlp.fc1.weight", fc1[i]
                yield at + "mlp.fc2.weight", fc2[i]
                i += 1
        yield "encoder.norm.weight", norms[2 * i]
        yield "decoder.norm.weight", norms[2 * i + 1]

    @torch.no_grad()
    def load(self, tensors: dict) -> None:
        for name, t in self.names():
            t.copy_(tensors[name])

    def state(self) -> dict:
        return {name: t.detach().clone() for name, t in self.names()}


def fake_int4(w: torch.Tensor) -> torch.Tensor:
    """w [blocks, 32] float32 -> (q - 8) * scale, models/README.md section 3."""
    top, bottom = w.amax(-1, keepdim=True), w.amin(-1, keepdim=True)
    scale = (torch.where(top > -bottom, top, bottom) / -8).half().float()
    q = (w / torch.where(scale == 0, torch.ones_like(scale), scale)).round().clamp(-8, 7)
    return q * scale


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
    """Weighted mean cross-entropy, and [sum, count] of the plain one for both modes as [4]."""
    logits = F.linear(norm(x, weight, eps), embed).float()
    ce = F.cross_entropy(logits, labels.long(), reduction="none")
    loss = (ce * loss_weight).sum() / loss_weight.sum()
    d = ce.detach()
    one, two = (mode == 1).float(), (mode == 2).float()
    return loss, torch.stack([(d * one).sum(), one.sum(), (d * two).sum(), two.sum()])


class Network:
    """Loss of a packed batch. ``compiled`` compiles the pieces between the attention calls (each once, shapes are fixed)."""

    def __init__(self, weights: Weights, shape: Shape, attend, compiled: bool):
        self.w, self.shape, self.attend = weights, shape, attend
        make = (lambda f: torch.compile(f, dynamic=False)) if compiled else (lambda f: f)
        self.encoder_qkv, self.decoder_q, self.decoder_kv, self.finish, self.head, self.norm = map(
            make, (encoder_qkv, decoder_q, decoder_kv, finish, head, norm))
        weights.fake = make(fake_int4)

    def loss(self, b: dict):
        c, w, s = self.w.config, self.w, self.shape
        eps, heads = c.rms_norm_eps, c.num_attention_heads
        n = w.norms.unbind(0)
        angles = {k: rope_angles(b[k], c.head_size, c.rope_theta) for k in ("pos_enc", "pos_dec", "pos_kv")}
        x = F.embedding(b["enc_ids"], w.embed)
        i = 0
        for _ in range(c.encoder_layers):
            q, k, v = self.encoder_qkv(x, n[2 * i], w.qkv[i], *angles["pos_enc"], heads, eps)
            a = self.attend(q, k, v, b["cut_enc"], b["cut_enc"], s.max_enc, s.max_enc, False)
            x = self.finish(x, a, w.o[i], n[2 * i + 1], w.fc1[i], w.fc2[i], eps)
            i += 1
        layers = c.encoder_layers + c.decoder_layers
        memory = self.norm(x, n[2 * layers], eps)
        y = F.embedding(b["dec_ids"], w.embed)
        for _ in range(c.decoder_layers):
            h, q = self.decoder_q(y, n[2 * i], w.qkv[i], *angles["pos_dec"], heads, eps)
            rows = Interleave.apply(torch.cat([memory, h]), b["order"], b["place"])
            k, v = self.decoder_kv(rows, w.qkv[i], *angles["pos_kv"], heads)
            a = self.attend(q, k, v, b["cut_dec"], b["cut_kv"], s.max_dec, s.max_enc + s.max_dec, True)
            y = self.finish(y, a, w.o[i], n[2 * i + 1], w.fc1[i], w.fc2[i], eps)
            i += 1
        return self.head(y, n[2 * layers + 1], w.embed, b["labels"], b["weight"], b["mode"], eps)


def compare(config: Config, shape: Shape, buffer: np.ndarray, device, dtype, attend) -> tuple[float, float]:
    """Loss of the packed network and of the readable module on the same batch and weights (a self-test; they must agree)."""
    model = AutoGLMPhone(config).reset(0).to(device)
    weights = Weights(config, device, dtype)
    weights.load(model.state_dict())
    weights.refresh(False)
    b = shape.unpack(torch.from_numpy(buffer).to(device))
    total = weight = 0.0
    with torch.no_grad():
        mine = float(Network(weights, shape, attend, False).loss(b)[0])
        ce, cd = b["cut_enc"].tolist(), b["cut_dec"].tolist()
        for i in range(shape.samples):
            e, d = slice(ce[i], ce[i + 1]), slice(cd[i], cd[i + 1])
            if d.stop == d.start or float(b["weight"][d].sum()) == 0:
                continue
            logits = model(b["enc_ids"][e].long()[None], b["dec_ids"][d].long()[None])[0]
            total += float((F.cross_entropy(logits.float(), b["labels"][d].long(), reduction="none") * b["weight"][d]).sum())
            weight += float(b["weight"][d].sum())
    return mine, total / weight
