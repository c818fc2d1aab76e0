"""Makes contact sheets of what `ilbud preview --all` wrote: a page for each kind of mail and width, every language beside every other, one
wording below the other. Usage: sheets.py FOLDER OUT [WIDTH...]
FOLDER has mails/<kind>-<situation>-<customer>-<relation>-<locale>.eml; of each kind the standard situation is shown, or its first one. OUT gets
<kind>-<WIDTH>.html, and one line a page goes out: its path, a TAB, and the size it wants as WIDTH,HEIGHT."""
import collections
import email
import email.policy
import html
import pathlib
import sys

folder, out, widths = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), [int(width) for width in sys.argv[3:]] or [375, 700]
heights = {width: 1150 if width < 600 else 950 for width in widths}
kinds = collections.defaultdict(lambda: collections.defaultdict(dict))  # kind → (customer, relation) → locale → path
situations = {}
for path in sorted((folder / 'mails').glob('*.eml')):
    kind, situation, *wording, locale = path.stem.split('-')
    if situations.setdefault(kind, situation) != situation and situation == 'standard':
        situations[kind] = situation
for path in sorted((folder / 'mails').glob('*.eml')):
    kind, situation, *wording, locale = path.stem.split('-')
    if situation == situations[kind]:
        kinds[kind][' / '.join(wording)][locale] = path

out.mkdir(parents=True, exist_ok=True)
for kind, wordings in kinds.items():
    for width in widths:
        rows, columns = '', 0
        for wording, locales in wordings.items():
            columns = max(columns, len(locales))
            cells = ''
            for locale, path in sorted(locales.items()):
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                part = mail.get_body(('html',)).get_content()
                cells += f'<td><b>{locale}, {html.escape(wording)}</b><br>{html.escape(str(mail["Subject"]))}<br>' \
                         f'<iframe sandbox="" width="{width}" height="{heights[width]}" srcdoc="{html.escape(part)}"></iframe></td>'
            rows += f'<tr>{cells}</tr>'
        page = out / f'{kind}-{width}.html'
        page.write_text(f'<!DOCTYPE html><meta charset="utf-8"><title>{kind}</title><style>body{{margin:8px;font:13px sans-serif}}'
                        f'td{{vertical-align:top;padding:4px;max-width:{width}px}}iframe{{border:1px solid #ccc}}</style><table>{rows}</table>')
        print(f'{page}\t{columns * (width + 14) + 20},{len(wordings) * (heights[width] + 60) + 20}')
