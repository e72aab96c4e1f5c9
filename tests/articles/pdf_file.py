"""A PDF of plain lines in any script, small enough to read, made without a library."""

FONT = "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>"
LETTERS = (
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /DW 500 "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
)


def pdf(pages, *, title=None, size=11):
    """The bytes of a file with `pages`, each a list of lines; every letter is told by a ToUnicode map, as word
    processors write it."""
    letters = sorted({letter for lines in pages for line in lines for letter in line}) or ["x"]
    codes = {letter: f"{at:04x}" for at, letter in enumerate(letters, 1)}
    mapped = "\n".join(f"<{code}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(codes)} beginbfchar\n{mapped}\nendbfchar\n"
        "endcmap end end"
    )
    count = len(pages)
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        FONT,
        LETTERS,
        _stream(cmap),
    ]
    for at, lines in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * at} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>"
        )
        shown = "\n".join(f"<{''.join(codes[c] for c in line)}> Tj T*" for line in lines)
        objects.append(_stream(f"BT /F {size} Tf 14 TL 60 780 Td\n{shown}\nET" if lines else "0 0 10 10 re f"))
    if title is not None:
        objects.append(f"<< /Title <feff{title.encode('utf-16-be').hex()}> >>")
    return _file(objects, has_info=title is not None)


def _stream(text):
    return f"<< /Length {len(text.encode())} >>\nstream\n{text}\nendstream"


def _file(objects, *, has_info):
    body, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    info = f" /Info {len(objects)} 0 R" if has_info else ""
    size = len(objects) + 1
    return (
        body
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {size} /Root 1 0 R{info} >>\nstartxref\n{len(body)}\n%%EOF\n"
        ).encode()
    )
