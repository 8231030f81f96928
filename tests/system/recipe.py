# SPDX-License-Identifier: GPL-2.0-or-later
"""What flashrom is made to do with each chip, and what has to be in the image file afterwards.

A run of flashrom has a second in which nothing happens, so that many go on at a time; what takes
the machine's time are pages written over the line, some MiB a second. flashrom itself erases and
writes only blocks that differ, hence chips above FULL_MAX get an image that is random all over, as
is what they hold already, but which differs from that only in blocks spread over the whole chip, at
each end, and on both sides of every 16 MiB boundary, where 3-byte addresses end and where dies and
banks do. The first chip of each size gets a full one all the same.
"""
import os
import random
import re

from bench import Bench, Failed

KIB = 1024
MIB = 1024 * KIB
BYTES_FULL_MAX_SHARE = 32  # of that, for chips that take a byte or two at a time
FULL_MAX = int(os.environ.get("EVERY_CHIP_FULL_KIB", 8 * KIB)) * KIB
SPARSE_BLOCK = 4 * KIB
SPARSE_BLOCKS = 16
# flashrom 1.3.0 looks no further than that for definitions that match.
CANDIDATES_MAX = 8
LIMIT_SECONDS = 400
LIMIT_SECONDS_LARGE = 1200  # beyond 64 MiB: only to end what hangs, also where much else is done

FOUND = re.compile(r'Found (?:.*?) flash chip "(.*?)" \((\d+) kB, SPI\)')

# Definitions that flashrom itself can't use for everything: what it can, and why not the rest.
LIMITED_TO = {"probe": "probed only", "read": "read only", "erase": "not written"}
LIMITS = {
    "AT45CS1282": ("probe", "its addresses do not fit into flashrom's three bytes"),
    "MX23L12854": ("read", "a mask ROM"),
    "MX23L1654": ("read", "a mask ROM"),
    "MX23L3254": ("read", "a mask ROM"),
    "MX23L6454": ("read", "a mask ROM"),
    "AT26F004": ("erase", "flashrom has no way to program it"),
}
# Where flashrom 1.3.0 may fail with a chip that does as its data sheet says: what it says then,
# why, and what can be tried all the same. Later releases have better definitions.
TOO_LONG = ("spi_write_cmd called for too long a write", "pages of 512 bytes", "erase")
EXCUSES = {
    "S25FL127S-256kB": TOO_LONG,
    "S25FL128S......1": TOO_LONG,
    # Reported to its mailing list in January 2023 by somebody with a real one.
    "MT25QL128": ("Verifying flash... FAILED", "it lacks the 4-byte commands that flashrom sends",
                  "probe"),
}
# Definitions of half the chip: 3-byte addresses and no bank register.
HALVES = {"S25FL256S Large Sectors", "S25FL256S Small Sectors"}
# Nothing to be clipped to an SPI programmer.
OTHER_PROTOCOLS = {"KB9012 (EDI)": "an embedded controller behind EDI, another protocol"}


class Chip:
    """A definition of flashrom's and a part of ours that answers to it."""

    def __init__(self, name, kib, part):
        self.name = name
        self.kib = kib
        self.part = part
        self.size = part["size"]
        self.limit, self.why_limit = LIMITS.get(name, ("write", None))
        self.full = self.size <= FULL_MAX // (BYTES_FULL_MAX_SHARE if self.is_slow else 1)
        self.seed = 0
        self.timing = "instant"
        self.tcp = True
        # What flashrom is told to take the part for; empty once it is known to find that out.
        self.named = ["-c", name]

    def __str__(self):
        return "%s as %s" % (self.name, self.part["name"])

    @property
    def erased(self):
        return b"\x00" if "WRITE" in self.part["commands"] else b"\xff"

    @property
    def is_slow(self):
        return not {"BP", "AAI"}.isdisjoint(self.part["commands"])

    @property
    def is_dataflash(self):
        return "DF_BUF1_ERASE_PROGRAM" in self.part["commands"]

    @property
    def seconds(self):
        return LIMIT_SECONDS if self.size <= 64 * MIB else LIMIT_SECONDS_LARGE

    @property
    def seen(self):
        """Bytes that flashrom ought to report."""
        return self.kib * KIB if self.name in HALVES else self.size


def answering(definitions, all_parts, rank=lambda part: 0):
    """A chip for each definition that a part answers to, and the definitions that none does. Of
    several parts the one with the least rank is taken."""
    by_name = {}
    for part in all_parts:
        for place, name in enumerate(part["flashrom_names"]):
            by_name.setdefault(name, []).append((rank(part), place, part["name"], part))
    chips = []
    missing = []
    for name, kib in definitions:
        if name in by_name:
            chips.append(Chip(name, kib, min(by_name[name], key=lambda entry: entry[:3])[3]))
        else:
            missing.append(name)
    return chips, missing


def others(definitions, all_parts, chips):
    """Chips for the parts that no definition is tried with yet. What flashrom does with them is
    known from their siblings, so blocks here and there will do."""
    sizes = dict(definitions)
    tried = {chip.part["name"] for chip in chips}
    more = []
    for part in all_parts:
        known = [name for name in part["flashrom_names"] if name in sizes]
        if known and part["name"] not in tried:
            chip = Chip(known[0], sizes[known[0]], part)
            chip.full = False
            more.append(chip)
    return more


def random_bytes(rng, n):
    """Random ones, which for lack of time repeat in a large chip, but at no power of two."""
    some = rng.randbytes(min(n, 4 * MIB - 12345))
    return (some * (n // len(some) + 1))[:n]


def other_content(chip, old, rng):
    """An image to write over old."""
    if chip.full:
        return random_bytes(rng, len(old))
    new = bytearray(old)
    places = [(len(old) - SPARSE_BLOCK) * i // (SPARSE_BLOCKS - 1) for i in range(SPARSE_BLOCKS)]
    for border in range(16 * MIB, len(old), 16 * MIB):
        places.append(border - SPARSE_BLOCK // 2)
    for at in places:
        new[at:at + SPARSE_BLOCK] = rng.randbytes(SPARSE_BLOCK)
    return bytes(new)


def tail(text):
    """Where flashrom first saw something wrong, and how it ended."""
    lines = [line for line in text.strip().split("\n") if "requested mapping" not in line]
    first = [line for line in lines if "FAILED at" in line][:1]
    return "\n".join(first + lines[-12:])


def expect(good, step, text):
    if not good:
        raise Failed("%s: %s" % (step, text))


def difference(got, wanted):
    if len(got) != len(wanted):
        return "%d bytes instead of %d" % (len(got), len(wanted))
    step = 64 * KIB
    for at in range(0, len(wanted), step):
        if got[at:at + step] == wanted[at:at + step]:
            continue
        for i in range(at, min(at + step, len(wanted))):
            if got[i] != wanted[i]:
                return "byte %06X is %02X instead of %02X" % (i, got[i], wanted[i])
    return None


def expect_same(got, wanted, step):
    if got != wanted:
        raise Failed("%s: %s" % (step, difference(got, wanted)))


class Run:
    """One chip on its bench, and what it should hold."""

    def __init__(self, bench, chip, content):
        self.bench = bench
        self.chip = chip
        self.content = content

    async def flashrom(self, step, *args):
        status, text = await self.bench.flashrom(self.chip.seconds, *self.chip.named, *args)
        expect(status == 0, step, "exit status %s: %s" % (status, tail(text)))
        found = [(name, int(kib)) for name, kib in FOUND.findall(text)]
        wanted = [(self.chip.name, self.chip.seen // KIB)]
        expect(found == wanted, step, "found %s instead of %s" % (found, wanted))
        return text

    def seen(self):
        return self.content[:self.chip.seen]

    def expect_image(self, step):
        """The image file, with what flashrom can't see of it."""
        expect_same(self.bench.load("image"), self.content, step + ": the image file")

    async def probe(self):
        """Without -c, among all that flashrom knows. Goes on so when there is no other."""
        status, text = await self.bench.flashrom(self.chip.seconds)
        found = [(name, int(kib)) for name, kib in FOUND.findall(text)]
        wanted = (self.chip.name, self.chip.seen // KIB)
        if found == [wanted]:
            expect(status == 0, "probe", "exit status %s: %s" % (status, tail(text)))
            return True
        expect(len(found) > 1 and (wanted in found or len(found) >= CANDIDATES_MAX), "probe",
               "found %s instead of %s" % (found, wanted))
        return False

    def expect_probed(self):
        """Asking leaves the chip as it is. Not so a DataFlash: among all the ways to ask is the 83
        of an M95, and a DataFlash takes that for the order to program its buffer into page 0."""
        page = self.chip.part["page_size"] if self.chip.is_dataflash else 0
        self.content = self.bench.load("image")[:page] + self.content[page:]
        self.expect_image("probe")

    async def read(self, step):
        await self.flashrom(step, "-r", self.bench.path("read"))
        expect_same(self.bench.load("read"), self.seen(), step)

    async def excused_write(self, seen):
        """True when flashrom failed for a reason of its own. It may have erased something then,
        unless it can do nothing at all to the chip."""
        says, why, limit = EXCUSES[self.chip.name]
        status, text = await self.bench.flashrom(
            self.chip.seconds, *self.chip.named, "-w", self.bench.save("new", seen))
        if status != 0 and says in text:
            self.chip.limit, self.chip.why_limit = limit, why
            if limit == "erase":
                self.content = self.bench.load("image")
            self.expect_image("a write that failed")
            return True
        return False

    async def write(self, step, seen, *args):
        text = await self.flashrom(step, "-w", self.bench.save("new", seen), *args)
        expect("VERIFIED." in text, step, "not verified: " + tail(text))
        self.content = seen + self.content[len(seen):]
        self.expect_image(step)

    async def write_part(self, rng):
        """A region that ends in no block, at three quarters of the chip."""
        seen = self.seen()
        start = len(seen) * 3 // 4 - 0x123
        stop = start + min(0x2345, len(seen) // 8)
        new = seen[:start] + rng.randbytes(stop - start) + seen[stop:]
        with open(self.bench.path("layout"), "w", encoding="ascii") as layout:
            layout.write("%x:%x part\n" % (start, stop - 1))
        await self.write("write a part", new, "-N", "-l", self.bench.path("layout"), "-i", "part")

    async def erase(self):
        await self.flashrom("erase", "-E")
        self.content = self.chip.erased * self.chip.seen + self.content[self.chip.seen:]
        self.expect_image("erase")


async def full_recipe(chip, folder):
    """All of it. Raises Failed with the step that went wrong."""
    rng = random.Random("%s %s" % (chip.seed, chip))
    old = random_bytes(rng, chip.size)
    async with Bench(folder, chip.part["name"], chip.timing, old, chip.tcp) as bench:
        run = Run(bench, chip, old)
        unique = await run.probe() and not chip.is_dataflash
        run.expect_probed()
        if chip.limit == "write":
            new = other_content(chip, run.seen(), rng)
            if chip.name not in EXCUSES or not await run.excused_write(new):
                await run.write("write", new)
        if unique:
            chip.named = []
        if chip.limit == "probe":
            await run.flashrom("probe")
            return
        await run.read("read")
        if chip.limit == "write":
            await run.write_part(rng)
            await run.read("read what was written to a part")
        if chip.limit in ("write", "erase"):
            await run.erase()
            await run.read("read what was erased")
