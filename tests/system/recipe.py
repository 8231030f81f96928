# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of flashrom with each chip, and the expected contents of the image file afterwards.

A run of flashrom waits for a second, so many run at a time; most of the processor time is spent on
pages written over the line, some MiB a second. flashrom erases and writes only blocks that differ.
Hence chips above FULL_MAX get a random image that differs from their random contents only in blocks
spread over the whole chip, at each end, and on both sides of every 16 MiB boundary, where 3-byte
addresses, dies and banks end. The first chip of each size gets an entirely new image all the same.
"""
import os
import random
import re

from bench import Bench, Failed

KIB = 1024
MIB = 1024 * KIB
BYTES_FULL_MAX_SHARE = 32  # share for chips that program a byte or two at a time
FULL_MAX = int(os.environ.get("EVERY_CHIP_FULL_KIB", 8 * KIB)) * KIB
SPARSE_BLOCK = 4 * KIB
SPARSE_BLOCKS = 16
# flashrom 1.3.0 stops after this number of matching definitions.
CANDIDATES_MAX = 8
LIMIT_SECONDS = 400
LIMIT_SECONDS_LARGE = 1200  # beyond 64 MiB: ends hung processes only, also on a loaded machine

FOUND = re.compile(r'Found (?:.*?) flash chip "(.*?)" \((\d+) kB, SPI\)')

# Definitions that flashrom can use only in part: the last possible step, and the reason.
LIMITED_TO = {"probe": "probed only", "read": "read only", "erase": "not written"}
LIMITS = {
    "AT45CS1282": ("probe", "its addresses do not fit into flashrom's three bytes"),
    "MX23L12854": ("read", "a mask ROM"),
    "MX23L1654": ("read", "a mask ROM"),
    "MX23L3254": ("read", "a mask ROM"),
    "MX23L6454": ("read", "a mask ROM"),
    "AT26F004": ("erase", "flashrom has no way to program it"),
}
# Definitions, or parts, with which flashrom 1.3.0 may fail although the chip acts as in its data
# sheet: the message, the reason, and the last possible step. Later releases have corrected
# definitions.
TOO_LONG = ("spi_write_cmd called for too long a write", "pages of 512 bytes", "erase")
EXCUSES = {
    "S25FL127S-256kB": TOO_LONG,
    "S25FL128S......1": TOO_LONG,
    # Reported to its mailing list in January 2023, with a real chip.
    "MT25QL128": ("Verifying flash... FAILED", "it lacks the 4-byte commands that flashrom sends",
                  "probe"),
    # A part that no definition describes.
    "MX25L25635E": ("FAILED", "it lacks the 4-byte commands that flashrom sends to its successor",
                    "probe"),
}
# Definitions that cover half of the chip: 3-byte addresses and no bank register.
HALVES = {"S25FL256S Large Sectors", "S25FL256S Small Sectors"}
# Not SPI chips.
OTHER_PROTOCOLS = {"KB9012 (EDI)": "an embedded controller behind EDI, another protocol"}


class Chip:
    """A definition of flashrom and a part of the chipdb that matches it."""

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
        # The definition that flashrom is told to use; empty if it finds the right one by itself.
        self.named = ["-c", name]

    def __str__(self):
        return "%s as %s" % (self.name, self.part["name"])

    @property
    def erased(self):
        return b"\x00" if "WRITE" in self.part["commands"] else b"\xff"

    @property
    def is_slow(self):
        commands = self.part["commands"]
        return "PP" not in commands and not {"BP", "AAI"}.isdisjoint(commands)

    @property
    def excuse(self):
        """Why flashrom may fail to write: a value of EXCUSES, or None."""
        return EXCUSES.get(self.part["name"]) or EXCUSES.get(self.name)

    @property
    def is_dataflash(self):
        return "DF_BUF1_ERASE_PROGRAM" in self.part["commands"]

    @property
    def seconds(self):
        return LIMIT_SECONDS if self.size <= 64 * MIB else LIMIT_SECONDS_LARGE

    @property
    def seen(self):
        """The number of bytes that flashrom should report."""
        return self.kib * KIB if self.name in HALVES else self.size


def answering(definitions, all_parts, rank=lambda part: 0):
    """Returns a chip for each definition that a part matches, and the definitions without a part.
    Of several parts the one with the lowest rank is chosen, and one with an excuse only if there is
    no other."""
    by_name = {}
    for part in all_parts:
        for place, name in enumerate(part["flashrom_names"]):
            by_name.setdefault(name, []).append(
                ((part["name"] in EXCUSES, rank(part)), place, part["name"], part))
    chips = []
    missing = []
    for name, kib in definitions:
        if name in by_name:
            chips.append(Chip(name, kib, min(by_name[name], key=lambda entry: entry[:3])[3]))
        else:
            missing.append(name)
    return chips, missing


def others(definitions, all_parts, chips):
    """Returns chips for the parts that are not tested with any definition yet. Similar parts have
    already been tested in full, so a sample of the blocks is sufficient."""
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
    """Random bytes; to save time they repeat in a large chip, but not at a power of two."""
    some = rng.randbytes(min(n, 4 * MIB - 12345))
    return (some * (n // len(some) + 1))[:n]


def other_content(chip, old, rng):
    """Returns a new image, to be written over old."""
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
    """The first error of flashrom, and the end of its output."""
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
    """One chip on its bench, and its expected contents."""

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
        """Checks the image file, including the part that flashrom does not access."""
        expect_same(self.bench.load("image"), self.content, step + ": the image file")

    async def probe(self):
        """Probes without -c, among all definitions. True if only one matches."""
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
        """Checks that probing has not changed the chip, except page 0 of a DataFlash: the opcode 83
        that identifies an M95 makes a DataFlash program its buffer into page 0."""
        page = self.chip.part["page_size"] if self.chip.is_dataflash else 0
        self.content = self.bench.load("image")[:page] + self.content[page:]
        self.expect_image("probe")

    async def read(self, step):
        await self.flashrom(step, "-r", self.bench.path("read"))
        expect_same(self.bench.load("read"), self.seen(), step)

    async def excused_write(self, seen):
        """True if flashrom failed for the known reason. It may have erased blocks then, unless the
        chip can only be probed."""
        says, why, limit = self.chip.excuse
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
        """Writes a region whose ends are inside blocks, at three quarters of the chip."""
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
    """Runs all steps. Raises Failed with the failed step."""
    rng = random.Random("%s %s" % (chip.seed, chip))
    old = random_bytes(rng, chip.size)
    async with Bench(folder, chip.part["name"], chip.timing, old, chip.tcp) as bench:
        run = Run(bench, chip, old)
        unique = await run.probe() and not chip.is_dataflash
        run.expect_probed()
        if chip.limit == "write":
            new = other_content(chip, run.seen(), rng)
            if not chip.excuse or not await run.excused_write(new):
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
