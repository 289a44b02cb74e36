"""Schoolbook arithmetic written down step by step: the reasoning nano learns to do before it answers.

The wording is kept to what carries the computation, since every token costs training and answering time.
A carry or borrow is always 1 in sums and differences, so the word alone marks it.
"""

from __future__ import annotations

WORDS = {
    "en": {"carry": " carry", "borrow": " borrow", "sep": "; ", "rest": " left ", "so": "so "},
    "zh": {"carry": "进1", "borrow": "借1", "sep": "；", "rest": "剩", "so": "所以"},
}


def add_digits(a: int, b: int, lang: str) -> str:
    """Digit sums from the right for a, b >= 0: `4+9=13 carry; 8+2+1=11 carry; …`."""
    words = WORDS[lang]
    carry_word = words["carry"]
    out = []
    carry = 0
    left, right = str(a)[::-1], str(b)[::-1]
    width = max(len(left), len(right))
    left, right = left.ljust(width, "0"), right.ljust(width, "0")
    for x, y in zip(left, right):
        total = int(x) + int(y) + carry
        step = f"{x}+{y}+1={total}" if carry else f"{x}+{y}={total}"
        carry = total > 9
        out.append(step + carry_word if carry else step)
    return words["sep"].join(out)


def sub_digits(a: int, b: int, lang: str) -> str:
    """Digit differences from the right for a >= b >= 0: `14-9=5 borrow; 8-1-2=5; …`."""
    words = WORDS[lang]
    borrow_word = words["borrow"]
    out = []
    borrow = 0
    left = str(a)[::-1]
    right = str(b)[::-1].ljust(len(left), "0")
    for x, y in zip(left, right):
        top, bottom = int(x), int(y)
        needs = top - borrow < bottom
        if needs:
            top += 10
        step = f"{top}-1-{y}={top - 1 - bottom}" if borrow else f"{top}-{y}={top - bottom}"
        borrow = 1 if needs else 0
        out.append(step + borrow_word if needs else step)
    return words["sep"].join(out)


def add(a: int, b: int, lang: str) -> str:
    return f"{a}+{b}: {add_digits(a, b, lang)} => {a + b}"


def sub(a: int, b: int, lang: str) -> str:
    if a >= b:
        return f"{a}-{b}: {sub_digits(a, b, lang)} => {a - b}"
    words = WORDS[lang]
    return f"{a}<{b}{words['sep']}{b}-{a}: {sub_digits(b, a, lang)} => {b - a}{words['sep']}=> {a - b}"


def mul(a: int, b: int, lang: str) -> str:
    """Partial products of the longer by each digit of the shorter, then their sum."""
    if len(str(a)) < len(str(b)):
        a, b = b, a
    if a == 0 or b == 0:
        return f"{a}*{b} => 0"
    if a < 10:
        return f"{a}*{b} => {a * b}"
    sep = WORDS[lang]["sep"]
    lines = []
    total = 0
    reversed_a = str(a)[::-1]
    digits_b = str(b)[::-1]
    one = len(digits_b) == 1
    for place, digit in enumerate(digits_b):
        if digit == "0":
            continue
        d = int(digit)
        carry = 0
        out = []
        for x in reversed_a:
            value = int(x) * d + carry
            out.append(f"{x}*{digit}+{carry}={value}" if carry else f"{x}*{digit}={value}")
            carry = value // 10
        partial = a * d
        zeros = "0" * place
        lines.append(f"{a}*{digit}{zeros}: {sep.join(out)} => {partial}{zeros}")
        partial *= 10**place
        if total:
            lines.append(add(total, partial, lang))
        total += partial
    text = "\n".join(lines)
    return text if one or text.endswith(f"=> {total}") else f"{text}\n=> {total}"


def div(a: int, b: int, lang: str) -> str:
    """Long division. Two-digit divisors get their multiples first, so that each quotient digit is a look-up."""
    sep = WORDS[lang]["sep"]
    left_word = WORDS[lang]["rest"]
    lines = [f"{a}/{b}"]
    if b > 9:
        lines.append(" ".join(f"{k}:{b * k}" for k in range(1, 10)))
    out = []
    rest = 0
    quotient = ""
    for digit in str(a):
        rest = rest * 10 + int(digit)
        if rest < b and not quotient:
            continue
        q = rest // b
        out.append(f"{rest}-{b}*{q}={rest}-{b * q}={rest - b * q}" if q else f"{rest}<{b} 0")
        quotient += str(q)
        rest -= b * q
    if not quotient:
        out.append(f"{a}<{b}")
        quotient = "0"
    lines.append(sep.join(out))
    lines.append(f"=> {quotient}" + (f"{sep}{left_word.strip()} {rest}" if rest else ""))
    return "\n".join(lines)
