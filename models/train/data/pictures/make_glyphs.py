"""Packs the fonts' glyphs, 40 pixels an em, as 8-bit coverage: art/glyphs.bin (to train on), art/test_glyphs.bin (held-out fonts)
and glyphs.json (their metrics). Needs PIL and the fonts' Debian packages; README.md names them.

    python models/train/data/pictures/make_glyphs.py
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    __package__ = "data.pictures"

from data.pictures.texts import characters  # noqa: E402

HERE = Path(__file__).parent
ROOT = Path("/usr/share/fonts")
EM, BASE = 40, 44
LATIN = """truetype/dejavu/DejaVuSans.ttf truetype/dejavu/DejaVuSans-Bold.ttf truetype/dejavu/DejaVuSerif.ttf truetype/dejavu/DejaVuSansMono.ttf truetype/liberation/LiberationSans-Regular.ttf truetype/liberation/LiberationSans-Bold.ttf
truetype/liberation/LiberationSerif-Regular.ttf truetype/liberation/LiberationSerif-Bold.ttf truetype/liberation/LiberationMono-Regular.ttf truetype/liberation/LiberationSansNarrow-Regular.ttf truetype/liberation/LiberationSerif-Italic.ttf
truetype/liberation/LiberationSans-Italic.ttf truetype/noto/NotoSans-Regular.ttf truetype/noto/NotoSans-Bold.ttf truetype/noto/NotoSerif-Regular.ttf truetype/noto/NotoSerif-Bold.ttf truetype/lato/Lato-Regular.ttf truetype/lato/Lato-Bold.ttf truetype/lato/Lato-Light.ttf
truetype/open-sans/OpenSans-Regular.ttf truetype/open-sans/OpenSans-Bold.ttf truetype/comfortaa/Comfortaa-Regular.ttf opentype/cantarell/Cantarell-Regular.otf opentype/cantarell/Cantarell-Bold.otf opentype/ebgaramond/EBGaramond12-Regular.otf
truetype/inconsolata/Inconsolata.otf truetype/hack/Hack-Regular.ttf truetype/firacode/FiraCode-Regular.ttf opentype/comic-neue/ComicNeue-Regular.otf opentype/comic-neue/ComicNeue-Bold.otf truetype/fifthhorseman/dkg.ttf
opentype/inter/Inter-Regular.otf opentype/inter/Inter-Bold.otf truetype/crosextra/Carlito-Regular.ttf opentype/roboto/slab/RobotoSlab-Regular.otf opentype/dosis/Dosis-Medium.otf opentype/cabin/Cabin-Regular.otf truetype/andika/Andika-Regular.ttf
truetype/karla/Karla-Regular.otf opentype/yanone-kaffeesatz/YanoneKaffeesatz-Regular.otf opentype/opendyslexic/OpenDyslexic-Regular.otf opentype/linux-libertine/LinLibertine_R.otf opentype/b612/B612-Regular.otf opentype/play/Play-Regular.otf
opentype/sora/Sora-Regular.otf truetype/jetbrains-mono/JetBrainsMono-Regular.ttf opentype/freefont/FreeSans.otf opentype/dancingscript/DancingScript-Bold.otf truetype/gentiumplus/GentiumPlus-Regular.ttf truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf
truetype/roboto/unhinted/RobotoTTF/Roboto-Bold.ttf
opentype/freefont/FreeMono.otf opentype/freefont/FreeMonoBold.otf opentype/freefont/FreeSerif.otf opentype/freefont/FreeSerifItalic.otf truetype/vollkorn/Vollkorn-Regular.ttf truetype/vollkorn/Vollkorn-Bold.ttf truetype/vollkorn/Vollkorn-Italic.ttf
opentype/lobster/lobster.otf truetype/dejavu/DejaVuSans-ExtraLight.ttf truetype/dejavu/DejaVuSansCondensed.ttf truetype/dejavu/DejaVuSerif-Bold.ttf
truetype/dejavu/DejaVuSerif-Italic.ttf truetype/dejavu/DejaVuSansMono-Bold.ttf truetype/liberation/LiberationSerif-BoldItalic.ttf truetype/liberation/LiberationMono-Bold.ttf truetype/noto/NotoSerif-Italic.ttf truetype/noto/NotoSans-Italic.ttf
truetype/lato/Lato-Black.ttf truetype/lato/Lato-Thin.ttf truetype/open-sans/OpenSans-CondLight.ttf truetype/open-sans/OpenSans-CondBold.ttf truetype/open-sans/OpenSans-ExtraBold.ttf truetype/comfortaa/Comfortaa-Bold.ttf
truetype/comfortaa/Comfortaa-Light.ttf opentype/ebgaramond/EBGaramond12-Bold.otf opentype/ebgaramond/EBGaramond12-Italic.otf opentype/ebgaramond/EBGaramond08-Regular.otf opentype/linux-libertine/LinBiolinum_R.otf opentype/linux-libertine/LinBiolinum_RB.otf
opentype/linux-libertine/LinLibertine_DR.otf opentype/linux-libertine/LinLibertine_M.otf opentype/linux-libertine/LinLibertine_RB.otf opentype/linux-libertine/LinLibertine_RI.otf opentype/inter/InterDisplay-Light.otf opentype/inter/InterDisplay-Black.otf
opentype/roboto/slab/RobotoSlab-Light.otf opentype/roboto/slab/RobotoSlab-Bold.otf opentype/cabin/Cabin-Bold.otf opentype/cabin/Cabin-Italic.otf opentype/dosis/Dosis-Light.otf opentype/dosis/Dosis-ExtraBold.otf opentype/sora/Sora-Light.otf
opentype/sora/Sora-ExtraBold.otf opentype/play/Play-Bold.otf opentype/b612/B612Mono-Regular.otf opentype/b612/B612-Bold.otf opentype/yanone-kaffeesatz/YanoneKaffeesatz-Bold.otf truetype/andika/Andika-Bold.ttf truetype/gentiumplus/GentiumBookPlus-Bold.ttf
truetype/gentiumplus/GentiumPlus-Italic.ttf truetype/firacode/FiraCode-Light.ttf truetype/jetbrains-mono/JetBrainsMono-ExtraBold.ttf""".split()
LATIN_TEST = "truetype/manrope/Manrope-Regular.ttf truetype/crosextra/Caladea-Regular.ttf opentype/courier-prime/Courier_Prime.otf truetype/paratype/PTS55F.ttf truetype/fonts-oldstandard/OldStandard-Regular.ttf truetype/quicksand/Quicksand-Medium.ttf".split()
CHINESE = """opentype/noto/NotoSansCJK-Regular.ttc:2 opentype/noto/NotoSansCJK-Bold.ttc:2 opentype/noto/NotoSerifCJK-Regular.ttc:2 opentype/noto/NotoSerifCJK-Bold.ttc:2 truetype/wqy/wqy-zenhei.ttc:0 truetype/arphic/uming.ttc:0 truetype/arphic/ukai.ttc:0
truetype/arphic-gbsn00lp/gbsn00lp.ttf truetype/smiley-sans/SmileySans-Oblique.ttf truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf""".split()
CHINESE_TEST = "truetype/wqy/wqy-microhei.ttc:0 truetype/arphic-gkai00mp/gkai00mp.ttf".split()
ASCII = [chr(c) for c in range(33, 127)] + ["€", "£", "¥"]


def find(name: str) -> Path | None:
    path = ROOT / name.split(":")[0]
    if path.exists():
        return path
    stem = Path(name.split(":")[0]).name
    found = sorted(ROOT.rglob(stem)) or sorted(ROOT.rglob(Path(stem).stem + ".*"))
    return found[0] if found else None


def glyphs(font: ImageFont.FreeTypeFont, chars: list[str]):
    """-> chars drawn, [[w, h, x, y, advance]] relative to the pen and the baseline, coverage bytes."""
    kept, table, parts = [], [], []
    empty = None
    canvas = Image.new("L", (EM * 3, EM * 3))
    blank = ImageDraw.Draw(canvas)
    for c in ["\uffff", *chars]:
        blank.rectangle((0, 0, EM * 3, EM * 3), fill=0)
        blank.text((EM, EM * 2), c, font=font, fill=255, anchor="ls")
        box = canvas.getbbox()
        if c == "\uffff":
            empty = np.asarray(canvas.crop(box)).tobytes() if box else b""
            continue
        if box is None:
            continue
        x0, y0, x1, y1 = box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1
        bitmap = np.asarray(canvas.crop((x0, y0, x1, y1)))
        if np.asarray(canvas.crop(box)).tobytes() == empty:
            continue  # the font's "no such character"
        kept.append(c)
        table.append([x1 - x0, y1 - y0, x0 - EM, y0 - 2 * EM, round(font.getlength(c))])
        parts.append(bitmap.tobytes())
    return kept, table, b"".join(parts)


def main() -> None:
    out = HERE / "art"
    out.mkdir(exist_ok=True)
    fonts, bins = [], {False: bytearray(), True: bytearray()}
    han = characters()
    for names, lang, test in ((LATIN, "en", False), (LATIN_TEST, "en", True), (CHINESE, "zh", False), (CHINESE_TEST, "zh", True)):
        for name in names:
            path = find(name)
            if path is None:
                print("missing", name)
                continue
            font = ImageFont.truetype(str(path), EM, index=int(name.split(":")[1]) if ":" in name else 0)
            chars, table, data = glyphs(font, ASCII + (han if lang == "zh" else []))
            packed = zlib.compress(data, 9)
            space = round(font.getlength(" ")) or EM // 4
            fonts.append({"name": f"{path.stem}", "lang": lang, "test": test, "at": len(bins[test]), "bytes": len(packed), "space": space, "chars": "".join(chars), "table": table})
            bins[test] += packed
            lost = [c for c in (han if lang == "zh" else ASCII) if c not in chars]
            print(f"{path.stem}: {len(chars)} glyphs, {len(packed) // 1024} kB" + (f", without {''.join(lost)[:40]} ({len(lost)})" if lost else ""))
    (out / "glyphs.bin").write_bytes(bytes(bins[False]))
    (out / "test_glyphs.bin").write_bytes(bytes(bins[True]))
    (HERE / "glyphs.json").write_text(json.dumps(fonts, ensure_ascii=False, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n", encoding="utf8")
    print(len(fonts), "fonts", {k: len(v) for k, v in bins.items()})


if __name__ == "__main__":
    main()
