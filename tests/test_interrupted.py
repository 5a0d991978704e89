"""An update that is killed, or runs beside another, leaves a whole catalog: the old one or the new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oppi18n import packs
from oppi18n.i18n import po_writer
from oppi18n.i18n.entries import Catalog, Entry
from oppi18n.upkeep import update as upkeep

RULES = (
    'overlay: close-opportunity\nrules:\n  - id: named\n    assert: has(opportunity.name)\n    message: "Name it."\n'
)
KILLER = """\
import os, random, signal, sys, time
from pathlib import Path
from oppi18n import packs
from oppi18n.upkeep import update as upkeep

folder, times = Path(sys.argv[1]), int(sys.argv[2])
pack = packs.named(folder)
path = Path(upkeep.path_of(pack, "sv"))
old, new = (folder / "old.po").read_bytes(), (folder / "new.po").read_bytes()
messages = upkeep.read(packs.named(folder / "new"), "sv").entries
seen = {}
for number in range(times):
    path.write_bytes(old)
    ready, begun = os.pipe()
    child = os.fork()
    if not child:
        catalog = upkeep.update(pack, "sv", messages)
        os.write(begun, b"!")
        upkeep.save(pack, catalog)
        os._exit(0)
    # Every other time, the blow falls while the file is being written.
    if number % 2:
        os.read(ready, 1)
    time.sleep(random.random() * (0.03 if number % 2 else 0.12))
    os.close(ready)
    os.close(begun)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = path.read_bytes()
    seen[{old: "old", new: "new"}.get(found, "half")] = seen.get({old: "old", new: "new"}.get(found, "half"), 0) + 1
print(sorted(seen.items()))
"""


def pack_in(folder: Path) -> packs.Pack:
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "mine.yaml").write_text(RULES, encoding="utf-8")
    return packs.named(folder)


def catalog(count: int) -> Catalog:
    """A Swedish catalog of so many messages."""
    entries = (
        Entry(context=f"p/{index}", msgid=f"Text {index}", translations=("Text " * 9,)) for index in range(count)
    )
    return Catalog(locale="sv", entries=tuple(entries))


@pytest.mark.soak
@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")
def test_update_that_is_killed_leaves_the_old_or_the_new_catalog(tmp_path, soak):
    """Killed at any moment, a thousand times, `update` leaves never a half of anything."""
    pack, future = pack_in(tmp_path / "pack"), pack_in(tmp_path / "pack" / "new")
    upkeep.save(future, catalog(900))
    upkeep.save(pack, catalog(800))
    Path(tmp_path / "pack" / "old.po").write_text(po_writer.write(catalog(800)), encoding="utf-8")
    updated = upkeep.update(packs.named(tmp_path / "pack"), "sv", [_bare(each) for each in catalog(900).entries])
    Path(tmp_path / "pack" / "new.po").write_text(po_writer.write(updated), encoding="utf-8")

    command = [sys.executable, "-c", KILLER, str(tmp_path / "pack"), "1000" if soak else "60"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (found.returncode, found.stderr) == (0, "")
    assert {name for name, _ in eval(found.stdout)} <= {"old", "new"}, found.stdout
    assert "old" in found.stdout


def _bare(entry: Entry) -> Entry:
    return Entry(context=entry.context, msgid=entry.msgid)


def test_updates_beside_each_other_leave_one_whole_catalog(tmp_path):
    """Several processes may update one pack: the file is what each of them would have written."""
    pack = pack_in(tmp_path / "pack")
    upkeep.save(pack, Catalog(locale="sv"))
    command = [sys.executable, "-m", "oppi18n", "catalog", "update", "--pack", str(tmp_path / "pack")]

    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)]
    told = [(each.communicate()[1], each.returncode) for each in running]

    assert {status for _, status in told} <= {0, 2}, told
    assert 0 in {status for _, status in told}
    assert [entry.msgid for entry in upkeep.read(pack, "sv").entries] == ["Name it."]
    assert subprocess.run([*command, "--check"], check=False).returncode == 0
