# SPDX-License-Identifier: GPL-2.0-or-later
"""Behaviours of chips, derived from their data: to choose one chip for each, and for a table."""

KIB = 1024
MIB = 1024 * KIB
DIE_MIN = 16 * MIB  # larger than any block


def _names(part):
    return {command.partition(":")[0] for command in part["commands"]}


def _size(n):
    return "%dM" % (n // MIB) if n >= MIB else "%dK" % (n // KIB) if n >= KIB else str(n)


def identification(part):
    names = _names(part)
    if "RDID:15" in part["commands"]:
        return ["RDID at 15"]
    if "RDIDP" in names:
        return ["RDIDP (83)"]
    if "RDID" in names:
        status = " and D7" if any(name.startswith("DF_") for name in names) else ""
        return ["RDID of %d bytes%s" % (len(part["id"]) // 2, status)]
    if "REMS" in names:
        return ["REMS (90)"]
    return ["RES (AB)"] if "RES" in names else ["none"]


def erase(part):
    styles = []
    for row in part["erases"]:
        if "regions" in row:
            blocks = "map"
        elif row["size"] == part["size"]:
            blocks = "chip"
        else:
            blocks = "die" if row["size"] >= DIE_MIN else _size(row["size"])
        styles.append("%s %s" % (row["opcode"], blocks))
    return styles or ["none"]


def program(part):
    names = _names(part)
    styles = []
    if "AAI" in names and "PP" not in names:
        styles.append("AAI words (AD)")
    if "BP" in names:
        styles.append("bytes")
    if "WRITE" in names:
        styles.append("EEPROM pages of %d" % part["page_size"])
    if "PP" in names or "PP4" in names:
        styles.append("pages of %d" % part["page_size"])
    if any(name.startswith("DF_") for name in names):
        styles.append("DataFlash buffers of %d" % part["page_size"])
    return styles or ["none"]


def address(part):
    names = _names(part)
    if part["size"] <= 16 * MIB and not names & {"EN4B", "EN4B_WREN", "READ4"}:
        return ["%d bytes" % part["address_bytes"]]
    ways = {"EN4B": "B7", "EN4B_WREN": "B7 after WREN", "BRWR": "17, bit 7", "WREAR": "C5",
            "READ4": "13", "PP4": "12"}
    return ["4 bytes: " + way for name, way in ways.items() if name in names] or ["4 bytes only"]


def unlock(part):
    ways = {"EWSR": "EWSR (50) before WRSR", "WRSR_EWSR": "EWSR alone",
            "PROTECT_SECTOR": "sectors (36, 39)",
            "ULBPR": "SST26 (98)", "BLOCK_UNLOCK": "blocks and WPS (39)", "WRDYB": "DYB and PPB",
            "WRVLB": "lock bits (E5)", "WRSR2": "WRSR2 (31)", "WRSR3": "WRSR3 (11)",
            "RDCR": "configuration register (15)", "RDSECUR": "security register (2B)",
            "WRAR": "any register (71)", "DIE_SELECT": "dies (C2)"}
    names = _names(part)
    return [way for name, way in ways.items() if name in names] or ["status register 1 only"]


def capacity(part):
    return [_size(part["size"])]


CATEGORIES = (("identification", identification), ("erase", erase), ("program", program),
              ("address", address), ("registers and locks", unlock), ("size", capacity))


def behaviours(part):
    return {(category, value) for category, function in CATEGORIES for value in function(part)}


def one_of_each(chips):
    """Returns a few small chips that together cover every behaviour, except sizes and the erase of
    a die, which only the largest chips have and flashrom never uses."""
    def shown(chip):
        return {each for each in behaviours(chip.part)
                if each[0] != "size" and not each[1].endswith(" die")}

    left = set().union(*(shown(chip) for chip in chips)) if chips else set()
    chosen = []
    while left:
        best = max(chips, key=lambda chip: (len(shown(chip) & left) / (1 + chip.size / (4 * MIB))))
        left -= shown(best)
        chosen.append(best)
    return chosen


def table(outcome):
    """outcome: maps each chip to whether it passed."""
    tried = {}
    for chip, passed in outcome.items():
        for each in behaviours(chip.part):
            count = tried.setdefault(each, [0, 0])
            count[0] += 1
            count[1] += passed
    lines = ["%-22s %-28s %5s %6s" % ("behaviour", "", "tried", "passed")]
    for category, _ in CATEGORIES:
        rows = sorted(value for found, value in tried if found == category)
        for i, value in enumerate(rows):
            lines.append("%-22s %-28s %5d %6d" % (
                ("" if i else category, value) + tuple(tried[category, value])))
    return "\n".join(lines)
